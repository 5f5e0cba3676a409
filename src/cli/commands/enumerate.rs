//! `hvr enumerate`

use super::list;
use crate::{
    cli::{args::EnumerateArgs, failure::Failure, output::Output},
    client::{Client, Invocation},
    wsman::Filter,
};

/// Prints the instances of a class, or what a query selects.
pub(super) async fn run(
    client: &Client,
    args: &EnumerateArgs,
    output: &Output,
) -> Result<(), Failure> {
    let (enumerating, class) = match &args.wql {
        Some(query) => {
            let all = args.place.uri(Some("*"));
            (client.enumerate(&all).filter(Filter::Wql(query.clone())), None)
        }
        None => {
            let uri = args.place.uri(args.class.as_deref());
            (client.enumerate(&uri), Invocation::known_class(&uri))
        }
    };
    list::print(enumerating, class, &args.list, output).await
}
