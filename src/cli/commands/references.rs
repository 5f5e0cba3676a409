//! `hvr references`

use super::list;
use crate::{
    cli::{args::ReferencesArgs, failure::Failure, output::Output},
    client::{Client, Invocation},
    wsman::{Association, ResourceUri},
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
    let namespace = args.target.namespace()?;
    let results = args.result_class.as_deref().map(|class| ResourceUri::wmi(&namespace, class));
    let class = results.as_ref().and_then(Invocation::known_class);
    let associations = client.associations(&namespace, association);
    let printed = list::print(associations, class, &args.list, output).await;
    printed.map_err(|failure| failure.hinted(list::association_hint))
}
