#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::string_slice,
    missing_docs,
    reason = "tests"
)]

mod api;
mod auth;
mod cim;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "sim")]
mod client;
#[cfg(feature = "sim")]
mod doctor;
#[cfg(feature = "cli")]
mod endings;
#[cfg(feature = "sim")]
mod host;
#[cfg(feature = "sim")]
mod job;
mod kdc;
mod mof;
#[cfg(feature = "sim")]
mod recording;
#[cfg(feature = "sim")]
mod replication;
#[cfg(feature = "sim")]
mod sim;
mod transport;
mod wire;
mod wsman;
mod xml;

/// A file of the folder `fixtures`.
fn fixture(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
