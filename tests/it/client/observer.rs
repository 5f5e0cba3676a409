//! What an observer sees.

use std::sync::{Arc, Mutex};

use hyperv_replica::{
    client::{Exchange, Observer},
    sim::{Do, On, Script},
    soap::Envelope,
    xml::Limits,
};

use super::{VM, class, id, resynchronize, vm};
use crate::host::{PASSWORD, USER, builder, sim, start};

/// Keeps a line for each exchange, and the bodies.
#[derive(Default)]
struct Seen(Mutex<Vec<(String, Vec<u8>)>>);

impl Observer for Seen {
    fn exchanged(&self, exchange: &Exchange<'_>) {
        let context = exchange.context;
        let names = [context.operation, context.class.as_deref(), context.method.as_deref()];
        let (end, answer) = match exchange.answer {
            Ok(answer) => (answer.status.to_string(), answer.body.clone()),
            Err(error) => (error.to_string(), Vec::new()),
        };
        let line = names.into_iter().flatten().chain([&*end]).collect::<Vec<_>>().join(" ");
        assert_eq!(exchange.user.to_string(), USER);
        if context.operation != Some("Identify") {
            let request = Envelope::parse(exchange.request, Limits::default()).unwrap();
            assert_eq!(request.header.message_id.as_deref(), Some(exchange.message_id));
        }
        assert!(!format!("{exchange:?}").contains(PASSWORD));
        self.0.lock().unwrap().push((line, [exchange.request.to_vec(), answer].concat()));
    }
}

impl Seen {
    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|(line, _)| line.clone()).collect()
    }
}

#[tokio::test]
async fn an_observer_sees_each_request_once_also_those_that_are_sent_again() {
    let script = Script::new()
        .once(On::action("Get"), Do::DropBefore)
        .once(On::action("Resynchronize"), Do::DropAfter);
    let host = start(sim().script(script)).await;
    let seen = Arc::new(Seen::default());
    let client = builder(&host.url()).observer(Arc::clone(&seen)).build().unwrap();

    client.identify().await.unwrap();
    client.get(&vm(&id(1))).await.unwrap();
    client.enumerate(&class(VM)).collect().await.unwrap();
    client.get(&vm("none")).await.unwrap_err();
    resynchronize(&client).send().await.unwrap_err();

    let broken = "the connection broke before the answer was complete";
    assert_eq!(
        seen.lines(),
        [
            "Identify 200",
            &format!("Get {VM} {broken}"),
            &format!("Get {VM} 200"),
            &format!("Enumerate {VM} 200"),
            &format!("Get {VM} 500"),
            &format!("Invoke Msvm_ReplicationService Resynchronize {broken}"),
        ]
    );
}

#[tokio::test]
async fn an_observer_sees_envelopes_in_clear_and_no_password() {
    let host = start(sim()).await;
    let seen = Arc::new(Seen::default());
    let client = builder(&host.url()).observer(Arc::clone(&seen)).build().unwrap();
    client.get(&vm(&id(1))).await.unwrap();
    let bodies = seen.0.lock().unwrap();
    let text = String::from_utf8(bodies[0].1.clone()).unwrap();
    assert!(text.contains("web01") && text.contains(&id(1)), "{text}");
    assert!(!text.contains(PASSWORD) && !text.contains("Gr€€n"), "{text}");
}
