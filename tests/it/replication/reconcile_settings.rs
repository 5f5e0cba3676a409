//! What came of a change of settings whose answer was lost.

use hyperv_replica::{
    replication::{Answer, AuthorizationEntry, ReplicationSettings},
    sim::{Do, Inventory, On, Script},
};

use super::reconcile::{evidence, garbled, host, same, tell, vm_of, without_items};
use crate::host::sim;

const NEW: &str = "hv09.example.com";
const OLD: &str = "hv02.example.com";

fn entry(primary: &str, storage: &str) -> AuthorizationEntry {
    AuthorizationEntry::new(primary, storage, "EXAMPLE")
}

#[tokio::test]
async fn authorization_entries_tell_what_came_of_calls_about_them() {
    use Answer::{DidNotRun, Ran, Unknown};
    const IS: &str = "what is set is as was asked for, which it was not before";
    const WAS: &str = "what is set is as was asked for, and was so before";
    const AS_BEFORE: &str = "what is set is as it was before, and no job has come";
    let before = || Do::DropBefore;
    for (act, answer, says) in [(Do::DropAfter, Ran, IS), (before(), DidNotRun, AS_BEFORE)] {
        let (_host, service, _) = host(sim(), "AddAuthorizationEntry", act.clone(), "web01").await;
        let call = service.add_authorization_entry(&entry(NEW, r"D:\New"));
        let error = call.send().await.unwrap_err();
        assert_eq!(evidence(&service, &error).await, (answer, says.to_owned()));

        let (_host, service, _) =
            host(sim(), "ModifyAuthorizationEntry", act.clone(), "web01").await;
        let call = service.modify_authorization_entry(&entry(OLD, r"D:\New"));
        let error = call.send().await.unwrap_err();
        assert_eq!(evidence(&service, &error).await, (answer, says.to_owned()));

        let (_host, service, _) = host(sim(), "RemoveAuthorizationEntry", act, "web01").await;
        let error = service.remove_authorization_entry(OLD).send().await.unwrap_err();
        assert_eq!(evidence(&service, &error).await, (answer, says.to_owned()));
    }
    // What was so before tells nothing.
    let (_host, service, _) = host(sim(), "AddAuthorizationEntry", before(), "web01").await;
    let call = service.add_authorization_entry(&entry(OLD, r"D:\Replicas"));
    let error = call.send().await.unwrap_err();
    assert_eq!(evidence(&service, &error).await, (Unknown, WAS.to_owned()));
    let (_host, service, _) = host(sim(), "RemoveAuthorizationEntry", before(), "web01").await;
    let error = service.remove_authorization_entry(NEW).send().await.unwrap_err();
    assert_eq!(evidence(&service, &error).await, (Unknown, WAS.to_owned()));
    // An entry of the name that is another one: the host refuses a second one, so nothing was done.
    let (_host, service, _) = host(sim(), "AddAuthorizationEntry", before(), "web01").await;
    let call = service.add_authorization_entry(&entry(OLD, r"D:\New"));
    let error = call.send().await.unwrap_err();
    assert_eq!(evidence(&service, &error).await, (DidNotRun, AS_BEFORE.to_owned()));
}

#[tokio::test]
async fn settings_that_somebody_else_changed_tell_nothing() {
    let (_host, service, _) =
        host(sim(), "ModifyAuthorizationEntry", Do::DropBefore, "web01").await;
    let error =
        service.modify_authorization_entry(&entry(OLD, r"D:\New")).send().await.unwrap_err();
    let other = service.modify_authorization_entry(&entry(OLD, r"D:\Other")).send().await.unwrap();
    other.wait().await.unwrap();
    let told = evidence(&service, &error).await;
    assert_eq!(told, (Answer::Unknown, "what is set does not tell".to_owned()));
}

#[tokio::test]
async fn settings_of_the_server_tell_what_came_of_their_change() {
    for (act, answer) in [(Do::DropAfter, Answer::Ran), (Do::DropBefore, Answer::DidNotRun)] {
        let (host, service, _) = host(sim(), "ModifyServiceSettings", act, "web01").await;
        let settings = service.service_settings().await.unwrap().http_port(8080);
        let error = service.modify_service_settings(&settings).send().await.unwrap_err();
        let told = tell(&service, &error).await;
        assert_eq!(told.answer, answer, "{}", told.evidence);
        assert_eq!(host.journal().len(), usize::from(answer == Answer::Ran));
    }
    // By the settings alone, without a job.
    let script = Script::new().once(On::action("ModifyServiceSettings"), Do::Return(0));
    let (_host, service) =
        garbled(Inventory::sample(), script, "ModifyServiceSettings", same).await;
    let settings = service.service_settings().await.unwrap().http_port(8080);
    let error = service.modify_service_settings(&settings).send().await.unwrap_err();
    let told = tell(&service, &error).await;
    assert_eq!((told.answer, told.job), (Answer::Ran, None));
}

#[tokio::test]
async fn a_service_that_is_stopped_tells_nothing_of_settings() {
    let (_host, service) = garbled(
        Inventory::sample(),
        Script::new(),
        "RemoveAuthorizationEntry",
        // Queries before: for the service, for jobs, for the entry.
        |action, count, answer| {
            if action == "Enumerate" && count >= 3 { without_items(&answer) } else { answer }
        },
    )
    .await;
    let error = service.remove_authorization_entry(OLD).send().await.unwrap_err();
    let told = evidence(&service, &error).await;
    assert_eq!(told, (Answer::Unknown, "what is set does not tell".to_owned()));
}

#[tokio::test]
async fn failover_settings_of_adapters_tell_what_came_of_their_change() {
    for (act, answer) in [(Do::DropAfter, Answer::Ran), (Do::DropBefore, Answer::DidNotRun)] {
        let (_host, service, vm) =
            host(sim(), "SetFailoverNetworkAdapterSettings", act, "dc02").await;
        let adapters = service.failover_adapters(&vm).await.unwrap();
        let settings = adapters[0].settings[0].clone().address("10.0.0.5".parse().unwrap(), 24);
        let call = service.set_failover_network_adapter_settings(&vm, &[settings]);
        let error = call.send().await.unwrap_err();
        let told = tell(&service, &error).await;
        assert_eq!(told.answer, answer, "{}", told.evidence);
    }
}

/// What is told of a change of the replication of `sql01` after which the host shows this port.
async fn changed(port: u16) -> Answer {
    let alter = move |action: &str, count: usize, answer: String| {
        // Queries: for the machine; for its relationships and their settings by the test; for its jobs, relationships and
        // settings before the call.
        if action == "Enumerate" && count >= 6 {
            answer.replace(
                ":RecoveryServerPortNumber>80<",
                &format!(":RecoveryServerPortNumber>{port}<"),
            )
        } else {
            answer
        }
    };
    let (_host, service) =
        garbled(Inventory::sample(), Script::new(), "ModifyReplicationSettings", alter).await;
    let vm = vm_of(&service, "sql01").await;
    let relationships = service.relationships_of(&vm).await.unwrap();
    let settings = ReplicationSettings::from(relationships[0].settings.clone().unwrap());
    let settings = settings.port(8080);
    let error = service.modify_replication_settings(&vm, &settings).send().await.unwrap_err();
    tell(&service, &error).await.answer
}

#[tokio::test]
async fn settings_of_a_relationship_tell_what_came_of_their_change() {
    assert_eq!(changed(8080).await, Answer::Ran);
    assert_eq!(changed(80).await, Answer::DidNotRun);
    assert_eq!(changed(81).await, Answer::Unknown);
}
