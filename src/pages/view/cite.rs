//! How a dataset's page says to cite it: the national standard first, others to choose from, files for reference managers.

use serde::Serialize;

use crate::metadata::Record;
use crate::metadata::cite::{Acquired, Reference, apa_7, gb_t_7714_2015, gb_t_7714_2025};
use crate::pages::view::{Fact, Scope};

#[derive(Serialize)]
pub(super) struct CitationView {
    /// By GB/T 7714-2025.
    text: String,
    /// By other standards; the label is the standard.
    others: Vec<Fact>,
    /// For reference managers; the value is the address.
    files: Vec<Fact>,
}

/// The references; the reader's day of acquisition is filled in by a script, or by the reader.
pub(super) fn view(scope: Scope<'_>, record: Record<'_>) -> CitationView {
    let reference = Reference::of(record, Acquired::Asked(scope.strings.get("acquired_on_blank")));
    let other = |label: &str, value: String| Fact { label: label.to_owned(), value };
    let files = record.papers().into_iter().filter(|paper| paper.is_citation);
    CitationView {
        text: gb_t_7714_2025(&reference),
        others: vec![other("GB/T 7714-2015", gb_t_7714_2015(&reference)), other("APA 7", apa_7(&reference))],
        files: files
            .map(|paper| other(paper.name, scope.file_href(&format!("datasets/{}/{}", record.id(), paper.path))))
            .collect(),
    }
}
