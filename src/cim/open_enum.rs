//! Value maps as open enumerations: an unknown number is a value, never an error.

/// Declares an enumeration of the numbers of a value map, with `Unknown(n)` for all others.
///
/// `Display` and `Serialize` give the name, or `unknown(n)`.
macro_rules! open_enum {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $name:ident: $number:ty {
            $( $(#[$doc:meta])* $variant:ident = $value:literal, )+
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        $visibility enum $name {
            $( $(#[$doc])* $variant, )+
            /// A number that is not listed here.
            Unknown($number),
        }

        impl From<$number> for $name {
            fn from(number: $number) -> Self {
                match number {
                    $( $value => Self::$variant, )+
                    other => Self::Unknown(other),
                }
            }
        }

        impl From<$name> for $number {
            fn from(value: $name) -> Self {
                match value {
                    $( $name::$variant => $value, )+
                    $name::Unknown(other) => other,
                }
            }
        }

        /// The name, or `unknown(n)`.
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $( Self::$variant => f.pad(stringify!($variant)), )+
                    Self::Unknown(number) => f.pad(&format!("unknown({number})")),
                }
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

/// Declares an enumeration of the texts of a value map, with `Unknown(text)` for all others.
///
/// `Display`, `AsRef` and `Serialize` give the text of the wire.
macro_rules! open_text {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $name:ident {
            $( $(#[$doc:meta])* $variant:ident = $value:literal, )+
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        $visibility enum $name {
            $( $(#[$doc])* $variant, )+
            /// A text that is not listed here.
            Unknown(String),
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $( $value => Self::$variant, )+
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                match self {
                    $( Self::$variant => $value, )+
                    Self::Unknown(other) => other,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_ref())
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

pub(crate) use {open_enum, open_text};
