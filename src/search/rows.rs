//! Columns and cards: what results are counted and sorted by, 2,000 ordinals a file, and what their cards say, 25 a file.
//!
//! The words of a column stand in each file anew, so that a file depends on its own datasets alone: a provider that has
//! one dataset less changes one file, and none keeps the name of a provider whose last dataset went.

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::model::date::Day;
use crate::search::fold::Folder;

/// How many ordinals a file of columns has. Source: `design/frontend.md` 2.3.
pub const PER_CHUNK: u32 = 2_000;

/// How many ordinals a file of cards has.
///
/// Source: ours; a page of results asks for the cards of datasets that lie anywhere, and 25 are some 2 KB.
pub const PER_BLOCK: u32 = 25;

/// What is known of a dataset without its card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its place in every order.
    pub ordinal: u32,
    /// Its title.
    pub title: String,
    /// Its theme, or nothing.
    pub theme: String,
    /// Its provider, or nothing.
    pub provider: String,
    /// The labels of its formats.
    pub formats: Vec<String>,
    /// The code name of its frequency, else the catalog's words, or nothing.
    pub frequency: String,
    /// The day of the last update.
    pub updated: Option<Day>,
    /// The day by which the next one is due.
    pub due: Option<Day>,
}

/// What the card of a dataset says beside that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its place in every order.
    pub ordinal: u32,
    /// Its part of the address.
    pub id: String,
    /// Two lines of its summary.
    pub summary: String,
    /// The rows of its table, where it has exactly one.
    pub n_rows: u64,
    /// Whether there is anything to download.
    pub has_data: bool,
}

/// A file of columns. Every list has one item for each dataset, but for those of words.
#[derive(Serialize, Deserialize)]
pub(super) struct Columns {
    /// Each as what it is more than the one before; the first as it is.
    ordinals: Vec<u32>,
    titles: Vec<String>,
    /// Characters of these titles that are not simplified, each followed by its simplified form.
    variants: String,
    themes: Vec<String>,
    /// Places among the words, from 1; 0 is nothing. So for all columns of words.
    theme: Vec<usize>,
    providers: Vec<String>,
    provider: Vec<usize>,
    /// Sets of formats.
    formats: Vec<Vec<String>>,
    format: Vec<usize>,
    frequencies: Vec<String>,
    frequency: Vec<usize>,
    /// Days as numbers such as 20261121; 0 is none.
    updated: Vec<u32>,
    due: Vec<u32>,
    /// The files of cards: number and part of the digest.
    pub(super) cards: Vec<(u32, String)>,
}

impl Columns {
    /// The columns of datasets in the order of their ordinals.
    pub(super) fn of(rows: &[Row], cards: Vec<(u32, String)>, folder: &Folder) -> Self {
        let (themes, theme) = words(rows.iter().map(|row| &row.theme), String::is_empty);
        let (providers, provider) = words(rows.iter().map(|row| &row.provider), String::is_empty);
        let (formats, format) = words(rows.iter().map(|row| &row.formats), Vec::is_empty);
        let (frequencies, frequency) = words(rows.iter().map(|row| &row.frequency), String::is_empty);
        let mut odd: Vec<char> = rows.iter().flat_map(|row| row.title.chars()).collect();
        odd.sort_unstable();
        odd.dedup();
        let pair = |sign: char| folder.simplified(sign).map(|simplified| [sign, simplified]);
        Self {
            ordinals: steps(rows.iter().map(|row| row.ordinal)),
            titles: rows.iter().map(|row| row.title.clone()).collect(),
            variants: odd.into_iter().filter_map(pair).flatten().collect(),
            themes,
            theme,
            providers,
            provider,
            formats,
            format,
            frequencies,
            frequency,
            updated: rows.iter().map(|row| number_of(row.updated)).collect(),
            due: rows.iter().map(|row| number_of(row.due)).collect(),
            cards,
        }
    }

    /// The datasets that it is about.
    ///
    /// Errors: when the columns do not fit one another.
    pub(super) fn rows(&self) -> Result<Vec<Row>> {
        let ordinals = ordinals(&self.ordinals)?;
        let lengths = [
            self.titles.len(),
            self.theme.len(),
            self.provider.len(),
            self.format.len(),
            self.frequency.len(),
            self.updated.len(),
            self.due.len(),
        ];
        ensure!(lengths.iter().all(|length| *length == ordinals.len()), "columns of several lengths");
        ordinals
            .into_iter()
            .enumerate()
            .map(|(idx, ordinal)| {
                Ok(Row {
                    ordinal,
                    title: self.titles[idx].clone(),
                    theme: word(&self.themes, self.theme[idx])?,
                    provider: word(&self.providers, self.provider[idx])?,
                    formats: word(&self.formats, self.format[idx])?,
                    frequency: word(&self.frequencies, self.frequency[idx])?,
                    updated: day_of(self.updated[idx])?,
                    due: day_of(self.due[idx])?,
                })
            })
            .collect()
    }
}

/// A file of cards.
#[derive(Serialize, Deserialize)]
pub(super) struct Cards {
    ordinals: Vec<u32>,
    ids: Vec<String>,
    summaries: Vec<String>,
    rows: Vec<u64>,
    /// 1 where there is something to download.
    data: Vec<u8>,
}

impl Cards {
    /// The file of such cards.
    pub(super) fn of(cards: &[Card]) -> Self {
        Self {
            ordinals: steps(cards.iter().map(|card| card.ordinal)),
            ids: cards.iter().map(|card| card.id.clone()).collect(),
            summaries: cards.iter().map(|card| card.summary.clone()).collect(),
            rows: cards.iter().map(|card| card.n_rows).collect(),
            data: cards.iter().map(|card| u8::from(card.has_data)).collect(),
        }
    }

    /// Its cards.
    ///
    /// Errors: when the columns do not fit one another.
    pub(super) fn cards(self) -> Result<Vec<Card>> {
        let ordinals = ordinals(&self.ordinals)?;
        let lengths = [self.ids.len(), self.summaries.len(), self.rows.len(), self.data.len()];
        ensure!(lengths.iter().all(|length| *length == ordinals.len()), "columns of several lengths");
        let texts = self.ids.into_iter().zip(self.summaries);
        let numbers = self.rows.into_iter().zip(self.data);
        let card =
            |(ordinal, ((id, summary), (n_rows, data)))| Card { ordinal, id, summary, n_rows, has_data: data != 0 };
        Ok(ordinals.into_iter().zip(texts.zip(numbers)).map(card).collect())
    }
}

/// The different words of a column in their order, and the place of each item's among them, from 1.
fn words<'a, T: Ord + Clone + 'a>(
    column: impl Iterator<Item = &'a T> + Clone,
    is_nothing: impl Fn(&T) -> bool,
) -> (Vec<T>, Vec<usize>) {
    let mut res: Vec<T> = column.clone().filter(|word| !is_nothing(word)).cloned().collect();
    res.sort();
    res.dedup();
    let places = column.map(|word| res.binary_search(word).map_or(0, |idx| idx + 1)).collect();
    (res, places)
}

fn word<T: Clone + Default>(words: &[T], place: usize) -> Result<T> {
    if place == 0 { Ok(T::default()) } else { words.get(place - 1).cloned().context("a word that is not there") }
}

fn steps(ordinals: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut before = 0;
    ordinals.map(|ordinal| ordinal - std::mem::replace(&mut before, ordinal)).collect()
}

fn ordinals(steps: &[u32]) -> Result<Vec<u32>> {
    let mut last = 0_u32;
    let mut next = |step: &u32| {
        last = last.checked_add(*step).context("an ordinal beyond all numbers")?;
        Ok(last)
    };
    steps.iter().map(&mut next).collect()
}

fn number_of(day: Option<Day>) -> u32 {
    day.and_then(|day| day.to_string().replace('-', "").parse().ok()).unwrap_or(0)
}

fn day_of(number: u32) -> Result<Option<Day>> {
    if number == 0 {
        return Ok(None);
    }
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    Day::parse_iso(&format!("{year:04}-{month:02}-{day:02}")).map(Some).context("no day")
}
