//! `hvr enumerate`

use super::list;
use crate::{
    cli::{args::EnumerateArgs, failure::Failure, output::Output},
    client::Client,
    wsman::Filter,
};

/// Prints the instances of a class, or what a query selects.
pub(super) async fn run(
    client: &Client,
    args: &EnumerateArgs,
    output: &Output,
) -> Result<(), Failure> {
    let enumerating = match &args.wql {
        Some(query) => {
            let all = args.place.uri(Some("*"));
            client.enumerate(&all).filter(Filter::Wql(query.clone()))
        }
        None => client.enumerate(&args.place.uri(args.class.as_deref())),
    };
    list::print(enumerating, &args.list, output).await
}
