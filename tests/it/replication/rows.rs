//! Hosts whose queries give what a test wants.

use hyperv_replica::{
    cim::{Instance, ResourceUri, Value},
    client::VIRTUALIZATION,
    sim::{Inventory, Script},
    wsman::{ENUMERATION, WSMAN},
    xml::Element,
};

use crate::host::ClearHost;

/// The simulated host, whose n-th query gives these rows instead of its own, where there are any.
pub(super) async fn host_with(
    inventory: Inventory,
    script: Script,
    rows: Vec<Option<Vec<Instance>>>,
) -> ClearHost {
    let elements = |rows: Vec<Instance>| rows.iter().map(Instance::encode).collect();
    let items = rows.into_iter().map(|rows| rows.map(elements)).collect();
    host_giving(inventory, script, items).await
}

/// The simulated host, whose n-th enumeration gives these items instead of its own, where there are any.
pub(super) async fn host_giving(
    inventory: Inventory,
    script: Script,
    items: Vec<Option<Vec<Element>>>,
) -> ClearHost {
    ClearHost::start(inventory, script, move |action, count, answer| {
        let Some(Some(items)) = items.get(count).filter(|_| action == "Enumerate") else {
            return answer;
        };
        let items: String = items.iter().map(|item| item.to_xml().unwrap()).collect();
        // What the simulated host does not know is a fault, whose envelope serves as well.
        let (header, _) = answer.split_once("<s:Body>").unwrap();
        let (before, rest) = header.split_once("<a:Action>").unwrap();
        let (_, after) = rest.split_once("</a:Action>").unwrap();
        format!(
            "{before}<a:Action>{ENUMERATION}/EnumerateResponse</a:Action>{after}<s:Body><n:EnumerateResponse>\
             <n:EnumerationContext></n:EnumerationContext><w:Items>{items}</w:Items><w:EndOfSequence></w:EndOfSequence>\
             </n:EnumerateResponse></s:Body></s:Envelope>"
        )
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
    let filter = |body: &Element| body.text_of(WSMAN, "Filter").map(str::to_owned);
    host.requests().iter().filter_map(|request| filter(request.body.first()?)).collect()
}
