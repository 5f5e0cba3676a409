//! Enumerate and Pull.

use super::{
    super::{
        enumeration::Enumeration,
        repository::{NAMESPACE, Row, schema},
        wql::Query,
    },
    Call, Provider,
    fault::{self, Refused},
};
use crate::{
    cim::COMMON,
    soap::{ADDRESSING, Envelope},
    wsman::{Enumerate, Enumerated, EnumerationMode, Filter, Page, Pull, WSMAN},
    xml::{Element, XSI},
};

/// The namespace of what CIM adds to an enumeration ([DSP0227]).
///
/// [DSP0227]: https://www.dmtf.org/standards/wsman
const CIM_BINDING: &str = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd";
/// The most items that a host sends at once: `MaxBatchItems`.
const MOST_ITEMS: u32 = 32_000;
/// Room for what stands around the items of a page: the context, and the elements that hold them.
const AROUND_ITEMS: usize = 512;

impl Provider {
    /// Begins an enumeration. `space` is how large the body of the answer may be.
    pub(super) fn enumerate(
        &mut self,
        call: &Call<'_>,
        request: &Envelope,
        enumerate: &Enumerate,
        space: usize,
    ) -> Result<Enumerated, Refused> {
        let resource = &enumerate.resource;
        if let Some((name, _)) = super::keys_of(resource)?.first() {
            return Err(fault::unexpected_selector(name));
        }
        let all_classes = resource.uri.class() == "*";
        let (rows, query) = match &enumerate.filter {
            None if all_classes => return Err(fault::all_classes_without_query()),
            None => (self.repository.rows(&self.class(resource)?.name), None),
            Some(Filter::Selectors(_) | Filter::Association(_)) => {
                return Err(fault::filter_dialect());
            }
            Some(Filter::Wql(_)) if !all_classes => return Err(fault::query_on_a_class()),
            Some(Filter::Wql(text)) => {
                let namespace = resource.uri.wmi_namespace().unwrap_or_default();
                if !namespace.eq_ignore_ascii_case(NAMESPACE) {
                    return Err(fault::no_namespace(namespace));
                }
                let mode = request
                    .body
                    .first()
                    .and_then(|body| body.text_of(CIM_BINDING, "PolymorphismMode"));
                if mode.is_some_and(|mode| mode != "IncludeSubClassProperties") {
                    return Err(fault::polymorphism());
                }
                let query = Query::parse(text, schema())
                    .map_err(|error| fault::invalid_query(text, &error))?;
                let mut rows = self.repository.rows(&query.class);
                rows.retain(|row| {
                    self.repository
                        .instance(*row, call.now)
                        .is_some_and(|instance| query.selects(&instance, schema()))
                });
                (rows, Some(query))
            }
        };
        let enumeration = Enumeration { rows: rows.into(), mode: enumerate.mode, query };
        let page = match enumerate.optimize {
            Some(most) => self.page(call, enumeration, most, space)?,
            None => self.keep(call, Vec::new(), enumeration)?,
        };
        Ok(Enumerated { page })
    }

    /// The next page. `space` is how large the body of the answer may be.
    pub(super) fn pull(
        &mut self,
        call: &Call<'_>,
        pull: &Pull,
        space: usize,
    ) -> Result<Page, Refused> {
        let enumeration = self
            .contexts
            .take(&pull.context, call.user, call.now)
            .ok_or_else(fault::unknown_context)?;
        self.page(call, enumeration, pull.max_elements.unwrap_or(1), space)
    }

    /// Fills a page until it has enough items or would get too large.
    fn page(
        &mut self,
        call: &Call<'_>,
        mut enumeration: Enumeration,
        most: u32,
        space: usize,
    ) -> Result<Page, Refused> {
        let most = match most {
            0 => return Err(fault::schema("MaxElements is 0")),
            most => usize::try_from(most.min(MOST_ITEMS)).unwrap_or(usize::MAX),
        };
        let mut space = space.saturating_sub(AROUND_ITEMS);
        let mut items = Vec::new();
        while items.len() < most
            && let Some(row) = enumeration.rows.front().copied()
        {
            if let Some(item) = self.item(call, row, &enumeration) {
                // An item by itself declares more prefixes than it does in the envelope, never less.
                let size =
                    item.to_xml().map_err(|error| fault::internal(&error.to_string()))?.len();
                match space.checked_sub(size) {
                    Some(rest) => space = rest,
                    None if items.is_empty() => return Err(fault::answer_too_large()),
                    None => break,
                }
                self.repository.seen(row);
                items.push(item);
            }
            enumeration.rows.pop_front();
        }
        if enumeration.rows.is_empty() {
            return Ok(Page { items, context: None });
        }
        self.keep(call, items, enumeration)
    }

    fn keep(
        &mut self,
        call: &Call<'_>,
        items: Vec<Element>,
        enumeration: Enumeration,
    ) -> Result<Page, Refused> {
        // A new context each time, as hosts may give: clients have to use the newest.
        let context = self
            .contexts
            .open(call.new_id, call.user, call.now, enumeration)
            .ok_or_else(fault::too_many_contexts)?;
        Ok(Page { items, context: Some(context) })
    }

    /// An item; nothing when the instance is gone by now.
    fn item(&self, call: &Call<'_>, row: Row, enumeration: &Enumeration) -> Option<Element> {
        if enumeration.mode == EnumerationMode::Epr {
            let reference = Element::new(ADDRESSING, "EndpointReference");
            return Some(self.repository.resource(row)?.into_children_of(reference));
        }
        let instance = self.repository.instance(row, call.now)?;
        let Some(wanted) = enumeration.query.as_ref().and_then(|query| query.projection.as_ref())
        else {
            return Some(instance.encode());
        };
        let is_wanted = |property: &Element| {
            wanted.iter().any(|name| name.eq_ignore_ascii_case(property.name.local()))
        };
        let properties = instance.encode().children.into_iter().filter(is_wanted);
        Some(
            Element::new(WSMAN, "XmlFragment")
                .declare("xsi", XSI)
                .declare("p", instance.uri.as_str())
                .declare("cim", COMMON)
                .children(properties),
        )
    }
}
