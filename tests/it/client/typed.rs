//! Classes and methods as Rust types, against the simulated host.

use std::time::Duration;

use hyperv_replica::{
    cim::{Reference, ResourceUri, typed::Class as _},
    error::ErrorKind,
    msvm::{
        ComputerSystem, NAMESPACE, ReplicationRelationship, ReplicationSettingData,
        concrete_job::RequestStateChange,
        replication_service::{
            GetReplicationStatisticsEx, ModifyReplicationSettings, Resynchronize,
        },
        values::{ReplicationMode, ReplicationState, RequestedJobState},
    },
};

use crate::host::{client, sim, start};

fn service() -> Reference {
    Reference::new(ResourceUri::wmi(NAMESPACE, "Msvm_ReplicationService"))
        .selector("CreationClassName", "Msvm_ReplicationService")
}

#[tokio::test]
async fn a_class_is_read_as_its_type_and_leads_to_itself_again() {
    let host = start(sim()).await;
    let client = client(&host.url());
    let systems: Vec<ComputerSystem> = client.all().collect().await.unwrap();
    let web01 = systems.iter().find(|vm| vm.element_name.as_deref() == Some("web01")).unwrap();
    assert_eq!(web01.replication_mode, Some(ReplicationMode::Primary));
    let again = client.read::<ComputerSystem>(&web01.reference().unwrap()).await.unwrap();
    assert_eq!((&again.name, &again.element_name), (&web01.name, &web01.element_name));
    let gone = web01.reference().unwrap().selector("Name", "no such machine");
    assert!(client.read::<ComputerSystem>(&gone).await.unwrap_err().fault().is_some());
}

#[tokio::test]
async fn a_method_is_called_with_its_type() {
    let host = start(sim()).await;
    let client = client(&host.url());
    let relationships: Vec<ReplicationRelationship> = client.all().collect().await.unwrap();
    let needing = relationships
        .into_iter()
        .find(|it| it.replication_state == Some(ReplicationState::WaitingToStartResynchronization))
        .unwrap();
    let id = needing.instance_id.as_deref().unwrap();
    let vm = id.strip_prefix("Microsoft:").unwrap().split('\\').next().unwrap();
    let vm = Reference::new(ResourceUri::wmi(NAMESPACE, ComputerSystem::CLASS))
        .selector("CreationClassName", ComputerSystem::CLASS)
        .selector("Name", vm);

    let statistics = GetReplicationStatisticsEx {
        computer_system: vm.clone(),
        replication_relationship: needing.clone(),
    };
    let returned = client.call(service(), &statistics).await.unwrap();
    assert_eq!(returned.return_value, 0);
    assert_eq!(returned.output.replication_statistics.unwrap().len(), 1);
    assert!(!returned.output.replication_health_issues.unwrap().is_empty());

    let input = Resynchronize { computer_system: vm.clone(), start_time: None };
    let returned = client.call(service(), &input).await.unwrap();
    assert_eq!(returned.return_value, 4096);
    let job = returned.output.job.unwrap();

    // A state that no job has: the host's number, and no error.
    let nonsense = RequestedJobState::Unknown(77);
    let input = RequestStateChange { requested_state: nonsense, timeout_period: None };
    assert_ne!(client.call(job, &input).await.unwrap().return_value, 0);

    // Nothing is sent of a value that the wire cannot hold.
    let before = host.journal().len();
    let mut settings = ReplicationSettingData::default();
    settings.replication_interval = Some(Duration::from_millis(500));
    let input =
        ModifyReplicationSettings { computer_system: vm, replication_setting_data: settings };
    let error = client.call(service(), &input).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage, "{error:?}");
    assert_eq!(host.journal().len(), before);
}
