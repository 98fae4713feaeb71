//! How a dataset does by what others measure: the EU's metadata quality assessment, FAIR, the W3C's best practices.
//!
//! In: a record. Out: for each criterion how much of its points the dataset earns, and what would earn the rest: a field
//! of the catalog, a file, a setting. A criterion that no field can earn says so; nothing is counted that is not there.

mod dwbp;
mod fair;
mod mqa;

use std::collections::{BTreeMap, BTreeSet};

use crate::metadata::Record;
use crate::model::field::Field;

/// A list of criteria that somebody else drew up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// Metadata quality assessment of data.europa.eu: 405 points.
    Mqa,
    /// FAIRsFAIR's metrics as the F-UJI tool counts them: 24 points.
    Fair,
    /// W3C, Data on the Web Best Practices: 35 practices, a point each.
    Dwbp,
}

impl Scheme {
    /// All of them, in the order in which pages show them.
    pub const ALL: [Self; 3] = [Self::Mqa, Self::Fair, Self::Dwbp];

    /// Its name, in Chinese and English.
    #[must_use]
    pub fn name(self) -> [&'static str; 2] {
        match self {
            Self::Mqa => ["欧盟元数据质量评估（MQA）", "EU metadata quality assessment (MQA)"],
            Self::Fair => ["FAIR 原则（F-UJI 指标）", "FAIR (the metrics of F-UJI)"],
            Self::Dwbp => ["W3C 网上数据最佳实践", "W3C Data on the Web Best Practices"],
        }
    }

    /// Its criteria.
    #[must_use]
    pub fn criteria(self) -> &'static [Criterion] {
        match self {
            Self::Mqa => mqa::CRITERIA,
            Self::Fair => fair::CRITERIA,
            Self::Dwbp => dwbp::CRITERIA,
        }
    }

    /// How many points there are.
    #[must_use]
    pub fn points(self) -> u32 {
        self.criteria().iter().map(|criterion| criterion.points).sum()
    }
}

/// Something that is asked of a dataset.
pub struct Criterion {
    /// The scheme's own name of it.
    pub id: &'static str,
    /// What is asked, in Chinese and English.
    pub name: [&'static str; 2],
    /// The points.
    pub points: u32,
    /// Which part of the points a dataset earns, in per cent.
    earns: fn(Record<'_>) -> u32,
    /// What would earn the rest.
    pub remedy: Remedy,
}

/// What would earn the points that are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Fields of the catalog.
    Fields(&'static [Field]),
    /// Files, in the field of the catalog that names them.
    Files,
    /// A key of `site.toml`.
    Setting(&'static str),
    /// Nothing that a catalog can say; why, in Chinese and English.
    None([&'static str; 2]),
}

/// How a dataset does by a criterion.
#[derive(Clone, Copy)]
pub struct Mark {
    /// The criterion.
    pub criterion: &'static Criterion,
    /// The points earned, in hundredths.
    pub earned: u32,
}

impl Mark {
    /// Whether all points are earned.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.earned == self.criterion.points * 100
    }
}

/// How a dataset does by a scheme.
pub fn dataset(record: Record<'_>, scheme: Scheme) -> impl Iterator<Item = Mark> {
    scheme
        .criteria()
        .iter()
        .map(move |criterion| Mark { criterion, earned: criterion.points * (criterion.earns)(record).min(100) })
}

/// How all datasets do by a scheme.
pub struct Summary {
    /// The scheme.
    pub scheme: Scheme,
    /// The mean of the points earned, in hundredths; none where there is no dataset.
    pub earned: u32,
    /// The criteria that some dataset does not earn in full, each with how many datasets and the points that are missing
    /// in the mean, in hundredths; the most points first.
    pub missing: Vec<(&'static Criterion, usize, u32)>,
}

/// Sums a scheme up over all datasets.
#[must_use]
pub fn summary(records: &[Record<'_>], scheme: Scheme) -> Summary {
    let n_datasets = u64::try_from(records.len().max(1)).unwrap_or(u64::MAX);
    let mut earned = 0_u64;
    let mut missing: BTreeMap<usize, (usize, u64)> = BTreeMap::new();
    for record in records {
        for (idx, mark) in dataset(*record, scheme).enumerate() {
            earned += u64::from(mark.earned);
            if !mark.is_full() {
                let (n_lacking, points) = missing.entry(idx).or_default();
                *n_lacking += 1;
                *points += u64::from(mark.criterion.points * 100 - mark.earned);
            }
        }
    }
    let mean = |sum: u64| u32::try_from(sum / n_datasets).unwrap_or(u32::MAX);
    let mut missing: Vec<_> = missing
        .into_iter()
        .map(|(idx, (n_lacking, points))| (&scheme.criteria()[idx], n_lacking, mean(points)))
        .collect();
    missing.sort_by_key(|(_, _, points)| std::cmp::Reverse(*points));
    Summary { scheme, earned: mean(earned), missing }
}

/// How one dataset does by all schemes.
pub struct Assessed {
    /// The dataset.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// The points earned by each scheme, in hundredths, in the order of [`Scheme::ALL`].
    pub earned: [u32; 3],
    /// The fields of the catalog that would earn more, in the order of fields.
    pub fields: Vec<Field>,
}

/// How the site and each dataset do.
pub struct Report {
    /// By scheme.
    pub summaries: [Summary; 3],
    /// By dataset, in the order of ordinals.
    pub datasets: Vec<Assessed>,
}

impl Report {
    /// Assesses every dataset.
    #[must_use]
    pub fn of(records: &[Record<'_>]) -> Self {
        Self {
            summaries: Scheme::ALL.map(|scheme| summary(records, scheme)),
            datasets: records.iter().map(|record| assessed(*record)).collect(),
        }
    }
}

fn assessed(record: Record<'_>) -> Assessed {
    let mut fields = BTreeSet::new();
    let earned = Scheme::ALL.map(|scheme| {
        dataset(record, scheme)
            .map(|mark| {
                if !mark.is_full() {
                    let lacking = mark.criterion.remedy.fields().iter().filter(|field| is_lacking(record, **field));
                    fields.extend(lacking);
                }
                mark.earned
            })
            .sum()
    });
    Assessed {
        id: record.id().to_owned(),
        title: record.dataset().title.clone(),
        url: record.page_url(),
        earned,
        fields: fields.into_iter().collect(),
    }
}

/// Whether a field could say more than it does.
fn is_lacking(record: Record<'_>, field: Field) -> bool {
    let dataset = record.dataset();
    match field {
        Field::Abstract => dataset.summary.is_empty(),
        Field::Keywords => dataset.keywords.is_empty(),
        Field::Theme => dataset.theme.is_empty(),
        Field::Spatial => dataset.spatial.is_empty(),
        Field::Temporal => !has_period(record),
        Field::Issued => dataset.issued.is_none(),
        // A day that lies too far back is a reason too.
        Field::Modified => dataset.modified.is_none() || dwbp::is_overdue(record),
        Field::Source => dataset.source.is_empty(),
        Field::SourceUrl => dataset.source_url.is_empty(),
        Field::ContactPhone | Field::ContactEmail => !has_contact(record),
        Field::ItemName => dataset.items.is_empty(),
        Field::ItemFormat => dataset.items.iter().all(|item| item.format.is_empty()),
        Field::ItemDescription => dataset.items.iter().all(|item| item.description.is_empty()),
        _ => true,
    }
}

impl Remedy {
    /// The fields of the catalog that would earn the points.
    #[must_use]
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Fields(fields) => fields,
            Self::Files => &[Field::Files],
            Self::Setting(_) | Self::None(_) => &[],
        }
    }

    /// What to do, in Chinese and English.
    #[must_use]
    pub fn words(self) -> [String; 2] {
        let labels: Vec<&str> = self.fields().iter().map(|field| field.label()).collect();
        match self {
            Self::Fields(_) | Self::Files => {
                [format!("目录字段：{}", labels.join("、")), format!("catalog field: {}", labels.join(", "))]
            }
            Self::Setting(key) => [format!("site.toml：{key}"), format!("site.toml: {key}")],
            Self::None([chinese, english]) => [chinese.to_owned(), english.to_owned()],
        }
    }
}

/// Points in hundredths as a text, such as `312.5`.
#[must_use]
pub fn points(hundredths: u32) -> String {
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// 100 where something is so, else 0.
fn all_if(is_so: bool) -> u32 {
    if is_so { 100 } else { 0 }
}

/// Which part of the ways to get the data has something, in per cent; 0 where there is no way.
fn share_of_files(record: Record<'_>, has: impl Fn(&crate::metadata::Distribution<'_>) -> bool) -> u32 {
    let n_links = record.release.files.links.len();
    let (n_files, n_with) =
        record.distributions().fold((0, 0), |(n_files, n_with), file| (n_files + 1, n_with + usize::from(has(&file))));
    u32::try_from(n_with * 100 / (n_files + n_links).max(1)).unwrap_or(0)
}

fn has_files(record: Record<'_>) -> bool {
    record.distributions().next().is_some()
}

fn has_data(record: Record<'_>) -> bool {
    has_files(record) || !record.release.files.links.is_empty()
}

/// Whether the licence has a name that programs know: an SPDX identifier.
fn has_known_licence(record: Record<'_>) -> bool {
    !record.release.cleared.licence.id.starts_with("LicenseRef-")
}

fn has_contact(record: Record<'_>) -> bool {
    !record.dataset().contact_phone.is_empty() || !record.dataset().contact_email.is_empty()
}

fn has_period(record: Record<'_>) -> bool {
    crate::metadata::schema_org::temporal_coverage(&record.dataset().temporal).is_some()
}

/// Formats that anybody may implement. Source: ours; the EU's assessment has a list that could not be had offline.
fn is_open_format(format: &str) -> bool {
    ["CSV", "TSV", "TXT", "JSON", "JSONL", "GeoJSON", "XML", "ODS", "XLSX", "PDF", "ZIP", "ICS", "Parquet", "PNG"]
        .contains(&format)
}

/// Formats that programs read as data.
fn is_readable_format(format: &str) -> bool {
    ["CSV", "TSV", "JSON", "JSONL", "GeoJSON", "XML", "ODS", "XLSX", "XLS", "XLSB", "ICS", "Parquet", "DB", "SQLite"]
        .contains(&format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_short() {
        assert_eq!([points(40_500), points(31_250), points(5)], ["405", "312.5", "0.05"]);
    }

    #[test]
    fn schemes_have_the_points_of_their_authors() {
        assert_eq!(Scheme::ALL.map(Scheme::points), [405, 24, 35]);
        for scheme in Scheme::ALL {
            let mut ids: Vec<&str> = scheme.criteria().iter().map(|criterion| criterion.id).collect();
            let n_criteria = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), n_criteria, "{scheme:?}");
        }
    }
}
