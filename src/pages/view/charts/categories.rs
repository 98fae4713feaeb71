//! How many rows there are of each kind: bars that are a table at the same time.

use crate::model::column::{Column, ColumnType, Distinct, MAX_TOP};
use crate::model::dataset::Dataset;
use crate::model::table::Table;
use crate::pages::strings::{self, Strings, count, shorten, showable};
use crate::pages::view::charts::{BarRow, Bars, ChartView, spark, title_of};
use crate::pages::view::fields::named;

/// How many kinds there are at most.
const MAX_KINDS: u64 = 60;
/// Fewest rows of a kind, on average: else a column names its rows.
const LEAST_ROWS: u64 = 3;
/// Longest name of a kind, in characters.
const NAME_CHARS: usize = 30;

/// The first columns that sort rows into kinds, those whose kinds are all shown before others.
pub(super) fn views(strings: &Strings, dataset: &Dataset, table: &Table, n_most: usize) -> Vec<ChartView> {
    let sorts = |column: &&Column| n_kinds(column, table.n_rows).is_some();
    let mut columns: Vec<&Column> = table.columns.iter().filter(sorts).collect();
    columns.sort_by_key(|column| n_kinds(column, table.n_rows).is_none_or(|n_kinds| n_kinds > MAX_TOP as u64));
    // A name and its code sort rows alike: one picture is enough.
    let mut told: Vec<Vec<u64>> = Vec::new();
    columns.retain(|column| {
        let counts = column.profile.top.iter().map(|top| top.count).collect();
        let is_new = !told.contains(&counts);
        told.push(counts);
        is_new
    });
    columns.into_iter().take(n_most).map(|column| view(strings, dataset, table, column)).collect()
}

/// How many kinds a column sorts rows into; `None` where it does not.
fn n_kinds(column: &Column, n_rows: u64) -> Option<u64> {
    let profile = &column.profile;
    let Some(Distinct::Exactly(n_kinds)) = profile.distinct else { return None };
    let n_values = n_rows.saturating_sub(profile.n_missing);
    let n_told: u64 = profile.top.iter().map(|top| top.count).sum();
    let is_words = matches!(column.column_type, ColumnType::Text | ColumnType::Code | ColumnType::Boolean);
    let sorts = (2..=MAX_KINDS).contains(&n_kinds)
        && n_values >= n_kinds * LEAST_ROWS
        && n_told.saturating_mul(2) >= n_values
        && profile.top.len() >= 2;
    (is_words && sorts).then_some(n_kinds)
}

fn view(strings: &Strings, dataset: &Dataset, table: &Table, column: &Column) -> ChartView {
    let profile = &column.profile;
    let n_values = table.n_rows.saturating_sub(profile.n_missing);
    let n_told: u64 = profile.top.iter().map(|top| top.count).sum();
    let rest = n_values.saturating_sub(n_told);
    let longest = profile.top.iter().map(|top| top.count).max().unwrap_or_default();
    let row = |label: String, n: u64, width: u64| BarRow { label, count: count(n), width, share: share(n, n_values) };
    let shown = profile
        .top
        .iter()
        .map(|top| row(shorten(&named(strings, &top.value), NAME_CHARS), top.count, spark::width(top.count, longest)));
    let mut rows: Vec<BarRow> = shown.collect();
    if rest > 0 {
        let n_kinds = profile.distinct.map_or(0, Distinct::value);
        let others = n_kinds.saturating_sub(profile.top.len() as u64);
        // Many kinds together are no kind: a bar for them would dwarf those beside it.
        rows.push(row(strings.fill("chart_others", &[("n", &count(others))]), rest, 0));
    }
    let title = title_of(strings, dataset, column);
    ChartView {
        title: strings.fill("chart_categories", &[("name", &title)]),
        plot: None,
        bars: Some(Bars { column: showable(&column.name), rows }),
        note: match profile.n_missing {
            0 => String::new(),
            n_missing => strings.fill("chart_without", &[("n", &count(n_missing))]),
        },
    }
}

fn share(part: u64, whole: u64) -> String {
    let of = |number: u64| usize::try_from(number).unwrap_or(usize::MAX / 100);
    strings::share(of(part), of(whole))
}
