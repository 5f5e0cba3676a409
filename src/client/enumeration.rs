//! Enumerations: instances page by page.

use std::{
    fmt,
    future::{Future as _, poll_fn},
    marker::PhantomData,
    pin::Pin,
    task::{Context as TaskContext, Poll, ready},
    time::Duration,
};

use futures_core::Stream;
use tokio::{task::JoinHandle, time::Instant};

use super::{Client, Effect};
use crate::{
    cim::{Error as CimError, FromInstance, Instance, Reference},
    error::{Context, Error, ErrorKind, Result},
    mof,
    wsman::{
        Ask, Cursor, Enumerate, Enumerated, EnumerationMode, Filter, Items, Operation, Page,
        PolymorphismMode, WSMAN,
    },
    xml::Element,
};

/// An enumeration that has not begun yet.
///
/// It gives instances, unless [references](Self::references), [both](Self::with_references), or values of a
/// [type](Self::of) are asked for.
#[must_use = "an enumeration does nothing until it is started"]
pub struct Enumerating<T = Instance> {
    client: Client,
    enumerate: Enumerate,
    page_size: u32,
    max_time: Option<Duration>,
    call: Context,
    item: PhantomData<fn() -> T>,
}

/// Instances, read page by page, and out of a page one by one: a page is held at most, as the bytes that the host sent.
///
/// Pages are as large as the host lets them be: at first as the page size says; where the host refuses that or takes
/// too long, half as large, and so on; where one item alone is larger than an envelope, the envelope may be larger.
///
/// Also a [`Stream`](futures_core::Stream), which ends after a page that cannot be had. Where `StreamExt` is in scope,
/// `next` is still the method here, which gives a `Result` of an `Option`. An item that is no instance is an error in its
/// place, and the next one may be asked for all the same.
///
/// # Cancellation
/// The future of [`next`](Self::next) may be dropped at any time; nothing is lost.
///
/// Dropped before its end, an enumeration asks the host in the background to forget it, which may fail; the host forgets
/// it by itself after some minutes, and until then counts it against the limit of operations of the user.
#[must_use = "an enumeration holds a context on the host until it is read to its end or dropped"]
pub struct Enumeration<T = Instance> {
    client: Client,
    cursor: Cursor,
    items: Items,
    fetching: Option<Fetching>,
    /// No page asks for more items, from the next one on.
    page_size: u32,
    call: Context,
    item: PhantomData<fn() -> T>,
}

/// A page on its way. It comes whether somebody waits for it or not, so that its connection is free for others again;
/// dropped, it is given up, and its connection closed.
struct Fetching(JoinHandle<(Cursor, Result<Items>)>);

impl Drop for Fetching {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What an enumeration gives of each instance.
///
/// Implemented for all that can be made [from an instance](FromInstance), for [`Reference`], and for both together.
pub trait Item: Sized {
    /// What the host has to send.
    const MODE: EnumerationMode;

    /// Makes it of what the host sent.
    ///
    /// # Errors
    /// When that is something else.
    fn from_element(element: &Element) -> std::result::Result<Self, CimError>;
}

impl<T: FromInstance> Item for T {
    const MODE: EnumerationMode = EnumerationMode::Object;

    fn from_element(element: &Element) -> std::result::Result<Self, CimError> {
        Self::from_instance(Instance::decode(element, mof::schema())?)
    }
}

impl Item for Reference {
    const MODE: EnumerationMode = EnumerationMode::Epr;

    fn from_element(element: &Element) -> std::result::Result<Self, CimError> {
        Self::from_children(element).map_err(|error| CimError::Reference(Box::new(error)))
    }
}

impl<T: FromInstance> Item for (T, Reference) {
    const MODE: EnumerationMode = EnumerationMode::ObjectAndEpr;

    fn from_element(element: &Element) -> std::result::Result<Self, CimError> {
        match element.children.as_slice() {
            [object, reference] if element.is(WSMAN, "Item") => {
                Ok((<T as Item>::from_element(object)?, Reference::from_element(reference)?))
            }
            _ => Err(CimError::Missing("instance with its reference".to_owned())),
        }
    }
}

impl Enumerating {
    pub(super) fn new(client: &Client, enumerate: Enumerate, class: Option<&str>) -> Self {
        Self {
            client: client.clone(),
            enumerate,
            page_size: Cursor::PAGE_SIZE,
            max_time: None,
            call: client.context("Enumerate", class, None),
            item: PhantomData,
        }
    }

    /// Values of a type instead of instances.
    pub fn of<T: FromInstance>(self) -> Enumerating<T> {
        self.giving()
    }

    /// References instead of instances, each with the full key as the host itself writes it.
    pub fn references(self) -> Enumerating<Reference> {
        self.giving()
    }
}

impl<T: FromInstance> Enumerating<T> {
    /// The references, too.
    pub fn with_references(self) -> Enumerating<(T, Reference)> {
        self.giving()
    }
}

impl<T> Enumerating<T> {
    /// Only the instances that a filter selects.
    ///
    /// A [query](Client::query) or a [way along associations](Client::associations) is on all classes of a namespace.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.enumerate.filter = Some(filter);
        self
    }

    /// How instances of subclasses come; by default as what they are. Hosts refuse anything else with a query.
    pub fn polymorphism(mut self, mode: PolymorphismMode) -> Self {
        self.enumerate.polymorphism = mode;
        self
    }

    /// How many items to ask for at once; 1000, at least 1. The host sends fewer where they would not fit into an
    /// envelope.
    ///
    /// On the wire: `w:MaxElements` of Enumerate, `n:MaxElements` of Pull.
    pub fn page_size(mut self, items: u32) -> Self {
        self.page_size = items;
        self
    }

    /// How long the host may look for the items of one page, where that is less than the time-out of a request.
    ///
    /// On the wire: `n:MaxTime` of Pull.
    pub fn max_time(mut self, time: Duration) -> Self {
        self.max_time = Some(time);
        self
    }

    fn giving<U>(self) -> Enumerating<U> {
        let Self { client, enumerate, page_size, max_time, call, item: _ } = self;
        Enumerating { client, enumerate, page_size, max_time, call, item: PhantomData }
    }
}

impl<T: Item> Enumerating<T> {
    /// Begins, and waits for the first page.
    ///
    /// On the wire: `Enumerate`, optimized; DSP0226 section 8.2.
    ///
    /// # Errors
    /// When the host refuses it, or gives no answer.
    ///
    /// # Cancellation
    /// The host may keep an enumeration that nobody reads, for some minutes.
    pub async fn start(self) -> Result<Enumeration<T>> {
        let enumerate = Enumerate { mode: T::MODE, ..self.enumerate };
        let mut enumeration = Enumeration {
            cursor: Cursor::new(enumerate, self.page_size, self.max_time),
            client: self.client,
            items: Items::default(),
            fetching: None,
            page_size: self.page_size,
            call: self.call,
            item: PhantomData,
        };
        poll_fn(|context| enumeration.poll_page(context)).await?;
        Ok(enumeration)
    }

    /// All of them.
    ///
    /// # Errors
    /// As [`start`](Self::start) and [`Enumeration::next`].
    pub async fn collect(self) -> Result<Vec<T>> {
        self.start().await?.collect().await
    }
}

impl<T: Item> Enumeration<T> {
    /// The next one; `None` at the end.
    ///
    /// On the wire: `Pull`, when all items of a page were read; DSP0226 section 8.4.
    ///
    /// # Errors
    /// When a page cannot be had, which ends the enumeration, or an item is not what it has to be, which does not.
    pub async fn next(&mut self) -> Result<Option<T>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }

    /// How many items the pages from the next one on may have, at least 1, where that is less than until now. One who
    /// wants only so many more has the host send no others.
    ///
    /// On the wire: `n:MaxElements` of Pull.
    pub fn page_size(&mut self, items: u32) {
        self.page_size = items;
    }

    /// Ends it before its end, and waits until the host has forgotten it.
    ///
    /// Dropping it does the same in the background, for which the runtime has to go on.
    ///
    /// On the wire: `Release`; DSP0226 section 8.6.
    ///
    /// # Errors
    /// When the host refuses it, or gives no answer. The host forgets the enumeration then by itself, after some minutes.
    ///
    /// # Cancellation
    /// The host is asked all the same.
    pub async fn release(mut self) -> Result<()> {
        match self.abandon() {
            Some(released) => released.await.unwrap_or(Ok(())),
            None => Ok(()),
        }
    }

    /// All that are left.
    ///
    /// # Errors
    /// As [`next`](Self::next); what was read until then is lost.
    pub async fn collect(mut self) -> Result<Vec<T>> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await? {
            items.push(item);
        }
        Ok(items)
    }
}

impl<T: Item> Stream for Enumeration<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(element) = this.items.next() {
                let item = element.map_err(Error::from);
                let item = item.and_then(|element| T::from_element(&element).map_err(Error::from));
                return Poll::Ready(Some(
                    item.map_err(|error| error.with_context(this.call.clone())),
                ));
            }
            if this.cursor.next_request().is_none() {
                return Poll::Ready(None);
            }
            if let Err(error) = ready!(this.poll_page(context)) {
                return Poll::Ready(Some(Err(error)));
            }
        }
    }
}

impl<T> Enumeration<T> {
    /// Waits for the next page. Without one the enumeration is at its end.
    fn poll_page(&mut self, context: &mut TaskContext<'_>) -> Poll<Result<()>> {
        let fetching = self.fetching.get_or_insert_with(|| {
            self.cursor.at_most(self.page_size);
            let page = self.client.clone().fetch(self.cursor.clone(), self.call.clone());
            Fetching(tokio::spawn(page))
        });
        let fetched = ready!(Pin::new(&mut fetching.0).poll(context));
        self.fetching = None;
        let (cursor, items) = match fetched {
            Ok(fetched) => fetched,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(error) => {
                let message = "the page was given up, as the runtime ends";
                let error = Error::new(ErrorKind::Connect, message).with_source(error);
                (self.cursor.clone(), Err(error.with_context(self.call.clone())))
            }
        };
        self.cursor = cursor;
        if items.is_err() {
            drop(self.abandon());
        }
        self.items = items?;
        Poll::Ready(Ok(()))
    }

    /// Ends it here, and on the host as far as that goes.
    fn abandon(&mut self) -> Option<JoinHandle<Result<()>>> {
        self.fetching = None;
        let release = self.cursor.release();
        self.cursor.end();
        let runtime = tokio::runtime::Handle::try_current().ok()?;
        let (release, client, call) = (release?, self.client.clone(), self.call.clone());
        Some(runtime.spawn(async move {
            let released = client.send(&release, Effect::Advances, &call).await;
            if let Err(error) = &released {
                tracing::debug!(%error, "an enumeration could not be released");
            }
            released
        }))
    }
}

impl<T> Drop for Enumeration<T> {
    fn drop(&mut self) {
        drop(self.abandon());
    }
}

impl Client {
    /// The next page of an enumeration. What the cursor asks again, after a refusal, has to come within the time of one
    /// call, too.
    async fn fetch(self, mut cursor: Cursor, call: Context) -> (Cursor, Result<Items>) {
        let deadline = self.deadline();
        let fail = |error: Error| error.with_context(call.clone());
        loop {
            let answer = match cursor.next_request() {
                None => Ok((Items::default(), None)),
                Some(Ask::Begin(enumerate)) => {
                    let page = |answer: Enumerated| answer.page;
                    self.page(&enumerate, Effect::Reads, page, &cursor, &call, deadline).await
                }
                Some(Ask::Next(pull)) => {
                    let page = |page| page;
                    self.page(&pull, Effect::Advances, page, &cursor, &call, deadline).await
                }
            };
            match answer {
                Ok((items, context)) => {
                    let accepted = cursor.accept(items.len(), context);
                    let items = accepted.map(|()| items).map_err(|error| fail(error.into()));
                    return (cursor, items);
                }
                Err(error) => match error.fault() {
                    Some(fault) if cursor.refuse(fault) => {
                        tracing::info!(
                            %fault,
                            page_size = cursor.page_size(),
                            max_envelope_size = cursor.max_envelope_size(),
                            "the host refused a page; asking for less at once"
                        );
                    }
                    _ => return (cursor, Err(error)),
                },
            }
        }
    }

    /// Asks once.
    async fn page<O: Operation>(
        &self,
        operation: &O,
        effect: Effect,
        page: impl Fn(O::Answer) -> Page,
        cursor: &Cursor,
        call: &Context,
        deadline: Instant,
    ) -> Result<(Items, Option<String>)> {
        let request = self
            .request(operation, cursor.max_envelope_size())
            .map_err(|error| error.with_context(call.clone()))?;
        self.exchange(effect, call, deadline, request, |answer, message_id| {
            Items::read(operation, message_id, answer, self.shared.limits, &page)
        })
        .await
    }
}

impl<T> fmt::Debug for Enumerating<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enumerating").field("enumerate", &self.enumerate).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Enumeration<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enumeration").field("cursor", &self.cursor).finish_non_exhaustive()
    }
}
