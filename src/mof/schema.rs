use std::sync::LazyLock;

use super::parse;
use crate::cim::class::Schema;

const SOURCES: [&str; 13] = [
    include_str!("../../schemas/cim.mof"),
    include_str!("../../schemas/computer_system.mof"),
    include_str!("../../schemas/failover_network.mof"),
    include_str!("../../schemas/heartbeat.mof"),
    include_str!("../../schemas/jobs.mof"),
    include_str!("../../schemas/management_service.mof"),
    include_str!("../../schemas/qualifiers.mof"),
    include_str!("../../schemas/reference_point.mof"),
    include_str!("../../schemas/replication.mof"),
    include_str!("../../schemas/replication_service.mof"),
    include_str!("../../schemas/shutdown.mof"),
    include_str!("../../schemas/storage.mof"),
    include_str!("../../schemas/summary.mof"),
];

/// The classes of Hyper-V, and of CIM below them, that this library speaks; parsed when first asked for.
#[must_use]
#[expect(clippy::expect_used, reason = "the text is compiled in, and tests read it")]
pub fn schema() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        let documents = SOURCES.into_iter().map(|text| parse(text).expect("the schemas are MOF"));
        let classes = documents.flat_map(|document| document.classes).collect();
        Schema::from_classes(classes).expect("the schemas are consistent")
    });
    &SCHEMA
}
