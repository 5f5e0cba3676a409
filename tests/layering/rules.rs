//! The rules, as data: what each layer may use. A path is `a::b` and covers all that lies beneath it.

pub(crate) struct Layer {
    /// A module of the crate, or `lib` and `main` for the files of these names.
    pub(crate) name: &'static str,
    /// Time, randomness, files and the network come in as arguments: nothing of [`OUTSIDE`] and [`CLOCKS`].
    pub(crate) pure: bool,
    /// The other layers it may use.
    pub(crate) may_use: &'static [&'static str],
}

#[rustfmt::skip]
pub(crate) const LAYERS: &[Layer] = &[
    Layer { name: "xml", pure: true, may_use: &[] },
    Layer { name: "soap", pure: true, may_use: &["xml"] },
    Layer { name: "wsman", pure: true, may_use: &["xml", "soap"] },
    Layer { name: "cim", pure: true, may_use: &["xml", "soap", "wsman"] },
    Layer { name: "mof", pure: true, may_use: &["cim"] },
    Layer { name: "auth", pure: true, may_use: &[] },
    Layer { name: "auth::certificate", pure: true, may_use: &["auth"] },
    Layer { name: "transport", pure: false, may_use: &["auth"] },
    // Wraps their errors and knows nothing else of them: a path that it takes from them has `error` or `fault` in one of its names.
    Layer { name: "error", pure: false, may_use: &["xml", "soap", "wsman", "cim", "mof", "auth", "transport", "msvm"] },
    Layer { name: "client", pure: false, may_use: &["xml", "soap", "wsman", "cim", "mof", "auth", "transport", "error"] },
    Layer { name: "job::state", pure: true, may_use: &["cim", "msvm"] },
    Layer { name: "job::tracker", pure: true, may_use: &["cim", "job::state"] },
    Layer { name: "job", pure: false, may_use: &["cim", "client", "msvm", "error"] },
    Layer { name: "msvm", pure: true, may_use: &["cim"] },
    Layer { name: "replication", pure: false, may_use: &["cim", "mof", "auth::certificate", "client", "job", "msvm", "error"] },
    Layer { name: "doctor", pure: false, may_use: &["cim", "auth", "transport", "wsman", "client", "replication", "error"] },
    Layer { name: "recording::format", pure: false, may_use: &[] },
    Layer { name: "recording::redaction", pure: true, may_use: &["xml", "soap", "wsman"] },
    Layer { name: "recording", pure: false, may_use: &["xml", "soap", "wsman", "client", "recording::format", "recording::redaction"] },
    Layer { name: "sim", pure: false, may_use: &["xml", "soap", "wsman", "cim", "mof", "auth", "recording::format"] },
    Layer { name: "cli", pure: false, may_use: &["xml", "soap", "wsman", "cim", "mof", "auth", "client", "job", "replication", "doctor", "error", "recording", "sim"] },
    Layer { name: "main", pure: false, may_use: &["cli"] },
    // Re-exports whatever it likes.
    Layer { name: "lib", pure: false, may_use: &["xml", "soap", "wsman", "cim", "mof", "auth", "transport", "error", "client", "job", "msvm", "replication", "doctor", "recording", "sim", "cli"] },
];

/// What no pure layer names, beside the crates of other [`OWNERS`].
pub(crate) const OUTSIDE: &[&str] = &[
    "tokio",
    "getrandom",
    "rand",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
];

/// The clocks, wherever the type was imported from. An alias escapes this and is caught by clippy's `disallowed-methods`.
pub(crate) const CLOCKS: &[&str] =
    &["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now"];

/// Crates that only some layers may name.
#[rustfmt::skip]
pub(crate) const OWNERS: &[(&[&str], &[&str])] = &[
    (&["quick_xml"], &["xml"]),
    (&["winnow"], &["mof", "sim"]),
    (&["ntlmclient", "hmac", "md4", "md5", "rc4"], &["auth"]),
    (&["kerbcore", "keytab_io"], &["auth"]),
    (&["simple_dns", "resolv_conf"], &["transport"]),
    (&["reqwest", "rustls_native_certs", "tower_layer", "tower_service"], &["transport"]),
    (&["rustls_graviola"], &["transport", "sim"]),
    (&["hyper_util"], &["transport", "sim"]),
    (&["bytes", "http_body_util", "hyper", "tokio_rustls"], &["sim"]),
    (&["clap", "comfy_table", "humantime", "indicatif", "rpassword", "tracing_subscriber"], &["cli"]),
    (&["serde_json"], &["recording::format", "cli"]),
];
