//! Who may log on, and how.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use crate::auth::{
    Acceptor, ChannelBinding, Hardening, Secret, UserName,
    kerberos::{KerberosAcceptor, Keytab, Replays},
    ntlm::NtlmAcceptor,
    seal::Protocol,
    spnego::{MechType, SpnegoAcceptor},
};

/// What a host lets in.
#[derive(Debug)]
pub(super) struct Logon {
    pub(super) computer: String,
    pub(super) users: Vec<(UserName, Secret)>,
    /// The keys for Kerberos; without them it is not offered.
    pub(super) keytab: Option<Arc<Keytab>>,
    pub(super) replays: Arc<Replays>,
    pub(super) hardening: Hardening,
    /// The tie to our certificate, over TLS.
    pub(super) binding: Option<ChannelBinding>,
    /// Whether a password in every request is taken.
    pub(super) basic: bool,
}

/// A scheme of HTTP that carries tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Negotiate,
    Kerberos,
}

impl Scheme {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Negotiate => "Negotiate",
            Self::Kerberos => "Kerberos",
        }
    }

    pub(super) const fn protocol(self) -> Protocol {
        match self {
            Self::Negotiate => Protocol::Spnego,
            Self::Kerberos => Protocol::Kerberos,
        }
    }
}

impl Logon {
    /// What a 401 offers, in the order of a real host.
    pub(super) fn challenges(&self) -> Vec<&'static str> {
        let kerberos = self.keytab.as_ref().map(|_| "Kerberos");
        let basic = self.basic.then_some("Basic realm=\"WSMAN\"");
        ["Negotiate"].into_iter().chain(kerberos).chain(basic).collect()
    }

    /// The scheme and the token of an `Authorization` header.
    pub(super) fn token(&self, authorization: &str) -> Option<(Scheme, Vec<u8>)> {
        let (name, token) = authorization.split_once(' ')?;
        let scheme = [Scheme::Negotiate, Scheme::Kerberos]
            .into_iter()
            .filter(|scheme| *scheme == Scheme::Negotiate || self.keytab.is_some())
            .find(|scheme| scheme.name().eq_ignore_ascii_case(name))?;
        Some((scheme, BASE64_STANDARD.decode(token.trim()).ok()?))
    }

    /// What takes the tokens of a scheme.
    pub(super) fn acceptor(self: &Arc<Self>, scheme: Scheme) -> Box<dyn Acceptor> {
        let kerberos = self.keytab.as_ref().map(|keytab| {
            KerberosAcceptor::new(Arc::clone(keytab), Arc::clone(&self.replays))
                .hardening(self.hardening)
        });
        match (scheme, kerberos) {
            (Scheme::Kerberos, Some(kerberos)) => Box::new(kerberos),
            (_, kerberos) => {
                let mut mechanisms: Vec<(MechType, Box<dyn Acceptor>)> = Vec::new();
                if let Some(kerberos) = kerberos {
                    mechanisms.push((MechType::Kerberos, Box::new(kerberos)));
                }
                let logon = Arc::clone(self);
                let password_of = move |user: &UserName| logon.password_of(user);
                let ntlm = NtlmAcceptor::new(&*self.computer, &*self.computer, password_of)
                    .hardening(self.hardening);
                mechanisms.push((MechType::Ntlm, Box::new(ntlm)));
                Box::new(SpnegoAcceptor::new(mechanisms))
            }
        }
    }

    /// The user of a Basic `Authorization` header, if the password is right and Basic is taken at all.
    pub(super) fn basic(&self, authorization: &str) -> Option<String> {
        let (name, token) = authorization.split_once(' ')?;
        if !self.basic || !name.eq_ignore_ascii_case("Basic") {
            return None;
        }
        let text = Zeroizing::new(BASE64_STANDARD.decode(token.trim()).ok()?);
        let (user, password) = str::from_utf8(&text).ok()?.split_once(':')?;
        let is_right = self.password_of(&user.into())?.is(password);
        is_right.then(|| user.to_owned())
    }

    /// The password of a user who may log on.
    fn password_of(&self, given: &UserName) -> Option<Secret> {
        let is_local = [".", &self.computer].iter().any(|d| d.eq_ignore_ascii_case(given.domain()));
        let local = UserName::new("", given.name());
        self.users
            .iter()
            .find(|(user, _)| {
                user.is_same_account(given) || is_local && user.is_same_account(&local)
            })
            .map(|(_, password)| password.clone())
    }
}
