//! `hvr identify`

use crate::{
    cli::{failure::Failure, output::Output},
    client::Client,
};

/// Prints what the host says it is.
pub(super) async fn run(client: &Client, output: &Output) -> Result<(), Failure> {
    let identity = client.identify().await?;
    output.object(&identity, || {
        let line =
            |name: &str, value: Option<&str>| format!("{name:<10}{}", value.unwrap_or("not said"));
        [
            line("host", Some(&client.endpoint().to_string())),
            line("vendor", identity.product_vendor.as_deref()),
            line("version", identity.product_version.as_deref()),
            line("protocol", Some(&identity.protocol_version)),
        ]
        .join("\n")
    })
}
