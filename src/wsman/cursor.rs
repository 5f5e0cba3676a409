//! The way of a client through an enumeration ([WS-Enumeration] section 3, [DSP0226] section 8), without the network.
//!
//! [WS-Enumeration]: https://www.w3.org/submissions/2006/SUBM-WS-Enumeration-20060315/
//! [DSP0226]: https://www.dmtf.org/standards/wsman

use std::time::Duration;

use super::{ENUMERATION, Enumerate, Error, Fault, Pull, Release, Resource, WSMAN};

/// Where a client is in an enumeration, and how much it asks for.
///
/// Use: send what [`next_request`](Self::next_request) gives, and tell the cursor what came of it, by
/// [`accept`](Self::accept) or [`refuse`](Self::refuse), until it has nothing to ask any more.
///
/// It asks for large pages at first. A host that refuses a page because it would be too large, or that takes too long
/// over one, is asked for half as many items; where one item alone is too large, for a larger envelope. What a host
/// refused it has not given, so nothing is skipped; where it forgot the enumeration over that, a new one is begun only
/// if no items have come yet.
#[derive(Clone, Debug)]
pub struct Cursor {
    enumerate: Enumerate,
    place: Place,
    page_size: u32,
    max_time: Option<Duration>,
    max_envelope_size: u32,
    empty_pages: u32,
    has_items: bool,
    /// Whether a page was refused after the last one that came.
    shrunk: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Place {
    Begin,
    /// Within, by the context that came last.
    At(String),
    End,
}

/// What a cursor asks for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Ask {
    /// To begin, with the first page.
    Begin(Enumerate),
    /// The next page.
    Next(Pull),
}

impl Cursor {
    /// How many items are asked for at first. A host sends fewer where they would not fit into an envelope.
    pub const PAGE_SIZE: u32 = 1000;
    /// How large an answer may be at first, in bytes: the limit of a host of 2012 or later as it is installed.
    pub const ENVELOPE_SIZE: u32 = 512_000;
    /// How large an answer may get, in bytes, where one item does not fit otherwise.
    pub const LARGEST_ENVELOPE_SIZE: u32 = 4 << 20;
    /// So many empty pages may come in a row; a host may send one when it has nothing yet.
    const EMPTY_PAGES: u32 = 100;

    /// The begin of an enumeration, in pages of at most so many items; at least one.
    #[must_use]
    pub fn new(enumerate: Enumerate, page_size: u32, max_time: Option<Duration>) -> Self {
        Self {
            enumerate,
            place: Place::Begin,
            page_size: page_size.max(1),
            max_time,
            max_envelope_size: Self::ENVELOPE_SIZE,
            empty_pages: 0,
            has_items: false,
            shrunk: false,
        }
    }

    /// What to ask for; nothing at the end.
    #[must_use]
    pub fn next_request(&self) -> Option<Ask> {
        match &self.place {
            Place::Begin => {
                let enumerate = self.enumerate.clone();
                Some(Ask::Begin(Enumerate { optimize: Some(self.page_size), ..enumerate }))
            }
            Place::At(context) => Some(Ask::Next(Pull {
                max_elements: Some(self.page_size),
                max_time: self.max_time,
                ..Pull::new(self.resource().clone(), context.clone())
            })),
            Place::End => None,
        }
    }

    /// How large the answer may be, in bytes.
    #[must_use]
    pub const fn max_envelope_size(&self) -> u32 {
        self.max_envelope_size
    }

    /// How many items the next page may have.
    #[must_use]
    pub const fn page_size(&self) -> u32 {
        self.page_size
    }

    /// Asks for no more than so many items from now on; at least one.
    pub fn at_most(&mut self, items: u32) {
        self.page_size = self.page_size.min(items.max(1));
    }

    /// A page came, with so many items, and the context for the next one.
    ///
    /// # Errors
    /// When the host sends page after page with nothing on it.
    pub fn accept(&mut self, items: usize, context: Option<String>) -> Result<(), Error> {
        self.place = context.map_or(Place::End, Place::At);
        self.shrunk = false;
        if items > 0 {
            self.has_items = true;
            self.empty_pages = 0;
            return Ok(());
        }
        self.empty_pages += 1;
        if self.empty_pages > Self::EMPTY_PAGES {
            return Err(Error::EmptyPages);
        }
        Ok(())
    }

    /// The host refused the request. Whether to ask again, for less; else the enumeration has failed.
    pub fn refuse(&mut self, fault: &Fault) -> bool {
        let too_large = fault.is(WSMAN, "EncodingLimit") || fault.has_code(2_150_859_025);
        let too_slow = fault.is(WSMAN, "TimedOut") && self.place != Place::Begin;
        if (too_large || too_slow) && self.page_size > 1 {
            self.page_size /= 2;
        } else if too_large && self.max_envelope_size < Self::LARGEST_ENVELOPE_SIZE {
            self.max_envelope_size = Self::LARGEST_ENVELOPE_SIZE;
        } else if fault.is(ENUMERATION, "InvalidEnumerationContext")
            && self.shrunk
            && !self.has_items
            && self.place != Place::Begin
        {
            self.place = Place::Begin;
        } else {
            return false;
        }
        self.shrunk = true;
        true
    }

    /// The request to forget the enumeration; nothing where the host has none.
    #[must_use]
    pub fn release(&self) -> Option<Release> {
        match &self.place {
            Place::At(context) => {
                Some(Release { resource: self.resource().clone(), context: context.clone() })
            }
            Place::Begin | Place::End => None,
        }
    }

    /// Goes to the end, whatever is left.
    pub fn end(&mut self) {
        self.place = Place::End;
    }

    /// What the enumeration is on. Pulls are on the same: the namespace, at least, has to be that of the begin.
    const fn resource(&self) -> &Resource {
        &self.enumerate.resource
    }
}
