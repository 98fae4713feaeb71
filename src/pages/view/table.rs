//! A table on its dataset's page: its first rows, and what its columns hold.

use serde::Serialize;

use crate::gate::Release;
use crate::model::table::Table;
use crate::pages::strings::{count, shorten, showable};
use crate::pages::theme::texts_name;
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
    explore: Option<Explore>,
    charts: Vec<ChartView>,
    fields: Vec<FieldView>,
}

/// What exploring a table in the page needs, where its rows are in the static API.
#[derive(Serialize)]
struct Explore {
    /// The folder of the rows and their schema.
    rows: String,
    dataset: String,
    table: String,
    script: String,
    texts: String,
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
    release.files.tables.iter().take(MAX_PREVIEWS).map(|table| view(scope, release, table, &mut allowance)).collect()
}

fn view(scope: Scope<'_>, release: &Release, table: &Table, allowance: &mut Allowance) -> TableView {
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
        charts: charts::of_table(scope.strings, &release.cleared.dataset, table, scope.site.inputs.site.exports.dots),
        fields: fields::views(scope.strings, table, allowance),
        columns: table.columns.iter().map(|column| showable(&column.name)).collect(),
        rows: table.preview.iter().map(|row| row.iter().map(cell).collect()).collect(),
        note,
        explore: explore(scope, release, table),
    }
}

fn explore(scope: Scope<'_>, release: &Release, table: &Table) -> Option<Explore> {
    let theme = scope.site.theme;
    let asset = |name: &str| theme.asset_routes.get(name).map(|route| scope.file_href(route.as_str()));
    let rows = table.pages.iter().find_map(|route| route.as_str().strip_suffix("/schema.json"))?;
    Some(Explore {
        rows: scope.file_href(rows),
        dataset: release.cleared.id.to_string(),
        table: table.name.clone(),
        script: asset("explore.js")?,
        texts: asset(&texts_name(scope.tag()))?,
    })
}
