//! `hvr get`

use crate::{
    cli::{
        failure::Failure,
        output::Output,
        value::{self, Row},
    },
    client::Client,
    wsman::Resource,
};

/// Prints an instance.
pub(super) async fn run(
    client: &Client,
    resource: &Resource,
    output: &Output,
) -> Result<(), Failure> {
    let row = Row::Instance(client.get(resource).await?, None);
    value::warn(&row, output);
    output.object(&row, || row.block())
}
