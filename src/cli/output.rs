//! What is printed: data on stdout, everything else on stderr.

use std::io::{self, IsTerminal as _, Write as _};

use comfy_table::{Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{
    args::{Format, OutputArgs},
    failure::Failure,
};

/// Decides where and how things are printed.
#[derive(Debug)]
pub(super) struct Output {
    format: Format,
    quiet: bool,
    progress: bool,
    color: bool,
}

impl Output {
    pub(super) fn new(args: &OutputArgs) -> Self {
        Self {
            format: args.output,
            quiet: args.quiet,
            progress: !args.quiet && !args.no_progress && io::stderr().is_terminal(),
            color: args.color(),
        }
    }

    /// Prints rows: a table, an array, or a line for each.
    pub(super) fn rows<T: Serialize>(
        &self,
        rows: &[T],
        header: &[&str],
        cells: impl Fn(&T) -> Vec<String>,
    ) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match self.format {
            Format::Table => {
                let mut table = Table::new();
                table.load_style(presets::NOTHING).set_header(header.iter().copied());
                for row in rows {
                    table.add_row(cells(row).iter().map(|cell| printable(cell)));
                }
                for column in table.column_iter_mut() {
                    column.set_padding((0, 2));
                }
                for line in table.lines() {
                    writeln!(out, "{}", line.trim_end())?;
                }
            }
            Format::Json => writeln!(out, "{}", json(&rows, true)?)?,
            Format::Ndjson => {
                for row in rows {
                    writeln!(out, "{}", json(row, false)?)?;
                }
            }
        }
        Ok(())
    }

    /// Prints objects: as paragraphs for people, or as rows.
    pub(super) fn paragraphs<T: Serialize>(
        &self,
        objects: &[T],
        text: impl Fn(&T) -> String,
    ) -> Result<(), Failure> {
        if self.format != Format::Table {
            return self.rows(objects, &[], |_| Vec::new());
        }
        let paragraphs: Vec<_> = objects.iter().map(text).collect();
        writeln!(io::stdout().lock(), "{}", printable(&paragraphs.join("\n\n")))?;
        Ok(())
    }

    /// Prints one object: as text for people, or as JSON.
    pub(super) fn object<T: Serialize>(
        &self,
        object: &T,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match self.format {
            Format::Table => writeln!(out, "{}", printable(&text()))?,
            Format::Json => writeln!(out, "{}", json(object, true)?)?,
            Format::Ndjson => writeln!(out, "{}", json(object, false)?)?,
        }
        Ok(())
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
        if matches!(failure, Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe) {
            return;
        }
        let description = failure.describe();
        if self.format != Format::Table {
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
        let style = ProgressStyle::with_template("{msg} [{bar:30}] {percent:>3} %  {elapsed}");
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

fn json<T: Serialize + ?Sized>(value: &T, pretty: bool) -> Result<String, Failure> {
    let text =
        if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
    text.map_err(|error| Failure::Output(error.into()))
}

/// Text from a host, without what would steer a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}
