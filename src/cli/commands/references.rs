//! `hvr references`

use super::list;
use crate::{
    cli::{args::ReferencesArgs, failure::Failure, output::Output},
    client::Client,
    wsman::Association,
};

/// Prints the associations of an instance.
pub(super) async fn run(
    client: &Client,
    args: &ReferencesArgs,
    output: &Output,
) -> Result<(), Failure> {
    let mut association = Association::references(args.target.resource()?);
    if let Some(class) = &args.result_class {
        association = association.result_class(class);
    }
    if let Some(role) = &args.role {
        association = association.role(role);
    }
    let result_class = args.result_class.as_deref();
    list::print_associated(client, &args.target, association, result_class, &args.list, output)
        .await
}
