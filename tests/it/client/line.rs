//! The line of calls that wait for a connection, dead hosts, and connections that are idle.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use hyperv_replica::{
    Credentials,
    client::{Client, Exchange, Observer},
    error::ErrorKind,
    sim::{Do, Inventory, On, Script},
};
use tokio::{
    io::AsyncReadExt as _,
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinSet,
};

use super::{id, resynchronize, vm};
use crate::host::{Proxy, advance, builder, client, serve, settle, sim, start, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_of_64_tasks_each_get_their_own_answer() {
    const TASKS: u32 = 64;
    const REQUESTS: u32 = 10_000;
    let host = start(sim().inventory(Inventory::with_vms(TASKS))).await;
    let client = client(&host.url());
    let methods = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let (client, methods) = (client.clone(), Arc::clone(&methods));
        tasks.spawn(async move {
            for request in (task..REQUESTS).step_by(TASKS as usize) {
                let number = (request * 7 + task) % TASKS + 1;
                if request % 10 == 9 {
                    resynchronize(&client).send().await.unwrap();
                    methods.fetch_add(1, Ordering::Relaxed);
                } else {
                    let instance = client.get(&vm(&id(number))).await.unwrap();
                    let name = format!("vm-{number:04}");
                    assert_eq!(instance.text("ElementName"), Some(&*name));
                }
            }
        });
    }
    tasks.join_all().await;
    assert!(methods.load(Ordering::Relaxed) > 50);
    assert_eq!(host.journal().len(), methods.load(Ordering::Relaxed));
    assert_eq!((host.connections(), host.logons()), (4, 4));
}

/// Keeps the identifiers of virtual machines in the order of the answers.
#[derive(Default)]
struct Order(Mutex<Vec<String>>);

impl Observer for Order {
    fn exchanged(&self, exchange: &Exchange<'_>) {
        let request = String::from_utf8_lossy(exchange.request).into_owned();
        if let Some((_, name)) = request.split_once("Name=\"Name\">") {
            self.0.lock().unwrap().push(name[..id(1).len()].to_owned());
        }
    }
}

#[tokio::test]
async fn who_came_first_is_served_first_also_when_it_comes_again() {
    for act in [Do::DropBefore, Do::Unauthorized] {
        let script = Script::new().nth(2, On::action("Get"), act.clone());
        let host = start(sim().inventory(Inventory::with_vms(20)).script(script)).await;
        let order = Arc::new(Order::default());
        let client =
            builder(&host.url()).connections(1).observer(Arc::clone(&order)).build().unwrap();
        let mut calls = JoinSet::new();
        for number in 1..=20 {
            let client = client.clone();
            calls.spawn(async move { client.get(&vm(&id(number))).await.unwrap() });
        }
        calls.join_all().await;
        // The second one was cut, and came again before all that waited.
        let expected: Vec<_> = [1, 2].into_iter().chain(2..=20).map(id).collect();
        assert_eq!(*order.0.lock().unwrap(), expected, "{act:?}");
        assert_eq!(host.connections(), 2);
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_in_the_line_leaves_nothing_behind() {
    let script = Script::new().once(On::action("Resynchronize"), Do::Hang);
    let host = start(sim().script(script)).await;
    let client = builder(&host.url()).connections(1).build().unwrap();
    let hanging = tokio::spawn(resynchronize(&client).send());
    until(|| host.journal().len() == 1).await;
    let waiting: Vec<_> = (0..10).map(|_| tokio::spawn(resynchronize(&client).send())).collect();
    let last = {
        let client = client.clone();
        tokio::spawn(async move { client.identify().await })
    };
    settle().await;
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
    settle().await;
    hanging.abort();
    last.await.unwrap().unwrap();
    assert_eq!(host.journal().len(), 1);
    assert_eq!(host.connections(), 2);
}

/// An address where a connect is never answered: the line of those that wait to be accepted is full.
async fn silent() -> (String, TcpListener, Vec<TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut fillers = Vec::new();
    while let Ok(filler) =
        tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(address)).await
    {
        fillers.push(filler.unwrap());
    }
    (address.to_string(), listener, fillers)
}

async fn all_at_once(client: &Client) -> Vec<hyperv_replica::Error> {
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let call = resynchronize(client);
        calls.spawn(async move { call.send().await.unwrap_err() });
    }
    calls.join_all().await
}

#[tokio::test]
async fn a_dead_host_costs_one_connect_time_out() {
    const TIME: Duration = Duration::from_millis(600);
    let (address, _listener, _fillers) = silent().await;
    let ntlm = builder(&address).connect_timeout(TIME).build().unwrap();
    // Basic does not log on beforehand: the first request connects.
    let basic = builder(&address)
        .credentials(Credentials::basic("admin", "secret"))
        .dangerous_clear_text(true)
        .connect_timeout(TIME)
        .build()
        .unwrap();
    for (round, client) in [("first", &ntlm), ("second", &ntlm), ("Basic", &basic)] {
        let start = tokio::time::Instant::now();
        for error in all_at_once(client).await {
            assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
            assert!(!error.outcome_unknown());
            assert_eq!(error.context().method.as_deref(), Some("Resynchronize"));
            let source = std::error::Error::source(&error).unwrap().to_string();
            assert!(source.contains("no connection within"), "{source}");
        }
        let elapsed = start.elapsed();
        assert!(elapsed >= TIME && elapsed < TIME * 2, "{round}: {elapsed:?}");
    }
}

/// A relay passes connections on to a host until it dies: it ends them all, and says nothing on further ones.
#[tokio::test]
async fn a_host_that_dies_costs_one_handshake_of_all_that_come_again() {
    let host = start(sim()).await;
    let url: url::Url = host.url().parse().unwrap();
    let target = url.socket_addrs(|| None).unwrap();
    let (dead, late) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let end = Arc::new(tokio::sync::Notify::new());
    let shared = (Arc::clone(&dead), Arc::clone(&late), Arc::clone(&end));
    let address = serve(move |mut near| {
        let ((dead, late, end), target) = (shared.clone(), target.clone());
        async move {
            if dead.load(Ordering::SeqCst) {
                late.fetch_add(1, Ordering::SeqCst);
                while near.read_u8().await.is_ok() {}
                return;
            }
            let mut far = TcpStream::connect(&*target).await.unwrap();
            tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                () = end.notified() => {}
            }
        }
    })
    .await;
    let client = builder(&address.to_string())
        .connect_timeout(Duration::from_millis(300))
        .operation_timeout(Duration::ZERO)
        .total_timeout(Duration::from_secs(60))
        .build()
        .unwrap();
    let warm =
        tokio::join!(client.identify(), client.identify(), client.identify(), client.identify());
    assert!(warm.0.is_ok() && warm.1.is_ok() && warm.2.is_ok() && warm.3.is_ok());
    assert!(host.connections() > 1);
    dead.store(true, Ordering::SeqCst);
    end.notify_waiters();
    settle().await;
    let start = tokio::time::Instant::now();
    let calls = tokio::spawn({
        let client = client.clone();
        async move { all_at_once(&client).await }
    });
    for error in calls.await.unwrap() {
        assert!(error.is_timeout() && !error.outcome_unknown(), "{error:?}");
    }
    assert_eq!(late.load(Ordering::SeqCst), 1, "one connection for all of them");
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
}

#[tokio::test]
async fn an_idle_connection_is_closed_before_the_host_does_it() {
    let host = start(sim()).await;
    let proxy = Proxy::start(&host).await;
    let client = client(&proxy.url());
    client.identify().await.unwrap();
    advance(Duration::from_secs(99)).await;
    assert_eq!(proxy.counts().open, 1);
    advance(Duration::from_secs(2)).await;
    until(|| proxy.counts().open == 0).await;
    client.identify().await.unwrap();
    assert_eq!(host.logons(), 2);
}

#[tokio::test]
async fn nothing_outlives_the_client() {
    let host = start(sim()).await;
    let proxy = Proxy::start(&host).await;
    let client = client(&proxy.url());
    client.identify().await.unwrap();
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let with_client = tasks();
    drop(client);
    until(|| proxy.counts().open == 0).await;
    // The connection's task, the closer, and two tasks of the proxy and the host.
    until(|| tasks() < with_client).await;
}

#[tokio::test]
async fn there_are_never_more_connections_than_may_be() {
    let script = (1..40).fold(Script::new(), |script, number| {
        let act = if number % 2 == 0 { Do::DropBefore } else { Do::Unauthorized };
        script.nth(number * 3, On::action("Get"), act)
    });
    let host = start(sim().script(script)).await;
    let proxy = Proxy::start(&host).await;
    let client = builder(&proxy.url()).connections(3).build().unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..60 {
        let client = client.clone();
        calls.spawn(async move {
            // Two failures in a row are an error.
            drop(client.get(&vm(&id(1))).await);
        });
    }
    calls.join_all().await;
    // What was given up takes a moment to close; those that are kept stay open.
    assert!(proxy.counts().total > 10, "{:?}", proxy.counts());
    until(|| proxy.counts().open <= 3).await;
}
