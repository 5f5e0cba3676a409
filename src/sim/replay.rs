//! A recording as a host.

use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{Answer, Call, Delivery};
use crate::{
    recording::format::{self, Entry},
    soap::{ADDRESSING, Envelope, FaultCode},
    wsman::{ENUMERATION, Fault, Identify, Resource, ResourceUri, SelectorSet, WSMAN},
    xml::{Edit, Element, Limits, Name},
};

/// The hosts that were recorded, as one that answers the same requests in the same way.
///
/// [`Host`](super::Host) puts it on a socket, as it does a [`Provider`](super::Provider).
///
/// A request is matched with the recorded ones by its action, resource, selectors, options and body; what differs from run
/// to run, such as identifiers, time-outs, sizes of pages and the host's address, is not looked at. Each recorded exchange answers once, in
/// the order of the recording, so that a job is seen to advance; `Identify` alone, which nobody tells apart from the proof
/// of a connection, has its last answer again and again. A request for which no exchange is left gets a fault that says so
/// (`a:ActionNotSupported`). What was recorded without an answer is refused in the same way, or the connection is closed.
///
/// An answer has the bytes that were recorded, but for `a:RelatesTo`, which is that of the request.
#[derive(Clone, Debug)]
pub struct Replay {
    folder: PathBuf,
    exchanges: Vec<Exchange>,
}

#[derive(Clone, Debug)]
struct Exchange {
    question: Option<Question>,
    status: Option<u16>,
    answer: Option<Vec<u8>>,
    is_used: bool,
}

const IDENTIFY: &str = "Identify";

/// What two requests that mean the same have in common.
#[derive(Clone, Debug, PartialEq)]
struct Question {
    /// `Identify` has none; its name stands here.
    action: String,
    resource: String,
    selectors: SelectorSet,
    options: Option<Element>,
    body: Vec<Element>,
}

impl Replay {
    /// Reads a recording.
    ///
    /// # Errors
    /// When a file of it is missing or is not what it has to be.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, format::Error> {
        let folder = folder.as_ref();
        let (_, recorded) = format::read(folder)?;
        let exchanges = recorded.into_iter().map(|recorded| {
            let Entry { status, .. } = recorded.entry;
            let request = Envelope::parse(&recorded.request, Limits::default()).ok();
            Exchange {
                question: request.as_ref().map(Question::of),
                status,
                answer: recorded.answer,
                is_used: false,
            }
        });
        Ok(Self { folder: folder.to_owned(), exchanges: exchanges.collect() })
    }

    /// How many exchanges nobody has asked for yet.
    #[must_use]
    pub fn left(&self) -> usize {
        self.exchanges.iter().filter(|exchange| !exchange.is_used).count()
    }

    /// Answers a request of an authenticated user.
    pub fn answer(&mut self, call: &Call<'_>, request: &[u8]) -> Answer {
        let envelope = match Envelope::parse(request, Limits::default()) {
            Ok(envelope) => envelope,
            Err(error) => {
                return refuse(call, None, &format!("The request cannot be read: {error}."));
            }
        };
        let asked = Question::of(&envelope);
        let message_id = envelope.header.message_id;
        let is_asked = |exchange: &&mut Exchange| exchange.question.as_ref() == Some(&asked);
        let mut meant = self.exchanges.iter_mut().filter(is_asked);
        let last = if asked.is_identify() { meant.next_back() } else { None };
        let mut meant = meant.filter(|exchange| !exchange.is_used);
        let Some(exchange) = meant.next().or(last) else {
            let known =
                self.exchanges.iter().any(|exchange| exchange.question.as_ref() == Some(&asked));
            let why =
                if known { "more often than it was recorded" } else { "and was not recorded" };
            let text = format!("{asked} was asked for {why}, in {}.", self.folder.display());
            return refuse(call, message_id, &text);
        };
        exchange.is_used = true;
        match &exchange.answer {
            Some(answer) => {
                deliver(Delivery::Sealed, exchange.status, relating(answer, message_id.as_deref()))
            }
            None => {
                let delivery = match exchange.status {
                    Some(401) => Delivery::Unauthorized,
                    Some(400) => Delivery::BadRequest,
                    _ => Delivery::Dropped,
                };
                deliver(delivery, exchange.status, Vec::new())
            }
        }
    }

    /// The recorded answer to Identify, which is also that before authentication.
    #[must_use]
    pub(super) fn anonymous(&self, request: &[u8]) -> Option<Vec<u8>> {
        let request = Envelope::parse(request, Limits::default()).ok()?;
        let asked = Some(Question::of(&request)).filter(Question::is_identify);
        let meant =
            self.exchanges.iter().find(|exchange| asked.is_some() && exchange.question == asked);
        meant?.answer.clone()
    }
}

impl Question {
    fn is_identify(&self) -> bool {
        self.action == IDENTIFY
    }

    fn of(request: &Envelope) -> Self {
        let header = &request.header;
        let find = |local| header.find(WSMAN, local);
        let given = find("SelectorSet").and_then(|set| SelectorSet::from_element(set).ok());
        let given = given.unwrap_or_default();
        // Their order and the case of their names mean nothing.
        let mut sorted: Vec<_> =
            given.iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut selectors = SelectorSet::new();
        for (name, value) in sorted {
            selectors.insert(&name, value.clone());
        }
        let identify = Identify::is_in(request).then(|| IDENTIFY.to_owned());
        Self {
            action: header.action.clone().or(identify).unwrap_or_default(),
            resource: find("ResourceURI").map(|uri| uri.text.trim().to_owned()).unwrap_or_default(),
            selectors,
            options: find("OptionSet").cloned(),
            body: request.body.iter().cloned().map(without_limits).collect(),
        }
    }
}

/// For people: what was asked for.
impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.action.rsplit('/').next().unwrap_or_default())?;
        if self.is_identify() {
            return Ok(());
        }
        let (uri, selectors) = (ResourceUri::new(&*self.resource), self.selectors.clone());
        write!(f, " of {}", Resource { uri, selectors })
    }
}

/// The body of a request without how much of an answer its sender wants at a time, which is no part of the question.
fn without_limits(mut body: Element) -> Element {
    body.children.retain(|child| {
        let local = child.name.local();
        !matches!(child.name.namespace(), Some(ENUMERATION | WSMAN))
            || !["MaxElements", "MaxTime", "MaxCharacters"].contains(&local)
    });
    body
}

/// An answer that relates to a request.
fn relating(answer: &[u8], message_id: Option<&str>) -> Vec<u8> {
    let (Ok(text), Some(message_id)) = (std::str::from_utf8(answer), message_id) else {
        return answer.to_vec();
    };
    let edits = Edit::of_document(text, Limits::default(), &mut |place, text| {
        let is_it = place.attribute.is_none()
            && place.open.last().is_some_and(|open| open.name.is(ADDRESSING, "RelatesTo"));
        is_it
            .then(|| Edit { range: 0..text.len(), text: message_id.to_owned() })
            .into_iter()
            .collect()
    });
    // What the host sent is sent, even if it is no message.
    edits.map_or_else(|_| answer.to_vec(), |edits| Edit::apply(&edits, text).into_bytes())
}

fn refuse(call: &Call<'_>, relates_to: Option<String>, text: &str) -> Answer {
    let subcode = Name::new(ADDRESSING, "ActionNotSupported");
    let fault = Fault::make(FaultCode::Sender, subcode, 2_150_858_771, text);
    let envelope = fault.envelope(format!("uuid:{}", call.message_id), relates_to);
    deliver(Delivery::Sealed, Some(500), envelope.to_bytes().unwrap_or_default())
}

fn deliver(delivery: Delivery, status: Option<u16>, body: Vec<u8>) -> Answer {
    Answer { status: status.unwrap_or(200), body, delay: Duration::ZERO, delivery }
}
