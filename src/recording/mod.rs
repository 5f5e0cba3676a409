//! Recordings: what a client and a host said to each other, in files that can be shared.
//!
//! ```no_run
//! use hyperv_replica::{Client, Credentials, recording::{Recording, RecordingOptions}};
//!
//! # async fn record() -> Result<(), Box<dyn std::error::Error>> {
//! let recording = Recording::create("hv01", RecordingOptions::default())?;
//! let client = Client::builder("hv01.example.com")
//!     .credentials(Credentials::ntlm(r"EXAMPLE\admin", "secret"))
//!     .observer(recording.clone())
//!     .build()?;
//! client.identify().await?;
//! println!("recorded {} exchanges", recording.finish()?);
//! # Ok(()) }
//! ```
//!
//! `docs/recording.md` describes the files, and says what is replaced by pseudonyms and what is not. Feature `sim` has a
//! host that replays a recording.

pub(crate) mod format;
mod redaction;

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    mem,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub use format::{Entry, Error, Header, Recorded, read};

use self::redaction::{Names, Pseudonyms};
use crate::{
    client::{Exchange, Observer},
    soap::Envelope,
    wsman::Identity,
    xml::Limits,
};

/// What a recording keeps.
#[derive(Clone, Debug)]
#[must_use]
pub struct RecordingOptions {
    keep_names: bool,
    max_bytes: usize,
}

impl Default for RecordingOptions {
    fn default() -> Self {
        Self { keep_names: false, max_bytes: 256 << 20 }
    }
}

impl RecordingOptions {
    /// Keeps all bytes as they are, with the names of hosts, users and virtual machines, with addresses, and with secrets
    /// in the parameters of methods.
    pub fn dangerous_keep_names(mut self, yes: bool) -> Self {
        self.keep_names = yes;
        self
    }

    /// How many bytes of envelopes are kept in memory; 256 MiB. What comes after them is not recorded, and
    /// [`finish`](Recording::finish) says so.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }
}

/// A recording of the exchanges of one client or several.
///
/// Cheap to clone; clones are one recording. The files are written at its end: a name may show itself as one only late,
/// and is then to be in no file from the start. Until then all is in memory, and a process that is killed leaves an empty
/// list and nothing else. When the last clone is dropped without [`finish`](Self::finish), the files are written as well, and
/// an error goes to the log.
#[derive(Clone, Debug)]
pub struct Recording {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    options: RecordingOptions,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    /// The list; it is closed when it has been written.
    index: Option<File>,
    exchanges: Vec<Raw>,
    bytes: usize,
    is_full: bool,
    /// How many exchanges there were when it was written.
    written: usize,
    /// What could not be written.
    failed: Option<Failure>,
}

/// What could not be written, and why.
type Failure = (PathBuf, io::Error);

/// An exchange as it was.
#[derive(Debug)]
struct Raw {
    entry: Entry,
    started: jiff::Timestamp,
    host: Option<String>,
    user: String,
    request: Vec<u8>,
    answer: Option<Vec<u8>>,
}

impl Recording {
    /// Begins a recording in a folder, which must be empty or new.
    ///
    /// # Errors
    /// When the folder is not empty or cannot be written.
    pub fn create(folder: impl Into<PathBuf>, options: RecordingOptions) -> Result<Self, Error> {
        let folder = folder.into();
        let failed = |error| Error::Write(folder.clone(), error);
        fs::create_dir_all(&folder).map_err(failed)?;
        if fs::read_dir(&folder).map_err(failed)?.next().is_some() {
            return Err(Error::NotEmpty(folder));
        }
        let path = folder.join(format::INDEX);
        let index = create(&path, &options).map_err(|error| Error::Write(path, error))?;
        let kept = Kept {
            index: Some(index),
            exchanges: Vec::new(),
            bytes: 0,
            is_full: false,
            written: 0,
            failed: None,
        };
        Ok(Self { shared: Arc::new(Shared { folder, options, kept: Mutex::new(kept) }) })
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.shared.folder
    }

    /// Ends it: writes the files, and gives the number of exchanges. What is exchanged later is not recorded.
    ///
    /// # Errors
    /// When a file cannot be written, or [too much](RecordingOptions::max_bytes) was exchanged; when called again, the same.
    pub fn finish(&self) -> Result<usize, Error> {
        self.shared.finish(&mut self.shared.kept())
    }
}

impl Observer for Recording {
    fn exchanged(&self, exchange: &Exchange<'_>) {
        let mut kept = self.shared.kept();
        if kept.index.is_none() {
            return;
        }
        let answer = exchange.answer.ok().map(|answer| answer.body.clone());
        let bytes = exchange.request.len() + answer.as_ref().map_or(0, Vec::len);
        if kept.is_full || kept.bytes.saturating_add(bytes) > self.shared.options.max_bytes {
            kept.is_full = true;
            return;
        }
        kept.bytes += bytes;
        let context = exchange.context;
        let entry = Entry {
            number: kept.exchanges.len() + 1,
            operation: context.operation.map(str::to_owned),
            class: context.class.clone(),
            method: context.method.clone(),
            offset_ms: 0,
            elapsed_ms: u64::try_from(exchange.elapsed.as_millis()).unwrap_or(u64::MAX),
            status: match exchange.answer {
                Ok(answer) => Some(answer.status),
                Err(error) => error.status(),
            },
            error: exchange.answer.err().map(ToString::to_string),
            request: None,
            answer: None,
            left_out: None,
        };
        kept.exchanges.push(Raw {
            entry,
            started: exchange.started,
            host: context.host.clone(),
            user: exchange.user.to_string(),
            request: exchange.request.to_vec(),
            answer,
        });
    }
}

impl Shared {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes all that was kept, once, and says what came of it, as often as it is asked.
    fn finish(&self, kept: &mut Kept) -> Result<usize, Error> {
        if let Some(index) = kept.index.take()
            && let Err(failure) = self.write(index, kept)
        {
            kept.failed = Some(failure);
        }
        if let Some((path, error)) = &kept.failed {
            let error = io::Error::new(error.kind(), error.to_string());
            return Err(Error::Write(path.clone(), error));
        }
        if kept.is_full {
            return Err(Error::TooLarge(self.options.max_bytes));
        }
        Ok(kept.written)
    }

    fn write(&self, mut index: File, kept: &mut Kept) -> Result<(), Failure> {
        let exchanges = mem::take(&mut kept.exchanges);
        let mut list = |line: io::Result<String>| {
            line.and_then(|line| index.write_all(line.as_bytes()))
                .map_err(|error| (self.folder.join(format::INDEX), error))
        };
        let mut pseudonyms =
            (!self.options.keep_names).then(|| Pseudonyms::new(&names(&exchanges)));
        let header = Header {
            format: format::FORMAT,
            program: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).to_owned(),
            host: exchanges.iter().find_map(system),
            redacted: !self.options.keep_names,
        };
        list(format::line(&header))?;
        let begin = exchanges.iter().map(|raw| raw.started).min();
        for raw in exchanges {
            let mut entry = raw.entry;
            entry.offset_ms = begin
                .map_or(0, |begin| raw.started.duration_since(begin).as_millis())
                .try_into()
                .unwrap_or(i64::MAX);
            if let Some(pseudonyms) = &mut pseudonyms {
                // What an error quotes may have names in it that are cut off or spelled in any way.
                if let Some(error) = &mut entry.error
                    && let Some(quote) = error.find('"')
                {
                    error.replace_range(quote.., "(left out)");
                }
                for text in
                    [&mut entry.class, &mut entry.method, &mut entry.error].into_iter().flatten()
                {
                    *text = pseudonyms.text(text);
                }
            }
            let stem = stem(&entry);
            let mut body = |what: &str, body: &[u8]| match readable(body, pseudonyms.as_mut()) {
                Ok(body) => {
                    let name = format!("{stem}.{what}.xml");
                    let path = self.folder.join(&name);
                    create(&path, &self.options)
                        .and_then(|mut file| file.write_all(&body))
                        .map_err(|error| (path, error))?;
                    Ok(Some(name))
                }
                Err(reason) => {
                    entry.left_out = Some(format!("the {what}: {reason}"));
                    Ok(None)
                }
            };
            let request = body("request", &raw.request)?;
            let answer = raw.answer.map(|answer| body("answer", &answer)).transpose()?.flatten();
            (entry.request, entry.answer) = (request, answer);
            list(format::line(&entry))?;
            kept.written += 1;
        }
        Ok(())
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let mut kept = self.kept();
        // Otherwise our caller has the error.
        if kept.index.is_some()
            && let Err(error) = self.finish(&mut kept)
        {
            tracing::error!(%error, "a recording is not complete");
        }
    }
}

/// All names in all messages, those that are known from the start first.
fn names(exchanges: &[Raw]) -> Names {
    let mut names = Names::default();
    for raw in exchanges {
        names.endpoint(raw.host.as_deref().unwrap_or_default());
        names.user(&raw.user);
    }
    for raw in exchanges {
        for body in [Some(&raw.request), raw.answer.as_ref()].into_iter().flatten() {
            names.message(&String::from_utf8_lossy(body));
        }
    }
    names
}

/// The bytes to write, or why there are none.
fn readable(body: &[u8], pseudonyms: Option<&mut Pseudonyms>) -> Result<Vec<u8>, String> {
    let Some(pseudonyms) = pseudonyms else { return Ok(body.to_vec()) };
    let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    let written = pseudonyms.message(text).map(String::into_bytes);
    written.map_err(|error| pseudonyms.text(&error.to_string()))
}

/// What the host of an exchange says of its system, if it was asked.
fn system(raw: &Raw) -> Option<String> {
    let is_identify = raw.entry.operation.as_deref() == Some("Identify");
    let answer = raw.answer.as_ref().filter(|_| is_identify)?;
    let envelope = Envelope::parse(answer, Limits::default()).ok()?;
    Identity::read(&envelope).ok()?.product_version
}

/// The begin of the names of the files of an exchange: `0001-Enumerate-Msvm_ComputerSystem`.
fn stem(entry: &Entry) -> String {
    let parts = [&entry.operation, &entry.class, &entry.method].into_iter().flatten();
    let words = parts.map(|part| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        part.chars().map(|c| if is_plain(c) { c } else { '-' }).take(80).collect()
    });
    let words: Vec<String> = std::iter::once(format!("{:04}", entry.number)).chain(words).collect();
    words.join("-")
}

/// A new file; one that is there already is left alone. With names in it, it is for its owner alone.
#[cfg_attr(not(unix), expect(unused_variables, reason = "only Unix has modes of files"))]
fn create(path: &Path, options: &RecordingOptions) -> io::Result<File> {
    let mut open = OpenOptions::new();
    open.write(true).create_new(true);
    #[cfg(unix)]
    if options.keep_names {
        std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    }
    open.open(path)
}
