//! Results: words for a person, or one JSON document for a script.

use std::{
    fmt::Display,
    io::{ErrorKind, Write as _},
};

use serde::Serialize;

/// Where a command's result goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    /// Prints JSON if `json`, else words.
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether the result shall be JSON.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// Prints the result: `value` as JSON, or `words`.
    pub(crate) fn result(self, value: &impl Serialize, words: impl Display) -> anyhow::Result<()> {
        let mut stdout = std::io::stdout().lock();
        let written = if self.json {
            writeln!(stdout, "{}", serde_json::to_string_pretty(value)?)
        } else {
            writeln!(stdout, "{words}")
        };
        match written {
            // Whoever reads it has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written?),
        }
    }

    /// Prints one of many results: `value` as one line of JSON, or `words`.
    pub(crate) fn event(self, value: &impl Serialize, words: impl Display) {
        if !self.json {
            println!("{words}");
            return;
        }
        match serde_json::to_string(value) {
            Ok(line) => println!("{line}"),
            Err(error) => eprintln!("warning: cannot be written as JSON: {error}"),
        }
    }

    /// Prints a line on the way to the result; with `--json` it goes to standard error.
    pub(crate) fn progress(self, line: impl Display) {
        if self.json {
            eprintln!("{line}");
        } else {
            println!("{line}");
        }
    }
}
