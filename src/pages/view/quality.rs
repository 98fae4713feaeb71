//! The overview of quality: timeliness, completeness, machine readability, coverage of the priority domains.
//!
//! Counts are of published datasets only; nothing here tells of entries that are not open.

use serde::Serialize;

use crate::assess::{self, Scheme, points};
use crate::gate::Release;
use crate::pages::facets::{Kind, facet_slug, is_overdue};
use crate::pages::plan::Job;
use crate::pages::strings::{count, share};
use crate::pages::view::Scope;
use crate::pages::view::shell::PageHead;

#[derive(Serialize)]
pub(super) struct QualityView {
    page: PageHead,
    lead: String,
    sections: Vec<Section>,
    schemes: Vec<SchemeView>,
    /// The table of all datasets.
    scores_href: String,
}

/// How the site does by what others measure.
#[derive(Serialize)]
struct SchemeView {
    name: String,
    earned: String,
    of: u32,
    percent: u32,
    missing: Vec<MissingView>,
}

#[derive(Serialize)]
struct MissingView {
    id: &'static str,
    name: String,
    n_datasets: String,
    points: String,
    remedy: String,
}

/// Shares of some datasets, as a table with bars.
#[derive(Serialize)]
pub(super) struct Section {
    title: String,
    lead: String,
    column: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    label: String,
    href: Option<String>,
    count: String,
    percent: String,
    share: String,
    tone: &'static str,
}

/// A field of the catalog and whether a dataset has it.
type Field = (&'static str, fn(&Release) -> bool);

/// The fields whose completeness is shown, by the key of their name.
const FIELDS: &[Field] = &[
    ("fact_theme", |release| !release.cleared.dataset.theme.is_empty()),
    ("fact_industry", |release| !release.cleared.dataset.industry.is_empty()),
    ("fact_keywords", |release| !release.cleared.dataset.keywords.is_empty()),
    ("fact_frequency", |release| release.cleared.dataset.frequency.is_some()),
    ("fact_modified", |release| release.cleared.dataset.modified.is_some()),
    ("fact_temporal", |release| !release.cleared.dataset.temporal.is_empty()),
    ("fact_spatial", |release| !release.cleared.dataset.spatial.is_empty()),
    ("items_title", |release| !release.cleared.dataset.items.is_empty()),
    ("contact_title", |release| {
        !release.cleared.dataset.contact_phone.is_empty() || !release.cleared.dataset.contact_email.is_empty()
    }),
];

pub(super) fn view(scope: Scope<'_>, job: &Job<'_>) -> QualityView {
    let inputs = scope.site.inputs;
    let all: Vec<&Release> = inputs.publishable.releases().iter().collect();
    let mut sections = vec![timeliness(scope, &all), machine_readability(scope), completeness(scope)];
    if !inputs.regime.priority.domains.is_empty() {
        sections.push(domains(scope));
    }
    QualityView {
        page: PageHead::new(scope, job, "quality", scope.strings.get("quality_title"), Vec::new()),
        lead: scope.strings.fill("quality_lead", &[("date", &scope.strings.day(inputs.as_of))]),
        sections,
        schemes: Scheme::ALL.iter().map(|scheme| scheme_view(scope, *scheme)).collect(),
        scores_href: scope.file_href("quality/datasets.csv"),
    }
}

fn scheme_view(scope: Scope<'_>, scheme: Scheme) -> SchemeView {
    let records: Vec<_> = scope.site.inputs.records().collect();
    let summary = assess::summary(&records, scheme);
    let idx = usize::from(!scope.tag().starts_with("zh"));
    let missing = summary.missing.iter().map(|(criterion, n_datasets, missing)| MissingView {
        id: criterion.id,
        name: criterion.name[idx].to_owned(),
        n_datasets: count(*n_datasets as u64),
        points: points(*missing),
        remedy: criterion.remedy.words()[idx].clone(),
    });
    SchemeView {
        name: scheme.name()[idx].to_owned(),
        earned: points(summary.earned),
        of: scheme.points(),
        percent: summary.earned / scheme.points().max(1),
        missing: missing.collect(),
    }
}

fn row(scope: Scope<'_>, label: String, part: usize, tone: &'static str) -> Row {
    row_of(label, (part, scope.site.inputs.publishable.releases().len()), tone)
}

fn row_of(label: String, (part, whole): (usize, usize), tone: &'static str) -> Row {
    Row {
        label,
        href: None,
        count: count(part as u64),
        percent: (part * 100).checked_div(whole).unwrap_or_default().to_string(),
        share: share(part, whole),
        tone,
    }
}

/// How many of some datasets are in time.
pub(super) fn timeliness(scope: Scope<'_>, releases: &[&Release]) -> Section {
    let n_with = |state: Option<bool>| {
        releases.iter().filter(|release| is_overdue(release, scope.site.inputs.as_of) == state).count()
    };
    let text = |key: &str| scope.strings.get(key).to_owned();
    let row = |key: &str, state, tone| row_of(text(key), (n_with(state), releases.len()), tone);
    Section {
        title: text("quality_timeliness"),
        lead: String::new(),
        column: text("quality_state"),
        rows: vec![
            row("quality_on_time", Some(false), "tone-ok"),
            row("quality_overdue", Some(true), "tone-bad"),
            row("quality_no_due", None, "tone-bar"),
        ],
    }
}

fn machine_readability(scope: Scope<'_>) -> Section {
    let releases = scope.site.inputs.publishable.releases();
    let structured = |release: &Release| {
        let readable =
            ["CSV", "TSV", "JSON", "JSONL", "GeoJSON", "XLSX", "XLS", "ODS", "XML", "DB", "SQLite", "Parquet", "ICS"];
        release
            .files
            .originals
            .iter()
            .filter_map(|file| file.format.as_ref())
            .any(|format| readable.contains(&format.label()))
    };
    let n_structured = releases.iter().filter(|release| structured(release)).count();
    let n_without = releases.iter().filter(|release| release.files.originals.is_empty()).count();
    let text = |key: &str| scope.strings.get(key).to_owned();
    Section {
        title: text("quality_formats"),
        lead: String::new(),
        column: text("files_title"),
        rows: vec![
            row(scope, text("quality_machine"), n_structured, "tone-ok"),
            row(scope, text("quality_other_files"), releases.len() - n_structured - n_without, "tone-bar"),
            row(scope, text("quality_no_files"), n_without, "tone-bar"),
        ],
    }
}

fn completeness(scope: Scope<'_>) -> Section {
    let releases = scope.site.inputs.publishable.releases();
    let rows = FIELDS
        .iter()
        .map(|(key, has)| {
            let n_filled = releases.iter().filter(|release| has(release)).count();
            row(scope, scope.strings.get(key).to_owned(), n_filled, "tone-bar")
        })
        .collect();
    Section {
        title: scope.strings.get("quality_fields").to_owned(),
        lead: String::new(),
        column: scope.strings.get("quality_field").to_owned(),
        rows,
    }
}

fn domains(scope: Scope<'_>) -> Section {
    let regime = scope.site.inputs.regime;
    let rows = regime
        .priority
        .domains
        .iter()
        .map(|domain| {
            let facet = scope.site.facets.of(Kind::Theme).iter().find(|facet| facet.name == *domain);
            let mut row = row(scope, domain.clone(), facet.map_or(0, |facet| facet.newest.len()), "tone-bar");
            row.href = facet.map(|_| scope.page_href(&format!("themes/{}", facet_slug(Kind::Theme, domain))));
            row
        })
        .collect();
    Section {
        title: scope.strings.get("quality_domains").to_owned(),
        lead: scope.strings.fill("quality_domains_lead", &[("article", &regime.priority.article)]),
        column: scope.strings.get("quality_domain").to_owned(),
        rows,
    }
}
