//! How one logs on to the host, and whether we can.

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};

use super::{Finding, Visit, advice};
use crate::{
    auth::Mechanism,
    client::Authentication,
    error::{Error, ErrorKind},
    transport,
};

pub(super) async fn mechanisms(visit: &mut Visit) -> Vec<Finding> {
    const NAME: &str = "mechanisms";
    #[expect(clippy::disallowed_methods, reason = "the clock of the host is compared with ours")]
    let now = || Timestamp::now().as_second();
    let before = now();
    let challenge = match visit.settings.challenge().await {
        Ok(challenge) => challenge,
        Err(error) => return vec![Finding::failed(NAME, &Error::from(error))],
    };
    visit.asked = [before, now()];
    let finding = match challenge.status {
        401 => offered(visit, &challenge.schemes),
        status => {
            let server = match challenge.server.as_str() {
                "" => String::new(),
                server => format!(" ({server})"),
            };
            let evidence = format!(
                "HTTP {status}{server} in place of the 401 with which WinRM asks who we are"
            );
            let error = Error::from(transport::Error::Status { status, excerpt: String::new() });
            let advice = advice::of(&error).unwrap_or_default();
            Finding::error(NAME, ErrorKind::Protocol, evidence).advice(advice)
        }
    };
    visit.challenge = Some(challenge);
    vec![finding]
}

/// What the host offers, and whether it will do for us.
fn offered(visit: &Visit, schemes: &[String]) -> Finding {
    const NAME: &str = "mechanisms";
    let offers = |scheme: &str| schemes.iter().any(|offer| offer.eq_ignore_ascii_case(scheme));
    let list = if schemes.is_empty() { "none is offered".to_owned() } else { schemes.join(", ") };
    let (negotiate, kerberos, basic) = (offers("Negotiate"), offers("Kerberos"), offers("Basic"));
    let enable = |name: &str| {
        format!("On the host: winrm set winrm/config/service/auth @{{{name}=\"true\"}}")
    };
    let mechanism = visit.client.mechanism();
    let (fits, remedy) = match mechanism {
        Mechanism::Ntlm | Mechanism::Negotiate => (negotiate, enable("Negotiate")),
        Mechanism::Basic => (basic, enable("Basic")),
        Mechanism::Certificate => (true, String::new()),
        // An unauthenticated Identify needs none of them.
        _ => (negotiate || kerberos, enable("Negotiate")),
    };
    if !fits {
        let other = match mechanism {
            Mechanism::Ntlm | Mechanism::Negotiate if kerberos => {
                "Log on by Kerberos: --auth kerberos. "
            }
            Mechanism::Basic if negotiate => "Log on by Kerberos or NTLM: leave --auth out. ",
            Mechanism::Basic => "",
            _ if basic => "Basic would do over https: --auth basic. ",
            _ => "",
        };
        let advice = format!("{other}{remedy}");
        return match mechanism {
            Mechanism::None => Finding::warning(NAME, list).advice(advice),
            _ => {
                let evidence = format!("{list}; we need another for {}", mechanism.name());
                Finding::error(NAME, ErrorKind::Authentication, evidence).advice(advice)
            }
        };
    }
    match mechanism {
        Mechanism::Auto | Mechanism::None if !negotiate => {
            Finding::note(NAME, list).advice("NTLM is off: without a Kerberos ticket nobody gets in.")
        }
        _ if basic && !visit.is_https() => Finding::note(NAME, list)
            .advice("Basic over http shows the password to everybody on the way; hvr does not use it there unless it is told to."),
        _ => Finding::ok(NAME, list),
    }
}

pub(super) async fn credentials(visit: &mut Visit) -> Vec<Finding> {
    const NAME: &str = "credentials";
    if !visit.logs_on() {
        return vec![
            Finding::note(
                NAME,
                "none were named: the settings of WinRM, Hyper-V and Replica are not examined",
            )
            .advice("Name a user with --user, a keytab or a ticket."),
        ];
    }
    let authentication = match visit.client.authentication().await {
        Ok(authentication) => authentication,
        Err(error) => return vec![Finding::failed(NAME, &error)],
    };
    let evidence = describe(&authentication);
    let finding = if authentication.kerberos_failed {
        Finding::warning(NAME, evidence).advice(
            "Kerberos was tried, as it is better, and failed: see to it, or choose --auth ntlm.",
        )
    } else {
        Finding::ok(NAME, evidence)
    };
    visit.authentication = Some(authentication);
    vec![finding]
}

fn describe(authentication: &Authentication) -> String {
    let name = authentication.mechanism.name();
    let ticket = authentication.ticket.as_ref().map(|ticket| {
        let from = match &ticket.kdc {
            Some(kdc) => format!("from the KDC {kdc}"),
            None => "which was there already".to_owned(),
        };
        format!("{name}: {} has a ticket for {}, {from}", ticket.client, ticket.service)
    });
    let reason =
        authentication.reason.as_ref().map(|reason| format!("{name}, without Kerberos: {reason}"));
    ticket.or(reason).unwrap_or_else(|| format!("{name}, as was asked for"))
}

/// A difference that is worth knowing, in seconds.
const NOTICEABLE: i64 = 60;
/// The difference above which Kerberos refuses, unless it is configured otherwise (RFC 4120 section 8.2).
const TOO_MUCH: i64 = 300;

pub(super) async fn clock(visit: &Visit) -> Vec<Finding> {
    const NAME: &str = "clock";
    let date =
        visit.challenge.as_ref().map(|challenge| challenge.date.as_str()).unwrap_or_default();
    let Ok(theirs) = DateTimeParser::new().relaxed_weekday(true).parse_timestamp(date) else {
        return vec![Finding::note(NAME, "the host does not say what time it is")];
    };
    // The host cut off the fraction of its second, at any moment between ours.
    let [before, after] = visit.asked;
    let theirs = theirs.as_second();
    let ahead = theirs.saturating_sub(theirs.clamp(before.saturating_sub(1), after));
    let difference = ahead.saturating_abs();
    let evidence = match ahead {
        0 => "the host's clock and ours agree".to_owned(),
        1.. => format!("the host's clock is {difference} s ahead of ours"),
        _ => format!("the host's clock is {difference} s behind ours"),
    };
    let kerberos = match &visit.authentication {
        Some(authentication) => authentication.ticket.is_some(),
        None => visit.client.mechanism() == Mechanism::Kerberos,
    };
    let advice = "Kerberos refuses more than 5 minutes: let this machine, the host and the domain controllers take their time from the same servers.";
    vec![if difference <= NOTICEABLE {
        Finding::ok(NAME, evidence)
    } else if kerberos && difference > TOO_MUCH {
        Finding::error(NAME, ErrorKind::Authentication, evidence).advice(advice)
    } else {
        Finding::warning(NAME, evidence).advice(advice)
    }]
}

/// Logs on, and asks the host what it is.
pub(super) async fn winrm(visit: &Visit) -> Vec<Finding> {
    const NAME: &str = "winrm";
    let identity = match visit.client.identify().await {
        Ok(identity) => identity,
        Err(error) if !visit.logs_on() && error.kind() == ErrorKind::Authentication => {
            return vec![Finding::note(NAME, "it tells nobody without credentials what it is")];
        }
        Err(error) => return vec![Finding::failed(NAME, &error)],
    };
    let vendor = identity.product_vendor.as_deref().unwrap_or("no vendor is named");
    let version = identity.product_version.as_deref().unwrap_or("no version is named");
    let evidence = format!("{vendor}, {version}");
    vec![match windows_version(version) {
        Some((major, minor)) if major > 0 && (major, minor) < (6, 2) => {
            Finding::warning(NAME, evidence).advice("Hyper-V Replica began with Server 2012 (6.2).")
        }
        _ => Finding::ok(NAME, evidence),
    }]
}

/// The first two numbers of `OS: 10.0.20348 SP: 0.0 Stack: 3.0`.
fn windows_version(text: &str) -> Option<(u32, u32)> {
    let numbers = text.strip_prefix("OS: ")?.split([' ', '.']);
    let mut numbers = numbers.map_while(|number| number.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}
