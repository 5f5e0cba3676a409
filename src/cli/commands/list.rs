//! What `enumerate`, `associators` and `references` have in common.

use crate::{
    cim::{Instance, class::Class},
    cli::{
        args::ListArgs,
        failure::Failure,
        output::{Output, table},
        slip::did_you_mean,
        target::Target,
        value::{self, Row},
    },
    client::{Client, Enumerating, Invocation, Item},
    error::Error,
    mof,
    wsman::{Association, ResourceUri},
};

/// Instances with no more properties than these are a table by themselves.
const NARROW: usize = 5;

/// Prints what an enumeration gives, as instances, references or both; of a class, where it is one that is known.
pub(super) async fn print(
    enumerating: Enumerating,
    class: Option<&Class>,
    args: &ListArgs,
    output: &Output,
) -> Result<(), Failure> {
    if output.answers().is_some() && !args.properties.is_empty() {
        return Err(Failure::usage("-o xml prints the answers whole, without --properties"));
    }
    let doubtful = doubtful(&args.properties, class)?;
    // The host need not send what is not wanted.
    let enumerating = enumerating.page_size(args.page_size.min(args.limit.unwrap_or(u32::MAX)));
    if args.epr {
        read(enumerating.references(), Row::Reference, doubtful, args, output).await
    } else if args.with_epr {
        let both = |(instance, reference)| Row::Instance(instance, Some(reference));
        read(enumerating.with_references(), both, doubtful, args, output).await
    } else {
        let bare = |instance: Instance| Row::Instance(instance, None);
        read(enumerating, bare, doubtful, args, output).await
    }
}

/// Prints what an association filter gives.
pub(super) async fn print_associated(
    client: &Client,
    target: &Target,
    association: Association,
    result_class: Option<&str>,
    args: &ListArgs,
    output: &Output,
) -> Result<(), Failure> {
    let namespace = target.namespace()?;
    let results = result_class.map(|class| ResourceUri::wmi(&namespace, class));
    let class = results.as_ref().and_then(Invocation::known_class);
    let printed = print(client.associations(&namespace, association), class, args, output).await;
    printed.map_err(|failure| failure.hinted(association_hint))
}

/// What to do about a fault that an association was answered with: it has names and no query of the user's.
fn association_hint(error: &Error) -> Option<&'static str> {
    matches!(
        error.fault()?.best_code()?.name()?,
        "ERROR_WSMAN_ENUMERATE_CANNOT_PROCESS_FILTER"
            | "ERROR_WSMAN_CANNOT_PROCESS_FILTER"
            | "WBEM_E_INVALID_QUERY"
    )
    .then_some("Check that the instance exists, and the names of the classes and roles.")
}

/// The wanted properties that the class, or one that derives from it, is not known to have. One that hardly differs from
/// a known one is a slip.
fn doubtful<'a>(wanted: &'a [String], class: Option<&Class>) -> Result<Vec<&'a str>, Failure> {
    let mut doubtful: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let Some(class) = class else { return Ok(doubtful) };
    let classes = mof::schema().subclasses(&class.name);
    let known: Vec<&str> = classes
        .flat_map(|class| mof::schema().properties(&class.name))
        .map(|property| property.name.as_str())
        .collect();
    doubtful.retain(|name| !known.iter().any(|known| known.eq_ignore_ascii_case(name)));
    for name in &doubtful {
        let meant = did_you_mean(name, &known);
        if !meant.is_empty() {
            let message = format!("no property {name} of {} is known here{meant}", class.name);
            return Err(Failure::usage(message));
        }
    }
    Ok(doubtful)
}

/// Reads as much as is wanted, and has the host forget the rest. What cannot be read takes nothing away from the
/// others, but is a failure in the end.
async fn read<T: Item>(
    enumerating: Enumerating<T>,
    row: impl Fn(T) -> Row,
    mut doubtful: Vec<&str>,
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
        doubtful.retain(|name| !row.has(name));
        row.keep(&args.properties);
        if !output.streams() {
            rows.push(row);
        } else if let Err(failure) = output.object(&row, String::new) {
            break Err(failure);
        }
    };
    if !rows.is_empty() {
        for name in doubtful {
            output.step(&format!("warning: no instance has a property {name}"));
        }
    }
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
