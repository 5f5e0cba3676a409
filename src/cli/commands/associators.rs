//! `hvr associators`

use super::list;
use crate::{
    cli::{args::AssociatorsArgs, failure::Failure, output::Output},
    client::Client,
    wsman::Association,
};

/// Prints what is associated with an instance.
pub(super) async fn run(
    client: &Client,
    args: &AssociatorsArgs,
    output: &Output,
) -> Result<(), Failure> {
    let mut association = Association::associators(args.target.resource()?);
    if let Some(class) = &args.assoc_class {
        association = association.association_class(class);
    }
    if let Some(class) = &args.result_class {
        association = association.result_class(class);
    }
    if let Some(role) = &args.role {
        association = association.role(role);
    }
    if let Some(role) = &args.result_role {
        association = association.result_role(role);
    }
    let result_class = args.result_class.as_deref();
    list::print_associated(client, &args.target, association, result_class, &args.list, output)
        .await
}
