//! A dataset's page.

use serde::Serialize;

use crate::gate::Release;
use crate::metadata::{Record, schema_org};
use crate::model::coordinates::CoordinateSystem;
use crate::model::table::{DataFile, Table};
use crate::pages::facets::{Kind, facet_slug, is_overdue, next_due, updated};
use crate::pages::plan::Job;
use crate::pages::strings::{count, shorten, size};
use crate::pages::view::card::frequency;
use crate::pages::view::cite::{self, CitationView};
use crate::pages::view::form;
use crate::pages::view::history::history;
use crate::pages::view::machine::{self, Snippet};
use crate::pages::view::shell::{Crumb, PageHead};
use crate::pages::view::table::{self, TableView};
use crate::pages::view::{Fact, Scope, facts};

#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "flags that the template asks for")]
pub(super) struct DatasetView {
    page: PageHead,
    data_lang: Option<String>,
    summary: String,
    timeliness: &'static str,
    due: String,
    size_tags: Vec<String>,
    downloads: Vec<Download>,
    links: Vec<String>,
    has_files: bool,
    tables: Vec<TableView>,
    tables_are_many: bool,
    items: Vec<Item>,
    items_have_format: bool,
    items_have_description: bool,
    files: Vec<FileRow>,
    modified: String,
    sums_href: String,
    licence: LicenceView,
    attribution_lead: String,
    attribution: String,
    citation: CitationView,
    facts: Vec<LinkedFact>,
    contact: Vec<Fact>,
    history: Vec<Fact>,
    metadata: Vec<Link>,
    snippets: Vec<Snippet>,
    object_href: String,
    /// The form with the dataset filled in by the endpoint, for readers without a script.
    object_filled_href: String,
}

#[derive(Serialize)]
struct Download {
    href: String,
    label: String,
    size: String,
}

#[derive(Serialize)]
struct Item {
    name: String,
    format: String,
    description: String,
}

#[derive(Serialize)]
struct FileRow {
    name: String,
    href: String,
    format: String,
    size: String,
    kind: String,
    sha256: String,
}

#[derive(Serialize)]
struct LicenceView {
    id: String,
    name: String,
    summary: String,
    href: String,
    external: bool,
}

#[derive(Serialize)]
struct Link {
    label: String,
    href: String,
}

/// A term whose text may be links.
#[derive(Serialize)]
struct LinkedFact {
    label: String,
    parts: Vec<Part>,
    lang: Option<String>,
}

#[derive(Serialize)]
struct Part {
    text: String,
    href: Option<String>,
    external: bool,
}

pub(super) fn view(scope: Scope<'_>, job: &Job<'_>, release_idx: usize) -> DatasetView {
    let inputs = scope.site.inputs;
    let release = &inputs.publishable.releases()[release_idx];
    let package = &inputs.packages[release_idx];
    let record = Record { release, zip: package.zip.as_ref(), issuer: inputs.issuer() };
    let dataset = &release.cleared.dataset;
    let data_lang = scope.data_lang().map(str::to_owned);
    let shown_summary = if dataset.summary == dataset.title { String::new() } else { dataset.summary.clone() };
    let mut page = PageHead::new(scope, job, "datasets", &dataset.title, crumbs(scope, release));
    page.description = shorten(if dataset.summary.is_empty() { &dataset.title } else { &dataset.summary }, 150);
    page.links.extend(machine::head_links(scope, record));
    let sums_href = package.sums.as_ref().map_or_else(String::new, |route| scope.file_href(route.as_str()));
    let metadata = record.papers().into_iter().filter(|paper| !paper.is_citation).map(|paper| Link {
        label: paper.name.to_owned(),
        href: scope.file_href(&format!("datasets/{}/{}", record.id(), paper.path)),
    });
    DatasetView {
        summary: shown_summary,
        timeliness: match is_overdue(release, inputs.as_of) {
            Some(true) => "overdue",
            Some(false) => "on_time",
            None => "",
        },
        due: next_due(release).map(|day| day.to_string()).unwrap_or_default(),
        size_tags: size_tags(scope, release),
        downloads: downloads(scope, release, package.zip.as_ref()),
        links: release.files.links.clone(),
        has_files: !release.files.originals.is_empty() || !release.files.tables.is_empty(),
        tables: table::views(scope, release),
        tables_are_many: release.files.tables.len() > 1,
        items_have_format: dataset.items.iter().any(|item| !item.format.is_empty()),
        items_have_description: dataset.items.iter().any(|item| !item.description.is_empty()),
        items: dataset
            .items
            .iter()
            .map(|item| Item {
                name: item.name.clone(),
                format: item.format.clone(),
                description: item.description.clone(),
            })
            .collect(),
        files: file_rows(scope, release, package.zip.as_ref()),
        modified: updated(release).map(|day| scope.strings.day(day)).unwrap_or_default(),
        sums_href,
        licence: licence(scope, release),
        attribution_lead: attribution_lead(scope),
        attribution: attribution(scope, release),
        citation: cite::view(scope, record),
        facts: facts_of(scope, release, data_lang.as_deref()),
        contact: facts(
            scope.strings,
            &[("contact_phone", &dataset.contact_phone), ("contact_email", &dataset.contact_email)],
        ),
        history: history(scope, release),
        metadata: metadata.collect(),
        snippets: machine::snippets(record),
        object_href: form::href_for(scope, release.cleared.id.as_str()),
        object_filled_href: form::filled_href_for(scope, release.cleared.id.as_str()),
        page,
        data_lang,
    }
}

/// The dataset as search engines read it.
pub(super) fn json_ld(scope: Scope<'_>, release_idx: usize) -> serde_json::Value {
    let inputs = scope.site.inputs;
    let (release, package) = (&inputs.publishable.releases()[release_idx], &inputs.packages[release_idx]);
    schema_org::dataset(Record { release, zip: package.zip.as_ref(), issuer: inputs.issuer() })
}

fn crumbs(scope: Scope<'_>, release: &Release) -> Vec<Crumb> {
    let mut res =
        vec![Crumb { label: scope.strings.get("datasets_title").to_owned(), href: Some(scope.page_href("datasets")) }];
    let theme = &release.cleared.dataset.theme;
    if !theme.is_empty() {
        let folder = format!("themes/{}", facet_slug(Kind::Theme, theme));
        res.push(Crumb { label: theme.clone(), href: Some(scope.page_href(&folder)) });
    }
    res
}

fn size_tags(scope: Scope<'_>, release: &Release) -> Vec<String> {
    match &release.files.tables[..] {
        [] => Vec::new(),
        [table] => {
            let rows = count(table.n_rows);
            let columns = count(table.columns.len() as u64);
            vec![scope.strings.fill("rows_columns", &[("rows", &rows), ("columns", &columns)])]
        }
        tables => {
            let rows = count(tables.iter().map(|table| table.n_rows).sum());
            vec![
                scope.strings.fill("n_tables", &[("n", &tables.len().to_string())]),
                scope.strings.fill("rows_n", &[("n", &rows)]),
            ]
        }
    }
}

/// The buttons at the head of the page: for one table its CSV and XLSX, else the only original; the ZIP always.
fn downloads(scope: Scope<'_>, release: &Release, zip: Option<&DataFile>) -> Vec<Download> {
    let button = |file: &DataFile, label: String| Download {
        href: scope.file_href(file.route.as_str()),
        label,
        size: size(file.size_bytes),
    };
    let label_of = |file: &DataFile| {
        let format = file.format.as_ref().map_or("", crate::model::format::Format::label);
        format!("{} {format}", scope.strings.get("download"))
    };
    let mut res = Vec::new();
    if let [table] = &release.files.tables[..] {
        for wanted in ["CSV", "XLSX"] {
            let file =
                table.derived.iter().find(|file| file.format.as_ref().is_some_and(|format| format.label() == wanted));
            res.extend(file.map(|file| button(file, label_of(file))));
        }
    } else if let ([original], []) = (&release.files.originals[..], &release.files.tables[..]) {
        res.push(button(original, label_of(original)));
    }
    res.extend(zip.map(|zip| button(zip, scope.strings.get("download_zip").to_owned())));
    res
}

fn file_rows(scope: Scope<'_>, release: &Release, zip: Option<&DataFile>) -> Vec<FileRow> {
    let row = |file: &DataFile, kind: String| FileRow {
        name: file.name.clone(),
        href: scope.file_href(file.route.as_str()),
        format: file.format.as_ref().map_or_else(String::new, |format| format.label().to_owned()),
        size: size(file.size_bytes),
        kind,
        sha256: file.sha256.to_string(),
    };
    let mut res = Vec::new();
    for original in &release.files.originals {
        res.push(row(original, scope.strings.get("file_original").to_owned()));
        let tables = release.files.tables.iter().filter(|table| table.source == original.name);
        // A copy that equals the original to the byte is the original.
        for file in tables.flat_map(|table| &table.derived).filter(|file| file.sha256 != original.sha256) {
            res.push(row(file, scope.strings.fill("file_derived", &[("source", &original.name)])));
        }
    }
    // Of what was dropped or masked there is no original to be had.
    let is_offered = |table: &&Table| release.files.originals.iter().any(|original| original.name == table.source);
    for file in release.files.tables.iter().filter(|table| !is_offered(table)).flat_map(|table| &table.derived) {
        res.push(row(file, scope.strings.get("file_transformed").to_owned()));
    }
    res.extend(zip.map(|zip| row(zip, scope.strings.get("file_zip").to_owned())));
    res
}

fn licence(scope: Scope<'_>, release: &Release) -> LicenceView {
    let licence = &release.cleared.licence;
    let external = !licence.url.is_empty();
    LicenceView {
        id: licence.id.clone(),
        name: licence.name.in_language(scope.tag()).to_owned(),
        summary: licence.summary.in_language(scope.tag()).to_owned(),
        href: if external { licence.url.clone() } else { scope.page_href("terms") },
        external,
    }
}

fn attribution_lead(scope: Scope<'_>) -> String {
    let rule = &scope.site.inputs.regime.citation;
    if !rule.required {
        return scope.strings.get("attribution_wish").to_owned();
    }
    scope.strings.fill(
        "attribution_duty",
        &[
            ("works", &scope.strings.list(&rule.applies_to)),
            ("elements", &scope.strings.list(&rule.elements)),
            ("article", &rule.article),
        ],
    )
}

fn attribution(scope: Scope<'_>, release: &Release) -> String {
    let inputs = scope.site.inputs;
    let dataset = &release.cleared.dataset;
    let site = inputs.site.title.in_language(scope.tag());
    inputs.regime.attribution(
        scope.tag(),
        site,
        &dataset.title,
        &dataset.provider,
        scope.strings.get("acquired_on_blank"),
    )
}

fn facts_of(scope: Scope<'_>, release: &Release, data_lang: Option<&str>) -> Vec<LinkedFact> {
    let dataset = &release.cleared.dataset;
    let strings = scope.strings;
    let own = |key: &str, parts: Vec<Part>| LinkedFact { label: strings.get(key).to_owned(), parts, lang: None };
    let data = |key: &str, parts: Vec<Part>| LinkedFact { lang: data_lang.map(str::to_owned), ..own(key, parts) };
    let text = |text: &str| vec![Part { text: text.to_owned(), href: None, external: false }];
    let facet = |kind: Kind, name: &str, label: &str| Part {
        text: label.to_owned(),
        href: Some(scope.page_href(&format!("{}/{}", kind.folder(), facet_slug(kind, name)))),
        external: false,
    };
    let frequency_text = frequency(scope, dataset);
    let frequency_parts = match dataset.frequency {
        Some(known) => vec![facet(Kind::Frequency, known.code_name(), &frequency_text)],
        None => text(&frequency_text),
    };
    let day = |day: Option<crate::model::date::Day>| text(&day.map(|day| strings.day(day)).unwrap_or_default());
    let url =
        vec![Part { text: shorten(&dataset.source_url, 60), href: Some(dataset.source_url.clone()), external: true }];
    let volume = dataset.volume.map(|n_rows| strings.fill("rows_n", &[("n", &count(n_rows))])).unwrap_or_default();
    let rows = [
        data("fact_provider", vec![facet(Kind::Provider, &dataset.provider, &dataset.provider)]),
        own("fact_provider_code", text(&dataset.provider_code)),
        data("fact_collecting", text(&dataset.collecting_body)),
        data("fact_reviewing", text(&dataset.reviewing_body)),
        data("fact_theme", vec![facet(Kind::Theme, &dataset.theme, &dataset.theme)]),
        data("fact_industry", text(&dataset.industry)),
        data("fact_category", text(&dataset.category)),
        data("fact_scenario", text(&dataset.scenario)),
        data("fact_keywords", dataset.keywords.iter().map(|tag| facet(Kind::Tag, tag, tag)).collect()),
        own("fact_class", text(strings.get("class_unconditional"))),
        own("fact_frequency", frequency_parts),
        own("fact_modified", day(dataset.modified)),
        own("fact_next_due", day(next_due(release))),
        own("fact_issued", day(dataset.issued)),
        data("fact_temporal", text(&dataset.temporal)),
        data("fact_spatial", text(&dataset.spatial)),
        own("fact_coordinates", text(dataset.coordinate_system.map_or("", CoordinateSystem::name))),
        data("fact_source", text(&dataset.source)),
        own("fact_volume", text(&volume)),
        own(
            "fact_id",
            text(if dataset.identifier.is_empty() { release.cleared.id.as_str() } else { &dataset.identifier }),
        ),
        own("fact_url", url),
    ];
    rows.into_iter().filter(|fact| fact.parts.iter().any(|part| !part.text.is_empty())).collect()
}
