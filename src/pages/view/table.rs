//! A table on its dataset's page: its first rows, and what its columns hold.

use serde::Serialize;

use crate::gate::Release;
use crate::model::dataset::Dataset;
use crate::model::table::Table;
use crate::pages::strings::{count, shorten, showable};
use crate::pages::view::Scope;
use crate::pages::view::charts::{self, Allowance, ChartView};
use crate::pages::view::fields::{self, FieldView};

#[derive(Serialize)]
pub(super) struct TableView {
    name: String,
    label: String,
    columns: Vec<String>,
    rows: Vec<Vec<CellView>>,
    note: String,
    charts: Vec<ChartView>,
    fields: Vec<FieldView>,
}

#[derive(Serialize)]
struct CellView {
    text: String,
    none: bool,
}

/// How many tables a page previews; the others are in the list of files.
const MAX_PREVIEWS: usize = 8;
/// Longest cell in a preview, in characters.
const CELL_CHARS: usize = 120;

/// The tables that a page previews.
pub(super) fn views(scope: Scope<'_>, release: &Release) -> Vec<TableView> {
    let mut allowance = Allowance::of_page();
    let dataset = &release.cleared.dataset;
    release.files.tables.iter().take(MAX_PREVIEWS).map(|table| view(scope, dataset, table, &mut allowance)).collect()
}

fn view(scope: Scope<'_>, dataset: &Dataset, table: &Table, allowance: &mut Allowance) -> TableView {
    let n_shown = table.preview.len() as u64;
    let rows = count(table.n_rows);
    let note = if n_shown == table.n_rows {
        scope.strings.fill("preview_all", &[("rows", &rows)])
    } else {
        scope.strings.fill("preview_note", &[("shown", &count(n_shown)), ("rows", &rows)])
    };
    let cell = |value: &Option<String>| match value {
        Some(text) => CellView { text: shorten(&showable(text), CELL_CHARS), none: false },
        None => CellView { text: String::new(), none: true },
    };
    let name = if table.part.is_empty() { table.source.clone() } else { format!("{} · {}", table.source, table.part) };
    TableView {
        label: scope.strings.fill("preview_label", &[("name", &name)]),
        name,
        charts: charts::of_table(scope.strings, dataset, table),
        fields: fields::views(scope.strings, table, allowance),
        columns: table.columns.iter().map(|column| showable(&column.name)).collect(),
        rows: table.preview.iter().map(|row| row.iter().map(cell).collect()).collect(),
        note,
    }
}
