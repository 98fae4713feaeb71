//! Every page of the site, once: what goes to which path, decided before anything is rendered.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::catalog::content::ContentPage;
use crate::diag::{Code, Finding, Place};
use crate::model::route::Route;
use crate::pages::Inputs;
use crate::pages::facets::{Facets, Kind};
use crate::records::holds::Hold;

/// How many datasets a page of a list has. Source: `design/frontend.md` 2.3.
pub const PER_PAGE: usize = 50;

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
    /// A content page.
    Content(&'a ContentPage),
    /// The page about the site, where the team wrote none.
    AboutDefault,
    /// What is shown for an unknown address.
    NotFound,
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
    ];
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
            let is_reserved = is_content && (top.contains('.') || top == "assets" || top == "api" || top == "search");
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
        let route = Route::new(&format!("{prefix}404.html"))?;
        jobs.push(Job { folder: "404.html".to_owned(), route, language_idx, page: Page::NotFound });
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
