//! How much memory the program needs: that of a page, however many instances there are.

use std::{
    fs,
    process::{Child, Stdio},
    thread,
    time::Duration,
};

use hyperv_replica::sim::Inventory;

use super::hvr_on;
use crate::host::{sim, start};

#[tokio::test(flavor = "multi_thread")]
async fn ten_times_as_many_instances_need_no_more_memory() {
    let few = most_memory_for(300).await;
    let many = most_memory_for(3000).await;
    assert!(many < few * 3 / 2, "{few} kB, and then {many} kB");
}

/// The most kilobytes that the program had while it printed so many instances, line by line.
async fn most_memory_for(instances: u32) -> u64 {
    let host = start(sim().inventory(Inventory::with_vms(instances))).await;
    let arguments = ["enumerate", "Msvm_ComputerSystem", "-o", "ndjson"];
    let mut child = hvr_on(&host.url(), &arguments).stdout(Stdio::null()).spawn().unwrap();
    tokio::task::spawn_blocking(move || {
        let mut most = 0;
        while child.try_wait().unwrap().is_none() {
            most = memory(&child).unwrap_or(most);
            thread::sleep(Duration::from_millis(1));
        }
        assert!(child.wait().unwrap().success());
        most
    })
    .await
    .unwrap()
}

/// The most that a process had until now; nothing when it has ended.
fn memory(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
