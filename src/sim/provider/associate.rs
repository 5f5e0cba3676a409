//! What is associated with an instance.

use std::collections::HashSet;

use super::{
    super::repository::{Row, schema},
    Provider,
    fault::{self, Refused},
};
use crate::wsman::Association;

impl Provider {
    /// Follows associations, and gives each result once.
    pub(super) fn associated(&self, association: &Association) -> Result<Vec<Row>, Refused> {
        let restrictions = association.restrictions();
        let restriction = |name| {
            restrictions
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, restriction)| *restriction)
        };
        let class = |name| match restriction(name) {
            Some(class) if schema().find(class).is_none() => {
                Err(fault::filter(&format!("There is no class {class}.")))
            }
            class => Ok(class),
        };
        let (association_class, result_class) =
            (class("AssociationClassName")?, class("ResultClassName")?);
        let (role, result_role) = (restriction("Role"), restriction("ResultRole"));
        let is = |row: Row, class: Option<&str>| {
            class.is_none_or(|class| schema().is_a(row.class(), class))
        };
        let plays =
            |own: &str, role: Option<&str>| role.is_none_or(|role| role.eq_ignore_ascii_case(own));

        let object = self.find(association.object())?;
        let mut results = Vec::new();
        for link in self.repository.associations() {
            let Some([one, other]) = link.ends() else { continue };
            for ((near_role, near), (far_role, far)) in [(one, other), (other, one)] {
                if near != object || !plays(near_role, role) {
                    continue;
                }
                let (result, is_wanted) = if association.is_references() {
                    (link, true)
                } else {
                    (far, is(link, association_class) && plays(far_role, result_role))
                };
                if is_wanted && is(result, result_class) {
                    results.push(result);
                }
            }
        }
        let mut known = HashSet::new();
        results.retain(|result| known.insert(*result));
        Ok(results)
    }
}
