//! Who looks on at what is exchanged with a host.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    auth::UserName,
    error::Context,
    transport::{self, Answer},
};

/// Looks on at what a client and a host say to each other: [`ClientBuilder::observer`](super::ClientBuilder::observer).
///
/// It sees envelopes in clear, before they are sealed and after they were opened. It never sees passwords, tokens or keys
/// of the authentication: those are in HTTP headers. What a caller puts into parameters of methods it does see.
///
/// ```
/// use hyperv_replica::{Client, Credentials, client::{Exchange, Observer}};
///
/// struct Sizes;
///
/// impl Observer for Sizes {
///     fn exchanged(&self, exchange: &Exchange<'_>) {
///         let answer = exchange.answer.map_or(0, |answer| answer.body.len());
///         println!("{}: {} bytes, {answer} bytes", exchange.context, exchange.request.len());
///     }
/// }
///
/// let client = Client::builder("hv01").credentials(Credentials::ntlm("admin", "secret")).observer(Sizes).build()?;
/// # Ok::<_, hyperv_replica::Error>(())
/// ```
pub trait Observer: Send + Sync {
    /// A request went out, and there is an answer, or an error in its place.
    ///
    /// Called once for each request, also for one that is sent again, in the order in which the answers came. Not called
    /// for a request whose future was dropped meanwhile, nor for the `Identify` that proves an idle connection before a
    /// method goes out on it. The call waits: do what takes long elsewhere.
    fn exchanged(&self, exchange: &Exchange<'_>);
}

impl fmt::Debug for dyn Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

/// An observer that several share.
impl<T: Observer + ?Sized> Observer for Arc<T> {
    fn exchanged(&self, exchange: &Exchange<'_>) {
        (**self).exchanged(exchange);
    }
}

/// A request and what came of it.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Exchange<'a> {
    /// The host, the operation, the class and the method.
    pub context: &'a Context,
    /// Who asked.
    pub user: &'a UserName,
    /// The identifier of the request, `a:MessageID`. `Identify` has one, too, which does not go out.
    pub message_id: &'a str,
    /// When it went out.
    pub started: Timestamp,
    /// How long the answer took.
    pub elapsed: Duration,
    /// The envelope of the request, byte for byte as it was before it was sealed.
    pub request: &'a [u8],
    /// The answer, faults included, or why there is none that can be believed.
    pub answer: Result<&'a Answer, &'a transport::Error>,
}

/// Shows the exchanges of a client to its observers.
#[derive(Clone)]
pub(super) struct Watch {
    pub(super) observers: Vec<Arc<dyn Observer>>,
    pub(super) user: UserName,
}

impl Watch {
    /// Waits for the answer to a request, and shows it.
    pub(super) async fn exchange(
        &self,
        context: &Context,
        message_id: &str,
        request: &[u8],
        answer: impl Future<Output = Result<Answer, transport::Error>>,
    ) -> Result<Answer, transport::Error> {
        #[expect(clippy::disallowed_methods, reason = "the client is an I/O layer")]
        let started = Timestamp::now();
        let start = Instant::now();
        let answer = answer.await;
        for observer in &self.observers {
            observer.exchanged(&Exchange {
                context,
                user: &self.user,
                message_id,
                started,
                elapsed: start.elapsed(),
                request,
                answer: answer.as_ref(),
            });
        }
        answer
    }
}

/// Says nothing of bodies, which may be long and hold what is nobody's business.
impl fmt::Debug for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("context", &self.context)
            .field("message_id", &self.message_id)
            .field("started", &self.started)
            .field("elapsed", &self.elapsed)
            .field("answer", &self.answer.map(|answer| answer.status))
            .finish_non_exhaustive()
    }
}
