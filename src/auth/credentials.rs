//! Who the user is, and how that is proven.

use std::{fmt, sync::Arc};

use zeroize::Zeroizing;

use super::kerberos::{Ccache, Keytab, Principal, Tickets};

/// Who the user is, what proves it, and the mechanism to do it by.
///
/// Clones share the Kerberos tickets that one of them got, so that the clients of many hosts ask a KDC for them once.
#[derive(Clone, Debug)]
pub struct Credentials {
    mechanism: Mechanism,
    user: UserName,
    means: Means,
    ntlm: bool,
    tickets: Arc<Tickets>,
}

/// What proves who the user is.
#[derive(Clone, Debug)]
pub(crate) enum Means {
    /// Nothing of ours.
    Nothing,
    /// A password.
    Password(Secret),
    /// The long-term keys of a Kerberos principal.
    Keytab(Principal, Arc<Keytab>),
    /// Kerberos tickets that another program got.
    Ccache(Arc<Ccache>),
}

/// A way to prove who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mechanism {
    /// Kerberos where there is a ticket to be had, else NTLM.
    Auto,
    /// SPNEGO, with Kerberos and NTLM inside as far as each can be had; the host chooses.
    Negotiate,
    /// Kerberos V5.
    Kerberos,
    /// NTLMv2 with sealed messages.
    Ntlm,
    /// The password itself in every request.
    Basic,
    /// The client certificate of the TLS connection.
    Certificate,
    /// No proof at all, which is enough for Identify.
    None,
}

impl Mechanism {
    /// The name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "automatic",
            Self::Negotiate => "Negotiate",
            Self::Kerberos => "Kerberos",
            Self::Ntlm => "NTLM",
            Self::Basic => "Basic",
            Self::Certificate => "certificate",
            Self::None => "no",
        }
    }
}

impl Credentials {
    /// The credentials of a user with a password, for the mechanism that fits: Kerberos where a KDC issues a ticket,
    /// else NTLM, unless it is [excluded](Self::without_ntlm).
    ///
    /// `DOMAIN\user`, `user@domain`, or `user` for an account of the host itself. What is [`Kerberos`](Self::kerberos)
    /// here and what is not: the client asks a KDC if the user has a domain, or a realm is named to it, and the host is
    /// named by a name that is not `localhost`; it has to find the KDC in its configuration or by DNS. A KDC that calls
    /// the password wrong is believed; NTLM would only count as another attempt.
    #[must_use]
    pub fn new(user: &str, password: impl Into<Secret>) -> Self {
        Self::with_password(Mechanism::Auto, user, password)
    }

    /// Credentials for SPNEGO: Kerberos if there is a ticket to be had and NTLM are offered, and the host chooses.
    #[must_use]
    pub fn negotiate(user: &str, password: impl Into<Secret>) -> Self {
        Self::with_password(Mechanism::Negotiate, user, password)
    }

    /// Credentials for Kerberos and nothing else: `user@REALM`, or `DOMAIN\user` or `user` where the client is told the
    /// realm.
    #[must_use]
    pub fn kerberos(user: &str, password: impl Into<Secret>) -> Self {
        Self::with_password(Mechanism::Kerberos, user, password)
    }

    /// The long-term keys of a principal, for Kerberos.
    #[must_use]
    pub fn keytab(principal: Principal, keytab: Keytab) -> Self {
        let user = UserName::new("", principal.to_string());
        Self::with_means(Mechanism::Kerberos, user, Means::Keytab(principal, Arc::new(keytab)))
    }

    /// Tickets that another program got, such as `kinit`, for Kerberos.
    #[must_use]
    pub fn ccache(ccache: Ccache) -> Self {
        let user = UserName::new("", ccache.principal().to_string());
        Self::with_means(Mechanism::Kerberos, user, Means::Ccache(Arc::new(ccache)))
    }

    /// Credentials for NTLM: `DOMAIN\user`, `user@domain`, or `user` for an account of the host itself.
    #[must_use]
    pub fn ntlm(user: &str, password: impl Into<Secret>) -> Self {
        Self::with_password(Mechanism::Ntlm, user, password)
    }

    /// Credentials for Basic authentication, which shows the password to whoever can read the connection.
    #[must_use]
    pub fn basic(user: &str, password: impl Into<Secret>) -> Self {
        Self::with_password(Mechanism::Basic, user, password)
    }

    /// The client certificate that TLS shows to the host, which maps it to an account. There is no password.
    #[must_use]
    pub fn certificate() -> Self {
        Self::with_means(Mechanism::Certificate, "".into(), Means::Nothing)
    }

    /// No credentials: enough to ask a host what it is, and for nothing else.
    #[must_use]
    pub fn none() -> Self {
        Self::with_means(Mechanism::None, "".into(), Means::Nothing)
    }

    /// The same Kerberos credentials within SPNEGO, where the host has a say in what is spoken.
    #[must_use]
    pub fn with_negotiate(self) -> Self {
        Self { mechanism: Mechanism::Negotiate, ..self }
    }

    /// The same credentials, never used for NTLM.
    #[must_use]
    pub fn without_ntlm(self) -> Self {
        Self { ntlm: false, ..self }
    }

    fn with_password(mechanism: Mechanism, user: &str, password: impl Into<Secret>) -> Self {
        Self::with_means(mechanism, user.into(), Means::Password(password.into()))
    }

    fn with_means(mechanism: Mechanism, user: UserName, means: Means) -> Self {
        Self { mechanism, user, means, ntlm: true, tickets: Arc::default() }
    }

    /// The mechanism that was asked for; no other is used in its place.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// The user; empty for a certificate, which has its own name.
    #[must_use]
    pub fn user(&self) -> &UserName {
        &self.user
    }

    pub(crate) const fn means(&self) -> &Means {
        &self.means
    }

    /// Whether NTLM may be used where the mechanism leaves it open.
    pub(crate) const fn allows_ntlm(&self) -> bool {
        self.ntlm
    }

    /// The tickets that were got with these credentials.
    pub(crate) fn tickets(&self) -> &Tickets {
        &self.tickets
    }

    pub(super) fn password(&self) -> Option<&Secret> {
        match &self.means {
            Means::Password(password) => Some(password),
            _ => None,
        }
    }
}

/// The name of a Windows account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserName {
    domain: String,
    name: String,
}

impl UserName {
    /// A name whose domain is known; an empty domain leaves it to the host.
    #[must_use]
    pub fn new(domain: impl Into<String>, name: impl Into<String>) -> Self {
        Self { domain: domain.into(), name: name.into() }
    }

    /// The `NetBIOS` or DNS name of the domain; empty for a user principal name and for a name without domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The name within the domain, or the whole user principal name (`user@domain`).
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether both are one account to Windows, which compares names and domains without regard to case.
    #[must_use]
    pub fn is_same_account(&self, other: &Self) -> bool {
        upper_case(&self.domain) == upper_case(&other.domain)
            && upper_case(&self.name) == upper_case(&other.name)
    }
}

impl From<&str> for UserName {
    /// Splits at the first backslash. A user principal name stays whole, as the host resolves it.
    fn from(user: &str) -> Self {
        match user.split_once('\\') {
            Some((domain, name)) => Self::new(domain, name),
            None => Self::new("", user),
        }
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.domain.is_empty() {
            write!(f, "{}\\", self.domain)?;
        }
        f.write_str(&self.name)
    }
}

/// A password: wiped from memory when dropped, and never shown.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub(in crate::auth) fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is this text.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        // As long for a text that begins right as for another.
        let differs = self.0.bytes().zip(text.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
        self.0.len() == text.len() && differs == 0
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self(Zeroizing::new(secret))
    }
}

impl From<&str> for Secret {
    fn from(secret: &str) -> Self {
        secret.to_owned().into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The upper case of a name as Windows has it: [MS-UCODEREF] 3.1.5.3.
pub(super) fn upper_case(name: &str) -> String {
    name.chars().map(upper_case_char).collect()
}

/// Windows maps one UTF-16 unit to one by a table of its own, older than today's Unicode: `ß` stays `ß`. The table in
/// section 7.2.5.1 of the exFAT specification shows the pattern: a letter changes only if the way back leads to it
/// again, so that `ı`, `ſ`, `µ` and title-case digraphs stay, with `ς` as the exception. Georgian got its capitals
/// later, in Unicode 11.
fn upper_case_char(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None)
            if c.len_utf16() == 1
                && !('\u{10D0}'..='\u{10FF}').contains(&c)
                && (c == 'ς' || upper.to_lowercase().eq([c])) =>
        {
            upper
        }
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_case_maps_letter_to_letter_as_windows_does() {
        let names = [
            ("straße", "STRAßE"),
            ("Müller", "MÜLLER"),
            ("ÿ", "Ÿ"),
            ("Γιώργος", "ΓΙΏΡΓΟΣ"),
            ("жуков", "ЖУКОВ"),
            ("ışık ſµŉǅ", "ıŞıK ſµŉǅ"),
            ("ნინო", "ნინო"),
            ("𐐨", "𐐨"),
            ("user@example.com", "USER@EXAMPLE.COM"),
        ];
        for (name, upper) in names {
            assert_eq!(upper_case(name), upper);
        }
    }
}
