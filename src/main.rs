//! The program `hvr`.

fn main() {}
