//! The names that a recording knows, and what stands for them.

use core::net::IpAddr;
use std::collections::HashMap;

use super::pattern;

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    User,
    Vm,
    Domain,
    Group,
    Folder,
    /// The name of a host is often the name of something else as well.
    Host,
    /// A password, whatever else it is.
    Secret,
}

/// One that is named: all its names have one pseudonym.
type Subject = usize;

/// What a name is made of.
#[derive(Clone, Debug)]
enum Part {
    Subject(Subject),
    Text(String),
}

/// Names, in the order in which they were learned.
#[derive(Clone, Debug, Default)]
pub(in crate::recording) struct Names {
    subjects: Vec<Kind>,
    /// The names and what they are made of, by their folded form.
    known: HashMap<String, (String, Vec<Part>)>,
}

/// Accounts and domains that every Windows has.
const OF_WINDOWS: &[&str] = &[
    "",
    ".",
    "localhost",
    "builtin",
    "nt authority",
    "nt service",
    "nt virtual machine",
    "system",
];

impl Names {
    /// Learns the name of a computer, with or without its domain.
    pub(super) fn computer(&mut self, name: &str) {
        let name = name.trim().trim_end_matches(['$', '.']);
        let name = match name.split_once(':') {
            Some((name, port)) if port.parse::<u16>().is_ok() => name,
            _ => name,
        };
        if let Some(domain) = name.strip_prefix("*.") {
            self.domain(domain);
            return;
        }
        let is_name = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
            && name.parse::<IpAddr>().is_err()
            && pattern::guid(name) != Some(name.len());
        if !is_name || is_of_windows(name) {
            return;
        }
        let (label, domain) = name.split_once('.').unwrap_or((name, ""));
        self.learn(Kind::Host, label);
        self.domain(domain);
    }

    /// Learns the DNS name of a domain, whose first label mostly is its other name. A name of one label, such as `local`,
    /// tells nothing.
    fn domain(&mut self, name: &str) {
        let Some((label, _)) = name.split_once('.') else { return };
        let known = self.known_as(label).filter(|domain| self.is_domain(*domain));
        if let Some(domain) = known.or_else(|| self.learn(Kind::Domain, name)) {
            self.form(name, vec![Part::Subject(domain)]);
            self.form(label, vec![Part::Subject(domain)]);
        }
    }

    fn is_domain(&self, subject: Subject) -> bool {
        self.subjects.get(subject) == Some(&Kind::Domain)
    }

    /// Learns the name of an account in any of its forms.
    pub(super) fn account(&mut self, name: &str) {
        let name = name.trim();
        if name.starts_with("S-1-") {
            return;
        }
        let (domain, user, upn) = match (name.split_once('\\'), name.split_once('@')) {
            (Some((domain, user)), _) => (domain, user, false),
            (None, Some((user, domain))) => (domain, user, true),
            (None, None) => ("", name, false),
        };
        if is_of_windows(user) || !domain.is_empty() && domain != "." && is_of_windows(domain) {
            return;
        }
        let user_id = match user.strip_suffix('$') {
            Some(computer) => self.learn(Kind::Host, computer),
            None => self.learn(Kind::User, user),
        };
        if upn {
            self.domain(domain);
        }
        let domain_id = if is_of_windows(domain) { None } else { self.learn(Kind::Domain, domain) };
        // Where one of them alone is too short to be replaced everywhere, both together are not.
        if let (Some(domain_id), Some(user_id)) = (domain_id, user_id) {
            let (first, mark, second) =
                if upn { (user_id, "@", domain_id) } else { (domain_id, "\\", user_id) };
            let parts =
                vec![Part::Subject(first), Part::Text(mark.to_owned()), Part::Subject(second)];
            self.form(name, parts);
        }
    }

    /// Learns a secret, unless it is so short that it may be anything.
    pub(super) fn secret(&mut self, secret: &str) {
        if secret.trim().chars().count() >= SHORTEST_SECRET {
            self.learn(Kind::Secret, secret);
        }
    }

    /// Learns the path of a folder: what follows the drive or the server is the name.
    pub(super) fn folder(&mut self, path: &str) {
        let path = path.trim().trim_end_matches('\\');
        if let Some((drive, rest)) = path.split_at_checked(3)
            && drive.ends_with(":\\")
            && let Some(folder) = self.subject(path, Kind::Folder, !rest.is_empty())
        {
            self.form(path, vec![Part::Text(drive.to_owned()), Part::Subject(folder)]);
        }
    }

    /// Learns a name. Gives nothing for what is none: nothing, or a GUID.
    pub(super) fn learn(&mut self, kind: Kind, name: &str) -> Option<Subject> {
        let name = name.trim();
        let is_name = !name.is_empty() && pattern::guid(name) != Some(name.len());
        let subject = self.subject(name, kind, is_name)?;
        self.form(name, vec![Part::Subject(subject)]);
        Some(subject)
    }

    /// Whose name it is, which may turn out to be of a stronger kind than was thought.
    fn subject(&mut self, name: &str, kind: Kind, is_name: bool) -> Option<Subject> {
        if !is_name {
            return None;
        }
        if let Some(subject) = self.known_as(name) {
            let known = self.subjects.get_mut(subject)?;
            if kind >= Kind::Host {
                *known = kind.max(*known);
            }
            return Some(subject);
        }
        self.subjects.push(kind);
        Some(self.subjects.len() - 1)
    }

    /// Whose name it is known to be.
    fn known_as(&self, name: &str) -> Option<Subject> {
        let (_, parts) = self.known.get(&fold(name))?;
        parts.iter().find_map(|part| match part {
            Part::Subject(subject) => Some(*subject),
            Part::Text(_) => None,
        })
    }

    fn form(&mut self, name: &str, parts: Vec<Part>) {
        self.known.entry(fold(name)).or_insert_with(|| (name.to_owned(), parts));
    }

    /// The names with their pseudonyms. Numbers follow the order of learning.
    pub(super) fn pseudonyms(&self) -> impl Iterator<Item = (&str, String)> {
        let mut counts = HashMap::<Kind, u32>::new();
        let of_subjects: Vec<String> = self
            .subjects
            .iter()
            .map(|kind| {
                let count = counts.entry(*kind).or_default();
                *count += 1;
                let word = match kind {
                    Kind::User => "user",
                    Kind::Vm => "vm",
                    Kind::Domain => "domain",
                    Kind::Group => "group",
                    Kind::Folder => "folder",
                    Kind::Host => "host",
                    Kind::Secret => return REDACTED.to_owned(),
                };
                format!("{word}-{count}")
            })
            .collect();
        self.known.values().map(move |(name, parts)| {
            let parts = parts.iter().map(|part| match part {
                Part::Subject(subject) => {
                    of_subjects.get(*subject).map_or(REDACTED, String::as_str)
                }
                Part::Text(text) => text,
            });
            (name.as_str(), parts.collect())
        })
    }
}

/// A secret is looked for elsewhere as well, unless it is so short that it may be anything.
const SHORTEST_SECRET: usize = 4;

/// What stands for secrets.
pub(super) const REDACTED: &str = "redacted";

fn is_of_windows(name: &str) -> bool {
    OF_WINDOWS.contains(&name.to_lowercase().as_str())
}

/// Text as names are compared: Windows ignores case.
pub(super) fn fold(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

/// Letter to letter, so that places in a text stay what they are.
pub(super) fn fold_char(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ => c,
    }
}
