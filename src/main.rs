//! The program `hvr`: Hyper-V Replica from a shell.

use std::process::ExitCode;

fn main() -> ExitCode {
    hyperv_replica::cli::main()
}
