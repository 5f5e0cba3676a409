//! Hosts whose queries give what a test wants.

use hyperv_replica::{
    cim::{Instance, ResourceUri, Value},
    client::VIRTUALIZATION,
    sim::{Inventory, Script},
    wsman::WSMAN,
};

use crate::host::ClearHost;

/// The simulated host, whose n-th query gives these rows instead of its own, where there are any.
pub(super) async fn host_with(
    inventory: Inventory,
    script: Script,
    rows: Vec<Option<Vec<Instance>>>,
) -> ClearHost {
    ClearHost::start(inventory, script, move |action, count, answer| {
        let Some(Some(rows)) = rows.get(count).filter(|_| action == "Enumerate") else {
            return answer;
        };
        let items: String = rows.iter().map(|row| row.encode().to_xml().unwrap()).collect();
        let (before, _) = answer.split_once("<w:Items>").unwrap();
        let (_, after) = answer.split_once("</w:Items>").unwrap();
        format!("{before}<w:Items>{items}</w:Items>{after}")
    })
    .await
}

pub(super) fn instance(class: &str, properties: &[(&str, Value)]) -> Instance {
    let mut instance = Instance::new(ResourceUri::wmi(VIRTUALIZATION, class));
    for (name, value) in properties {
        instance.set(name, value.clone());
    }
    instance
}

/// The queries that a host was asked, in order.
pub(super) fn queries(host: &ClearHost) -> Vec<String> {
    let filter =
        |body: &hyperv_replica::xml::Element| body.text_of(WSMAN, "Filter").map(str::to_owned);
    host.requests().iter().filter_map(|request| filter(request.body.first()?)).collect()
}
