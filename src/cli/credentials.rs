//! Who we are, by options, environment, files and the terminal.

use std::{
    fs,
    io::{self, IsTerminal as _, Read as _},
    path::PathBuf,
};

use zeroize::Zeroizing;

use super::{
    args::{Auth, ConnectionArgs},
    connect::unreadable,
    failure::Failure,
};
use crate::{
    auth::{
        Credentials, Secret,
        kerberos::{Ccache, CcacheName, Keytab, Principal, TicketError},
    },
    client::kerberos,
};

/// A password is no longer than this; a file that is, is another file.
const LONGEST_PASSWORD: u64 = 64 * 1024;

/// The credentials that the options name, else the environment; the password may be asked for.
pub(super) fn credentials(args: &ConnectionArgs) -> Result<Credentials, Failure> {
    let credentials = match args.auth {
        Auth::Certificate if args.client_cert.is_none() => {
            return Err(Failure::usage(
                "--auth certificate wants the certificate: --client-cert FILE",
            ));
        }
        Auth::Certificate => Credentials::certificate(),
        Auth::Ntlm => Credentials::ntlm(user(args)?, password(args)?),
        Auth::Basic => Credentials::basic(user(args)?, password(args)?),
        Auth::Auto | Auth::Negotiate | Auth::Kerberos => match Tickets::of(args)? {
            Some(tickets) => tickets.credentials(args)?,
            None => {
                let (user, password) = (user(args)?, password(args)?);
                match args.auth {
                    Auth::Negotiate => Credentials::negotiate(user, password),
                    Auth::Kerberos => Credentials::kerberos(user, password),
                    _ => Credentials::new(user, password),
                }
            }
        },
    };
    let has_tickets = args.keytab.is_some() || args.ccache.is_some();
    if has_tickets && matches!(args.auth, Auth::Ntlm | Auth::Basic | Auth::Certificate) {
        return Err(Failure::usage("--keytab and --ccache are for Kerberos: leave --auth out"));
    }
    Ok(if args.no_ntlm { credentials.without_ntlm() } else { credentials })
}

/// Whether anything says who we are: a user, a password, tickets, or the wish for a certificate.
#[expect(clippy::disallowed_methods, reason = "the program reads the environment")]
pub(super) fn are_named(args: &ConnectionArgs) -> bool {
    const VARIABLES: [&str; 4] = ["HVR_PASSWORD", "HVR_PASSWORD_FILE", "HVR_KEYTAB", "HVR_CCACHE"];
    args.user.is_some()
        || args.password_file.is_some()
        || args.password_stdin
        || args.keytab.is_some()
        || args.ccache.is_some()
        || args.auth == Auth::Certificate
        || VARIABLES.into_iter().any(|name| std::env::var_os(name).is_some())
        || kerberos::default_ccache().is_ok_and(|it| it.is_some_and(|name| name.path().exists()))
}

/// What stands in place of a password for Kerberos.
enum Tickets {
    Keytab(PathBuf),
    Ccache(CcacheName),
}

impl Tickets {
    /// What the options name, else what the environment does: its `HVR_` variables before Kerberos' own.
    #[expect(clippy::disallowed_methods, reason = "the program reads the environment")]
    fn of(args: &ConnectionArgs) -> Result<Option<Self>, Failure> {
        let ccache = |name: &str| {
            name.parse()
                .map(Self::Ccache)
                .map_err(|error: TicketError| Failure::usage(error.to_string()))
        };
        if let Some(path) = &args.keytab {
            return Ok(Some(Self::Keytab(path.clone())));
        }
        if let Some(name) = &args.ccache {
            return ccache(name).map(Some);
        }
        if args.password_file.is_some() || args.password_stdin {
            return Ok(None);
        }
        if let Some(path) = std::env::var_os("HVR_KEYTAB") {
            return Ok(Some(Self::Keytab(path.into())));
        }
        if let Ok(name) = std::env::var("HVR_CCACHE") {
            return ccache(&name).map(Some);
        }
        let has_password = ["HVR_PASSWORD", "HVR_PASSWORD_FILE"]
            .into_iter()
            .any(|name| std::env::var_os(name).is_some());
        if has_password {
            return Ok(None);
        }
        // Kerberos' own, unless another user was named. A password can still be asked for.
        let name = match kerberos::default_ccache() {
            Ok(name) => name,
            Err(error) if args.auth == Auth::Kerberos || args.user.is_none() => {
                return Err(Failure::usage(error.to_string()));
            }
            Err(_) => None,
        };
        let Some(name) = name.filter(|name| name.path().exists()) else { return Ok(None) };
        let is_theirs = args.user.as_ref().is_none_or(|user| {
            read_ccache(&name).is_ok_and(|ccache| is_user(ccache.principal(), user))
        });
        Ok(is_theirs.then_some(Self::Ccache(name)))
    }

    fn credentials(self, args: &ConnectionArgs) -> Result<Credentials, Failure> {
        let credentials = match self {
            Self::Keytab(path) => {
                let bytes = fs::read(&path).map_err(|error| unreadable("keytab", &path, &error))?;
                let keytab = Keytab::parse(&Zeroizing::new(bytes))
                    .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
                let is_wanted = |principal: &&Principal| {
                    args.user.as_ref().is_none_or(|user| is_user(principal, user))
                };
                let principal = keytab.principals().find(is_wanted).cloned().ok_or_else(|| {
                    let user = args.user.as_deref().unwrap_or_default();
                    let has: Vec<_> = keytab.principals().map(ToString::to_string).collect();
                    Failure::usage(format!(
                        "{} has no key of {user}; it has keys of {}",
                        path.display(),
                        has.join(", ")
                    ))
                })?;
                Credentials::keytab(principal, keytab)
            }
            Self::Ccache(name) => {
                let ccache = read_ccache(&name)?;
                if let Some(user) = &args.user
                    && !is_user(ccache.principal(), user)
                {
                    return Err(Failure::usage(format!(
                        "the tickets in {name} are those of {}, not of {user}",
                        ccache.principal()
                    )));
                }
                Credentials::ccache(ccache)
            }
        };
        Ok(if args.auth == Auth::Negotiate { credentials.with_negotiate() } else { credentials })
    }
}

/// Whether a user names a principal: `user`, `user@realm` or `DOMAIN\user`, where only the name is compared.
fn is_user(principal: &Principal, user: &str) -> bool {
    let name = user.split_once('\\').map_or(user, |(_, name)| name);
    let named = Principal::from(name);
    named.components() == principal.components()
        && (named.realm().is_empty() || named.realm().eq_ignore_ascii_case(principal.realm()))
}

fn read_ccache(name: &CcacheName) -> Result<Ccache, Failure> {
    let path = name.path();
    let bytes = fs::read(path).map_err(|error| unreadable("ticket cache", path, &error))?;
    Ccache::parse(&Zeroizing::new(bytes))
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}

/// The user that the options name.
pub(super) fn user(args: &ConnectionArgs) -> Result<&str, Failure> {
    args.user.as_deref().ok_or_else(|| Failure::usage("no user: give --user, or set HVR_USER"))
}

/// The password: from a file or standard input, from the environment, or from the terminal. Never from an argument,
/// which all users of the machine can read.
#[expect(clippy::disallowed_methods, reason = "the program reads the environment")]
pub(super) fn password(args: &ConnectionArgs) -> Result<Secret, Failure> {
    if args.password_stdin {
        return read_password(io::stdin().lock(), |error| {
            Failure::usage(format!("the password cannot be read from standard input: {error}"))
        });
    }
    let from_environment = || {
        if std::env::var_os("HVR_PASSWORD").is_some() {
            None
        } else {
            std::env::var_os("HVR_PASSWORD_FILE").map(PathBuf::from)
        }
    };
    if let Some(path) = args.password_file.clone().or_else(from_environment) {
        let file = fs::File::open(&path).map_err(|error| unreadable("password", &path, &error))?;
        return read_password(file, |error| unreadable("password", &path, &error));
    }
    if let Some(password) = std::env::var_os("HVR_PASSWORD") {
        let password =
            password.into_string().map_err(|_| Failure::usage("HVR_PASSWORD is not UTF-8"))?;
        return secret(password);
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(
            "no password: give --password-file or --password-stdin, or set HVR_PASSWORD_FILE or HVR_PASSWORD",
        ));
    }
    rpassword::prompt_password(format!("Password for {}: ", user(args)?))
        .map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => Failure::Interrupted,
            _ => Failure::usage(format!("the password cannot be read from the terminal: {error}")),
        })
        .and_then(secret)
}

/// A password, which nobody leaves empty on purpose: hosts count attempts, and lock accounts.
fn secret(password: String) -> Result<Secret, Failure> {
    if password.is_empty() {
        return Err(Failure::usage("the password is empty"));
    }
    Ok(Secret::from(password))
}

/// Reads a password, without one line end at its end.
fn read_password(
    source: impl io::Read,
    unreadable: impl Fn(io::Error) -> Failure,
) -> Result<Secret, Failure> {
    // Room for all of it: growing would leave copies behind.
    let room = usize::try_from(LONGEST_PASSWORD).unwrap_or_default() + 64;
    let mut text = Zeroizing::new(String::with_capacity(room));
    source.take(LONGEST_PASSWORD + 1).read_to_string(&mut text).map_err(&unreadable)?;
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > LONGEST_PASSWORD {
        return Err(unreadable(io::Error::other("it is too long for a password")));
    }
    let password = text
        .strip_suffix('\n')
        .map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    secret(password.to_owned())
}
