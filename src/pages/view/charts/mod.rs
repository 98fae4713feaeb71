//! Pictures of data, as what a template needs to draw them: positions, paths and labels.
//!
//! Templates write the SVG, so every text goes through their escaping; here no markup is made. Which picture a table
//! gets is told in `docs/charts.md`.

mod categories;
mod places;
mod scale;
mod series;
pub(super) mod spark;
#[cfg(test)]
mod tests;
mod time_scale;

use serde::Serialize;

use crate::model::column::Column;
use crate::model::dataset::Dataset;
use crate::model::table::{Subject, Table};
use crate::pages::strings::{Strings, shorten, showable};

/// A picture with its heading; a plot or bars.
#[derive(Debug, Serialize)]
pub(super) struct ChartView {
    title: String,
    plot: Option<Plot>,
    bars: Option<Bars>,
    note: String,
}

/// A picture with two axes, in a box of [`WIDTH`] by `height`.
#[derive(Debug, Serialize)]
struct Plot {
    kind: &'static str,
    /// What the picture shows, in words.
    description: String,
    width: i32,
    height: i32,
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
    /// Lines from left to right with the label before them.
    levels: Vec<Mark>,
    /// Places from left to right with the label below them.
    marks: Vec<Mark>,
    path: String,
    scale_bar: Option<ScaleBar>,
    table_title: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

#[derive(Debug, Serialize)]
struct Mark {
    at: i32,
    label: String,
    /// Where the label stands: around the place, or before it where there is no room behind it.
    anchor: &'static str,
}

#[derive(Debug, Serialize)]
struct ScaleBar {
    from: i32,
    to: i32,
    label: String,
}

/// Rows counted by category.
#[derive(Debug, Serialize)]
struct Bars {
    column: String,
    rows: Vec<BarRow>,
}

#[derive(Debug, Serialize)]
struct BarRow {
    label: String,
    count: String,
    width: u64,
    share: String,
}

/// Width of a plot: a phone's, so that its text has the size of text there.
const WIDTH: i32 = 360;
/// Room at the right end for half a label.
const MARGIN: i32 = 14;
/// How many pictures a table has at most.
const MAX_CHARTS: usize = 2;
/// Longest name of a column in a heading, in characters.
const NAME_CHARS: usize = 40;

/// The pictures of a table, most telling first; of places only where the team wants `dots`.
pub(super) fn of_table(strings: &Strings, dataset: &Dataset, table: &Table, dots: bool) -> Vec<ChartView> {
    let drawn = table.samples.iter().filter_map(|sample| match sample.subject {
        Subject::Series => series::view(strings, dataset, table, sample),
        Subject::Places if !dots => None,
        Subject::Places => places::view(strings, dataset, table, sample),
    });
    let mut res: Vec<ChartView> = drawn.take(MAX_CHARTS).collect();
    res.extend(categories::views(strings, dataset, table, MAX_CHARTS - res.len()));
    res
}

/// A column's name, with what the catalog says of it where that is no more than a name: units come from nowhere else.
fn title_of(strings: &Strings, dataset: &Dataset, column: &Column) -> String {
    let name = shorten(&showable(&column.name), NAME_CHARS);
    let item = dataset.items.iter().find(|item| item.name == column.name).map(|item| item.description.as_str());
    match item {
        Some(said) if !said.is_empty() && said != column.name && said.chars().count() <= NAME_CHARS => {
            strings.fill("chart_column", &[("name", &name), ("said", said)])
        }
        _ => name,
    }
}

/// How wide a label is, roughly, in units of a picture: letters of wide scripts take a whole size, others about half.
fn width_of(label: &str) -> i32 {
    label.chars().map(|c| if c.is_ascii() { 7 } else { 12 }).sum()
}

/// The levels of an axis from bottom to top.
fn levels(labels: Vec<(f64, String)>, top: i32, bottom: i32) -> Vec<Mark> {
    let mark = |(share, label)| Mark { at: bottom - scale::place(share, bottom - top), label, anchor: "e" };
    labels.into_iter().map(mark).collect()
}

/// The marks of an axis from left to right.
fn marks(labels: impl Iterator<Item = (f64, String)>, left: i32, right: i32) -> Vec<Mark> {
    labels
        .map(|(share, label)| {
            let at = left + scale::place(share, right - left);
            let is_cut = at + width_of(&label) / 2 > right + MARGIN;
            Mark { at, label, anchor: if is_cut { "e" } else { "m" } }
        })
        .collect()
}

/// How many more columns of a page are drawn: the page has to stay within its 25 KB.
pub(super) struct Allowance(usize);

/// Source: ours, because 80 drawn columns of the widest table of the example take 2 KB compressed.
const MAX_DRAWN: usize = 80;

impl Allowance {
    /// What a page begins with.
    pub fn of_page() -> Self {
        Self(MAX_DRAWN)
    }

    /// Whether one more column is drawn.
    pub fn take(&mut self) -> bool {
        let is_left = self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        is_left
    }
}
