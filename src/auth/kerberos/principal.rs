//! Names of users and services.

use std::fmt;

/// A name in a realm: `admin@EXAMPLE.COM`, or `host/hv01.example.com@EXAMPLE.COM`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Principal {
    components: Vec<String>,
    realm: String,
}

impl Principal {
    /// A name whose components are known. An empty realm leaves it to whoever asks a KDC.
    #[must_use]
    pub fn new<T: Into<String>>(
        components: impl IntoIterator<Item = T>,
        realm: impl Into<String>,
    ) -> Self {
        Self { components: components.into_iter().map(Into::into).collect(), realm: realm.into() }
    }

    /// The components: one for a user, mostly two for a service.
    #[must_use]
    pub fn components(&self) -> &[String] {
        &self.components
    }

    /// The realm; empty if it is not known.
    #[must_use]
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// The realm whose tickets a ticket for this service gives, if any does: that of `krbtgt/REALM`.
    pub(super) fn granted_realm(&self) -> Option<&str> {
        match self.components() {
            [service, realm] if service == "krbtgt" => Some(realm),
            _ => None,
        }
    }

    /// The same name in another realm.
    #[must_use]
    pub fn in_realm(self, realm: impl Into<String>) -> Self {
        Self { realm: realm.into(), ..self }
    }
}

impl From<&str> for Principal {
    /// Splits at slashes and at the last at sign; a backslash takes the meaning from the character behind it.
    fn from(text: &str) -> Self {
        let mut components = vec![String::new()];
        let mut realm = None::<String>;
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            let (character, is_plain) = match character {
                '\\' => (characters.next().unwrap_or('\\'), true),
                character => (character, false),
            };
            match character {
                '@' if !is_plain => {
                    // An at sign before the last one belongs to the name.
                    if let (Some(realm), Some(last)) = (realm.take(), components.last_mut()) {
                        last.push('@');
                        last.push_str(&realm);
                    }
                    realm = Some(String::new());
                }
                '/' if !is_plain && realm.is_none() => components.push(String::new()),
                character => match (&mut realm, components.last_mut()) {
                    (Some(realm), _) => realm.push(character),
                    (None, Some(last)) => last.push(character),
                    (None, None) => {}
                },
            }
        }
        Self { components, realm: realm.unwrap_or_default() }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, component) in self.components.iter().enumerate() {
            if index > 0 {
                f.write_str("/")?;
            }
            for character in component.chars() {
                if matches!(character, '/' | '@' | '\\') {
                    f.write_str("\\")?;
                }
                write!(f, "{character}")?;
            }
        }
        if !self.realm.is_empty() {
            write!(f, "@{}", self.realm)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principal_reads_as_it_is_written() {
        let cases: [(&str, &[&str], &str); 5] = [
            ("admin", &["admin"], ""),
            ("admin@EXAMPLE.COM", &["admin"], "EXAMPLE.COM"),
            ("host/hv01.example.com@EXAMPLE.COM", &["host", "hv01.example.com"], "EXAMPLE.COM"),
            (r"a\/b\@c@R", &["a/b@c"], "R"),
            (r"a\\b", &[r"a\b"], ""),
        ];
        for (text, components, realm) in cases {
            let principal = Principal::from(text);
            assert_eq!(principal, Principal::new(components.iter().copied(), realm));
            assert_eq!(principal.to_string(), text);
        }
        assert_eq!(Principal::from("a@b@R"), Principal::new(["a@b"], "R"));
    }
}
