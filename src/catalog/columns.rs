//! Which field each header of a catalog file means: the site's mapping first, then the table of synonyms.

use std::sync::Arc;

use crate::diag::{Code, Finding, Place};
use crate::model::field::Field;
use crate::model::text::fold;
use crate::site::CatalogConfig;

/// The fields of a file's columns.
#[derive(Debug, Default)]
pub struct Columns {
    /// By column index; `None` for a column that is not read.
    fields: Vec<Option<Field>>,
    /// By column index, as written.
    pub headers: Vec<String>,
    /// The header of the first column of the openness class.
    pub openness_header: Option<Arc<str>>,
    /// The header of the first column that names files.
    pub files_header: Option<Arc<str>>,
}

impl Columns {
    /// Decides what each header means.
    ///
    /// A field takes one column, the best name wins; the openness fields and the files take every column that claims to
    /// be one, so that a contradiction between them is seen and refused.
    /// Findings: COLUMN_UNKNOWN, COLUMN_AMBIGUOUS, COLUMN_MAPPED_MISSING.
    pub fn resolve(file: &str, headers: &[String], config: &CatalogConfig, findings: &mut Vec<Finding>) -> Self {
        let place = |header: &str| Place::file(file).in_column(header.trim());
        let folded: Vec<String> = headers.iter().map(|header| folded_header(header)).collect();
        let mut fields: Vec<Option<Field>> = vec![None; headers.len()];
        let mut mapped: Vec<Field> = Vec::new();
        for (name, header) in &config.columns {
            let Some(field) = Field::from_code_name(name) else {
                continue;
            };
            mapped.push(field);
            let wanted = folded_header(header);
            let same: Vec<usize> = (0..folded.len()).filter(|idx| folded[*idx] == wanted).collect();
            for idx in same.iter().take(if takes_many(field) { usize::MAX } else { 1 }) {
                fields[*idx] = Some(field);
            }
            if same.is_empty() {
                let there_are = headers.iter().map(|header| header.trim()).collect::<Vec<_>>().join("、");
                let at = Place::file("site.toml").in_column(format!("[catalog.columns] {name}"));
                findings.push(Finding::new(Code::ColumnMapped, at).found(header).expected(there_are).about(file));
            }
        }
        let mut best: Vec<(Field, usize, usize)> = Vec::new();
        let is_ignored = |folded: &str| config.ignore.iter().any(|header| folded_header(header) == folded);
        for (idx, header) in folded.iter().enumerate() {
            if fields[idx].is_some() || header.is_empty() || is_ignored(header) {
                continue;
            }
            match Field::from_header(header) {
                // The mapping names another column for the class: this one is not the class, but it may contradict it.
                Some((Field::OpennessClass, _)) if mapped.contains(&Field::OpennessClass) => {
                    fields[idx] = Some(Field::OpennessSetAside);
                }
                // The mapping names another column for this field: this one is set aside by the team's own word.
                Some((field, _)) if mapped.contains(&field) && !takes_many(field) => {}
                Some((field, rank)) => best.push((field, rank, idx)),
                None => {
                    findings
                        .push(Finding::new(Code::ColumnUnknown, place(&headers[idx])).expected(Field::code_names()));
                }
            }
        }
        best.sort_unstable();
        let mut previous: Option<(Field, usize)> = None;
        for (field, _, idx) in best {
            match previous {
                Some((taken, first_idx)) if taken == field && !takes_many(field) => {
                    let used = headers[first_idx].trim();
                    findings.push(
                        Finding::new(Code::ColumnAmbiguous, place(&headers[idx])).found(&headers[idx]).expected(used),
                    );
                }
                _ => {
                    fields[idx] = Some(field);
                    previous = Some((field, idx));
                }
            }
        }
        let mut columns = Self { fields, headers: headers.to_vec(), openness_header: None, files_header: None };
        columns.openness_header = columns.header_of(Field::OpennessClass).map(Arc::from);
        columns.files_header = columns.header_of(Field::Files).map(Arc::from);
        columns
    }

    /// The field of a column.
    pub fn field(&self, column_idx: usize) -> Option<Field> {
        self.fields.get(column_idx).copied().flatten()
    }

    /// The header of a field's first column.
    pub fn header_of(&self, field: Field) -> Option<&str> {
        let idx = self.fields.iter().position(|known| *known == Some(field))?;
        self.headers.get(idx).map(|header| header.trim())
    }
}

/// How many cells of a row read as headers.
pub fn n_known(cells: &[String], config: &CatalogConfig) -> usize {
    let mapped: Vec<String> = config.columns.values().map(|header| folded_header(header)).collect();
    cells
        .iter()
        .map(|cell| folded_header(cell))
        .filter(|cell| Field::from_header(cell).is_some() || mapped.contains(cell))
        .count()
}

fn takes_many(field: Field) -> bool {
    matches!(field, Field::OpennessClass | Field::IsOpen | Field::OpenCondition | Field::Files | Field::Internal)
}

/// A header as it is compared: folded, without a colon or a star at its ends.
fn folded_header(header: &str) -> String {
    fold(header).trim_matches([':', '*']).to_owned()
}
