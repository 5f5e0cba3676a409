//! Enumerate and Pull.

use std::collections::VecDeque;

use super::{
    super::{
        enumeration::Enumeration,
        limits,
        repository::{NAMESPACE, Row, schema},
        wql::Query,
    },
    Call, Order, Provider,
    fault::{self, Refused},
    resource::{check_namespace, class, dmtf_uri, is_dmtf, keys_of},
};
use crate::{
    cim::{COMMON, Instance, Value, class::Class},
    soap::ADDRESSING,
    wsman::{
        Enumerate, Enumerated, EnumerationMode, Filter, Page, PolymorphismMode, Pull, ResourceUri,
        SelectorSet, WSMAN,
    },
    xml::{Element, XSI},
};

/// Room for what stands around the items of a page: the context, and the elements that hold them.
const AROUND_ITEMS: usize = 512;

impl Provider {
    /// Begins an enumeration. `space` is how large the body of the answer may be.
    pub(super) fn enumerate(
        &mut self,
        call: &Call<'_>,
        enumerate: &Enumerate,
        space: usize,
        order: &Order,
    ) -> Result<Enumerated, Refused> {
        let mut enumeration = self.begin(enumerate)?;
        let items = match enumerate.optimize {
            Some(most) => self.page(&mut enumeration, most, space, order)?,
            None => return Ok(Enumerated { page: self.keep(call, Vec::new(), enumeration)? }),
        };
        Ok(Enumerated { page: self.rest(call, items, enumeration)? })
    }

    /// The next page. `space` is how large the body of the answer may be.
    pub(super) fn pull(
        &mut self,
        call: &Call<'_>,
        pull: &Pull,
        space: usize,
        order: &Order,
    ) -> Result<Page, Refused> {
        let (id, mut enumeration) = self
            .contexts
            .take(&pull.context, call.user, call.now)
            .ok_or_else(fault::unknown_context)?;
        match self.page(&mut enumeration, pull.max_elements.unwrap_or(1), space, order) {
            Ok(items) => self.rest(call, items, enumeration),
            Err(fault) => {
                // What was refused was not given: the same context gives it to a client that asks for less.
                self.contexts.open(id, call.user, call.now, enumeration);
                Err(fault)
            }
        }
    }

    /// Finds what is to be enumerated.
    fn begin(&self, enumerate: &Enumerate) -> Result<Enumeration, Refused> {
        let resource = &enumerate.resource;
        check_namespace(resource)?;
        if let Some((name, _)) = keys_of(resource)?.first() {
            return Err(fault::unexpected_selector(name));
        }
        let all_classes = resource.uri.class() == "*";
        let mut enumeration = Enumeration {
            rows: VecDeque::new(),
            mode: enumerate.mode,
            dmtf: is_dmtf(&resource.uri),
            shown_as: None,
            projection: None,
        };
        let selectors = match &enumerate.filter {
            None if all_classes => return Err(fault::all_classes_without_query()),
            None => SelectorSet::new(),
            Some(Filter::Selectors(_)) if all_classes => {
                return Err(fault::all_classes_without_query());
            }
            Some(Filter::Selectors(selectors)) => selectors.clone(),
            Some(_) if !all_classes => return Err(fault::query_on_a_class()),
            Some(_) if enumerate.polymorphism != PolymorphismMode::default() => {
                return Err(fault::polymorphism());
            }
            Some(Filter::Association(association)) => {
                enumeration.rows = self.associated(association)?.into();
                let properties = association.properties();
                enumeration.projection = (!properties.is_empty()).then(|| properties.to_vec());
                return Ok(enumeration);
            }
            Some(Filter::Wql(text)) => {
                (enumeration.rows, enumeration.projection) = self.query(text)?;
                return Ok(enumeration);
            }
        };
        let class = class(resource)?;
        let selectors: Vec<_> = selectors.iter().collect();
        let wanted = self.wanted(class, &selectors).map_err(|fault| fault::filter(fault.text()))?;
        let rows = self.repository.rows(&class.name).filter(|row| self.has(*row, &wanted));
        match enumerate.polymorphism {
            PolymorphismMode::IncludeSubClassProperties => enumeration.rows = rows.collect(),
            PolymorphismMode::ExcludeSubClassProperties => {
                enumeration.rows = rows.collect();
                enumeration.shown_as = Some(class);
            }
            PolymorphismMode::None => {
                enumeration.rows = rows.filter(|row| row.class() == class.name).collect();
            }
        }
        Ok(enumeration)
    }

    /// What a query wants: which instances, and which properties of them if not all.
    fn query(&self, text: &str) -> Result<(VecDeque<Row>, Option<Vec<String>>), Refused> {
        let query = Query::parse(text, NAMESPACE, schema())
            .map_err(|error| fault::invalid_query(text, &error))?;
        match query {
            Query::Select(select) => {
                let is_selected = |row: &Row| {
                    select.selects(row.class(), schema(), &|name| {
                        self.repository.property(*row, name).unwrap_or(Value::Null)
                    })
                };
                let rows = self.repository.rows(&select.class).filter(is_selected).collect();
                Ok((rows, select.projection))
            }
            Query::Associations(association) => {
                let rows = self.associated(&association);
                let rows = rows.map_err(|fault| fault::invalid_query(text, &fault.text()))?;
                Ok((rows.into(), None))
            }
        }
    }

    /// Fills a page until it has enough items or would get too large. What is refused is not lost.
    fn page(
        &mut self,
        enumeration: &mut Enumeration,
        most: u32,
        space: usize,
        order: &Order,
    ) -> Result<Vec<Element>, Refused> {
        let most = match most {
            0 => return Err(fault::schema("MaxElements is 0")),
            most => usize::try_from(most.min(limits::BATCH_ITEMS)).unwrap_or(usize::MAX),
        };
        let mut space = space.saturating_sub(AROUND_ITEMS);
        let mut items = Vec::new();
        let mut passed = 0;
        for row in &enumeration.rows {
            if items.len() == most {
                break;
            }
            if let Some(item) = self.item(*row, enumeration) {
                // An item by itself declares more prefixes than it does in the envelope, never less.
                let size =
                    item.to_xml().map_err(|error| fault::internal(&error.to_string()))?.len();
                match space.checked_sub(size) {
                    Some(rest) => space = rest,
                    None if items.is_empty() => return Err(fault::answer_too_large()),
                    None => break,
                }
                items.push(item);
            }
            passed += 1;
        }
        if order.most_items.is_some_and(|most| items.len() > most) {
            return Err(fault::answer_too_large());
        }
        for row in enumeration.rows.drain(..passed) {
            self.repository.seen(row);
        }
        Ok(items)
    }

    /// The page, and where there are more.
    fn rest(
        &mut self,
        call: &Call<'_>,
        items: Vec<Element>,
        enumeration: Enumeration,
    ) -> Result<Page, Refused> {
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
    fn item(&self, row: Row, enumeration: &Enumeration) -> Option<Element> {
        let reference = || {
            let element = Element::new(ADDRESSING, "EndpointReference");
            Some(self.resource(row, enumeration.dmtf)?.into_children_of(element))
        };
        let object = || {
            let mut instance = self.instance(row, enumeration.dmtf)?;
            if let Some(class) = enumeration.shown_as {
                show_as(&mut instance, class, enumeration.dmtf);
            }
            Some(match &enumeration.projection {
                Some(properties) => fragment(&instance, properties),
                None => instance.encode(),
            })
        };
        match enumeration.mode {
            EnumerationMode::Object => object(),
            EnumerationMode::Epr => reference(),
            EnumerationMode::ObjectAndEpr => {
                Some(Element::new(WSMAN, "Item").child(object()?).child(reference()?))
            }
        }
    }
}

/// Makes an instance look like one of a class that its own derives from. Its endpoint reference stays what it is.
fn show_as(instance: &mut Instance, class: &Class, dmtf: bool) {
    instance.uri =
        if dmtf { dmtf_uri(&class.name) } else { ResourceUri::wmi(NAMESPACE, &class.name) };
    instance.properties.retain(|(name, _)| schema().find_property(&class.name, name).is_some());
}

/// Some properties of an instance, which are no instance any more.
fn fragment(instance: &Instance, properties: &[String]) -> Element {
    let is_wanted = |property: &Element| {
        properties.iter().any(|name| name.eq_ignore_ascii_case(property.name.local()))
    };
    Element::new(WSMAN, "XmlFragment")
        .declare("xsi", XSI)
        .declare("p", instance.uri.as_str())
        .declare("cim", COMMON)
        .children(instance.encode().children.into_iter().filter(is_wanted))
}
