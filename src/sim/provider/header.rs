//! What the simulated host demands of the headers of a request.

use std::time::Duration;

use super::{
    super::limits,
    fault::{self, Refused},
};
use crate::{
    soap::{ADDRESSING, ANONYMOUS, Envelope, is_must_understand},
    wsman::{Error, RequestHeader, Resource, WSMAN, WSMV},
    xml::Element,
};

/// The largest answer of a host, and what a request without `MaxEnvelopeSize` gets.
const LARGEST_ANSWER: u32 = limits::ENVELOPE_SIZE_KB * 1024;
/// What a host does not go below.
const SMALLEST_ANSWER: u32 = 8192;
/// The longest time that a host takes for an operation.
const LONGEST_OPERATION: Duration = Duration::from_millis(limits::TIMEOUT_MS);

/// Reads the headers and refuses what a real host refuses.
pub(super) fn read(request: &Envelope) -> Result<(RequestHeader, Resource), Refused> {
    for header in &request.header.others {
        check(header)?;
    }
    let (mut header, resource) = RequestHeader::read(request).map_err(|error| match error {
        Error::Missing(name) => fault::missing_header(name),
        Error::Value { name, value } if name.contains("Selector") => {
            fault::duplicate_selectors(&value)
        }
        Error::Value { name, value } => fault::invalid_header(name, &value),
        error => fault::schema(&error.to_string()),
    })?;
    if request.header.reply_to.as_deref() != Some(ANONYMOUS) {
        return Err(fault::unsupported("AddressingMode", 2_150_858_870));
    }
    if header.max_envelope_size < SMALLEST_ANSWER {
        return Err(fault::envelope_too_small());
    }
    header.max_envelope_size = header.max_envelope_size.min(LARGEST_ANSWER);
    header.operation_timeout = header.operation_timeout.min(LONGEST_OPERATION);
    Ok((header, resource))
}

fn check(header: &Element) -> Result<(), Refused> {
    let must_understand = is_must_understand(header);
    match (header.name.namespace(), header.name.local()) {
        (Some(WSMAN), "Locale") if must_understand => {
            Err(fault::unsupported("Locale", 2_150_858_887))
        }
        (Some(WSMV), "DataLocale") if must_understand => {
            Err(fault::unsupported("DataLocale", 2_150_858_887))
        }
        (Some(WSMAN), "FragmentTransfer") => {
            Err(fault::unsupported("FragmentLevelAccess", 2_150_858_871))
        }
        (Some(ADDRESSING), "FaultTo")
            if header.text_of(ADDRESSING, "Address") != Some(ANONYMOUS) =>
        {
            Err(fault::unsupported("AddressingMode", 2_150_858_870))
        }
        (Some(WSMAN), "OptionSet") => {
            let unknown = header
                .all(WSMAN, "Option")
                .find(|option| matches!(option.find_attribute("MustComply"), Some("true" | "1")));
            match unknown {
                Some(option) => {
                    Err(fault::invalid_options(option.find_attribute("Name").unwrap_or_default()))
                }
                None => Ok(()),
            }
        }
        (
            Some(WSMAN),
            "ResourceURI"
            | "SelectorSet"
            | "MaxEnvelopeSize"
            | "OperationTimeout"
            | "Locale"
            | "RequestTotalItemsCountEstimate",
        )
        | (Some(WSMV), "DataLocale" | "SessionId" | "OperationID" | "SequenceId" | "ActivityId")
        | (Some(ADDRESSING), "From" | "FaultTo") => Ok(()),
        _ if must_understand => Err(fault::must_understand(&header.name)),
        _ => Ok(()),
    }
}
