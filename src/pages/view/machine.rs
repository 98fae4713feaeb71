//! What programs take from a dataset's page: links in its head (Signposting), and lines to copy into a notebook.

use serde::Serialize;

use crate::metadata::Record;
use crate::pages::view::Scope;
use crate::pages::view::shell::HeadLink;

/// Most files that the head of a page names; the data package has all of them.
const MAX_ITEMS: usize = 20;

/// Lines of a language that fetch the data.
#[derive(Serialize)]
pub(super) struct Snippet {
    /// The language's key, for tests and scripts.
    key: &'static str,
    label: &'static str,
    text: String,
}

/// The links of a dataset's page.
///
/// Source: Signposting, level 1: cite-as, type, license, item, describedby; announced types are those that servers send.
pub(super) fn head_links(scope: Scope<'_>, record: Record<'_>) -> Vec<HeadLink> {
    let link = |rel: &'static str, href: String, media_type: &'static str| HeadLink {
        rel,
        href,
        media_type,
        title: String::new(),
    };
    let mut res = vec![
        link("cite-as", record.page_url(), ""),
        link("type", "https://schema.org/AboutPage".to_owned(), ""),
        link("type", "https://schema.org/Dataset".to_owned(), ""),
        link("license", record.licence_url(), ""),
    ];
    if record.issuer.site.exports.metadata {
        let path = crate::pages::plan::dataset_path(record.id());
        res.push(link("alternate", scope.file_href(&path), "application/json"));
    }
    for paper in record.papers().into_iter().filter(|paper| !paper.is_citation) {
        let path = format!("datasets/{}/{}", record.id(), paper.path);
        res.push(link("describedby", scope.file_href(&path), paper.media_type));
    }
    let taken = record.distributions().filter(|distribution| distribution.table.is_none()).take(MAX_ITEMS);
    res.extend(taken.map(|distribution| {
        let media_type = crate::model::format::media_type_of(distribution.file.route.as_str());
        link("item", scope.file_href(distribution.file.route.as_str()), media_type)
    }));
    res
}

/// How to fetch the first table in the languages that people work with; nothing where there is no table.
///
/// Codes keep their leading zeros: every line reads text as text. Source: `design/frontend.md` 7.3.
pub(super) fn snippets(record: Record<'_>) -> Vec<Snippet> {
    let Some((table, csv)) = record.csv_files().next() else { return Vec::new() };
    let csv = record.url_of(&csv.route);
    let about = if record.issuer.site.exports.metadata {
        format!("curl -fs \"{}\"\n", record.issuer.url(&crate::pages::plan::dataset_path(record.id())))
    } else {
        String::new()
    };
    let parquet = table.derived.iter().find(|file| file.name.ends_with(".parquet"));
    let mut python = format!("import pandas as pd\n\ndf = pd.read_csv(\"{csv}\", dtype=str)\n");
    let mut duckdb = String::new();
    if let Some(file) = parquet {
        let url = record.url_of(&file.route);
        python = format!("{python}# pip install pyarrow\ndf = pd.read_parquet(\"{url}\")\n");
        duckdb = format!("SELECT * FROM read_parquet('{url}') LIMIT 10;\n");
    }
    let r = format!(
        "d <- read.csv(\"{csv}\", fileEncoding = \"UTF-8\", colClasses = \"character\", check.names = FALSE)\n"
    );
    let query = format!(
        "= Csv.Document(Web.Contents(\"{csv}\"), [Delimiter=\",\", Encoding=65001, QuoteStyle=QuoteStyle.Csv])\n"
    );
    let all = [
        ("curl", "curl", format!("curl -fO \"{csv}\"\n{about}")),
        ("pandas", "Python · pandas", python),
        ("r", "R", r),
        ("duckdb", "DuckDB", duckdb),
        ("powerquery", "Excel · Power Query", query),
    ];
    let told = all.into_iter().filter(|(_, _, text)| !text.is_empty());
    told.map(|(key, label, text)| Snippet { key, label, text }).collect()
}
