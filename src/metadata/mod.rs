//! What standards call a dataset: one [`Record`] of a release, one file of source for each vocabulary.
//!
//! In: a release, the site, the rules, the day. Out: plain values and bytes; nothing is staged here.
//! What the catalog does not say is left out: no vocabulary is filled with a guess.

pub mod cite;
pub mod croissant;
pub mod csvw;
pub mod datacite;
pub mod datapackage;
pub mod dcat;
pub mod dcat_us;
#[cfg(test)]
mod fixture;
pub mod graph;
pub mod quality;
pub mod research_object;
pub mod schema_org;
mod types;

use serde_json::Value;

use crate::gate::Release;
use crate::model::dataset::Dataset;
use crate::model::date::Day;
use crate::model::route::{Route, href, slug};
use crate::model::table::{DataFile, Table};
use crate::rules::Regime;
use crate::site::Site;

/// Whose names and rules stand in metadata and archives.
#[derive(Clone, Copy)]
pub struct Issuer<'a> {
    /// The site.
    pub site: &'a Site,
    /// The rules.
    pub regime: &'a Regime,
    /// The day the site is built for.
    pub as_of: Day,
}

impl<'a> Issuer<'a> {
    /// The address of a path of the site, with scheme and host.
    #[must_use]
    pub fn url(self, path: &str) -> String {
        format!("{}{}", self.site.origin(), href(&self.site.base_path(), path))
    }

    /// The language that the catalog is written in: the site's main one.
    #[must_use]
    pub fn language(self) -> &'a str {
        self.site.languages.first().map_or("zh-CN", String::as_str)
    }

    /// The name of the site in its main language.
    #[must_use]
    pub fn site_name(self) -> &'a str {
        self.site.title.in_language(self.language())
    }

    /// What stands for the catalog as a whole.
    #[must_use]
    pub fn catalog_iri(self) -> String {
        self.url("datasets/") + "#catalog"
    }

    /// What stands for the body that runs the site.
    #[must_use]
    pub fn host_iri(self) -> String {
        self.url("about/") + "#host"
    }

    /// The body that runs the site, else the site's own name.
    #[must_use]
    pub fn host_name(self) -> &'a str {
        let host = self.site.footer.host.in_language(self.language());
        if host.is_empty() { self.site_name() } else { host }
    }
}

/// A file that describes a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paper {
    /// The key in the static API.
    pub key: &'static str,
    /// Its path below the dataset's folder. Source: DESIGN section 4.
    pub path: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its name on the page; the same in every language.
    pub name: &'static str,
    /// Whether it is about citing.
    pub is_citation: bool,
}

const fn paper(key: &'static str, path: &'static str, media_type: &'static str, name: &'static str) -> Paper {
    Paper { key, path, media_type, name, is_citation: false }
}

const fn citation(key: &'static str, path: &'static str, media_type: &'static str, name: &'static str) -> Paper {
    Paper { key, path, media_type, name, is_citation: true }
}

/// Every such file, in the order in which pages list them.
const PAPERS: [Paper; 11] = [
    paper("dcat_json_ld", "metadata/dcat.jsonld", "application/ld+json", "DCAT (JSON-LD)"),
    paper("dcat_turtle", "metadata/dcat.ttl", "text/turtle", "DCAT (Turtle)"),
    paper("datapackage", "datapackage.json", "application/json", "Data Package"),
    paper("croissant", "metadata/croissant.jsonld", "application/ld+json", "Croissant"),
    paper("datacite_json", "metadata/datacite.json", "application/json", "DataCite (JSON)"),
    paper("datacite_xml", "metadata/datacite.xml", "application/xml", "DataCite (XML)"),
    citation("citation", "cite/citation.txt", "text/plain", "GB/T 7714"),
    citation("bibtex", "cite/citation.bib", "application/x-bibtex", "BibTeX"),
    citation("ris", "cite/citation.ris", "application/x-research-info-systems", "RIS"),
    citation("csl_json", "cite/citation.csl.json", "application/json", "CSL-JSON"),
    citation("cff", "cite/CITATION.cff", "application/yaml", "CITATION.cff"),
];

/// A file that readers can take, as metadata describe it.
#[derive(Clone, Copy)]
pub struct Distribution<'a> {
    /// The file.
    pub file: &'a DataFile,
    /// The table that it holds, for a file that kaishu derived.
    pub table: Option<&'a Table>,
}

impl Distribution<'_> {
    /// Its path below the dataset's folder, such as `data/t.csv`.
    #[must_use]
    pub fn path(&self) -> &str {
        self.file.route.as_str().splitn(3, '/').nth(2).unwrap_or_default()
    }

    /// The label of its format, such as `CSV`; empty where it is not known.
    #[must_use]
    pub fn format(&self) -> &str {
        self.file.format.as_ref().map_or("", crate::model::format::Format::label)
    }

    /// Its media type, where its format is known.
    #[must_use]
    pub fn media_type(&self) -> Option<&'static str> {
        self.file.format.as_ref().map(crate::model::format::Format::media_type)
    }
}

/// A released dataset with the names and addresses that every vocabulary asks for.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// The dataset as released.
    pub release: &'a Release,
    /// The ZIP with everything; `None` in what is written into that ZIP itself.
    pub zip: Option<&'a DataFile>,
    /// Who issues it.
    pub issuer: Issuer<'a>,
}

impl<'a> Record<'a> {
    /// The identifier: its part of every address.
    #[must_use]
    pub fn id(self) -> &'a str {
        self.release.cleared.id.as_str()
    }

    /// What the catalog says.
    #[must_use]
    pub fn dataset(self) -> &'a Dataset {
        &self.release.cleared.dataset
    }

    /// The identifier as the catalog writes it, else the one of the address.
    #[must_use]
    pub fn identifier(self) -> &'a str {
        let own = &self.dataset().identifier;
        if own.is_empty() { self.id() } else { own }
    }

    /// What stands for the dataset itself, beside the page that tells of it.
    #[must_use]
    pub fn iri(self) -> String {
        self.part_iri("dataset")
    }

    /// The permanent address of the dataset's page: what others cite.
    #[must_use]
    pub fn page_url(self) -> String {
        self.issuer.url(&format!("datasets/{}/", self.id()))
    }

    /// The address of a file or page of the dataset, by its path below the dataset's folder.
    #[must_use]
    pub fn own_url(self, path: &str) -> String {
        self.issuer.url(&format!("datasets/{}/{path}", self.id()))
    }

    /// The address of anything staged.
    #[must_use]
    pub fn url_of(self, route: &Route) -> String {
        self.issuer.url(route.as_str())
    }

    /// What stands for something that the dataset's page tells of.
    #[must_use]
    pub fn part_iri(self, part: &str) -> String {
        format!("{}#{}", self.page_url(), href("", part))
    }

    /// What stands for the provider.
    #[must_use]
    pub fn provider_iri(self) -> String {
        format!("{}#provider", self.issuer.url(&format!("providers/{}/", slug(&self.dataset().provider))))
    }

    /// What stands for the theme, where there is one.
    #[must_use]
    pub fn theme_iri(self) -> Option<String> {
        let theme = &self.dataset().theme;
        (!theme.is_empty()).then(|| format!("{}#theme", self.issuer.url(&format!("themes/{}/", slug(theme)))))
    }

    /// The day of the last update, else of publication.
    #[must_use]
    pub fn updated(self) -> Option<Day> {
        self.dataset().modified.or(self.dataset().issued)
    }

    /// The version: the day of the last update in the form of a semantic version, such as `2026.3.1`.
    ///
    /// Source: ours; no catalog has versions, and Croissant and citations ask for one.
    #[must_use]
    pub fn version(self) -> Option<String> {
        self.updated().map(|day| format!("{}.{}.{}", day.year(), day.month(), day.day()))
    }

    /// The address of the licence's text: its own, or the site's page of terms.
    #[must_use]
    pub fn licence_url(self) -> String {
        let own = &self.release.cleared.licence.url;
        if own.is_empty() { self.issuer.url("terms/") } else { own.clone() }
    }

    /// The licence's name in the language of the catalog.
    #[must_use]
    pub fn licence_name(self) -> &'a str {
        self.release.cleared.licence.name.in_language(self.issuer.language())
    }

    /// The statutory sentence on the source, with a word in the place of the day of acquisition.
    #[must_use]
    pub fn attribution(self, acquired_on: &str) -> String {
        let dataset = self.dataset();
        let (language, site) = (self.issuer.language(), self.issuer.site_name());
        self.issuer.regime.attribution(language, site, &dataset.title, &dataset.provider, acquired_on)
    }

    /// The files of metadata and citation with what each is: path below the dataset's folder, media type, name.
    ///
    /// Shape: those that are made; Croissant only of datasets with files, DataCite only where a year is known.
    #[must_use]
    pub fn papers(self) -> Vec<Paper> {
        let has_files = !self.release.files.originals.is_empty() || !self.release.files.tables.is_empty();
        let exports = self.issuer.site.exports;
        let is_made = |paper: &&Paper| match paper.path {
            "metadata/croissant.jsonld" => has_files,
            "metadata/datacite.json" | "metadata/datacite.xml" => self.dataset().issued.or(self.updated()).is_some(),
            // The standard wants one resource at least.
            "datapackage.json" => exports.datapackage && (has_files || !self.release.files.links.is_empty()),
            _ => true,
        };
        let is_wanted = |paper: &&Paper| exports.metadata || paper.path == "datapackage.json";
        PAPERS.iter().filter(is_wanted).filter(is_made).copied().collect()
    }

    /// The addresses of those files, by name.
    #[must_use]
    pub fn metadata_urls(self) -> Value {
        self.papers().iter().map(|paper| (paper.key.to_owned(), serde_json::json!(self.own_url(paper.path)))).collect()
    }

    /// Every file that readers can take: originals, derived ones, the ZIP.
    pub fn distributions(self) -> impl Iterator<Item = Distribution<'a>> {
        let originals = self.release.files.originals.iter().map(|file| Distribution { file, table: None });
        let derived = self
            .release
            .files
            .tables
            .iter()
            .flat_map(|table| table.derived.iter().map(move |file| Distribution { file, table: Some(table) }));
        let zip = self.zip.map(|file| Distribution { file, table: None });
        originals.chain(derived).chain(zip)
    }

    /// The one file that stands for the dataset in a reference: its only original, else the ZIP with all of them.
    #[must_use]
    pub fn cited_file(self) -> Option<&'a DataFile> {
        match &self.release.files.originals[..] {
            [original] => Some(original),
            _ => self.zip,
        }
    }

    /// The CSV of each table, where the site makes them.
    pub fn csv_files(self) -> impl Iterator<Item = (&'a Table, &'a DataFile)> {
        self.release.files.tables.iter().filter_map(|table| {
            let is_csv = |file: &&DataFile| file.format.as_ref().is_some_and(|format| format.label() == "CSV");
            table.derived.iter().find(is_csv).map(|file| (table, file))
        })
    }

    /// What the dataset is about, put together from the catalog's own fields where its summary is short.
    ///
    /// Search engines for datasets leave out what has fewer than 50 characters; nothing is invented to get there.
    /// Shape: at most 5,000 characters.
    #[must_use]
    pub fn description(self) -> String {
        const ENOUGH_CHARS: usize = 50;
        const MAX_CHARS: usize = 5_000;
        let dataset = self.dataset();
        let own = if dataset.summary.is_empty() { &dataset.title } else { &dataset.summary };
        let mut res = own.clone();
        if own.chars().count() < ENOUGH_CHARS {
            let items: Vec<&str> = dataset.items.iter().map(|item| item.name.as_str()).collect();
            let n_rows: u64 = self.release.files.tables.iter().map(|table| table.n_rows).sum();
            let n_rows = if n_rows == 0 { String::new() } else { format!("{n_rows} 行") };
            let facts = [
                ("数据提供单位", dataset.provider.as_str()),
                ("领域分类", &dataset.theme),
                ("数据项", &items.join("、")),
                ("数据量", &n_rows),
                ("数据覆盖时间", &dataset.temporal),
                ("数据覆盖地域", &dataset.spatial),
                ("数据来源", &dataset.source),
                ("许可", self.licence_name()),
            ];
            for (name, value) in facts.into_iter().filter(|(_, value)| !value.is_empty()) {
                if !res.ends_with(['。', '！', '？', '；']) {
                    res.push('。');
                }
                res.push_str(name);
                res.push('：');
                res.push_str(value);
            }
            res.push('。');
        }
        res.chars().take(MAX_CHARS).collect()
    }
}

/// The same without the keys of objects that say nothing: `null`, an empty text, list or object.
///
/// Source: ours; what the catalog does not say is left out.
pub(crate) fn stated(value: Value) -> Value {
    let says_something = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    };
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(key, value)| (key, stated(value)));
            Value::Object(fields.filter(|(_, value)| says_something(value)).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(stated).collect()),
        other => other,
    }
}

/// A path as an identifier that people can read: letters and digits of any script stay, the rest is percent-encoded.
///
/// Source: RFC 3987 §2.2; RO-Crate 1.2, appendix on encoding file paths, prefers native characters.
pub(crate) fn iri(path: &str) -> String {
    let encoded = |c: char| if c.is_alphanumeric() { c.to_string() } else { href("", c.encode_utf8(&mut [0; 4])) };
    path.chars().map(encoded).collect()
}

/// Pretty JSON with a line break at its end.
///
/// Errors: none that can come of data.
pub(crate) fn json_bytes(value: &impl serde::Serialize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}
