//! Content pages: Markdown with TOML front matter between `+++` lines, in `content/`.
//!
//! `about.md` is the page in the main language, `about.en.md` the same page in English. What lies in
//! `content/notices/` is a notice and has a date.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use walkdir::WalkDir;

use crate::diag::{Code, Finding, Place};
use crate::markdown::{self, FaultKind};
use crate::model::date::Day;
use crate::model::route::slug;
use crate::site::Site;

/// A content page, rendered.
#[derive(Clone, Debug)]
pub struct ContentPage {
    /// The folder of its address, such as `about` or `notices/2026-plan`.
    pub folder: String,
    /// Its language.
    pub language: String,
    /// Its title.
    pub title: String,
    /// One sentence, for lists and search engines.
    pub description: String,
    /// Its date; every notice has one.
    pub date: Option<Day>,
    /// The body as HTML that [`crate::markdown`] made.
    pub html: String,
}

impl ContentPage {
    /// Whether it is a notice.
    #[must_use]
    pub fn is_notice(&self) -> bool {
        self.folder.starts_with("notices/")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    date: Option<toml::value::Datetime>,
}

/// Longest page, in bytes.
const MAX_PAGE_BYTES: usize = 1 << 20;

/// Reads every content page.
///
/// Shape: sorted by folder, then language in the order of `site.toml`.
/// Findings: `PAGE_*`, each with its line.
/// Errors: when the folder cannot be listed.
pub fn load(root: &Path, site: &Site) -> Result<(Vec<ContentPage>, Vec<Finding>)> {
    let dir = root.join("content");
    let mut pages = Vec::new();
    let mut findings = Vec::new();
    if !dir.is_dir() {
        return Ok((pages, findings));
    }
    for item in WalkDir::new(&dir).max_depth(3).sort_by_file_name() {
        let item = item.context("listing content/")?;
        let path = item.path();
        if !item.file_type().is_file() || path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let relative = path.strip_prefix(&dir).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let name = format!("content/{relative}");
        match std::fs::read(path).ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
            Some(text) if text.len() <= MAX_PAGE_BYTES => match read_page(&name, &relative, &text, site) {
                Ok(page) => pages.push(page),
                Err(faults) => findings.extend(faults),
            },
            _ => findings.push(Finding::new(Code::PageInvalid, Place::file(name.as_str())).expected("UTF-8, <= 1 MiB")),
        }
    }
    let rank = |page: &ContentPage| site.languages.iter().position(|tag| *tag == page.language);
    pages.sort_by(|a, b| (&a.folder, rank(a)).cmp(&(&b.folder, rank(b))));
    Ok((pages, findings))
}

fn read_page(name: &str, relative: &str, text: &str, site: &Site) -> std::result::Result<ContentPage, Vec<Finding>> {
    let invalid =
        |line: u64, why: &str| vec![Finding::new(Code::PageInvalid, Place::file(name).at_line(line)).expected(why)];
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let normal = text.replace("\r\n", "\n");
    let Some((front, body)) = normal.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n")) else {
        return Err(invalid(1, "+++"));
    };
    let front_matter: FrontMatter = toml::from_str(front).map_err(|error| {
        let before = error.span().and_then(|span| front.get(..span.start)).unwrap_or_default();
        invalid(before.matches('\n').count() as u64 + 2, error.message())
    })?;
    let body_line = front.matches('\n').count() as u64 + 3;
    let html = markdown::render(body, &site.base_path()).map_err(|faults| {
        let finding = |fault: markdown::Fault| {
            let code = if fault.kind == FaultKind::RawHtml { Code::PageHtml } else { Code::PageLink };
            let before = body.get(..fault.offset).unwrap_or_default();
            let line = body_line + before.matches('\n').count() as u64;
            Finding::new(code, Place::file(name).at_line(line)).found(&fault.found)
        };
        faults.into_iter().map(finding).collect::<Vec<_>>()
    })?;
    let stem = relative.trim_end_matches(".md");
    let (stem, language) = match stem.rsplit_once('.') {
        Some((stem, tag)) if site.languages.iter().any(|known| known == tag) => (stem, tag.to_owned()),
        _ => (stem, site.languages.first().cloned().unwrap_or_default()),
    };
    let folder = stem.split('/').map(slug).collect::<Vec<_>>().join("/");
    let date = match front_matter.date {
        None => None,
        Some(datetime) => match Day::parse(&datetime.to_string()) {
            Some(day) => Some(day),
            None => return Err(invalid(2, "date = 2026-11-21")),
        },
    };
    if folder.starts_with("notices/") && date.is_none() {
        return Err(invalid(1, "date = 2026-11-21"));
    }
    Ok(ContentPage { folder, language, title: front_matter.title, description: front_matter.description, date, html })
}
