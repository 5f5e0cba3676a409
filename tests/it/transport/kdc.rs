//! Requests to KDCs that behave and others that do not.

use std::time::Duration;

use hyperv_replica::transport::kdc::{KdcAddress, KdcError, KdcTimes, exchange};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

const TIMES: KdcTimes =
    KdcTimes { connect: Duration::from_secs(5), answer: Duration::from_millis(300) };

/// A KDC that answers each request with these bytes, as they are, and closes the connection if it is to.
async fn kdc(answer: &'static [u8], closes: bool) -> KdcAddress {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 11];
            stream.read_exact(&mut request).await.unwrap();
            assert_eq!(&request, b"\0\0\0\x07request");
            stream.write_all(answer).await.unwrap();
            if !closes {
                kept.push(stream);
            }
        }
    });
    KdcAddress::new("127.0.0.1", port)
}

#[tokio::test]
async fn first_kdc_that_answers_is_believed() {
    let nobody = KdcAddress::new("127.0.0.1", 1);
    let cut = kdc(b"\0\0\0\x06rep", true).await;
    let cut_in_length = kdc(b"\0\0", true).await;
    let silent = kdc(b"\0\0\0\x06rep", false).await;
    let too_long = kdc(b"\0\x10\0\x01reply", true).await;
    let reserved = kdc(b"\xFF\xFF\xFF\xFFreply", true).await;
    let right = kdc(b"\0\0\0\x05reply", false).await;
    let later = kdc(b"\0\0\0\x05later", false).await;
    let kdcs = [nobody, cut, cut_in_length, silent, too_long, reserved, right.clone(), later];
    let (reply, by) = exchange(&kdcs, b"request", TIMES).await.unwrap();
    assert_eq!((reply.as_slice(), by), (&b"reply"[..], &right));
}

#[tokio::test]
async fn reply_of_many_groups_is_taken() {
    static REPLY: [u8; 4 + (1 << 20)] = {
        let mut reply = [7; 4 + (1 << 20)];
        [reply[0], reply[1], reply[2], reply[3]] = [0, 0x10, 0, 0];
        reply
    };
    let kdcs = [kdc(&REPLY, true).await];
    let times = KdcTimes { answer: Duration::from_secs(10), ..TIMES };
    assert_eq!(exchange(&kdcs, b"request", times).await.unwrap().0.len(), 1 << 20);
}

#[tokio::test]
async fn last_failure_is_told() {
    assert!(matches!(exchange(&[], b"request", TIMES).await, Err(KdcError::None)));
    let kdcs = [kdc(b"", false).await, kdc(b"\0\x10\0\x01", false).await];
    let error = exchange(&kdcs, b"request", TIMES).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{} does not answer", kdcs[1]));
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "its reply would have 1048577 bytes");
    let KdcError::Unreachable { error, .. } =
        exchange(&kdcs[..1], b"request", TIMES).await.unwrap_err()
    else {
        panic!("it was asked")
    };
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
}

#[test]
fn addresses_are_read() {
    for (text, host, port) in [
        ("dc1.example.com", "dc1.example.com", 88),
        ("dc1.example.com:1088", "dc1.example.com", 1088),
        ("tcp/dc1", "dc1", 88),
        ("192.0.2.1:89", "192.0.2.1", 89),
        ("2001:db8::1", "2001:db8::1", 88),
        ("[2001:db8::1]", "2001:db8::1", 88),
        ("tcp/[2001:db8::1]:1088", "2001:db8::1", 1088),
    ] {
        let address: KdcAddress = text.parse().unwrap();
        assert_eq!(address, KdcAddress::new(host, port));
        assert_eq!(address.to_string().parse(), Ok(address));
    }
    for text in [
        "",
        ":88",
        "dc1:",
        "dc1:x",
        "dc1:0",
        "dc1:65536",
        "[::1",
        "[::1]88",
        "[::1]:",
        "[]",
        "udp/dc1",
        "https://dc1/KdcProxy",
        "two words",
    ] {
        let error = text.parse::<KdcAddress>().unwrap_err();
        assert!(error.contains(&format!("{text:?}")), "{error}");
    }
}
