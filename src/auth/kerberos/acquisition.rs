//! How a client gets a ticket (RFC 4120 sections 3.1 and 3.3, RFC 6806).

use std::{mem, sync::Arc, time::Duration};

use kerbcore::{
    client as kdc,
    keys::{Enctype, KerberosKey},
    messages::{KdcRep, KrbError},
    types::PaData,
};

use super::{
    ENCTYPES, Keytab, Principal, Ticket, TicketError,
    kdc_request::{
        Recipe, Reply, client_realm, initial_request, method_data, nonce, open, ticket_granting,
        ticket_request,
    },
};
use crate::auth::{Env, Secret};

/// How many realms may refer to each other before we give up.
const MAX_REFERRALS: u32 = 10;
/// A ticket that ends sooner is as good as none.
pub(super) const MARGIN: Duration = Duration::from_secs(60);

/// Gets a ticket for a service: for the first of several names that the KDC knows.
///
/// Call [`step`](Self::step) without a reply first. As long as it gives [`Acquire::Ask`], send the request to a KDC of
/// the realm and call it again with the reply. [`Acquire::Done`] has the ticket. After that or an error every further
/// call fails.
///
/// ```text
/// step(None)         -> Ask EXAMPLE.COM    who are you? (no ticket at hand)
/// step(Some(error))  -> Ask EXAMPLE.COM    the time, encrypted by the password
/// step(Some(ticket)) -> Ask EXAMPLE.COM    a ticket for host/hv01.example.com
/// step(Some(ticket)) -> Done
/// ```
///
/// It draws a nonce for each request, and confounders.
#[derive(Debug)]
pub struct Acquisition {
    client: Principal,
    means: Means,
    /// The names of the service that are still to be tried, the one that is tried now first; and all of them.
    untried: Vec<Principal>,
    services: Vec<Principal>,
    /// Tickets for the tickets of realms: those at hand, and those that were got.
    granting: Vec<Ticket>,
    new: Vec<Ticket>,
    referrals: u32,
    state: State,
}

/// What proves who the client is.
#[derive(Clone, Debug)]
enum Means {
    /// Tickets alone.
    Tickets,
    Password(Secret),
    /// The keys of a principal, which the KDC may know by another name.
    Keytab(Arc<Keytab>, Principal),
}

#[derive(Debug)]
enum State {
    Start,
    /// The first ticket was asked for without proof.
    Asked {
        nonce: u32,
    },
    /// The first ticket was asked for with a proof by this key.
    Proven {
        nonce: u32,
        key: KerberosKey,
    },
    /// A ticket was asked for by another.
    Granting {
        nonce: u32,
        by: Box<Ticket>,
        realm: String,
        asked: Principal,
    },
    Finished,
}

/// What has to be done next for a ticket.
#[derive(Debug)]
#[non_exhaustive]
pub enum Acquire {
    /// Send the request to a KDC of the realm, and step on with the reply.
    Ask {
        /// The realm.
        realm: String,
        /// The request.
        request: Vec<u8>,
    },
    /// The end.
    Done {
        /// The ticket for the service.
        ticket: Box<Ticket>,
        /// All tickets that were got on the way, this one among them.
        new: Vec<Ticket>,
    },
}

impl Acquisition {
    /// By a password. The principal's realm has to be known.
    ///
    /// `services` are the names of one service, in the order in which they are tried. An empty realm is left to the KDC
    /// of the client.
    #[must_use]
    pub fn with_password(client: Principal, password: Secret, services: Vec<Principal>) -> Self {
        Self::new(client, Means::Password(password), services)
    }

    /// By the keys of a keytab.
    #[must_use]
    pub fn with_keytab(client: Principal, keytab: Arc<Keytab>, services: Vec<Principal>) -> Self {
        Self::new(client.clone(), Means::Keytab(keytab, client), services)
    }

    /// By tickets alone.
    #[must_use]
    pub fn with_tickets(client: Principal, tickets: &[Ticket], services: Vec<Principal>) -> Self {
        Self::new(client, Means::Tickets, services).and_tickets(tickets)
    }

    /// With tickets of the same client that are at hand already, which are used first.
    #[must_use]
    pub fn and_tickets(mut self, tickets: &[Ticket]) -> Self {
        // The KDC may have named the client in another way than we.
        if let Some(ticket) = tickets.last() {
            self.client = ticket.client.clone();
        }
        self.granting.extend_from_slice(tickets);
        self
    }

    /// Whose ticket is to be got, by the name that is known until now.
    #[must_use]
    pub const fn client(&self) -> &Principal {
        &self.client
    }

    fn new(client: Principal, means: Means, services: Vec<Principal>) -> Self {
        Self {
            client,
            means,
            untried: services.clone(),
            services,
            granting: Vec::new(),
            new: Vec::new(),
            referrals: 0,
            state: State::Start,
        }
    }

    /// Takes the KDC's reply and gives what comes next.
    ///
    /// # Errors
    /// When the KDC refuses, or its reply cannot be believed.
    pub fn step(
        &mut self,
        reply: Option<&[u8]>,
        env: &mut Env<'_>,
    ) -> Result<Acquire, TicketError> {
        match (mem::replace(&mut self.state, State::Finished), reply) {
            (State::Start, None) => self.begin(env),
            (State::Asked { nonce }, Some(reply)) => match Reply::read(reply, 11)? {
                Reply::Ticket(ticket) => {
                    let enctype = Enctype::from_i32(ticket.enc_part.etype)
                        .ok_or_else(|| TicketError::ClientWithoutAes(self.client.clone()))?;
                    let key = self.key(&ticket.padata, Some(enctype))?;
                    self.accept_initial(*ticket, &key, nonce, env)
                }
                Reply::Error(error) if error.error_code == 25 => {
                    let key = self.key(&method_data(&error)?, None)?;
                    self.ask_initially(Some(key), env)
                }
                Reply::Error(error) => self.refer(&error, reply, env),
            },
            (State::Proven { nonce, key }, Some(reply)) => match Reply::read(reply, 11)? {
                Reply::Ticket(ticket) => self.accept_initial(*ticket, &key, nonce, env),
                Reply::Error(error) => self.refer(&error, reply, env),
            },
            (State::Granting { nonce, by, realm, asked }, Some(reply)) => {
                match Reply::read(reply, 13)? {
                    Reply::Ticket(ticket) => {
                        let usage = kdc::KU_TGS_REP_ENC_PART;
                        let ticket = open(*ticket, &by.session_key, usage, nonce)?;
                        self.accept(ticket, &by, realm, asked, env)
                    }
                    Reply::Error(error) => self.refused(&error, asked, env),
                }
            }
            _ => Err(TicketError::OutOfTurn),
        }
    }

    /// Begins with what is at hand.
    fn begin(&mut self, env: &mut Env<'_>) -> Result<Acquire, TicketError> {
        self.granting.retain(|ticket| ticket.end_time > env.now + MARGIN);
        let at_hand = self.services.iter().find_map(|service| {
            self.granting.iter().find(|ticket| ticket.is_for(service)).cloned()
        });
        if let Some(ticket) = at_hand {
            return Ok(Acquire::Done { ticket: Box::new(ticket), new: Vec::new() });
        }
        if self.granting_for(self.client.realm()).is_some() {
            return self.ask_for_service(env);
        }
        match &self.means {
            Means::Tickets => Err(TicketError::Expired(self.client.clone())),
            // The first answer says of which type the key has to be, and how a password becomes one.
            Means::Password(_) | Means::Keytab(..) => self.ask_initially(None, env),
        }
    }

    fn ask_initially(
        &mut self,
        key: Option<KerberosKey>,
        env: &mut Env<'_>,
    ) -> Result<Acquire, TicketError> {
        let nonce = nonce(env);
        let enctypes = match &self.means {
            Means::Keytab(keytab, owner) => {
                keytab.newest_keys(owner).iter().map(|key| key.enctype().to_i32()).collect()
            }
            _ => ENCTYPES.to_vec(),
        };
        if enctypes.is_empty() {
            return Err(TicketError::NotInKeytab(self.client.clone()));
        }
        let request = initial_request(&self.client, &enctypes, key.as_ref(), nonce, env);
        self.state = match key {
            Some(key) => State::Proven { nonce, key },
            None => State::Asked { nonce },
        };
        Ok(Acquire::Ask { realm: self.client.realm().to_owned(), request })
    }

    /// The client's key of the encryption type that the KDC wants.
    fn key(&self, padata: &[PaData], enctype: Option<Enctype>) -> Result<KerberosKey, TicketError> {
        let is_wanted = |number: i32| match enctype {
            Some(enctype) => enctype.to_i32() == number,
            None => super::is_supported(number),
        };
        match &self.means {
            Means::Tickets => Err(TicketError::Expired(self.client.clone())),
            Means::Keytab(keytab, owner) => {
                let keys = keytab.newest_keys(owner);
                let of = |number: i32| keys.iter().find(|key| key.enctype().to_i32() == number);
                let has = |number: i32| is_wanted(number) && of(number).is_some();
                let recipe = Recipe::choose(padata, &self.client, has)?;
                let wanted = recipe.map(|recipe| recipe.enctype).or(enctype);
                let key = match wanted {
                    Some(wanted) => of(wanted.to_i32()),
                    None => keys.first(),
                };
                let key = key.ok_or_else(|| TicketError::NotInKeytab(self.client.clone()))?;
                Ok((*key).clone())
            }
            Means::Password(password) => {
                let recipe =
                    Recipe::choose(padata, &self.client, is_wanted)?.unwrap_or_else(|| {
                        let enctype = enctype.unwrap_or(Enctype::Aes256CtsHmacSha1_96);
                        Recipe::default(enctype, &self.client)
                    });
                Ok(KerberosKey::string_to_key(
                    recipe.enctype,
                    password.expose(),
                    recipe.salt.as_bytes(),
                    recipe.iterations,
                ))
            }
        }
    }

    fn accept_initial(
        &mut self,
        reply: KdcRep,
        key: &KerberosKey,
        nonce: u32,
        env: &mut Env<'_>,
    ) -> Result<Acquire, TicketError> {
        let ticket =
            open(reply, key, kdc::KU_AS_REP_ENC_PART, nonce).map_err(|error| match error {
                // Without a proof beforehand this is where a wrong password shows.
                TicketError::Undecipherable(_) => self.wrong_key(),
                error => error,
            })?;
        if ticket.service != ticket_granting(ticket.client.realm()) {
            return Err(TicketError::NotOurs("it is no ticket for the tickets of the realm"));
        }
        // The KDC may know the client by another name, or write it in another way: Windows takes realms in lower case, and
        // the NetBIOS name of a domain, by which nobody finds the KDCs for what comes next.
        if !ticket.client.realm().eq_ignore_ascii_case(self.client.realm()) {
            let [asked, called] =
                [&self.client, &ticket.client].map(|client| client.realm().to_owned());
            return Err(TicketError::OtherRealm { asked, called });
        }
        self.client = ticket.client.clone();
        self.keep(ticket);
        self.ask_for_service(env)
    }

    /// Asks for the name that is tried now, by the ticket for the realm's tickets that is nearest to it.
    fn ask_for_service(&mut self, env: &mut Env<'_>) -> Result<Acquire, TicketError> {
        let realm = match self.untried.first() {
            Some(service) if self.granting_for(service.realm()).is_some() => service.realm(),
            Some(_) => self.client.realm(),
            None => return Err(TicketError::UnknownService(self.services.clone())),
        };
        self.ask(realm.to_owned(), env)
    }

    /// Asks a realm of which we have the ticket, for the service itself if it is there, or may be.
    fn ask(&mut self, realm: String, env: &mut Env<'_>) -> Result<Acquire, TicketError> {
        let Some(service) = self.untried.first() else {
            return Err(TicketError::UnknownService(self.services.clone()));
        };
        let asked = match service.realm() {
            "" => service.clone().in_realm(&*realm),
            of_service if of_service == realm => service.clone(),
            of_service => Principal::new(["krbtgt", of_service], &*realm),
        };
        let by = self
            .granting_for(&realm)
            .cloned()
            .ok_or_else(|| TicketError::Expired(self.client.clone()))?;
        let nonce = nonce(env);
        let request = ticket_request(&by, &realm, &asked, nonce, env);
        self.state = State::Granting { nonce, by: Box::new(by), realm: realm.clone(), asked };
        Ok(Acquire::Ask { realm, request })
    }

    fn accept(
        &mut self,
        ticket: Ticket,
        by: &Ticket,
        realm: String,
        asked: Principal,
        env: &mut Env<'_>,
    ) -> Result<Acquire, TicketError> {
        if ticket.client != by.client {
            return Err(TicketError::NotOurs("its ticket is for another client"));
        }
        let next = ticket.granted_realm().map(str::to_owned);
        match next {
            // The realm names another one that is nearer to the service, as we asked or by itself.
            Some(next) if next != realm => {
                self.referrals += 1;
                if self.referrals > MAX_REFERRALS {
                    return Err(TicketError::Referrals(format!("{realm}, {next}")));
                }
                self.keep(ticket);
                self.ask(next, env)
            }
            _ if ticket.service == asked => {
                // What only the service can read is as safe as its own key, whatever the session has.
                if !super::is_supported(ticket.ticket.enc_part.etype) {
                    return Err(TicketError::ServiceWithoutAes(asked));
                }
                self.new.push(ticket.clone());
                Ok(Acquire::Done { ticket: Box::new(ticket), new: mem::take(&mut self.new) })
            }
            _ => Err(TicketError::NotOurs("its ticket is for another service")),
        }
    }

    fn keep(&mut self, ticket: Ticket) {
        self.new.push(ticket.clone());
        self.granting.push(ticket);
    }

    /// The ticket for the tickets of a realm.
    fn granting_for(&self, realm: &str) -> Option<&Ticket> {
        self.granting.iter().rev().find(|ticket| ticket.granted_realm() == Some(realm))
    }

    /// What comes after the KDC refused the first ticket: it may say in which realm the client is.
    fn refer(
        &mut self,
        error: &KrbError,
        bytes: &[u8],
        env: &mut Env<'_>,
    ) -> Result<Acquire, TicketError> {
        let client = || self.client.clone();
        Err(match error.error_code {
            6 => TicketError::UnknownClient(client()),
            14 => TicketError::ClientWithoutAes(client()),
            18 => TicketError::Revoked(client()),
            23 => TicketError::PasswordExpired(client()),
            24 | 31 => self.wrong_key(),
            37 => TicketError::clock_skew(error, env.now),
            68 => match client_realm(bytes) {
                Some(realm) if realm != self.client.realm() && self.referrals < MAX_REFERRALS => {
                    self.referrals += 1;
                    self.client = self.client.clone().in_realm(realm);
                    return self.ask_initially(None, env);
                }
                Some(realm) => TicketError::Referrals(realm),
                None => TicketError::refused(error),
            },
            _ => TicketError::refused(error),
        })
    }

    /// What comes after a KDC refused a ticket by another: the next name of the service.
    fn refused(
        &mut self,
        error: &KrbError,
        asked: Principal,
        env: &mut Env<'_>,
    ) -> Result<Acquire, TicketError> {
        match error.error_code {
            7 => match asked.granted_realm() {
                // Under another name the service is in the same realm.
                Some(realm) => Err(TicketError::NoWay(asked.realm().to_owned(), realm.to_owned())),
                None => self.ask_for_next(env),
            },
            // Two accounts have the name. The next one may be that of a single account.
            8 if self.untried.len() > 1 => self.ask_for_next(env),
            14 => Err(TicketError::ServiceWithoutAes(asked)),
            // It takes a ticket of before no longer: revoked, ended, or its own key was changed.
            20 | 31 | 32 | 41 | 44
                if self.new.is_empty() && !matches!(self.means, Means::Tickets) =>
            {
                self.granting.clear();
                self.ask_initially(None, env)
            }
            32 => Err(TicketError::Expired(self.client.clone())),
            37 => Err(TicketError::clock_skew(error, env.now)),
            _ => Err(TicketError::refused(error)),
        }
    }

    fn ask_for_next(&mut self, env: &mut Env<'_>) -> Result<Acquire, TicketError> {
        self.untried.remove(0);
        self.ask_for_service(env)
    }

    fn wrong_key(&self) -> TicketError {
        let what = match self.means {
            Means::Keytab(..) => "key in the keytab, which is older than the password",
            _ => "password",
        };
        TicketError::WrongKey { client: self.client.clone(), what }
    }
}
