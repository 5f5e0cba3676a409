//! What a host shows of itself before anybody logs on, step by step, for who wants to know where it fails.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reqwest::header::HeaderMap;
use rustls::{
    CertificateError, ClientConnection,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::{Connection, Error, Proof, Settings, TrustError, host_certificate::Verifier};

/// What a TLS handshake showed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Tls {
    /// The version, such as `TLSv1_3`.
    pub version: String,
    /// The cipher suite, such as `TLS13_AES_256_GCM_SHA384`.
    pub cipher: String,
    /// The certificates in DER: the host's own first.
    pub certificates: Vec<Vec<u8>>,
    /// Why the host's certificate is not trusted, if so.
    pub distrust: Option<Distrust>,
}

/// Why a host's certificate is not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Distrust {
    /// Nobody who is trusted has issued it.
    Issuer,
    /// It is for another name.
    Name,
    /// It is no longer valid.
    Expired,
    /// It is not valid yet.
    NotYet,
    /// It is not the one that was pinned.
    Pin,
    /// There is nobody whom we trust.
    NoRoots,
    /// Something else is wrong with it.
    Other(String),
}

/// What a host answers to a request without a body and without credentials.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Challenge {
    /// The HTTP status; 401 of a host that wants us to log on.
    pub status: u16,
    /// The schemes of its `WWW-Authenticate` headers.
    pub schemes: Vec<String>,
    /// Its `Date` header; empty without one.
    pub date: String,
    /// Its `Server` header; empty without one.
    pub server: String,
}

impl Settings {
    /// The addresses of the host.
    ///
    /// # Errors
    /// When the name is not known.
    pub async fn resolve(&self) -> io::Result<Vec<SocketAddr>> {
        let (host, port) = self.place();
        let mut addresses: Vec<_> = tokio::net::lookup_host((host, port)).await?.collect();
        addresses.dedup();
        Ok(addresses)
    }

    /// Connects, and closes the connection.
    ///
    /// # Errors
    /// When no connection comes about; after the connect time-out it is [`TimedOut`](io::ErrorKind::TimedOut).
    pub async fn reach(&self, address: SocketAddr) -> io::Result<()> {
        connect(address, self.connect_timeout).await.map(drop)
    }

    /// Makes a TLS connection, looks at the certificates, trusted or not, and closes it.
    ///
    /// # Errors
    /// When no TLS connection comes about, for another reason than that the certificate is not trusted.
    pub async fn examine_tls(&self, address: SocketAddr) -> Result<Tls, Error> {
        let witness = Arc::new(Witness {
            verifier: match self.trust.verifier(true) {
                Ok(verifier) => Some(Box::new(verifier)),
                Err(TrustError::NoRoots) => None,
                Err(error) => return Err(error.into()),
            },
            signatures: self.trust.clone().dangerous_accept_invalid(true).verifier(true)?,
            distrust: Mutex::default(),
        });
        let config = self.trust.config(Arc::<Witness>::clone(&witness))?;
        let broken = |error: rustls::Error| Error::Tls(Box::new(error));
        let name = ServerName::try_from(self.place().0.to_owned())
            .map_err(|error| Error::Tls(Box::new(error)))?;
        let mut tls = ClientConnection::new(Arc::new(config), name).map_err(broken)?;
        let handshake = async {
            let mut stream = connect(address, self.connect_timeout)
                .await
                .map_err(|error| Error::Connect(Box::new(error)))?;
            shake_hands(&mut tls, &mut stream).await
        };
        timeout(self.connect_timeout, handshake)
            .await
            .map_err(|_| Error::ConnectTimeout(self.connect_timeout))??;
        Ok(Tls {
            version: tls.protocol_version().map(|it| format!("{it:?}")).unwrap_or_default(),
            cipher: tls
                .negotiated_cipher_suite()
                .map(|suite| format!("{:?}", suite.suite()))
                .unwrap_or_default(),
            certificates: tls
                .peer_certificates()
                .unwrap_or_default()
                .iter()
                .map(|certificate| certificate.to_vec())
                .collect(),
            distrust: witness.distrust.lock().unwrap_or_else(PoisonError::into_inner).take(),
        })
    }

    /// Sends a request without a body and without credentials, as a client does that wants to know how to log on.
    ///
    /// # Errors
    /// When there is no connection, or no answer.
    pub async fn challenge(self: &Arc<Self>) -> Result<Challenge, Error> {
        let limit = self.connect_timeout;
        let mut connection = Connection::open(Arc::clone(self), Proof::None, limit).await?;
        // Connecting has a limit of its own.
        let limit = limit.saturating_mul(2);
        let (head, _) = timeout(limit, connection.post(HeaderMap::new(), Vec::new()))
            .await
            .map_err(|_| Error::Timeout(limit))??;
        Ok(Challenge {
            status: head.status.as_u16(),
            schemes: head.schemes(),
            date: head.header("date"),
            server: head.header("server"),
        })
    }

    /// The host, without the brackets of an IPv6 address, and the port.
    fn place(&self) -> (&str, u16) {
        let host = self.endpoint.host();
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        (bare.unwrap_or(host), self.endpoint.url().port_or_known_default().unwrap_or_default())
    }
}

async fn connect(address: SocketAddr, limit: Duration) -> io::Result<TcpStream> {
    let late = |_| io::Error::from(io::ErrorKind::TimedOut);
    timeout(limit, TcpStream::connect(address)).await.map_err(late)?
}

/// The TLS handshake over a stream.
async fn shake_hands(tls: &mut ClientConnection, stream: &mut TcpStream) -> Result<(), Error> {
    let broken = |error: io::Error| Error::Tls(Box::new(error));
    let mut buffer = vec![0; 16 * 1024];
    loop {
        while tls.wants_write() {
            let mut out = Vec::new();
            tls.write_tls(&mut out).map_err(broken)?;
            stream.write_all(&out).await.map_err(broken)?;
        }
        if !tls.is_handshaking() {
            return Ok(());
        }
        let length = stream.read(&mut buffer).await.map_err(broken)?;
        let mut received = buffer.get(..length).unwrap_or_default();
        if received.is_empty() {
            return Err(broken(io::ErrorKind::UnexpectedEof.into()));
        }
        while !received.is_empty() {
            tls.read_tls(&mut received).map_err(broken)?;
            tls.process_new_packets().map_err(|error| Error::Tls(Box::new(error)))?;
        }
    }
}

/// Keeps what a verifier says, and lets the handshake go on, so that there is something to look at.
#[derive(Debug)]
struct Witness {
    /// Nothing where nobody is trusted.
    verifier: Option<Box<Verifier>>,
    signatures: Verifier,
    distrust: Mutex<Option<Distrust>>,
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let distrust = match &self.verifier {
            None => Some(Distrust::NoRoots),
            Some(verifier) => verifier
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
                .err()
                .map(|error| distrust(&error)),
        };
        *self.distrust.lock().unwrap_or_else(PoisonError::into_inner) = distrust;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.signatures.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.signatures.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        self.signatures.supported_verify_schemes()
    }
}

fn distrust(error: &rustls::Error) -> Distrust {
    use CertificateError as E;
    let rustls::Error::InvalidCertificate(error) = error else {
        return Distrust::Other(error.to_string());
    };
    match error {
        E::UnknownIssuer => Distrust::Issuer,
        E::NotValidForName | E::NotValidForNameContext { .. } => Distrust::Name,
        E::Expired | E::ExpiredContext { .. } => Distrust::Expired,
        E::NotValidYet | E::NotValidYetContext { .. } => Distrust::NotYet,
        E::Other(other) if other.0.is::<TrustError>() => Distrust::Pin,
        error => Distrust::Other(error.to_string()),
    }
}
