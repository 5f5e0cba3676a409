//! How a client is built.

use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::{
    Client, Shared, Times,
    kerberos::Kerberos,
    login::Login,
    message_id,
    observer::{Observer, Watch},
    pool::Pool,
};
use crate::{
    auth::{Credentials, Mechanism},
    error::{Error, ErrorKind, Result},
    transport::{Endpoint, EndpointError, Proxy, Settings, Trust},
    xml::Limits,
};

/// Builds a [`Client`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientBuilder {
    host: String,
    credentials: Option<Credentials>,
    kerberos: Kerberos,
    service: Option<String>,
    seal_always: bool,
    certificates: Vec<Vec<u8>>,
    pins: Vec<String>,
    identity: Option<Identity>,
    accept_invalid: bool,
    proxy: Option<Proxy>,
    times: Times,
    connections: usize,
    clear_text: bool,
    observers: Vec<Arc<dyn Observer>>,
}

/// A client certificate and its private key, as PEM.
#[derive(Clone)]
struct Identity {
    certificate: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

impl ClientBuilder {
    pub(super) fn new(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            credentials: None,
            kerberos: Kerberos::new(),
            service: None,
            seal_always: false,
            certificates: Vec::new(),
            pins: Vec::new(),
            identity: None,
            accept_invalid: false,
            proxy: None,
            times: Times {
                connect: Duration::from_secs(10),
                operation: Duration::from_secs(60),
                total: None,
            },
            connections: 4,
            clear_text: false,
            observers: Vec::new(),
        }
    }

    /// Who we are. Required.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// How Kerberos is done; by the configuration of the machine unless it is told otherwise here.
    pub fn kerberos(mut self, kerberos: Kerberos) -> Self {
        self.kerberos = kerberos;
        self
    }

    /// The service principal name of the host, such as `host/hv01.example.com`. Without it `host/`, `HTTP/` and `WSMAN/`
    /// with the name of the host are tried in turn for Kerberos, and NTLM names the first one.
    pub fn service_principal_name(mut self, name: impl Into<String>) -> Self {
        self.service = Some(name.into());
        self
    }

    /// Seals bodies over https, too, where TLS protects them already. Basic authentication and certificates cannot.
    pub fn seal_always(mut self, yes: bool) -> Self {
        self.seal_always = yes;
        self
    }

    /// Trusts the certificates of a PEM text, besides the roots of the system: certification authorities, or the
    /// host's own certificate. Only for https.
    pub fn trust_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.certificates.push(pem.into());
        self
    }

    /// Trusts the host's certificate by its hash, and no other: `sha256:` and the SHA-256 of its DER in hexadecimal digits,
    /// with colons or without. Who issued it, its name and its dates do not count then. More than one pin is for a
    /// certificate that is about to be replaced. Only for https.
    pub fn pin_certificate(mut self, pin: impl Into<String>) -> Self {
        self.pins.push(pin.into());
        self
    }

    /// Trusts any certificate: everybody on the way can be the host. Better pin the host's.
    pub fn dangerous_accept_invalid_certificates(mut self, yes: bool) -> Self {
        self.accept_invalid = yes;
        self
    }

    /// Shows a client certificate to the host, with its private key; both are PEM. For
    /// [`Credentials::certificate`], and for hosts that want one beside a password.
    ///
    /// A Windows host asks for it only after the handshake, which rustls cannot answer, unless its binding says
    /// otherwise: `netsh http add sslcert ... clientcertnegotiation=enable`.
    pub fn client_certificate(
        mut self,
        certificate: impl Into<Vec<u8>>,
        key: impl Into<Vec<u8>>,
    ) -> Self {
        self.identity =
            Some(Identity { certificate: certificate.into(), key: Zeroizing::new(key.into()) });
        self
    }

    /// Goes through a proxy. Without one the connection is direct, whatever the environment says.
    ///
    /// Over http only a SOCKS5 proxy will do: authentication belongs to the connection, which an HTTP proxy ends.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// How long a connection may take to come about; 10 s.
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.times.connect = time;
        self
    }

    /// How long the host may take for one request; 60 s, which is also the most that a host grants as installed. We wait
    /// 5 s longer for its answer.
    ///
    /// On the wire: `w:OperationTimeout`.
    pub fn operation_timeout(mut self, time: Duration) -> Self {
        self.times.operation = time;
        self
    }

    /// How long a call may take as a whole, with waiting for a connection, authentication and a repetition; by default
    /// the connect time-out and two requests.
    pub fn total_timeout(mut self, time: Duration) -> Self {
        self.times.total = Some(time);
        self
    }

    /// How many connections to the host there may be; 4, at least 1. Each carries one request at a time.
    pub fn connections(mut self, number: usize) -> Self {
        self.connections = number.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// Sends bodies in clear over http, and believes answers in clear. Everybody on the way can read and change them.
    ///
    /// The host has to be set to `AllowUnencrypted`. Has no effect over https.
    pub fn dangerous_clear_text(mut self, yes: bool) -> Self {
        self.clear_text = yes;
        self
    }

    /// Shows all that is exchanged with the host to an observer, also to those that were named before.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observers.push(Arc::new(observer));
        self
    }

    /// The client. Nothing is sent yet.
    ///
    /// # Errors
    /// When the host name, the credentials or a certificate cannot be used.
    pub fn build(self) -> Result<Client> {
        let usage = |message: &str| Error::new(ErrorKind::Usage, message);
        let endpoint: Endpoint = self
            .host
            .parse()
            .map_err(|error: EndpointError| usage("the host cannot be used").with_source(error))?;
        let credentials = self.credentials.ok_or_else(|| usage("there are no credentials"))?;
        let mechanism = credentials.mechanism();
        if mechanism == Mechanism::Basic && !endpoint.is_https() && !self.clear_text {
            return Err(usage(
                "Basic authentication over http shows the password to everybody on the way: use https, or ask for clear text by name (dangerous-clear-text)",
            ));
        }
        let unfit = match mechanism {
            Mechanism::Certificate if !endpoint.is_https() => {
                Some("a client certificate is shown over https only")
            }
            Mechanism::Basic | Mechanism::Certificate | Mechanism::None if self.seal_always => {
                Some("only Kerberos and NTLM can seal bodies")
            }
            _ => None,
        };
        if let Some(message) = unfit {
            return Err(usage(message));
        }
        let mut trust = Trust::default();
        for pem in &self.certificates {
            trust = trust.with_pem(pem).map_err(|error| {
                usage("the trusted certificates cannot be used").with_source(error)
            })?;
        }
        for pin in &self.pins {
            trust = trust.with_pin(pin).map_err(|error| {
                usage("the pinned certificate cannot be used").with_source(error)
            })?;
        }
        if let Some(Identity { certificate, key }) = &self.identity {
            trust = trust.with_identity(certificate, key).map_err(|error| {
                usage("the client certificate cannot be used").with_source(error)
            })?;
        }
        let trust = trust.dangerous_accept_invalid(self.accept_invalid);
        if !endpoint.is_https() && !self.pins.is_empty() {
            return Err(usage("a certificate is pinned, and http has none: use https"));
        }
        if mechanism == Mechanism::Certificate && !trust.has_identity() {
            return Err(usage("there is no client certificate to log on with"));
        }
        if let Some(proxy) = &self.proxy {
            proxy.check(&endpoint).map_err(|error| {
                usage("the proxy cannot be used for this host").with_source(error)
            })?;
        }
        let limits = Limits::default();
        let watch = Watch { observers: self.observers, user: credentials.user().clone() };
        let settings = Settings {
            endpoint: endpoint.clone(),
            service: self.service.clone().unwrap_or_else(|| format!("host/{}", endpoint.host())),
            trust,
            proxy: self.proxy,
            connect_timeout: self.times.connect,
            max_answer: limits.bytes,
            clear_text: self.clear_text,
            seal_always: self.seal_always,
        };
        let login = Login::new(credentials, endpoint.host(), self.kerberos, self.service);
        Ok(Client {
            shared: Arc::new(Shared {
                pool: Pool::new(login, settings, self.connections),
                watch,
                endpoint,
                mechanism,
                session_id: message_id()?,
                limits,
            }),
            times: self.times,
        })
    }
}
