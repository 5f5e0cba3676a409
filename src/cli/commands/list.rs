//! What `enumerate`, `associators` and `references` have in common.

use crate::{
    cim::Instance,
    cli::{
        args::ListArgs,
        failure::Failure,
        output::{Output, table},
        value::{self, Row},
    },
    client::{Enumerating, Item},
};

/// Instances with no more properties than these are a table by themselves.
const NARROW: usize = 5;

/// Prints what an enumeration gives, as instances, references or both.
pub(super) async fn print(
    enumerating: Enumerating,
    args: &ListArgs,
    output: &Output,
) -> Result<(), Failure> {
    // The host need not send what is not wanted.
    let enumerating = enumerating.page_size(args.page_size.min(args.limit.unwrap_or(u32::MAX)));
    if args.epr {
        read(enumerating.references(), Row::Reference, args, output).await
    } else if args.with_epr {
        let both = |(instance, reference)| Row::Instance(instance, Some(reference));
        read(enumerating.with_references(), both, args, output).await
    } else {
        read(enumerating, |instance: Instance| Row::Instance(instance, None), args, output).await
    }
}

/// Reads as much as is wanted, and has the host forget the rest. What cannot be read takes nothing away from the
/// others, but is a failure in the end.
async fn read<T: Item>(
    enumerating: Enumerating<T>,
    row: impl Fn(T) -> Row,
    args: &ListArgs,
    output: &Output,
) -> Result<(), Failure> {
    let mut items = enumerating.start().await?;
    let mut rows = Vec::new();
    let mut left = args.limit.unwrap_or(u32::MAX);
    let mut lost: Option<Failure> = None;
    let printed = loop {
        if left == 0 {
            break Ok(());
        }
        items.page_size(left);
        let next = items.next().await;
        if args.limit.is_some() {
            left -= 1;
        }
        let mut row = match next {
            Ok(Some(item)) => row(item),
            Ok(None) => break Ok(()),
            Err(error) => {
                // It is an item, and there may be others; or a page, and this is the end. The last one is told at the end.
                if let Some(earlier) = lost.replace(error.into()) {
                    output
                        .step(&format!("warning: an item is lost: {}", earlier.chain().join(": ")));
                }
                continue;
            }
        };
        value::warn(&row, output);
        row.keep(&args.properties);
        if !output.streams() {
            rows.push(row);
        } else if let Err(failure) = output.object(&row, String::new) {
            break Err(failure);
        }
    };
    output.no_more_answers();
    if let Err(error) = items.release().await {
        tracing::debug!(%error, "the enumeration could not be released");
    }
    let printed = printed.and_then(|()| output.all(&rows, |rows| text(rows, &args.properties)));
    lost.map_or(printed, Err)
}

/// A table where there is little to each, else a block for each.
fn text(rows: &[Row], wanted: &[String]) -> String {
    let blocks = |separator| rows.iter().map(Row::block).collect::<Vec<_>>().join(separator);
    let names = |instance: &Instance| -> Vec<String> {
        instance.properties.iter().map(|(name, _)| name.clone()).collect()
    };
    let bare: Option<Vec<&Instance>> = rows.iter().map(Row::bare_instance).collect();
    let Some(instances) = bare else {
        return blocks(if matches!(rows.first(), Some(Row::Reference(_))) { "\n" } else { "\n\n" });
    };
    let Some(header) = instances.first().map(|first| names(first)) else { return String::new() };
    let is_narrow = header.len() <= NARROW && instances.iter().all(|one| names(one) == header);
    if wanted.is_empty() && !is_narrow {
        return blocks("\n\n");
    }
    let cells = |instance: &&Instance| {
        instance.properties.iter().map(|(_, value)| value::cell(value)).collect()
    };
    table(&header, instances.iter().map(cells))
}
