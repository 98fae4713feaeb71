//! One value for each template: texts, lists and flags, ready to be put out.

mod api;
mod card;
mod charts;
mod cite;
mod dataset;
mod duties;
mod fields;
mod find;
mod form;
mod held;
mod history;
mod home;
mod list;
mod machine;
mod overview;
mod quality;
mod rules;
mod shell;
mod table;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde::Serialize;
use tera::Context;

use crate::metadata::schema_org;
use crate::model::date::Day;
use crate::model::route::href;
use crate::pages::case_pages::Filled;
use crate::pages::facets::Facets;
use crate::pages::parts::Parts;
use crate::pages::plan::{Job, Page, language_prefix};
use crate::pages::strings::Strings;
use crate::pages::theme::Theme;
use crate::pages::{Inputs, escape};

pub use shell::share;

/// What the views of a site are made from.
pub struct SiteView<'a> {
    /// What pages are made of.
    pub inputs: &'a Inputs<'a>,
    /// The ways to browse.
    pub facets: &'a Facets,
    /// The theme.
    pub theme: &'a Theme,
    /// The shared parts of each language; empty while they are being made.
    pub parts: Vec<Parts>,
}

/// A link with a number beside it.
#[derive(Serialize)]
struct Tile {
    label: String,
    href: String,
    count: String,
}

/// A term with its text.
#[derive(Serialize)]
struct Fact {
    label: String,
    value: String,
}

/// What a view needs to know of its language.
#[derive(Clone, Copy)]
struct Scope<'a> {
    site: &'a SiteView<'a>,
    strings: &'a Strings,
    language_idx: usize,
}

impl Scope<'_> {
    /// The address of a page in this language: a folder such as `themes/x`, or nothing for the home page.
    fn page_href(&self, folder: &str) -> String {
        self.site.page_href(self.language_idx, folder)
    }

    /// The address of a file that all languages share.
    fn file_href(&self, path: &str) -> String {
        href(&self.site.inputs.site.base_path(), path)
    }

    /// The language of the catalog, where it is not the page's own.
    fn data_lang(&self) -> Option<&str> {
        let main = &self.site.inputs.site.languages[0];
        (self.language_idx > 0).then_some(main)
    }

    /// Words of the regulation as a reader of this language takes them in: translated where the profile says how.
    fn gloss<'b>(&'b self, words: &'b str) -> &'b str {
        self.site.inputs.regime.gloss(words, self.tag()).unwrap_or(words)
    }

    /// The same with the words themselves behind it.
    fn glossed(&self, words: &[String]) -> Vec<String> {
        let both = |words: &String| match self.site.inputs.regime.gloss(words, self.tag()) {
            Some(gloss) => format!("{gloss} ({words})"),
            None => words.clone(),
        };
        words.iter().map(both).collect()
    }

    fn tag(&self) -> &str {
        &self.strings.tag
    }
}

impl SiteView<'_> {
    fn page_href(&self, language_idx: usize, folder: &str) -> String {
        let prefix = language_prefix(self.inputs, language_idx);
        let slash = if folder.is_empty() { "" } else { "/" };
        href(&self.inputs.site.base_path(), &format!("{prefix}{folder}{slash}"))
    }

    fn scope(&self, language_idx: usize) -> Scope<'_> {
        Scope { site: self, strings: &self.theme.languages[language_idx].strings, language_idx }
    }

    /// What the card of a dataset shows.
    pub fn card(&self, language_idx: usize, release_idx: usize) -> impl Serialize {
        card::Card::new(self.scope(language_idx), release_idx)
    }

    /// The list template with the cards that it shows, and the panel beside them.
    fn list(
        &self,
        language_idx: usize,
        (view, shown): (list::ListView, Vec<usize>),
    ) -> Result<(&'static str, Context)> {
        let (template, mut context) = make("list.html", &view)?;
        if let Some(parts) = self.parts.get(language_idx) {
            let cards: String = shown.iter().map(|idx| &*parts.cards[*idx]).collect();
            context.insert_value("cards", escape::rendered_part(&cards));
            context.insert_value("panel", escape::rendered_part(&parts.panel));
        }
        Ok((template, context))
    }

    /// The template of a page and what fills it.
    ///
    /// Errors: when a view cannot be turned into template values; none of ours does that.
    pub fn context(&self, job: &Job<'_>) -> Result<(&'static str, Context)> {
        let scope = self.scope(job.language_idx);
        let facet = |key: &Option<(_, usize)>| key.map(|(kind, idx)| (kind, &self.facets.of(kind)[idx]));
        match &job.page {
            Page::Home => {
                let (template, mut context) = make("home.html", &home::view(scope, job))?;
                if self.inputs.site.exports.metadata {
                    let catalog = schema_org::catalog(self.inputs.issuer(), scope.tag());
                    context.insert_value("json_ld", escape::json_in_script(&catalog));
                }
                Ok((template, context))
            }
            Page::Newest(key) => self.list(job.language_idx, list::newest(scope, job, facet(key))),
            Page::Numbered(key, number) => self.list(job.language_idx, list::numbered(scope, job, facet(key), *number)),
            Page::FacetIndex(kind) => make("facets.html", &list::index(scope, job, *kind)),
            Page::Dataset(idx) => {
                let (template, mut context) = make("dataset.html", &dataset::view(scope, job, *idx))?;
                if self.inputs.site.exports.metadata {
                    context.insert_value("json_ld", escape::json_in_script(&dataset::json_ld(scope, *idx)));
                }
                Ok((template, context))
            }
            Page::Held(hold) => make("held.html", &held::view(scope, job, hold)),
            Page::Terms => make("terms.html", &rules::terms(scope, job)),
            Page::Licences => make("licences.html", &rules::licences(scope, job)),
            Page::Objection => {
                let (template, mut context) = make("objection.html", &rules::objection(scope, job))?;
                context.extend(Context::from_serialize(&Filled::default())?);
                Ok((template, context))
            }
            Page::Status => {
                let (template, mut context) = make("status.html", &form::status(scope, job))?;
                context.insert("case", &None::<()>);
                context.insert("problem", "");
                context.insert("receipt", "");
                Ok((template, context))
            }
            Page::Quality => make("quality.html", &quality::view(scope, job)),
            Page::Notices => make("notices.html", &home::notices_page(scope, job)),
            Page::Api => make("api.html", &api::view(scope, job)),
            Page::NotFound => make("not_found.html", &home::not_found(scope, job)),
            Page::Offline => make("offline.html", &home::offline(scope, job)),
            Page::AboutDefault => make("terms.html", &rules::about_default(scope, job)),
            Page::Content(page) => {
                let (template, mut context) = make("content.html", &home::content(scope, job, page))?;
                context.insert_value("body", escape::rendered_markdown(&page.html));
                Ok((template, context))
            }
        }
    }
}

/// A day for programs and for readers.
#[derive(Serialize)]
pub(super) struct DayView {
    iso: String,
    text: String,
}

impl DayView {
    fn new(strings: &Strings, day: Day) -> Self {
        Self { iso: day.to_string(), text: strings.day(day) }
    }
}

fn make(template: &'static str, view: &impl Serialize) -> Result<(&'static str, Context)> {
    let context = Context::from_serialize(view).with_context(|| format!("making the view of {template}"))?;
    Ok((template, context))
}

/// What the footer and the objection page say about how to reach the site's host; empty texts are left out.
fn contact_of_site(scope: Scope<'_>) -> Vec<Fact> {
    let footer = &scope.site.inputs.site.footer;
    let rows = [
        ("footer_host", footer.host.in_language(scope.tag())),
        ("footer_operator", footer.operator.in_language(scope.tag())),
        ("footer_address", footer.address.in_language(scope.tag())),
        ("footer_phone", footer.phone.as_str()),
        ("footer_email", footer.email.as_str()),
    ];
    facts(scope.strings, &rows)
}

fn facts(strings: &Strings, rows: &[(&str, &str)]) -> Vec<Fact> {
    rows.iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| Fact { label: strings.get(key).to_owned(), value: (*value).to_owned() })
        .collect()
}

/// How many releases have something, by a key.
fn tally<'a>(keys: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut res = BTreeMap::new();
    for key in keys {
        *res.entry(key).or_default() += 1;
    }
    res
}
