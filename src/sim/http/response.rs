//! HTTP answers.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::{
    Response, StatusCode,
    body::{Body, Frame, SizeHint},
    header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE},
};

/// An answer.
#[derive(Debug, Default)]
pub(super) struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, String)>,
    body: Bytes,
    /// After how many bytes of the body the connection breaks.
    breaks_after: Option<usize>,
}

impl Reply {
    /// An answer without a body.
    pub(super) fn empty(status: StatusCode) -> Self {
        Self { status, ..Self::default() }
    }

    /// The demand to authenticate, in one of these ways.
    pub(super) fn unauthorized(challenges: &[&str]) -> Self {
        let reply = Self::empty(StatusCode::UNAUTHORIZED);
        challenges.iter().fold(reply, |reply, challenge| reply.header(WWW_AUTHENTICATE, challenge))
    }

    /// A step of authentication, or its end, with the next token if there is one.
    pub(super) fn token(status: StatusCode, scheme: &str, token: Option<&str>) -> Self {
        let reply = Self::empty(status);
        match token {
            Some(token) => reply.header(WWW_AUTHENTICATE, &format!("{scheme} {token}")),
            None => reply,
        }
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::empty(StatusCode::METHOD_NOT_ALLOWED).header(ALLOW, "POST")
    }

    pub(super) fn body(mut self, content_type: &str, body: Vec<u8>) -> Self {
        self.body = body.into();
        self.header(CONTENT_TYPE, content_type)
    }

    /// The same with the headers of another answer as well.
    pub(super) fn with_headers_of(mut self, other: Self) -> Self {
        self.headers.extend(other.headers);
        self
    }

    /// The connection is closed after it.
    pub(super) fn close(self) -> Self {
        self.header(CONNECTION, "close")
    }

    /// The connection breaks in the middle of the body.
    pub(super) fn truncated(self) -> Self {
        Self { breaks_after: Some(self.body.len() / 2), ..self }
    }

    pub(super) fn into_response(self) -> Response<Contents> {
        let length = u64::try_from(self.body.len()).unwrap_or(u64::MAX);
        let rest = match self.breaks_after {
            Some(at) => Rest::Breaking(self.body.slice(..at)),
            None => Rest::Whole(self.body),
        };
        let mut response = Response::new(Contents { length, rest });
        *response.status_mut() = self.status;
        for (name, value) in self.headers {
            // Our own values hold no line ends.
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }

    fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// The body of an answer, which may break off.
#[derive(Debug)]
pub(super) struct Contents {
    length: u64,
    rest: Rest,
}

#[derive(Debug)]
enum Rest {
    Whole(Bytes),
    Breaking(Bytes),
    /// What there is has been handed over; the next call comes when it has been sent.
    Broken,
    Nothing,
}

impl Body for Contents {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let (frame, rest) = match std::mem::replace(&mut self.rest, Rest::Nothing) {
            Rest::Whole(bytes) if bytes.is_empty() => (Poll::Ready(None), Rest::Nothing),
            Rest::Whole(bytes) => (Poll::Ready(Some(Ok(Frame::data(bytes)))), Rest::Nothing),
            Rest::Breaking(bytes) if bytes.is_empty() => {
                // Lets hyper send what it holds before it hears of the break.
                context.waker().wake_by_ref();
                (Poll::Pending, Rest::Broken)
            }
            Rest::Breaking(bytes) => {
                (Poll::Ready(Some(Ok(Frame::data(bytes)))), Rest::Breaking(Bytes::new()))
            }
            Rest::Broken => {
                let error = io::Error::other("the answer breaks off, as the script has it");
                (Poll::Ready(Some(Err(error))), Rest::Nothing)
            }
            Rest::Nothing => (Poll::Ready(None), Rest::Nothing),
        };
        self.rest = rest;
        frame
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.rest, Rest::Nothing) || self.length == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
