//! Where a finding is: file, line, row, column.

use std::sync::Arc;

use crate::diag::Lang;

/// A place in the input; what does not apply is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The path as the site folder sees it, with `/`.
    pub file: Option<Arc<str>>,
    /// Line in the file, from 1.
    pub line: Option<u64>,
    /// Row of a sheet or record of an array, from 1; the header of a sheet counts.
    pub row: Option<u64>,
    /// The header of the column, or the key.
    pub column: Option<Arc<str>>,
}

impl Place {
    /// No place: the finding is about the run as a whole.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// A whole file.
    #[must_use]
    pub fn file(path: impl Into<Arc<str>>) -> Self {
        Self { file: Some(path.into()), ..Self::default() }
    }

    /// The same place, at a line.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same place, at a row.
    #[must_use]
    pub fn at_row(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }

    /// The same place, in a column.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<Arc<str>>) -> Self {
        let column: Arc<str> = column.into();
        let is_printable =
            !column.chars().any(|c| c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'));
        self.column = Some(if is_printable { column } else { column.escape_debug().to_string().into() });
        self
    }

    /// The place in words.
    #[must_use]
    pub fn describe(&self, lang: Lang) -> String {
        let mut parts: Vec<String> = Vec::new();
        parts.extend(self.file.as_deref().map(str::to_owned));
        match lang {
            Lang::Zh => {
                parts.extend(self.row.map(|row| format!("第 {row} 行")));
                parts.extend(self.line.filter(|_| self.row.is_none()).map(|line| format!("第 {line} 行")));
                parts.extend(self.column.as_ref().map(|column| format!("“{column}”列")));
            }
            Lang::En => {
                parts.extend(self.row.map(|row| format!("row {row}")));
                parts.extend(self.line.map(|line| format!("line {line}")));
                parts.extend(self.column.as_ref().map(|column| format!("column `{column}`")));
            }
        }
        parts.join(if lang == Lang::Zh { " " } else { ", " })
    }
}
