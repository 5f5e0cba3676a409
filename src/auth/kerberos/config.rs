//! The configuration of the machine: `krb5.conf`.

/// What is read of `krb5.conf`: the realms, their KDCs, and which hosts belong to them.
///
/// Several files add up: of a single value the first one counts, of KDCs all do, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    default_realm: Option<String>,
    default_ccache_name: Option<String>,
    dns_lookup_kdc: Option<bool>,
    /// The realms that have a section, each with its KDCs.
    realms: Vec<(String, Vec<String>)>,
    /// Hosts, and domains with a dot before them, in lower case, with their realms.
    domains: Vec<(String, String)>,
}

/// Another file that a configuration includes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Include<'a> {
    /// One file.
    File(&'a str),
    /// The files of a folder whose names consist of letters, digits, dashes and underscores, or end with `.conf`.
    Folder(&'a str),
}

/// A line of a configuration that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct ConfigError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// How deep sections may nest, and files include each other.
const DEEPEST: usize = 10;

impl Config {
    /// Reads a text on top of what was read before. `include` gives the texts of what it includes.
    ///
    /// # Errors
    /// If the text, or one that it includes, is malformed, or includes are nested too deep.
    pub fn read(
        &mut self,
        text: &str,
        include: &mut dyn FnMut(Include<'_>) -> Result<Vec<String>, String>,
    ) -> Result<(), ConfigError> {
        self.read_at(0, text, include)
    }

    fn read_at(
        &mut self,
        depth: usize,
        text: &str,
        include: &mut dyn FnMut(Include<'_>) -> Result<Vec<String>, String>,
    ) -> Result<(), ConfigError> {
        // Section, then the names of the groups that are open.
        let mut path: Vec<String> = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            let fail = |reason: &str| ConfigError { line, reason: reason.to_owned() };
            let text = text.trim();
            if text.is_empty() || text.starts_with(['#', ';']) {
                continue;
            }
            let word = |word: &str| {
                text.strip_prefix(word).filter(|rest| rest.starts_with([' ', '\t'])).map(str::trim)
            };
            let included = match (word("include"), word("includedir")) {
                (Some(path), _) => Some(Include::File(path)),
                (_, Some(path)) => Some(Include::Folder(path)),
                _ => None,
            };
            if let Some(included) = included {
                if depth >= DEEPEST {
                    return Err(fail("files include each other too deep"));
                }
                let texts = include(included).map_err(|reason| ConfigError { line, reason })?;
                for text in texts {
                    self.read_at(depth + 1, &text, include)?;
                }
            } else if let Some(section) = text.strip_prefix('[') {
                let (name, _) =
                    section.split_once(']').ok_or_else(|| fail("a section has no end"))?;
                if path.len() > 1 {
                    return Err(fail("a section begins within braces"));
                }
                path = vec![name.trim().to_owned()];
            } else if path.is_empty() {
                // MIT reads nothing before the first section, and a text that is included begins with one.
            } else if text.trim_end_matches('*') == "}" {
                if path.len() < 2 {
                    return Err(fail("a brace is closed that was not opened"));
                }
                path.pop();
            } else if let Some((name, value)) = text.split_once('=') {
                // A star says that no other file may add to this; here none takes anything away.
                let (name, value) = (name.trim().trim_end_matches('*'), value.trim());
                if value == "{" {
                    if path.len() >= DEEPEST {
                        return Err(fail("braces are nested too deep"));
                    }
                    path.push(name.to_owned());
                    self.open(&path);
                } else {
                    self.set(&path, name, value.trim_matches('"'));
                }
            } else if word("module").is_none() {
                return Err(fail("it is neither a section nor NAME = VALUE"));
            }
        }
        if path.len() > 1 {
            let line = text.lines().count();
            return Err(ConfigError { line, reason: "a brace is not closed".to_owned() });
        }
        Ok(())
    }

    fn open(&mut self, path: &[String]) {
        if let [section, realm] = path
            && section == "realms"
            && !self.realms.iter().any(|(known, _)| known == realm)
        {
            self.realms.push((realm.clone(), Vec::new()));
        }
    }

    fn set(&mut self, path: &[String], name: &str, value: &str) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (path.as_slice(), name) {
            (["libdefaults"], "default_realm") => {
                self.default_realm.get_or_insert_with(|| value.to_owned());
            }
            (["libdefaults"], "default_ccache_name") => {
                self.default_ccache_name.get_or_insert_with(|| value.to_owned());
            }
            (["libdefaults"], "dns_lookup_kdc") => {
                let is_no = ["n", "no", "false", "nil", "0", "off"]
                    .iter()
                    .any(|no| value.eq_ignore_ascii_case(no));
                self.dns_lookup_kdc.get_or_insert(!is_no);
            }
            (["realms", realm], "kdc") => {
                if let Some((_, kdcs)) = self.realms.iter_mut().find(|(known, _)| known == realm) {
                    kdcs.push(value.to_owned());
                }
            }
            (["domain_realm"], domain) => {
                self.domains.push((domain.to_ascii_lowercase(), value.to_owned()));
            }
            _ => {}
        }
    }

    /// The realm of users and hosts of which nothing is said.
    #[must_use]
    pub fn default_realm(&self) -> Option<&str> {
        self.default_realm.as_deref()
    }

    /// The name of the credential cache, which may hold `%{uid}` and the like.
    #[must_use]
    pub fn default_ccache_name(&self) -> Option<&str> {
        self.default_ccache_name.as_deref()
    }

    /// Whether DNS may be asked for KDCs; yes unless the configuration says no.
    #[must_use]
    pub fn dns_lookup_kdc(&self) -> bool {
        self.dns_lookup_kdc.unwrap_or(true)
    }

    /// The realms that have a section.
    pub fn realms(&self) -> impl Iterator<Item = &str> {
        self.realms.iter().map(|(realm, _)| realm.as_str())
    }

    /// The KDCs of a realm, as they are written: `HOST`, `HOST:PORT`, `[ADDRESS]:PORT`, with `tcp/` or `udp/` before it.
    #[must_use]
    pub fn kdcs(&self, realm: &str) -> &[String] {
        self.realms.iter().find(|(known, _)| known == realm).map_or(&[], |(_, kdcs)| kdcs)
    }

    /// The realm of a host: by its own name, else by the longest of its domains. A name without a dot before it stands for
    /// the host of that name, and for a domain of which nothing else is said.
    #[must_use]
    pub fn realm_of_host(&self, host: &str) -> Option<&str> {
        let host = host.to_ascii_lowercase();
        let find = |name: &str| {
            self.domains.iter().find(|(domain, _)| domain == name).map(|(_, realm)| realm.as_str())
        };
        let domains = host.match_indices('.').filter_map(|(at, _)| host.get(at..));
        let names = domains.flat_map(|domain| [domain, domain.trim_start_matches('.')]);
        std::iter::once(&*host).chain(names).find_map(find)
    }
}
