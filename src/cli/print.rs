//! Printing: data to stdout, everything else to stderr; a closed pipe ends quietly.

use std::io::Write;

use crate::diag::{Lang, in_language};

/// Prints a line of data on stdout.
pub fn data(line: &str) {
    // A reader that has gone away, such as `head`, is no failure of ours.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Prints a line for people on stderr.
pub fn note(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Prints what failed, with its causes.
pub fn error(lang: Lang, error: &anyhow::Error) {
    let (head, cause) = match lang {
        Lang::Zh => ("错误", "原因"),
        Lang::En => ("error", "caused by"),
    };
    note(&format!("{head}: {}", in_language(&error.to_string(), lang)));
    for source in error.chain().skip(1) {
        note(&format!("  {cause}: {}", in_language(&source.to_string(), lang)));
    }
}

/// Chooses between two languages.
pub fn say<'a>(lang: Lang, zh: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
