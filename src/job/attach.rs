//! Jobs by their identifiers.

use uuid::Uuid;

use super::{Job, JobStatus};
use crate::{
    cim::{
        Instance, Reference, ResourceUri,
        wql::{Condition, Select},
    },
    client::{Client, VIRTUALIZATION},
    error::Result,
};

/// The class from which all jobs derive.
pub(super) const ANY: &str = "CIM_ConcreteJob";
/// The class of most jobs, which is asked first, and the one from which all derive.
const CLASSES: [&str; 2] = ["Msvm_ConcreteJob", ANY];

impl Job {
    /// The job that a status is of.
    pub fn of(client: &Client, status: &JobStatus) -> Self {
        let uri = ResourceUri::wmi(VIRTUALIZATION, &status.class);
        Self::new(client.clone(), Reference::new(uri).selector("InstanceID", &status.id))
    }

    /// The job of any class that has an identifier; `None` when the host does not know it, or no longer. Braces around the
    /// identifier and its case do not matter.
    ///
    /// # Errors
    /// When the host does not answer, or has no namespace of Hyper-V.
    pub async fn attach(client: &Client, id: &str) -> Result<Option<Self>> {
        let id = Uuid::try_parse(id.trim())
            .map_or_else(|_| id.to_owned(), |id| id.hyphenated().to_string().to_uppercase());
        for class in CLASSES {
            let of_id = Condition::equals("InstanceID", &id)?;
            let query = Select::all_of(class)?.filter(of_id);
            let rows: Vec<Instance> = client.query(VIRTUALIZATION, query).collect().await?;
            if let Some((row, status)) = rows
                .into_iter()
                .find_map(|row| JobStatus::from_instance(&row).map(|status| (row, status)))
            {
                let reference = Reference::new(row.uri).selector("InstanceID", status.id);
                return Ok(Some(Self::new(client.clone(), reference)));
            }
        }
        Ok(None)
    }
}
