//! The error of the library.

use std::{any::Any, error, fmt, sync::Arc};

use crate::{
    auth::kerberos::TicketError,
    cim::Error as CimError,
    msvm::MsvmError,
    soap::Error as SoapError,
    transport::kdc::KdcError,
    transport::{Error as TransportError, TrustError},
    wsman::{Error as WsmanError, Fault},
};

/// The code of the fault `w:TimedOut`.
const TIMED_OUT: u32 = 2_150_858_793;

/// The result of a call that may fail with [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// An operation that failed: what, where, and why.
///
/// `Display` tells what failed; [`source`](error::Error::source) why, level by level. The four ways in which a host
/// says no stay apart: an HTTP status ([`ErrorKind::Protocol`] and others), a SOAP fault ([`Error::fault`]), the return
/// value of a method ([`Error::return_value`]) and a job that failed ([`Error::job`]).
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    context: Context,
    outcome_unknown: bool,
    return_value: Option<u32>,
    job: Option<FailedJob>,
    source: Option<Arc<dyn error::Error + Send + Sync>>,
    /// What was attempted, for those who look whether it was done.
    attempt: Option<Arc<dyn Any + Send + Sync>>,
}

/// What kind of error it is: who is at fault, and so who can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call or the configuration is wrong; nothing was sent.
    Usage,
    /// There is no connection to the host.
    Connect,
    /// The TLS handshake failed, mostly because the host's certificate is not trusted.
    Tls,
    /// The host refused the credentials or the mechanism.
    Authentication,
    /// The answer is no WS-Management, or cannot be believed.
    Protocol,
    /// The host answered with a SOAP fault.
    Fault,
    /// A method ran and returned a number that means failure.
    ReturnValue,
    /// A job failed or was cancelled.
    Job,
    /// Something did not end in time: for us, or, by the fault `w:TimedOut`, for the host.
    Timeout,
    /// Several virtual machines have the name.
    Ambiguous,
    /// We refused to send what would do something else than was asked for.
    Refused,
}

/// What stands between us and a host, where the kind of an error does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Obstacle {
    /// The proxy cannot be reached, or does not connect us.
    Proxy,
    /// The host has another certificate than the pinned one.
    Pin,
    /// The host did not ask for the client certificate, does not take it, or wants one.
    ClientCertificate,
    /// No KDC of the realm answers, or none is known.
    Kdc,
    /// The host, or something between, answers in clear where nothing but sealed answers are believed.
    ClearText,
}

/// What was done where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Context {
    /// The URL of the host.
    pub host: Option<String>,
    /// The operation, such as `Get`, `Enumerate` or `Invoke`.
    pub operation: Option<&'static str>,
    /// The class.
    pub class: Option<String>,
    /// The method.
    pub method: Option<String>,
}

/// `Invoke Msvm_ReplicationService.Resynchronize, http://hv01:5985/wsman`, as far as it is known.
impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if let Some(operation) = self.operation {
            f.write_str(operation)?;
            if let Some(class) = &self.class {
                write!(f, " {class}")?;
            }
            if let Some(method) = &self.method {
                write!(f, ".{method}")?;
            }
            separator = ", ";
        }
        match &self.host {
            Some(host) => write!(f, "{separator}{host}"),
            None => Ok(()),
        }
    }
}

/// A job that failed or was cancelled.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct FailedJob {
    /// Its identifier.
    pub id: String,
    /// Its state, such as `Exception`.
    pub state: String,
    /// `ErrorCode`: mostly one of the return codes of methods.
    pub error_code: Option<u16>,
    /// `ErrorDescription`, in the language of the host.
    pub error_description: Option<String>,
    /// Its errors, each with its text in the language of the host; none where they could not be had.
    pub errors: Vec<MsvmError>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            context: Context::default(),
            outcome_unknown: false,
            return_value: None,
            job: None,
            source: None,
            attempt: None,
        }))
    }

    /// What a host sent is invalid.
    pub(crate) fn of_answer(error: CimError) -> Self {
        Self::new(ErrorKind::Protocol, "the host's answer is invalid").with_source(error)
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn error::Error + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    pub(crate) fn with_context(mut self, context: Context) -> Self {
        self.0.context = context;
        self
    }

    pub(crate) fn with_unknown_outcome(mut self, unknown: bool) -> Self {
        self.0.outcome_unknown = unknown;
        self
    }

    pub(crate) fn with_return_value(mut self, value: u32) -> Self {
        self.0.return_value = Some(value);
        self
    }

    pub(crate) fn with_job(mut self, job: FailedJob) -> Self {
        self.0.job = Some(job);
        self
    }

    /// Remembers what was attempted.
    pub(crate) fn with_attempt(mut self, attempt: impl Any + Send + Sync) -> Self {
        self.0.attempt = Some(Arc::new(attempt));
        self
    }

    /// What was attempted, if it is of the type.
    pub(crate) fn attempt<T: Any>(&self) -> Option<&T> {
        self.0.attempt.as_deref()?.downcast_ref()
    }

    /// An error that this one caused, with the job of this one.
    pub(crate) fn caused(self, mut error: Self) -> Self {
        error.0.job = self.0.job.clone();
        error.with_source(self)
    }

    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What was done where.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.0.context
    }

    /// The fault that the host answered.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        match self.0.source.as_ref()?.downcast_ref()? {
            WsmanError::Fault(fault) => Some(fault),
            _ => None,
        }
    }

    /// What stands between us and the host, where that is known.
    #[must_use]
    pub fn obstacle(&self) -> Option<Obstacle> {
        use TransportError as E;
        let source = self.0.source.as_ref()?;
        if source.is::<KdcError>() {
            return Some(Obstacle::Kdc);
        }
        match source.downcast_ref()? {
            E::ClearAnswer { .. } => Some(Obstacle::ClearText),
            E::Proxy { .. } => Some(Obstacle::Proxy),
            E::Trust(TrustError::NotPinned { .. }) => Some(Obstacle::Pin),
            E::CertificateRefused { .. }
            | E::CertificateNotAskedFor { .. }
            | E::CertificateAlert(_) => Some(Obstacle::ClientCertificate),
            _ => None,
        }
    }

    /// The return value of the method that failed.
    #[must_use]
    pub fn return_value(&self) -> Option<u32> {
        self.0.return_value
    }

    /// The job that failed.
    #[must_use]
    pub fn job(&self) -> Option<&FailedJob> {
        self.0.job.as_ref()
    }

    /// What the host refused, where it judged who we are: `user name or password` or `Kerberos ticket`.
    #[must_use]
    pub fn refused_credential(&self) -> Option<&'static str> {
        match self.0.source.as_deref()?.downcast_ref() {
            Some(TransportError::CredentialsRefused { what }) => Some(what),
            _ => None,
        }
    }

    /// Whether something did not end in time.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Whether the host may have executed a method of which we do not know the outcome. Read the state of what the
    /// method acts on, or its job, before it is called again.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        self.0.outcome_unknown
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("context", &self.0.context)
            .field("outcome_unknown", &self.0.outcome_unknown)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.0.source.as_deref().map(|source| -> &(dyn error::Error + 'static) { source })
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        use TransportError as E;
        let (kind, message) = match &error {
            E::Connect(_) | E::Proxy { .. } | E::ConnectTimeout(_) | E::Closed => {
                (ErrorKind::Connect, "the host cannot be reached")
            }
            E::Trust(_) | E::Tls(_) => (ErrorKind::Tls, "no trusted TLS connection to the host"),
            // A host that forgets its connections says nothing against the credentials.
            E::Broken(_) | E::Moved | E::Unauthenticated | E::ContextLost => {
                (ErrorKind::Connect, "the connection to the host broke")
            }
            E::Timeout(_) => (ErrorKind::Timeout, "the host did not answer in time"),
            E::MechanismRefused { .. }
            | E::CredentialsRefused { .. }
            | E::CertificateRefused { .. }
            | E::CertificateNotAskedFor { .. }
            | E::CertificateAlert(_)
            | E::ClearTextRefused { .. }
            | E::Handshake(_) => (ErrorKind::Authentication, "the host did not let us in"),
            E::Setup(_) => (ErrorKind::Usage, "the connection cannot be set up"),
            _ => (ErrorKind::Protocol, "the host gave no answer that can be believed"),
        };
        Self::new(kind, message).with_source(error)
    }
}

impl From<TicketError> for Error {
    fn from(error: TicketError) -> Self {
        let kind = match &error {
            TicketError::MalformedKeytab(_)
            | TicketError::NoAesKey
            | TicketError::NotInKeytab(_)
            | TicketError::MalformedCcache(_)
            | TicketError::CcacheKind(_) => ErrorKind::Usage,
            _ => ErrorKind::Authentication,
        };
        Self::new(kind, "there is no Kerberos ticket for the host").with_source(error)
    }
}

impl From<WsmanError> for Error {
    fn from(error: WsmanError) -> Self {
        let (kind, message) = match &error {
            WsmanError::Fault(fault) if fault.has_code(TIMED_OUT) => {
                (ErrorKind::Timeout, "the host did not finish in time")
            }
            WsmanError::Fault(_) => (ErrorKind::Fault, "the host refused the request"),
            _ => (
                ErrorKind::Protocol,
                "the host's answer is not the one that belongs to the request",
            ),
        };
        Self::new(kind, message).with_source(error)
    }
}

impl From<CimError> for Error {
    fn from(error: CimError) -> Self {
        let mut innermost = &error;
        while let CimError::Member { source, .. } = innermost {
            innermost = source;
        }
        match innermost {
            CimError::Text { .. } | CimError::Reference(_) | CimError::Missing(_) => {
                Self::of_answer(error)
            }
            _ => Self::new(ErrorKind::Usage, "the call is invalid").with_source(error),
        }
    }
}

impl From<SoapError> for Error {
    fn from(error: SoapError) -> Self {
        WsmanError::from(error).into()
    }
}
