//! The KDCs of a realm, as DNS knows them (RFC 4120 section 7.2.3.2, RFC 2782).

use std::{
    fs, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use simple_dns::{CLASS, Name, Packet, PacketFlag, QTYPE, Question, RCODE, TYPE, rdata::RData};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UdpSocket},
    time::timeout,
};

use super::{kdc::KdcAddress, system_random};

/// How long one server may take before the next is asked.
const PATIENCE: Duration = Duration::from_millis(700);

/// The DNS servers of this machine.
///
/// # Errors
/// If `/etc/resolv.conf` cannot be read.
pub fn servers() -> io::Result<Vec<SocketAddr>> {
    let config =
        resolv_conf::Config::parse(fs::read("/etc/resolv.conf")?).map_err(io::Error::other)?;
    let of = |address: IpAddr| SocketAddr::new(address, 53);
    Ok(config.nameservers.iter().map(|server| of(IpAddr::from(server))).collect())
}

/// Asks the servers in turn for the KDCs of a realm that answer over TCP, and once more, as datagrams get lost. The ones to
/// prefer come first; without an answer there are none.
///
/// # Cancellation
/// Dropping the future ends it; nothing is left behind.
pub async fn kdcs(realm: &str, servers: &[SocketAddr]) -> Vec<KdcAddress> {
    let name = format!("_kerberos._tcp.{}.", realm.trim_end_matches('.'));
    for server in servers.iter().chain(servers) {
        match timeout(PATIENCE, ask(&name, *server)).await {
            Ok(Ok(kdcs)) => return kdcs,
            Ok(Err(error)) => tracing::debug!(%server, name, %error, "DNS gives no answer"),
            Err(_) => tracing::debug!(%server, name, "DNS does not answer in time"),
        }
    }
    Vec::new()
}

async fn ask(name: &str, server: SocketAddr) -> io::Result<Vec<KdcAddress>> {
    let mut id = [0; 2];
    system_random(&mut id).map_err(io::Error::other)?;
    let id = u16::from_ne_bytes(id);
    let question = Question::new(
        Name::new(name.trim_end_matches('.')).map_err(io::Error::other)?,
        QTYPE::TYPE(TYPE::SRV),
        CLASS::IN.into(),
        false,
    );
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    packet.questions.push(question);
    let query = packet.build_bytes_vec().map_err(io::Error::other)?;

    let any: IpAddr = match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).await?;
    // Takes datagrams from nobody else.
    socket.connect(server).await?;
    socket.send(&query).await?;
    let mut buffer = [0; 4096];
    loop {
        let length = socket.recv(&mut buffer).await?;
        let Ok(answer) = Packet::parse(buffer.get(..length).unwrap_or_default()) else { continue };
        if !answers(&answer, id, name) {
            continue;
        }
        if answer.has_flags(PacketFlag::TRUNCATION) {
            return read(&ask_by_stream(&query, server).await?, id, name);
        }
        return targets(&answer);
    }
}

/// The same over TCP, where an answer may be larger.
async fn ask_by_stream(query: &[u8], server: SocketAddr) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(query.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), query].concat()).await?;
    let mut answer = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

fn read(answer: &[u8], id: u16, name: &str) -> io::Result<Vec<KdcAddress>> {
    let answer = Packet::parse(answer).map_err(io::Error::other)?;
    if !answers(&answer, id, name) {
        return Err(io::Error::other("the answer is to another question"));
    }
    targets(&answer)
}

/// Whether a packet answers our question.
fn answers(answer: &Packet<'_>, id: u16, name: &str) -> bool {
    let [question] = answer.questions.as_slice() else { return false };
    answer.id() == id
        && answer.has_flags(PacketFlag::RESPONSE)
        && question.qtype == QTYPE::TYPE(TYPE::SRV)
        && question.qname.to_string().eq_ignore_ascii_case(name.trim_end_matches('.'))
}

/// The lower priority first, then the greater weight. A target `.` says that there is no such service.
fn targets(answer: &Packet<'_>) -> io::Result<Vec<KdcAddress>> {
    // A server that cannot tell is not one that knows of none.
    match answer.rcode() {
        RCODE::NoError | RCODE::NameError => {}
        other => return Err(io::Error::other(format!("the server cannot answer: {other:?}"))),
    }
    let mut found: Vec<_> = answer
        .answers
        .iter()
        .filter_map(|record| match &record.rdata {
            RData::SRV(service) => Some(service),
            _ => None,
        })
        .collect();
    found.sort_by_key(|service| (service.priority, std::cmp::Reverse(service.weight)));
    Ok(found
        .into_iter()
        .map(|service| KdcAddress::new(service.target.to_string(), service.port))
        .filter(|kdc| !kdc.host.is_empty())
        .collect())
}
