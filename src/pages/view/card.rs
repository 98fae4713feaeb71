//! A dataset in a list.

use serde::Serialize;

use crate::pages::facets::{formats, is_overdue, updated};
use crate::pages::strings::{count, two_lines};
use crate::pages::view::{DayView, Scope};

#[derive(Serialize)]
pub(super) struct Card {
    href: String,
    title: String,
    summary: String,
    provider: String,
    frequency: String,
    date: String,
    day: Option<DayView>,
    rows: String,
    overdue: bool,
    catalog_only: bool,
    formats: Vec<String>,
    lang: Option<String>,
}

impl Card {
    pub fn new(scope: Scope<'_>, release_idx: usize) -> Self {
        let release = &scope.site.inputs.publishable.releases()[release_idx];
        let dataset = &release.cleared.dataset;
        let day = updated(release).map(|day| DayView::new(scope.strings, day));
        let rows = match &release.files.tables[..] {
            [table] => scope.strings.fill("rows_n", &[("n", &count(table.n_rows))]),
            _ => String::new(),
        };
        let has_data = !release.files.originals.is_empty() || !release.files.links.is_empty();
        Self {
            href: scope.page_href(&format!("datasets/{}", release.cleared.id)),
            title: dataset.title.clone(),
            summary: two_lines(dataset),
            provider: dataset.provider.clone(),
            frequency: frequency(scope, dataset),
            date: day.as_ref().map(|day| scope.strings.fill("updated_on", &[("date", &day.text)])).unwrap_or_default(),
            day,
            rows,
            overdue: is_overdue(release, scope.site.inputs.as_of) == Some(true),
            // What the catalog declares is no file that could be had.
            formats: if has_data { formats(release) } else { Vec::new() },
            catalog_only: !has_data,
            lang: scope.data_lang().map(str::to_owned),
        }
    }
}

/// The update frequency in words: ours where it reads as one, else as the catalog writes it.
pub(super) fn frequency(scope: Scope<'_>, dataset: &crate::model::dataset::Dataset) -> String {
    match dataset.frequency {
        Some(frequency) => scope.strings.get(&format!("freq_{}", frequency.code_name())).to_owned(),
        None => dataset.frequency_text.clone(),
    }
}
