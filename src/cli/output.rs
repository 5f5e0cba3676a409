//! What is printed: data on stdout, everything else on stderr.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use comfy_table::{ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{
    args::{Format, OutputArgs},
    failure::Failure,
};
use crate::{
    client::{Exchange, Observer},
    job::Progress,
};

/// Decides where and how things are printed.
#[derive(Debug)]
pub(super) struct Output {
    format: Format,
    answers: Arc<Answers>,
    quiet: bool,
    progress: bool,
    color: bool,
    command: &'static str,
}

impl Output {
    /// The output of a command.
    pub(super) fn new(args: &OutputArgs, command: &'static str) -> Self {
        Self {
            command,
            format: args.output,
            answers: Arc::default(),
            quiet: args.quiet,
            progress: !args.quiet && !args.no_progress && io::stderr().is_terminal(),
            color: args.color(),
        }
    }

    /// Who prints the answers of the host as they come, if they take the place of what is made of them.
    pub(super) fn answers(&self) -> Option<Arc<Answers>> {
        (self.format == Format::Xml).then(|| Arc::clone(&self.answers))
    }

    /// What the host answers from now on is nothing that was asked for.
    pub(super) fn no_more_answers(&self) {
        self.answers.ended.store(true, Ordering::Relaxed);
    }

    /// Whether JSON is asked for.
    pub(super) fn is_json(&self) -> bool {
        matches!(self.format, Format::Json | Format::Ndjson)
    }

    /// Whether items are to be printed one by one, as they come.
    pub(super) fn streams(&self) -> bool {
        matches!(self.format, Format::Ndjson | Format::Xml)
    }

    /// Prints rows: a table, an array, or a line for each.
    pub(super) fn rows<T: Serialize>(
        &self,
        rows: &[T],
        header: &[&str],
        cells: impl Fn(&T) -> Vec<String>,
    ) -> Result<(), Failure> {
        self.all(rows, |rows| table(header, rows.iter().map(cells)))
    }

    /// Prints values: as one text for people, an array, or a line for each.
    pub(super) fn all<T: Serialize>(
        &self,
        values: &[T],
        text: impl FnOnce(&[T]) -> String,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Table => match text(values) {
                text if text.is_empty() => {
                    self.note("none");
                    Ok(())
                }
                text => self.text(&text),
            },
            Format::Json => self.line(&json(&values, true)?),
            Format::Ndjson => values.iter().try_for_each(|value| self.object(value, String::new)),
            Format::Xml => self.answers.check(),
        }
    }

    /// Prints objects: as paragraphs for people, or as rows.
    pub(super) fn paragraphs<T: Serialize>(
        &self,
        objects: &[T],
        text: impl Fn(&T) -> String,
    ) -> Result<(), Failure> {
        self.all(objects, |objects| objects.iter().map(text).collect::<Vec<_>>().join("\n\n"))
    }

    /// Prints one object: as text for people, or as JSON.
    pub(super) fn object<T: Serialize>(
        &self,
        object: &T,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Table => self.text(&text()),
            Format::Json => self.line(&json(object, true)?),
            Format::Ndjson => self.line(&json(object, false)?),
            Format::Xml => self.answers.check(),
        }
    }

    /// Prints text for people, in whatever form the output is.
    pub(super) fn text(&self, text: &str) -> Result<(), Failure> {
        self.line(&printable(text))
    }

    /// Prints XML as it is, in whatever form the output is. What would steer a terminal is there by its number, which
    /// means the same.
    pub(super) fn xml(&self, xml: &str) -> Result<(), Failure> {
        let text = xml.chars().fold(String::with_capacity(xml.len()), |mut text, c| {
            if c.is_control() && !matches!(c, '\n' | '\t') {
                text.push_str(&format!("&#{};", u32::from(c)));
            } else {
                text.push(c);
            }
            text
        });
        self.line(&text)
    }

    #[expect(clippy::unused_self, reason = "only who has an output prints")]
    fn line(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        writeln!(out, "{text}")?;
        Ok(out.flush()?)
    }

    /// Tells people what is going on; not with `-q`.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            self.to_stderr(&printable(text));
        }
    }

    /// Tells people what is being done, which may yet fail: not with JSON, where stderr is for the one object that
    /// says why.
    pub(super) fn step(&self, text: &str) {
        if self.format == Format::Table {
            self.note(text);
        }
    }

    /// Tells what went wrong, and what to do next.
    pub(super) fn failure(&self, failure: &Failure) {
        if matches!(failure, Failure::Output(error, _) if error.kind() == io::ErrorKind::BrokenPipe)
        {
            return;
        }
        let description = failure.describe(self.command);
        if self.is_json() {
            self.to_stderr(&serde_json::to_string(&description).unwrap_or_default());
            return;
        }
        let word = if self.color { "\x1b[1;31merror:\x1b[0m" } else { "error:" };
        let mut levels = failure.chain().into_iter();
        let mut text = levels.next().unwrap_or_default();
        let context = description.context().to_string();
        if !context.is_empty() {
            text.push_str(&format!(" ({context})"));
        }
        for level in levels {
            text.push_str(&format!("\n  because {level}"));
        }
        if let Some(hint) = description.hint() {
            text.push_str(&format!("\n  {hint}"));
        }
        self.to_stderr(&format!("{word} {}", printable(&text)));
    }

    /// A progress bar, which is invisible where nobody would see it.
    pub(super) fn progress_bar(&self, title: &str) -> ProgressBar {
        if !self.progress {
            return ProgressBar::hidden();
        }
        let style =
            ProgressStyle::with_template("{msg} [{bar:30}] {percent:>3} %  {elapsed}{prefix}");
        let bar = ProgressBar::new(100).with_message(printable(title));
        match style {
            Ok(style) => bar.with_style(style.progress_chars("=> ")),
            Err(_) => bar,
        }
    }

    fn to_stderr(&self, text: &str) {
        // Where stderr is closed nobody can be told.
        drop(writeln!(io::stderr().lock(), "{text}"));
    }
}

/// Moves a bar to where a job is: its percent, what it is and does, and how long it may still take.
pub(super) fn advance(bar: &ProgressBar, progress: &Progress<'_>) {
    let status = progress.status;
    bar.set_position(status.percent.unwrap_or_default().into());
    let words: Vec<&str> =
        [&status.name, &status.status].into_iter().filter_map(Option::as_deref).collect();
    if !words.is_empty() {
        bar.set_message(printable(&words.join(": ")));
    }
    let left = progress.remaining.map(|left| Duration::from_secs(left.as_secs().max(1)));
    let left = left.map(|left| format!(", about {} left", humantime::format_duration(left)));
    bar.set_prefix(left.unwrap_or_default());
}

/// Prints the envelopes of answers, a line for each.
#[derive(Debug, Default)]
pub(super) struct Answers {
    ended: AtomicBool,
    failure: Mutex<Option<io::Error>>,
}

impl Answers {
    /// Whether all could be written until now.
    fn check(&self) -> Result<(), Failure> {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.take().map_or(Ok(()), |error| Err(error.into()))
    }
}

impl Observer for Answers {
    /// A fault is no data: it is told as an error.
    fn exchanged(&self, exchange: &Exchange<'_>) {
        let Some(answer) = exchange.answer.ok().filter(|answer| answer.status == 200) else {
            return;
        };
        if self.ended.load(Ordering::Relaxed) {
            return;
        }
        let mut out = io::stdout().lock();
        let written = out.write_all(&answer.body).and_then(|()| writeln!(out));
        if let Err(error) = written.and_then(|()| out.flush()) {
            *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    }
}

/// As wide as the help is at most.
const WIDTH: usize = 100;

/// A table for people.
pub(super) fn table<H: ToString>(header: &[H], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header.iter().map(ToString::to_string));
    for row in rows {
        table.add_row(row.iter().map(|cell| printable(cell)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// A table without a header, whose last column is wrapped. Words stay whole, so that what is in it can be copied.
pub(super) fn wrapped_table(rows: impl Iterator<Item = Vec<String>>) -> String {
    let rows: Vec<Vec<String>> = rows.collect();
    let taken: usize = (0..2)
        .filter_map(|column| rows.iter().filter_map(|row| Some(row.get(column)?.len() + 2)).max())
        .sum();
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    for mut row in rows {
        if let Some(last) = row.last_mut() {
            *last = wrapped(&printable(last), WIDTH.saturating_sub(taken));
        }
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// A text in lines of no more than so many characters, unless a word is longer.
fn wrapped(text: &str, width: usize) -> String {
    let wrap = |line: &str| {
        line.split(' ').fold(String::new(), |mut wrapped, word| {
            let last = wrapped.rsplit('\n').next().unwrap_or_default().chars().count();
            if !wrapped.is_empty() {
                let fits = last + 1 + word.chars().count() <= width;
                wrapped.push(if fits { ' ' } else { '\n' });
            }
            wrapped + word
        })
    };
    text.lines().map(wrap).collect::<Vec<_>>().join("\n")
}

fn json<T: Serialize + ?Sized>(value: &T, pretty: bool) -> Result<String, Failure> {
    let text =
        if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
    text.map_err(|error| Failure::Output(error.into(), None))
}

/// Text from a host, without what would steer a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}
