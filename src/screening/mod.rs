//! Screening for personal data: every value of every table, and every text, that would be published.
//!
//! In: batches of rows, or single texts. Out: [`Suspicion`]s, which the gate weighs against recorded grounds. A
//! suspicion names columns, counts and masked samples, never a whole value.
//!
//! Source: `domain/requirements.md` 5; PIPL 25; the regimes' articles on checks before opening.

pub mod column;
pub mod document;

mod census;
mod database;
mod groups;
mod header;
pub mod identity;
mod joined;
mod judge;
pub mod kind;
mod marks;
mod names;
mod package;
mod plain;
mod runs;
mod signs;
pub mod tokens;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::batch::Batch;
use column::ColumnScreen;
use groups::Groups;
use kind::{Kind, Role};
use tokens::CellTokens;

pub use marks::{masked, without_numbers};

/// How a suspicion was come by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Values name people.
    Identifier,
    /// The header says that values are personal, and there are values.
    Header,
    /// Columns that are harmless alone name people together.
    Combination,
    /// It may be personal; somebody should look.
    Doubt,
    /// Some values look like it, as many as chance gives.
    Coincidence,
}

impl Verdict {
    /// Whether the dataset stays closed unless a recorded ground allows it.
    #[must_use]
    pub fn refuses(self) -> bool {
        matches!(self, Self::Identifier | Self::Header | Self::Combination)
    }
}

/// Personal data that was found, or may have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspicion {
    /// How it was come by.
    pub verdict: Verdict,
    /// What it is.
    pub kind: Kind,
    /// The headers of the columns; for a text what it is.
    pub columns: Vec<String>,
    /// Cells in which it was found.
    pub n_found: u64,
    /// Cells with a value.
    pub n_filled: u64,
    /// The first row, from 1 after the header.
    pub first_row: Option<u64>,
    /// Masked samples.
    pub samples: Vec<String>,
    /// The rows of the smallest group, where groups were counted.
    pub smallest_group: Option<u64>,
}

impl Suspicion {
    /// What was found, in words for a finding, Chinese and English.
    #[must_use]
    pub fn words(&self) -> String {
        let group = self.smallest_group.map(|rows| format!(", k = {rows}")).unwrap_or_default();
        let samples = if self.samples.is_empty() { String::new() } else { format!(" ({})", self.samples.join(", ")) };
        let (zh, en) = (self.kind.zh(), self.kind.en());
        let id = if self.verdict == Verdict::Combination { "combination".to_owned() } else { self.kind.id() };
        format!("{zh} / {en} [{id}]: {}/{}{group}{samples}", self.n_found, self.n_filled)
    }
}

/// The screening of one table.
#[derive(Debug, Default)]
pub struct TableScreen {
    columns: Vec<ColumnScreen>,
    groups: Option<Groups>,
    n_rows: u64,
}

impl TableScreen {
    /// Takes rows of which nothing is known; `names` are the headers as far as they are known.
    pub fn add(&mut self, batches: &[Batch], names: &[String]) {
        for batch in batches {
            self.columns(batch.n_columns(), names)
                .par_iter_mut()
                .enumerate()
                .for_each(|(idx, column)| column.add(batch, idx));
            self.end_batch(batch);
        }
    }

    /// The columns, at least as many as said, to take the values of a batch; [`Self::end_batch`] must follow.
    pub fn columns(&mut self, n_columns: usize, names: &[String]) -> &mut [ColumnScreen] {
        while self.columns.len() < n_columns.max(names.len()) {
            let mut column = ColumnScreen::new(names.get(self.columns.len()).map_or("", String::as_str));
            column.count_rows(self.n_rows);
            self.columns.push(column);
        }
        &mut self.columns
    }

    /// Counts the rows of a batch whose values were taken, and puts them in groups.
    pub fn end_batch(&mut self, batch: &Batch) {
        let n_rows = batch.n_rows() as u64;
        self.columns.iter_mut().for_each(|column| column.count_rows(n_rows));
        self.n_rows += n_rows;
        let columns = &self.columns;
        let groups = self.groups.get_or_insert_with(|| {
            let is_quasi = |column: &ColumnScreen| column.kinds.iter().any(|kind| kind.role() == Role::Quasi);
            let quasi: Vec<usize> =
                columns.iter().enumerate().filter(|(_, column)| is_quasi(column)).map(|(idx, _)| idx).collect();
            Groups::new(if quasi.len() < 2 { Vec::new() } else { quasi })
        });
        groups.add(batch);
    }

    /// Bytes of text that were looked at.
    #[must_use]
    pub fn n_bytes(&self) -> u64 {
        self.columns.iter().map(|column| column.n_bytes).sum()
    }

    /// What is suspicious, and which numbers stand in the cells.
    #[must_use]
    pub fn finish(mut self, names: &[String]) -> (Vec<Suspicion>, CellTokens) {
        self.columns(0, names);
        let suspicions = judge::judge(&self.columns, self.groups.as_ref().and_then(Groups::smallest));
        let mut tokens = CellTokens::default();
        self.columns.into_iter().for_each(|column| tokens.append(column.tokens));
        (suspicions, tokens)
    }
}

/// Screens texts that belong together as if they were a column: a title, a file name, properties.
#[must_use]
pub fn screen_texts<'a>(what: &str, texts: impl IntoIterator<Item = &'a str>) -> Vec<Suspicion> {
    let mut column = ColumnScreen::new("");
    what.clone_into(&mut column.header);
    texts.into_iter().for_each(|text| column.add_text(text));
    judge_texts(column)
}

/// What texts that are no column of a table hold; they have no rows.
fn judge_texts(column: ColumnScreen) -> Vec<Suspicion> {
    let found = judge::judge(&[column], None).into_iter().filter(|found| found.verdict.refuses());
    found.map(|found| Suspicion { first_row: None, ..found }).collect()
}
