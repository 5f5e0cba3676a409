//! The methods as calls: which host each is for, from which states, and what it cannot undo.

mod authorization;
mod failover;
mod initial;
mod machine;
mod network;
mod relationship;
mod resynchronization;
mod server;
mod state;
mod statistics;

/// What everybody has to know of a method, as a table: which host it has to be sent to, the states before and after, what
/// undoes it, what it returns, and the first Windows that has it.
macro_rules! facts {
    (
        host: $host:literal,
        before: $before:literal,
        after: $after:literal,
        undo: $undo:literal,
        since: $since:literal,
        wire: $wire:literal $(,)?
    ) => {
        facts!(
            host: $host, before: $before, after: $after, undo: $undo,
            returns: "0, 4096, 32768 to 32779", since: $since, wire: $wire
        )
    };
    (
        host: $host:literal,
        before: $before:literal,
        after: $after:literal,
        undo: $undo:literal,
        returns: $returns:literal,
        since: $since:literal,
        wire: $wire:literal $(,)?
    ) => {
        concat!(
            "\n| | |\n| --- | --- |\n| host | ", $host,
            " |\n| before | ", $before,
            " |\n| after | ", $after,
            " |\n| undo | ", $undo,
            " |\n| returns | ", $returns, ": [`ReturnCode`](crate::replication::ReturnCode) |\n",
            "| since | ", $since,
            " |\n\nOn the wire: `", $wire, "`."
        )
    };
}
use facts;

/// The choice of the extended relationship, for a method that acts on it when the machine is a replica.
macro_rules! extended {
    ($input:ident) => {
        impl<T> $crate::replication::Call<$input, T> {
            /// Acts on the extended relationship of a replica, to the replica's own replica.
            pub const fn extended(mut self, yes: bool) -> Self {
                self.extended = yes;
                self
            }
        }
    };
}
use extended;
