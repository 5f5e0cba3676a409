//! Enumerations: instances page by page.

use std::collections::VecDeque;

use super::{Client, Effect};
use crate::{
    cim::Instance,
    error::{Context, Error, ErrorKind, Result},
    mof,
    wsman::{Enumerate, EnumerationMode, Filter, Page, Pull, Release, Resource},
    xml::Element,
};

/// How many items we ask for at once. The host sends fewer where they would not fit into an envelope.
const PAGE: u32 = 250;
/// So many empty pages may come in a row; a host may send one when it has nothing yet.
const EMPTY_PAGES: u32 = 100;

/// Instances, read page by page: no more than a page is held at once.
///
/// # Cancellation
/// Dropped before its end, it asks the host in the background to forget it, which may fail; the host forgets it by
/// itself after some minutes, and until then counts it against the limit of operations of the user.
#[must_use = "an enumeration holds a context on the host until it is read to its end or dropped"]
#[derive(Debug)]
pub struct Enumeration {
    client: Client,
    resource: Resource,
    items: VecDeque<Element>,
    context: Option<String>,
    empty_pages: u32,
    call: Context,
}

impl Enumeration {
    pub(super) async fn start(
        client: &Client,
        resource: Resource,
        filter: Option<Filter>,
        mode: EnumerationMode,
        class: &str,
    ) -> Result<Self> {
        let call = client.context("Enumerate", Some(class), None);
        let request = Enumerate { resource: resource.clone(), filter, mode, optimize: Some(PAGE) };
        let page = client.send(&request, Effect::Reads, &call).await?.page;
        Ok(Self {
            client: client.clone(),
            resource,
            items: page.items.into(),
            context: page.context,
            empty_pages: 0,
            call,
        })
    }

    /// The next instance; `None` at the end.
    ///
    /// # Errors
    /// When a page cannot be had, or an item is no instance.
    ///
    /// # Cancellation
    /// The page that was asked for is lost: do not go on.
    pub async fn next(&mut self) -> Result<Option<Instance>> {
        let Some(item) = self.next_item().await? else { return Ok(None) };
        let instance = Instance::decode(&item, mof::schema());
        instance.map(Some).map_err(|error| Error::from(error).with_context(self.call.clone()))
    }

    /// All instances that are left.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub async fn collect(mut self) -> Result<Vec<Instance>> {
        let mut instances = Vec::new();
        while let Some(instance) = self.next().await? {
            instances.push(instance);
        }
        Ok(instances)
    }

    /// The next item as it came.
    pub(super) async fn next_item(&mut self) -> Result<Option<Element>> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Ok(Some(item));
            }
            // Taken, not read: after a failed or abandoned pull nobody knows what comes next.
            let Some(context) = self.context.take() else { return Ok(None) };
            let pull = Pull { resource: self.resource.clone(), context, max_elements: Some(PAGE) };
            let Page { items, context } =
                self.client.send(&pull, Effect::Advances, &self.call).await?;
            self.items = items.into();
            self.context = context;
            self.empty_pages = if self.items.is_empty() { self.empty_pages + 1 } else { 0 };
            if self.empty_pages > EMPTY_PAGES {
                let message = "the host sends page after page with nothing on it";
                return Err(
                    Error::new(ErrorKind::Protocol, message).with_context(self.call.clone())
                );
            }
        }
    }
}

impl Drop for Enumeration {
    fn drop(&mut self) {
        let (Some(context), Ok(runtime)) =
            (self.context.take(), tokio::runtime::Handle::try_current())
        else {
            return;
        };
        let (client, call) = (self.client.clone(), self.call.clone());
        let release = Release { resource: self.resource.clone(), context };
        drop(runtime.spawn(async move {
            if let Err(error) = client.send(&release, Effect::Advances, &call).await {
                tracing::debug!(%error, "an enumeration could not be released");
            }
        }));
    }
}
