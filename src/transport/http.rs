//! reqwest, held to one TCP connection.

use std::{
    error,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use rustls::ClientConfig;
use tower_layer::Layer;
use tower_service::Service;

use super::{Error, Proxy};

/// An HTTP client that makes one TCP connection in its life.
///
/// reqwest's pool alone is not enough: it races a new connection against an old one that is just coming back, and
/// replaces a dead one silently, on which a sealed request would be nonsense. So a second connect waits a little, for
/// the first connection to come back, which takes microseconds if it lives, and then fails.
pub(super) fn single_connection_client(
    tls: ClientConfig,
    proxy: Option<&Proxy>,
    connect_timeout: Duration,
) -> Result<reqwest::Client, Error> {
    let setup = |error: reqwest::Error| Error::Setup(Box::new(error));
    // Nothing but what was asked for: the environment is not looked at here.
    let builder = match proxy {
        Some(proxy) => reqwest::Client::builder().proxy(proxy.to_reqwest().map_err(setup)?),
        None => reqwest::Client::builder().no_proxy(),
    };
    builder
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("hyperv-replica/", env!("CARGO_PKG_VERSION")))
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .pool_idle_timeout(None)
        .pool_max_idle_per_host(1)
        .tcp_nodelay(true)
        .connect_timeout(connect_timeout)
        .connector_layer(OneConnection { used: Arc::new(AtomicBool::new(false)) })
        .build()
        .map_err(setup)
}

/// The layer that lets one connect through.
#[derive(Clone)]
struct OneConnection {
    used: Arc<AtomicBool>,
}

impl OneConnection {
    /// How long a second connect waits for the first connection to come back.
    const PATIENCE: Duration = Duration::from_millis(250);
}

impl<S> Layer<S> for OneConnection {
    type Service = OneConnectionService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        OneConnectionService { inner, used: Arc::clone(&self.used) }
    }
}

#[derive(Clone)]
struct OneConnectionService<S> {
    inner: S,
    used: Arc<AtomicBool>,
}

impl<S, R> Service<R> for OneConnectionService<S>
where
    S: Service<R, Error = Box<dyn error::Error + Send + Sync>>,
    S::Future: Send + 'static,
    S::Response: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        if self.used.swap(true, Ordering::SeqCst) {
            return Box::pin(async {
                tokio::time::sleep(OneConnection::PATIENCE).await;
                Err(ConnectionGone.into())
            });
        }
        Box::pin(self.inner.call(request))
    }
}

/// The one connection is gone. Comes out of reqwest as a connect error, which means that nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("the connection was closed")]
pub(super) struct ConnectionGone;

/// The first error of a type in a chain of causes.
pub(super) fn cause<'a, E: error::Error + 'static>(
    error: &'a (dyn error::Error + 'static),
) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        // An I/O error hides the error that it was made of.
        if let Some(inner) =
            error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref)
            && let Some(found) = cause::<E>(inner)
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}
