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
    transport::{Endpoint, EndpointError, Pin, Proxy, ProxyError, Settings, Trust},
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
    pins: Vec<Pin>,
    client_certificate: Option<ClientCertificate>,
    accept_invalid: bool,
    proxy: Option<Proxy>,
    proxy_from_environment: bool,
    times: Times,
    connections: usize,
    clear_text: bool,
    observers: Vec<Arc<dyn Observer>>,
}

/// A client certificate and its private key, as PEM. The two may be one file.
#[derive(Clone)]
struct ClientCertificate {
    chain: Zeroizing<Vec<u8>>,
    key: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCertificate")
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
            client_certificate: None,
            accept_invalid: false,
            proxy: None,
            proxy_from_environment: false,
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

    /// Trusts the host's certificate by its hash, and no other, whatever else is trusted. Who issued it, its name and its
    /// dates do not count then; that the host has its key does. More than one pin is for a certificate that is about to
    /// be replaced. Only for https.
    pub fn pin_certificate(mut self, pin: Pin) -> Self {
        self.pins.push(pin);
        self
    }

    /// Trusts any certificate: everybody on the way can be the host. Each connection logs a warning. Better
    /// [pin](Self::pin_certificate) the host's, which excludes this. Has no effect over http.
    pub fn dangerous_accept_invalid_certs(mut self, yes: bool) -> Self {
        self.accept_invalid = yes;
        self
    }

    /// Shows a client certificate to a host that asks for one in the TLS handshake: for [`Credentials::certificate`], and
    /// for hosts that want one beside a password. Only for https.
    ///
    /// The chain is PEM, our own certificate first; the key is PEM, too, as PKCS#8, PKCS#1 or SEC1 without a
    /// password, and may be in the same text.
    ///
    /// A Windows host asks only after the handshake, which rustls cannot answer, unless the binding of its certificate says
    /// otherwise: `netsh http add sslcert ... clientcertnegotiation=enable`.
    pub fn client_certificate(
        mut self,
        chain: impl Into<Vec<u8>>,
        key: impl Into<Vec<u8>>,
    ) -> Self {
        let (chain, key) = (Zeroizing::new(chain.into()), Zeroizing::new(key.into()));
        self.client_certificate = Some(ClientCertificate { chain, key });
        self
    }

    /// Goes through a proxy. Without one the connection is direct, whatever the environment says.
    ///
    /// Over http only a SOCKS5 proxy will do: authentication belongs to the connection, which an HTTP proxy ends.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Goes through the proxy that the environment names for an https host, in `https_proxy` or `HTTPS_PROXY`, unless
    /// `no_proxy` or `NO_PROXY` excepts the host, or it is this machine. See [`Proxy::from_variables`].
    ///
    /// Has no effect where a [proxy](Self::proxy) is given.
    pub fn proxy_from_environment(mut self, yes: bool) -> Self {
        self.proxy_from_environment = yes;
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
            trust = trust.with_pin(*pin);
        }
        if let Some(ClientCertificate { chain, key }) = &self.client_certificate {
            trust = trust.with_client_certificate(chain, key).map_err(|error| {
                usage("the client certificate cannot be used").with_source(error)
            })?;
        }
        let trust = trust.dangerous_accept_invalid(self.accept_invalid);
        let unfit = match endpoint.is_https() {
            false if !self.pins.is_empty() => {
                Some("a certificate is pinned, and http has none: use https")
            }
            false if trust.has_client_certificate() => {
                Some("a client certificate is shown over https only")
            }
            _ if self.accept_invalid && !self.pins.is_empty() => {
                Some("a certificate is pinned, and any is to be accepted: choose one")
            }
            _ if mechanism == Mechanism::Certificate && !trust.has_client_certificate() => {
                Some("there is no client certificate to log on with")
            }
            _ => None,
        };
        if let Some(message) = unfit {
            return Err(usage(message));
        }
        let proxy = match self.proxy {
            None if self.proxy_from_environment => environment_proxy(&endpoint)
                .map_err(|error| usage("HTTPS_PROXY cannot be used").with_source(error))?,
            proxy => proxy,
        };
        if let Some(proxy) = &proxy {
            proxy.check(&endpoint).map_err(|error| {
                usage("the proxy cannot be used for this host").with_source(error)
            })?;
            tracing::info!(%proxy, "the host is reached through a proxy");
        }
        let limits = Limits::default();
        let watch = Watch { observers: self.observers, user: credentials.user().clone() };
        let settings = Settings {
            endpoint: endpoint.clone(),
            service: self.service.clone().unwrap_or_else(|| format!("host/{}", endpoint.host())),
            trust,
            proxy,
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

/// The proxy that the environment names for a host.
#[expect(clippy::disallowed_methods, reason = "the caller asked for it")]
fn environment_proxy(endpoint: &Endpoint) -> std::result::Result<Option<Proxy>, ProxyError> {
    let variable = |names: [&str; 2]| {
        let mut values = names.into_iter().filter_map(|name| std::env::var(name).ok());
        Zeroizing::new(values.find(|text| !text.is_empty()).unwrap_or_default())
    };
    let https_proxy = variable(["https_proxy", "HTTPS_PROXY"]);
    Proxy::from_variables(&https_proxy, &variable(["no_proxy", "NO_PROXY"]), endpoint)
}
