//! Names of services, tickets that do not do, and KDCs that do not answer.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use hyperv_replica::{
    auth::{Credentials, kerberos::Config},
    client::Kerberos,
    error::ErrorKind,
};
use kerbcore::messages::KdcReq;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{
    host::{builder, read_request, serve},
    kdc::{Kdc, PASSWORD, data},
};

/// A KDC at an address, and how many tickets for services it was asked for.
async fn listening(kdc: Kdc) -> (SocketAddr, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let (kdc, count) = (Arc::new(kdc), Arc::clone(&asked));
    let address = serve(move |mut stream| {
        let (kdc, count) = (Arc::clone(&kdc), Arc::clone(&count));
        async move {
            let mut request = vec![0; stream.read_u32().await.unwrap() as usize];
            stream.read_exact(&mut request).await.unwrap();
            if KdcReq::decode(&request).unwrap().msg_type == 12 {
                count.fetch_add(1, Ordering::SeqCst);
            }
            stream.write_all(&data(&kdc.answer(&request))).await.unwrap();
        }
    })
    .await;
    (address, asked)
}

#[expect(clippy::disallowed_methods, reason = "the client has the clock of the machine")]
fn kdc(service: &'static str) -> Kdc {
    Kdc { services: vec![(service, None)], ..Kdc::new(SystemTime::now()) }
}

fn by(kdc: SocketAddr) -> Kerberos {
    Kerberos::new().config(Config::default()).kdc(&kdc.to_string()).unwrap()
}

fn admin() -> Credentials {
    Credentials::kerberos("admin@EXAMPLE.COM", PASSWORD)
}

#[tokio::test]
async fn the_dot_that_ends_a_name_is_not_part_of_the_service() {
    let (kdc, _) = listening(kdc("host/hv01.example.com")).await;
    let client =
        builder("http://HV01.example.com.").credentials(admin()).kerberos(by(kdc)).build().unwrap();
    let ticket = client.authentication().await.unwrap().ticket.unwrap();
    assert_eq!(ticket.service, "host/hv01.example.com@EXAMPLE.COM");
}

#[tokio::test]
async fn a_ticket_that_the_host_refused_is_replaced() {
    let (kdc, asked) = listening(kdc("host/127.0.0.1")).await;
    let host = serve(|mut stream| async move {
        while read_request(&mut stream).await.is_some() {
            let answer =
                "HTTP/1.1 401 X\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    })
    .await;
    let client = builder(&host.to_string()).credentials(admin()).kerberos(by(kdc)).build().unwrap();
    for attempt in 1..=3 {
        let error = client.identify().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication, "{error:?}");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains("Kerberos ticket"), "{source}");
        assert_eq!(asked.load(Ordering::SeqCst), attempt);
    }
}

#[tokio::test]
async fn a_ticket_has_to_come_within_the_time_of_a_call() {
    let silent = serve(|mut stream| async move { while stream.read_u8().await.is_ok() {} }).await;
    let client = builder("hv01.example.com")
        .credentials(admin())
        .kerberos(by(silent))
        .total_timeout(Duration::from_millis(200))
        .build()
        .unwrap();
    let start = tokio::time::Instant::now();
    let error = client.authentication().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}
