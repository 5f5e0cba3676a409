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

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

pub(crate) use open_enum;
