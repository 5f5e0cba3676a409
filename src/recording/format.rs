//! The files of a recording. `docs/recording.md` describes them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

/// The file that lists the exchanges.
pub(super) const INDEX: &str = "exchanges.ndjson";
/// The version of the format that is written, and the only one that is read.
pub(super) const FORMAT: u32 = 1;

/// The first line of the list: what kind of recording it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Header {
    /// The version of the format: 1.
    pub format: u32,
    /// The program that recorded, and its version.
    pub program: String,
    /// What the host said of its system, if it was asked.
    pub host: Option<String>,
    /// Whether names were replaced by pseudonyms.
    pub redacted: bool,
}

/// Any other line of the list: one exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// Its number, counted from 1 in the order of the answers.
    pub number: usize,
    /// The operation, such as `Get`.
    pub operation: Option<String>,
    /// The class.
    pub class: Option<String>,
    /// The method.
    pub method: Option<String>,
    /// When the request went out, in milliseconds after the first one of all.
    pub offset_ms: i64,
    /// How long the answer took, in milliseconds.
    pub elapsed_ms: u64,
    /// The HTTP status, if there was an answer or a refusal.
    pub status: Option<u16>,
    /// Why there is no answer.
    pub error: Option<String>,
    /// The file of the request.
    pub request: Option<String>,
    /// The file of the answer.
    pub answer: Option<String>,
    /// Why there is no file of what there was.
    pub left_out: Option<String>,
}

/// An exchange of a recording that was read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Recorded {
    /// What the list says of it.
    pub entry: Entry,
    /// The envelope of the request; empty if it was left out.
    pub request: Vec<u8>,
    /// The envelope of the answer, if there was one and it was not left out.
    pub answer: Option<Vec<u8>>,
}

/// A recording that cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Our caller wants a recording where there is something already.
    #[error("the folder {} is not empty: name one that is, or a new one", .0.display())]
    NotEmpty(PathBuf),
    /// A file or folder cannot be written.
    #[error("{} cannot be written", .0.display())]
    Write(PathBuf, #[source] io::Error),
    /// A file cannot be read.
    #[error("{} cannot be read", .0.display())]
    Read(PathBuf, #[source] io::Error),
    /// A line of the list is not what it has to be.
    #[error("{}, line {}: it is not what a recording has there", .0.display(), .1)]
    Line(PathBuf, usize, #[source] serde_json::Error),
    /// The list names a file that is not beside it.
    #[error("the recording names the file {0:?}, which is not in its folder")]
    Outside(String),
    /// It is a recording of another version.
    #[error("the recording has format {0}, and this program reads format {FORMAT}")]
    Format(u32),
    /// More was exchanged than our caller wants to be kept.
    #[error(
        "more than {0} bytes were exchanged: the recording has the exchanges before that alone"
    )]
    TooLarge(usize),
}

/// Reads a recording.
///
/// # Errors
/// When a file is not there or is not what it has to be.
pub fn read(folder: &Path) -> Result<(Header, Vec<Recorded>), Error> {
    let path = folder.join(INDEX);
    let text = fs::read_to_string(&path).map_err(|error| Error::Read(path.clone(), error))?;
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let header: Header =
        serde_json::from_str(first).map_err(|error| Error::Line(path.clone(), 1, error))?;
    if header.format != FORMAT {
        return Err(Error::Format(header.format));
    }
    let file = |name: &str| {
        if name.is_empty() || name.contains(['/', '\\', ':']) || name.starts_with('.') {
            return Err(Error::Outside(name.to_owned()));
        }
        let path = folder.join(name);
        fs::read(&path).map_err(|error| Error::Read(path, error))
    };
    let lines = rest.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let exchanges = lines.map(|(index, line)| {
        let entry: Entry = serde_json::from_str(line)
            .map_err(|error| Error::Line(path.clone(), index + 2, error))?;
        let request = entry.request.as_deref().map(file).transpose()?.unwrap_or_default();
        let answer = entry.answer.as_deref().map(file).transpose()?;
        Ok(Recorded { entry, request, answer })
    });
    Ok((header, exchanges.collect::<Result<_, Error>>()?))
}

/// A line of the list.
pub(super) fn line(value: &impl Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(value)? + "\n")
}
