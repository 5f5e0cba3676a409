//! What the way to a host is made of; the way itself is tried by `client` and by the peers.

mod dns;
mod kdc;
mod pin;
mod proxy;
mod trust;
