//! How the client proves who it is: the mechanism, and what it needs.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::{Mutex, OnceCell};

use super::kerberos::{Configured, Kerberos};
use crate::{
    auth::{
        self, Credentials, Initiator, Means, Mechanism, basic,
        kerberos::{Acquisition, KerberosInitiator, Principal, Ticket},
        ntlm::NtlmInitiator,
        spnego::{MechType, SpnegoInitiator},
    },
    error::{Error, ErrorKind, Result},
    transport::{self, Proof, Scheme},
};

/// Who we are to one host.
pub(super) struct Login {
    credentials: Credentials,
    host: String,
    kerberos: Kerberos,
    /// The service principal name that was asked for.
    service: Option<String>,
    configured: OnceCell<Configured>,
    choice: OnceCell<(Choice, Authentication)>,
    /// Held while tickets are got: what one connection gets, the others need not ask for.
    acquiring: Mutex<()>,
    refused: AtomicBool,
}

/// How a client proves who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Authentication {
    /// The mechanism: never [`Auto`](Mechanism::Auto), for that is what was decided.
    pub mechanism: Mechanism,
    /// Why it is not Kerberos, where that was left open.
    pub reason: Option<String>,
    /// Whether Kerberos was tried and failed, in contrast to not tried.
    pub kerberos_failed: bool,
    /// The ticket, where there is one.
    pub ticket: Option<TicketFacts>,
}

/// What is known of a Kerberos ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TicketFacts {
    /// Whose it is.
    pub client: String,
    /// For which service principal name.
    pub service: String,
    /// The KDC that issued it, unless there was one already.
    pub kdc: Option<String>,
}

/// What is proven, once it is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Nothing,
    Certificate,
    Basic,
    Ntlm,
    Kerberos,
    /// SPNEGO with what there is.
    Negotiate {
        kerberos: bool,
        ntlm: bool,
    },
}

impl Login {
    pub(super) fn new(
        credentials: Credentials,
        host: &str,
        kerberos: Kerberos,
        service: Option<String>,
    ) -> Self {
        Self {
            credentials,
            host: host.to_owned(),
            kerberos,
            service,
            configured: OnceCell::new(),
            choice: OnceCell::new(),
            acquiring: Mutex::new(()),
            refused: AtomicBool::new(false),
        }
    }

    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Whether a connection that is open proves that the host took the credentials. The others are judged with the
    /// first request.
    pub(super) fn is_proven_by_opening(&self) -> bool {
        !matches!(self.credentials.mechanism(), Mechanism::Basic | Mechanism::Certificate)
    }

    /// Whether a KDC refused the credentials for good.
    pub(super) fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    /// Why NTLM was chosen for a user of a domain.
    pub(super) fn reason_for_ntlm(&self) -> Option<&str> {
        let user = self.credentials.user();
        if user.domain().is_empty() && !user.name().contains('@') {
            return None;
        }
        self.choice.get().filter(|(choice, _)| *choice == Choice::Ntlm)?.1.reason.as_deref()
    }

    /// What the next connection proves who we are with. The mechanism is chosen once: what was good for the first
    /// connection is for all.
    pub(super) async fn proof(&self) -> Result<Proof> {
        match self.choice().await?.0 {
            Choice::Nothing => Ok(Proof::None),
            Choice::Certificate => Ok(Proof::Certificate),
            Choice::Basic => basic::token(&self.credentials).map(Proof::Basic).map_err(handshake),
            Choice::Ntlm => Ok(Proof::Exchange {
                mechanism: Mechanism::Ntlm,
                offers: vec![(Scheme::Negotiate, self.ntlm()?)],
            }),
            Choice::Kerberos => {
                let ticket = self.ticket().await?;
                let negotiated: Box<dyn Initiator> =
                    Box::new(KerberosInitiator::new(ticket.clone()));
                let negotiated = SpnegoInitiator::new(vec![(MechType::Kerberos, negotiated)]);
                Ok(Proof::Exchange {
                    mechanism: Mechanism::Kerberos,
                    offers: vec![
                        (Scheme::Negotiate, Box::new(negotiated)),
                        (Scheme::Kerberos, Box::new(KerberosInitiator::new(ticket))),
                    ],
                })
            }
            Choice::Negotiate { kerberos, ntlm } => {
                let mut mechanisms: Vec<(MechType, Box<dyn Initiator>)> = Vec::new();
                if kerberos {
                    let ticket = self.ticket().await?;
                    mechanisms.push((MechType::Kerberos, Box::new(KerberosInitiator::new(ticket))));
                }
                if ntlm {
                    mechanisms.push((MechType::Ntlm, self.ntlm()?));
                }
                Ok(Proof::Exchange {
                    mechanism: match (kerberos, ntlm) {
                        (true, false) => Mechanism::Kerberos,
                        (false, true) => Mechanism::Ntlm,
                        _ => Mechanism::Negotiate,
                    },
                    offers: vec![(Scheme::Negotiate, Box::new(SpnegoInitiator::new(mechanisms)))],
                })
            }
        }
    }

    /// How it is proven who we are. May get a ticket for that.
    pub(super) async fn authentication(&self) -> Result<Authentication> {
        Ok(self.choice().await?.1.clone())
    }

    async fn choice(&self) -> Result<&(Choice, Authentication)> {
        self.choice.get_or_try_init(|| self.choose()).await
    }

    /// Decides by what was asked for and by what can be had, and says why.
    async fn choose(&self) -> Result<(Choice, Authentication)> {
        let mechanism = self.credentials.mechanism();
        let as_told = |choice| {
            (
                choice,
                Authentication { mechanism, reason: None, kerberos_failed: false, ticket: None },
            )
        };
        let is_auto = match mechanism {
            Mechanism::None => return Ok(as_told(Choice::Nothing)),
            Mechanism::Certificate => return Ok(as_told(Choice::Certificate)),
            Mechanism::Basic => return Ok(as_told(Choice::Basic)),
            Mechanism::Ntlm => return Ok(as_told(Choice::Ntlm)),
            Mechanism::Kerberos => {
                let ticket = Some(self.facts().await?);
                let authentication =
                    Authentication { mechanism, reason: None, kerberos_failed: false, ticket };
                return Ok((Choice::Kerberos, authentication));
            }
            Mechanism::Auto => true,
            Mechanism::Negotiate => false,
        };
        let has_password = matches!(self.credentials.means(), Means::Password(_));
        let ntlm = has_password && self.credentials.allows_ntlm();
        let obstacle = self.obstacle().await;
        let tries_kerberos = obstacle.is_none();
        let ticket = match obstacle {
            Some(obstacle) => Err(Error::new(ErrorKind::Authentication, obstacle)),
            None => match self.facts().await {
                Err(error) if self.is_refused() || !ntlm => return Err(error),
                ticket => ticket,
            },
        };
        let (ticket, obstacle) = match ticket {
            Ok(ticket) => (Some(ticket), None),
            Err(error) => (None, Some(reason(&error))),
        };
        if let Some(reason) = &obstacle {
            if !ntlm {
                let message = format!("no Kerberos: {reason}; and NTLM is excluded");
                return Err(Error::new(ErrorKind::Authentication, message));
            }
            tracing::info!(host = %self.host, mechanism = "NTLM", %reason, "authentication");
        }
        let kerberos = ticket.is_some();
        let (mechanism, choice) = match (is_auto, kerberos) {
            (true, true) => (Mechanism::Kerberos, Choice::Kerberos),
            (true, false) => (Mechanism::Ntlm, Choice::Ntlm),
            (false, _) => (Mechanism::Negotiate, Choice::Negotiate { kerberos, ntlm }),
        };
        Ok((
            choice,
            Authentication {
                mechanism,
                reason: obstacle,
                kerberos_failed: tries_kerberos && !kerberos,
                ticket,
            },
        ))
    }

    /// Why Kerberos is not even tried, if so.
    async fn obstacle(&self) -> Option<String> {
        if !matches!(self.credentials.means(), Means::Password(_)) {
            return None;
        }
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        let is_local = bare.parse::<IpAddr>().is_ok() || bare.eq_ignore_ascii_case("localhost");
        if is_local && self.service.is_none() {
            return Some(format!("the host is named {bare}, which is no name in a domain"));
        }
        // What is wrong with the configuration of Kerberos is in the way of Kerberos alone.
        let configured = match self.configured().await {
            Ok(configured) => configured,
            Err(error) => return Some(reason(&error)),
        };
        let Some(client) = configured.principal(self.credentials.user()) else {
            let user = self.credentials.user();
            return Some(format!("the realm of {user} is not known"));
        };
        match configured.knows(client.realm()).await {
            Ok(true) => None,
            Ok(false) => Some(format!("no KDC of the realm {} is known", client.realm())),
            Err(error) => Some(reason(&error)),
        }
    }

    async fn configured(&self) -> Result<&Configured> {
        self.configured.get_or_try_init(|| async { self.kerberos.configured() }).await
    }

    async fn ticket(&self) -> Result<Ticket> {
        self.acquire().await.map(|(ticket, _)| ticket)
    }

    /// Gets a ticket, and says what is known of it.
    async fn facts(&self) -> Result<TicketFacts> {
        let (ticket, kdc) = self.acquire().await?;
        let (client, service) = (ticket.client().to_string(), ticket.service().to_string());
        tracing::info!(host = %self.host, mechanism = "Kerberos", %client, %service, "authentication");
        Ok(TicketFacts { client, service, kdc })
    }

    /// A ticket for the host, and the KDC that issued it.
    async fn acquire(&self) -> Result<(Ticket, Option<String>)> {
        let configured = self.configured().await?;
        let services = self.services(configured);
        let tickets = self.credentials.tickets();
        let _only_one = self.acquiring.lock().await;
        let acquisition = match self.credentials.means() {
            Means::Keytab(client, keytab) => {
                Acquisition::with_keytab(client.clone(), Arc::clone(keytab), services.clone())
            }
            Means::Ccache(ccache) => Acquisition::with_tickets(
                ccache.principal().clone(),
                ccache.tickets(),
                services.clone(),
            ),
            Means::Password(password) => {
                let user = self.credentials.user();
                let client = configured.principal_in_default_realm(user).ok_or_else(|| {
                    let message = format!(
                        "the Kerberos realm of {user} is not known: name it (--realm), or write user@REALM"
                    );
                    Error::new(ErrorKind::Usage, message)
                })?;
                Acquisition::with_password(client, password.clone(), services.clone())
            }
            Means::Nothing => {
                return Err(Error::new(ErrorKind::Usage, "there are no credentials for Kerberos"));
            }
        };
        let at_hand = tickets.towards(acquisition.client(), &services);
        let ticket = configured.acquire(acquisition, &at_hand, tickets).await;
        if ticket.as_ref().is_err_and(is_judgement) {
            self.refused.store(true, Ordering::Relaxed);
        }
        ticket
    }

    fn services(&self, configured: &Configured) -> Vec<Principal> {
        match &self.service {
            Some(service) => vec![Principal::from(service.as_str())],
            None => configured.services(&self.host.to_ascii_lowercase()),
        }
    }

    /// The host took no ticket: the next connection gets a new one. That of before may be for a key that the host has no
    /// longer.
    pub(super) fn forget_tickets(&self) {
        if let Some(configured) = self.configured.get() {
            self.credentials.tickets().forget(&self.services(configured));
        }
    }

    fn ntlm(&self) -> Result<Box<dyn Initiator>> {
        Ok(Box::new(NtlmInitiator::new(&self.credentials).map_err(handshake)?))
    }
}

fn handshake(error: auth::Error) -> Error {
    transport::Error::Handshake(error).into()
}

/// An error and its causes in one line.
fn reason(error: &Error) -> String {
    let mut reason = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        reason = format!("{reason}: {error}");
        next = error.source();
    }
    reason
}

/// Whether a KDC judged the user or the password.
fn is_judgement(error: &Error) -> bool {
    std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<auth::kerberos::TicketError>())
        .is_some_and(auth::kerberos::TicketError::is_judgement)
}
