//! Every page of the site, once: what goes to which path, decided before anything is rendered.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::catalog::content::ContentPage;
use crate::diag::{Code, Finding, Place};
use crate::model::digest::Digest;
use crate::model::route::Route;
use crate::pages::Inputs;
use crate::pages::facets::{Facets, Kind};
use crate::records::holds::Hold;

/// How many datasets a page of a list has. Source: `design/frontend.md` 2.3.
pub const PER_PAGE: usize = 50;

/// Where the description of a dataset lies in the static API.
#[must_use]
pub fn dataset_path(id: &str) -> String {
    format!("api/v1/datasets/{id}.json")
}

/// The name under which CKAN's API knows a dataset, provider or theme: the word itself where CKAN allows it, else what is
/// left of it with a short digest.
///
/// Source: CKAN, names: 2 to 100 of `a-z`, `0-9`, `-` and `_`.
#[must_use]
pub fn ckan_name(word: &str) -> String {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
    if (2..=100).contains(&word.len()) && word.chars().all(is_allowed) {
        return word.to_owned();
    }
    let lower = word.to_lowercase();
    let plain: String = lower.chars().map(|c| if is_allowed(c) { c } else { '-' }).take(80).collect();
    let digest = Digest::of(word.as_bytes()).short(12);
    format!("{}-{digest}", plain.trim_matches('-')).trim_start_matches('-').to_owned()
}

/// A question that the static API answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name, in keys of strings too.
    pub name: &'static str,
    /// The path, with places for its parameters.
    pub path: &'static str,
    /// The name of the schema of its answer.
    pub schema: &'static str,
}

const fn operation(name: &'static str, path: &'static str, schema: &'static str) -> Operation {
    Operation { name, path, schema }
}

/// Every question of the static API. Source: `design/frontend.md` 7.2.
pub const OPERATIONS: [Operation; 20] = [
    operation("index", "/api/v1/index.json", "Index"),
    operation("datasets", "/api/v1/datasets/page/{page}.json", "DatasetPage"),
    operation("dataset", "/api/v1/datasets/{id}.json", "Dataset"),
    operation("schema", "/api/v1/datasets/{id}/{table}/schema.json", "TableSchema"),
    operation("rows", "/api/v1/datasets/{id}/{table}/rows/{page}.json", "Rows"),
    operation("facets", "/api/v1/facets.json", "Facets"),
    operation("months", "/api/v1/changes/index.json", "Months"),
    operation("changes", "/api/v1/changes/{month}.json", "Changes"),
    operation("suspended", "/api/v1/suspended.json", "Suspended"),
    operation("package_list", "/api/3/action/package_list", "Ckan"),
    operation("package_show", "/api/3/action/package_show/{id}", "Ckan"),
    operation("package_search", "/api/3/action/package_search", "Ckan"),
    operation("organization_list", "/api/3/action/organization_list", "Ckan"),
    operation("organization_show", "/api/3/action/organization_show/{name}", "Ckan"),
    operation("group_list", "/api/3/action/group_list", "Ckan"),
    operation("group_show", "/api/3/action/group_show/{name}", "Ckan"),
    operation("tag_list", "/api/3/action/tag_list", "Ckan"),
    operation("license_list", "/api/3/action/license_list", "Ckan"),
    operation("site_read", "/api/3/action/site_read", "Ckan"),
    operation("status_show", "/api/3/action/status_show", "Ckan"),
];

impl Operation {
    /// The names of its parameters, in their order.
    pub fn parameters(self) -> impl Iterator<Item = &'static str> {
        self.path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
    }
}

/// Where the feed of notices stands; all languages share it.
pub const NOTICES_FEED: &str = "notices/feed.xml";

/// What fills a page.
#[derive(Clone, Copy, Debug)]
pub enum Page<'a> {
    /// The home page.
    Home,
    /// The newest datasets, of all or of a facet.
    Newest(Option<(Kind, usize)>),
    /// A numbered page, from 1, of all datasets or of a facet.
    Numbered(Option<(Kind, usize)>, usize),
    /// All facets of a kind.
    FacetIndex(Kind),
    /// A dataset, by its index among the releases.
    Dataset(usize),
    /// What stands in the place of a dataset that is kept off the site.
    Held(&'a Hold),
    /// The rules in force.
    Terms,
    /// The licences.
    Licences,
    /// How to object.
    Objection,
    /// Where a receipt is looked up.
    Status,
    /// The overview of quality.
    Quality,
    /// All notices.
    Notices,
    /// What programs can ask for.
    Api,
    /// A content page.
    Content(&'a ContentPage),
    /// The page about the site, where the team wrote none.
    AboutDefault,
    /// What is shown for an unknown address.
    NotFound,
    /// What is shown when there is no network.
    Offline,
}

impl Page<'_> {
    /// Whether the page stands for others: it has no address that people pass on.
    #[must_use]
    pub fn is_stand_in(&self) -> bool {
        matches!(self, Self::NotFound | Self::Offline)
    }
}

/// A page with its place.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    /// The folder of its address inside its language, without slashes at the ends; empty for the home page.
    pub folder: String,
    /// The path of the file.
    pub route: Route,
    /// The index of its language.
    pub language_idx: usize,
    /// What fills it.
    pub page: Page<'a>,
}

/// The prefix of a language's paths: nothing for the first, `en/` and the like for the others.
#[must_use]
pub fn language_prefix(inputs: &Inputs<'_>, language_idx: usize) -> String {
    if language_idx == 0 { String::new() } else { format!("{}/", inputs.site.languages[language_idx]) }
}

/// How many numbered pages a list has: none when the newest page already shows all.
#[must_use]
pub fn n_pages(n_datasets: usize) -> usize {
    if n_datasets <= PER_PAGE { 0 } else { n_datasets.div_ceil(PER_PAGE) }
}

/// Lists every page.
///
/// Findings: PATH_CLASH when a content page wants the address of another page.
/// Errors: when an address has a part that cannot be a file name.
pub fn plan<'a>(inputs: &Inputs<'a>, facets: &Facets) -> Result<std::result::Result<Vec<Job<'a>>, Vec<Finding>>> {
    let mut pages: Vec<(String, Page<'a>)> = vec![
        (String::new(), Page::Home),
        ("terms".to_owned(), Page::Terms),
        ("licence".to_owned(), Page::Licences),
        ("objection".to_owned(), Page::Objection),
        ("objection/status".to_owned(), Page::Status),
        ("quality".to_owned(), Page::Quality),
        ("notices".to_owned(), Page::Notices),
        ("api".to_owned(), Page::Api),
    ];
    pages.retain(|(_, page)| !matches!(page, Page::Api) || inputs.site.exports.metadata);
    list_pages(&mut pages, "datasets", None, inputs.publishable.releases().len());
    for kind in Kind::ALL {
        pages.push((kind.folder().to_owned(), Page::FacetIndex(kind)));
        for (facet_idx, facet) in facets.of(kind).iter().enumerate() {
            list_pages(
                &mut pages,
                &format!("{}/{}", kind.folder(), facet.slug),
                Some((kind, facet_idx)),
                facet.newest.len(),
            );
        }
    }
    for (idx, release) in inputs.publishable.releases().iter().enumerate() {
        pages.push((format!("datasets/{}", release.cleared.id), Page::Dataset(idx)));
    }
    for hold in inputs.holds.in_force() {
        pages.push((format!("datasets/{}", hold.dataset), Page::Held(hold)));
    }
    let mut jobs = Vec::with_capacity(pages.len() * inputs.site.languages.len());
    let mut findings = Vec::new();
    for language_idx in 0..inputs.site.languages.len() {
        let prefix = language_prefix(inputs, language_idx);
        let mut own = pages.clone();
        own.extend(content_pages(inputs, language_idx));
        let mut taken: BTreeMap<String, bool> = BTreeMap::new();
        for (folder, page) in own {
            let is_content = matches!(page, Page::Content(_));
            // Files at the root (404.html, assets, the data's own folders) are no place for a content page.
            let top = folder.split('/').next().unwrap_or_default();
            let is_reserved = is_content
                && (top.contains('.')
                    || top == "assets"
                    || ["api", "catalog", "changes", "search", "sitemap"].contains(&top));
            let before = taken.insert(folder.clone(), is_content);
            if let Some(other_is_content) = before.or(is_reserved.then_some(true)) {
                let place = Place::file(format!("content/{folder}.md"));
                debug_assert!(is_content || other_is_content, "two built-in pages at {folder}");
                findings.push(Finding::new(Code::PathClash, place).found(&format!("/{prefix}{folder}/")));
                continue;
            }
            let route = Route::page(format!("{prefix}{folder}").trim_end_matches('/'))?;
            jobs.push(Job { folder, route, language_idx, page });
        }
        for (name, page) in [("404.html", Page::NotFound), ("offline.html", Page::Offline)] {
            let route = Route::new(&format!("{prefix}{name}"))?;
            jobs.push(Job { folder: name.to_owned(), route, language_idx, page });
        }
    }
    Ok(if findings.is_empty() { Ok(jobs) } else { Err(findings) })
}

fn list_pages(pages: &mut Vec<(String, Page<'_>)>, folder: &str, facet: Option<(Kind, usize)>, n_datasets: usize) {
    pages.push((folder.to_owned(), Page::Newest(facet)));
    for number in 1..=n_pages(n_datasets) {
        pages.push((format!("{folder}/page/{number}"), Page::Numbered(facet, number)));
    }
}

/// The content pages of a language; a page that exists in another language only is shown in that one.
fn content_pages<'a>(inputs: &Inputs<'a>, language_idx: usize) -> Vec<(String, Page<'a>)> {
    let tag = &inputs.site.languages[language_idx];
    let mut by_folder: BTreeMap<&str, &'a ContentPage> = BTreeMap::new();
    for page in inputs.content {
        let is_better = page.language == *tag;
        by_folder
            .entry(&page.folder)
            .and_modify(|known| {
                if is_better {
                    *known = page;
                }
            })
            .or_insert(page);
    }
    let mut res: Vec<(String, Page<'a>)> =
        by_folder.iter().map(|(folder, page)| ((*folder).to_owned(), Page::Content(page))).collect();
    if !by_folder.contains_key("about") {
        res.push(("about".to_owned(), Page::AboutDefault));
    }
    res
}
