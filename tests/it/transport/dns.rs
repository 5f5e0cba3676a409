//! KDCs that DNS knows.

use std::net::SocketAddr;

use hyperv_replica::transport::{dns, kdc::KdcAddress};
use simple_dns::{
    CLASS, Name, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE,
    rdata::{RData, SRV},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, UdpSocket},
};

/// An answer to a query of this number.
type Reply = fn(u16) -> Vec<u8>;

/// What a server sends back.
#[derive(Clone, Default)]
struct Answers {
    /// Datagrams, in order, each made of the query's number.
    datagrams: Vec<Reply>,
    /// Over TCP; cut behind so many bytes.
    stream: Option<(Reply, usize)>,
}

async fn server(answers: Answers) -> SocketAddr {
    let (socket, listener) = loop {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        if let Ok(listener) = TcpListener::bind(socket.local_addr().unwrap()).await {
            break (socket, listener);
        }
    };
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        loop {
            let (length, client) = socket.recv_from(&mut buffer).await.unwrap();
            let id = number(&buffer[..length]);
            for datagram in &answers.datagrams {
                socket.send_to(&datagram(id), client).await.unwrap();
            }
        }
    });
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut query = vec![0; stream.read_u16().await.unwrap().into()];
            stream.read_exact(&mut query).await.unwrap();
            let (answer, end) = answers.stream.unwrap();
            let answer = answer(number(&query));
            let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
            let answer = [&length[..], &answer].concat();
            stream.write_all(&answer[..end.min(answer.len())]).await.unwrap();
        }
    });
    address
}

/// The number of a query, which must be the right one.
fn number(query: &[u8]) -> u16 {
    let query = Packet::parse(query).unwrap();
    let [question] = query.questions.as_slice() else { panic!("{query:?}") };
    assert_eq!(question.qname.to_string(), "_kerberos._tcp.EXAMPLE.COM");
    assert_eq!(question.qtype, QTYPE::TYPE(TYPE::SRV));
    assert!(query.has_flags(PacketFlag::RECURSION_DESIRED));
    query.id()
}

/// An answer with records of priority, weight, target and port.
fn answer(id: u16, name: &str, records: &[(u16, u16, &str, u16)]) -> Packet<'static> {
    let mut packet = Packet::new_reply(id);
    let name = Name::new(name).unwrap().into_owned();
    packet.questions.push(simple_dns::Question::new(
        name.clone(),
        QTYPE::TYPE(TYPE::SRV),
        CLASS::IN.into(),
        false,
    ));
    for &(priority, weight, target, port) in records {
        let target = Name::new(target).unwrap().into_owned();
        let service = RData::SRV(SRV { priority, weight, port, target });
        packet.answers.push(ResourceRecord::new(name.clone(), CLASS::IN, 60, service));
    }
    packet
}

const NAME: &str = "_kerberos._tcp.EXAMPLE.COM";

fn right(id: u16) -> Vec<u8> {
    let records = [
        (9, 9, "dc4", 88),
        (0, 10, "dc2.example.com", 88),
        (0, 20, "dc1", 1088),
        (1, 0, "dc3", 88),
    ];
    answer(id, NAME, &records).build_bytes_vec().unwrap()
}

fn one(id: u16) -> Vec<u8> {
    // As it was written by a server that minds no case.
    answer(id, &NAME.to_lowercase(), &[(0, 0, "one", 88)]).build_bytes_vec().unwrap()
}

fn none(id: u16) -> Vec<u8> {
    answer(id, NAME, &[(0, 0, ".", 0)]).build_bytes_vec().unwrap()
}

fn fails(id: u16) -> Vec<u8> {
    let mut packet = answer(id, NAME, &[]);
    *packet.rcode_mut() = RCODE::ServerFailure;
    packet.build_bytes_vec().unwrap()
}

fn unknown(id: u16) -> Vec<u8> {
    let mut packet = answer(id, NAME, &[]);
    *packet.rcode_mut() = RCODE::NameError;
    packet.build_bytes_vec().unwrap()
}

fn truncated(id: u16) -> Vec<u8> {
    let mut packet = answer(id, NAME, &[(0, 0, "cut", 88)]);
    packet.set_flags(PacketFlag::TRUNCATION);
    packet.build_bytes_vec().unwrap()
}

fn to_another_question(id: u16) -> Vec<u8> {
    answer(id, "_kerberos._tcp.EXAMPLE.NET", &[(0, 0, "wrong", 88)]).build_bytes_vec().unwrap()
}

async fn kdcs(servers: &[Answers]) -> Vec<String> {
    let mut addresses = Vec::new();
    for answers in servers {
        addresses.push(server(answers.clone()).await);
    }
    let kdcs: Vec<KdcAddress> = dns::kdcs("EXAMPLE.COM", &addresses).await;
    kdcs.iter().map(ToString::to_string).collect()
}

fn datagrams(datagrams: &[Reply]) -> Answers {
    Answers { datagrams: datagrams.to_vec(), stream: None }
}

#[tokio::test]
async fn kdcs_come_in_the_order_of_their_priority() {
    let expected = ["dc1:1088", "dc2.example.com:88", "dc3:88", "dc4:88"];
    assert_eq!(kdcs(&[datagrams(&[right]), datagrams(&[one])]).await, expected);
}

#[tokio::test]
async fn datagrams_that_answer_something_else_are_passed_over() {
    let others: [Reply; 7] = [
        |id| right(id ^ 1),
        to_another_question,
        |_| vec![],
        |_| b"text that is none".to_vec(),
        // It has to say what it answers.
        |id| {
            let mut packet = answer(id, NAME, &[(0, 0, "wrong", 88)]);
            packet.questions.clear();
            packet.build_bytes_vec().unwrap()
        },
        |id| {
            let mut packet = answer(id, NAME, &[(0, 0, "wrong", 88)]);
            packet.questions[0].qtype = QTYPE::TYPE(TYPE::A);
            packet.build_bytes_vec().unwrap()
        },
        // A question is no answer.
        |id| Packet::new_query(id).build_bytes_vec().unwrap(),
    ];
    assert_eq!(kdcs(&[datagrams(&[&others[..], &[one]].concat())]).await, ["one:88"]);
}

#[tokio::test]
async fn no_such_service_is_an_answer_and_a_failure_is_none() {
    assert!(kdcs(&[datagrams(&[none]), datagrams(&[one])]).await.is_empty());
    assert!(kdcs(&[datagrams(&[unknown]), datagrams(&[one])]).await.is_empty());
    assert_eq!(kdcs(&[datagrams(&[fails]), datagrams(&[one])]).await, ["one:88"]);
    // Nor is silence.
    assert_eq!(kdcs(&[datagrams(&[]), datagrams(&[one])]).await, ["one:88"]);
    assert!(kdcs(&[]).await.is_empty());
}

#[tokio::test]
async fn answer_that_is_too_long_for_a_datagram_is_got_by_tcp() {
    let by_tcp =
        |stream: Reply, end| Answers { datagrams: vec![truncated], stream: Some((stream, end)) };
    assert_eq!(kdcs(&[by_tcp(right, usize::MAX)]).await.len(), 4);
    for wrong in [
        by_tcp(right, 20),
        by_tcp(|id| right(id ^ 1), usize::MAX),
        by_tcp(to_another_question, usize::MAX),
        by_tcp(|_| vec![], usize::MAX),
        by_tcp(fails, usize::MAX),
    ] {
        assert_eq!(kdcs(&[wrong, datagrams(&[one])]).await, ["one:88"]);
    }
}

#[tokio::test]
async fn datagram_that_is_lost_is_sent_again() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        socket.recv_from(&mut buffer).await.unwrap();
        let (length, client) = socket.recv_from(&mut buffer).await.unwrap();
        socket.send_to(&one(number(&buffer[..length])), client).await.unwrap();
    });
    let kdcs = dns::kdcs("EXAMPLE.COM", &[address]).await;
    assert_eq!(kdcs, [KdcAddress::new("one", 88)]);
}
