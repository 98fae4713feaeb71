//! What every page shares: head, navigation, footer, and the page's own title, crumbs and other languages.

use serde::Serialize;

use crate::model::digest::Digest;
use crate::model::route::href;
use crate::pages::Inputs;
use crate::pages::facets::Facets;
use crate::pages::plan::{Job, language_prefix};
use crate::pages::strings::shorten;
use crate::pages::theme::{OFFLINE, Theme};
use crate::pages::view::list::facet_groups;
use crate::pages::view::{Fact, Scope, SiteView, facts};
use crate::rules::Validity;

/// Where scripts, styles and forms may go: nowhere but the site itself. Source: `design/frontend.md` 6.2.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                   connect-src 'self'; form-action 'self'; base-uri 'none'";

/// Longest step on the way to a page, in characters; the title itself stands below.
const CRUMB_CHARS: usize = 40;

/// The page's own head.
#[derive(Serialize)]
pub(super) struct PageHead {
    pub title: String,
    pub description: String,
    pub section: &'static str,
    pub is_home: bool,
    pub canonical: String,
    pub languages: Vec<LanguageLink>,
    pub crumbs: Vec<Crumb>,
    /// What programs find here: feeds, metadata, the licence.
    pub links: Vec<HeadLink>,
}

/// A `<link>` in the head of a page.
#[derive(Serialize)]
pub(super) struct HeadLink {
    pub rel: &'static str,
    pub href: String,
    pub media_type: &'static str,
    pub title: String,
}

#[derive(Serialize)]
pub(super) struct LanguageLink {
    tag: String,
    label: String,
    href: String,
    url: String,
}

/// A step on the way to the page; the last one has no address.
#[derive(Serialize)]
pub(super) struct Crumb {
    pub label: String,
    pub href: Option<String>,
}

#[derive(Serialize)]
struct NavItem {
    key: &'static str,
    label: String,
    href: String,
}

#[derive(Serialize)]
struct AssetHrefs {
    css: String,
    js: String,
    prefs: String,
    icon: String,
    /// The script for when there is no network, with what it keeps.
    offline: String,
}

impl HeadLink {
    /// A feed that tells of the same.
    pub fn feed(scope: Scope<'_>, path: &str, title: &str) -> Self {
        Self {
            rel: "alternate",
            href: scope.file_href(path),
            media_type: "application/atom+xml",
            title: title.to_owned(),
        }
    }
}

impl PageHead {
    /// The head of a page; `crumbs` are the steps between home and the page itself.
    pub fn new(scope: Scope<'_>, job: &Job<'_>, section: &'static str, title: &str, crumbs: Vec<Crumb>) -> Self {
        let site = scope.site.inputs.site;
        let languages = scope
            .site
            .theme
            .languages
            .iter()
            .enumerate()
            .filter(|_| site.languages.len() > 1)
            .map(|(idx, language)| {
                let path = scope.site.page_href(idx, &job.folder);
                let path = if job.page.is_stand_in() { path.trim_end_matches('/').to_owned() } else { path };
                LanguageLink {
                    tag: language.strings.tag.clone(),
                    label: language.strings.get("language_name").to_owned(),
                    url: format!("{}{path}", site.origin()),
                    href: path,
                }
            })
            .collect();
        let search = Some(HeadLink {
            rel: "search",
            href: scope.file_href("opensearch.xml"),
            media_type: "application/opensearchdescription+xml",
            title: site.title.in_language(scope.tag()).to_owned(),
        });
        let feed = Some(HeadLink::feed(scope, "feed.xml", scope.strings.get("datasets_title")));
        let mut crumbs = crumbs;
        if !job.folder.is_empty() {
            crumbs.push(Crumb { label: shorten(title, CRUMB_CHARS), href: None });
        }
        Self {
            title: title.to_owned(),
            description: String::new(),
            section,
            is_home: job.folder.is_empty(),
            canonical: if job.page.is_stand_in() {
                String::new()
            } else {
                format!("{}{}", site.origin(), scope.page_href(&job.folder))
            },
            languages,
            crumbs,
            links: search
                .filter(|_| site.exports.search)
                .into_iter()
                .chain(feed.filter(|_| site.exports.metadata))
                .collect(),
        }
    }
}

/// Puts into each language's templates what every page shares.
pub fn share(inputs: &Inputs<'_>, facets: &Facets, theme: &mut Theme) {
    let contexts: Vec<tera::Context> = (0..theme.languages.len())
        .map(|language_idx| {
            let site = SiteView { inputs, facets, theme, parts: Vec::new() };
            let strings = &theme.languages[language_idx].strings;
            shared_context(Scope { site: &site, strings, language_idx })
        })
        .collect();
    for (language, context) in theme.languages.iter_mut().zip(contexts) {
        language.tera.global_context().extend(context);
    }
}

fn shared_context(scope: Scope<'_>) -> tera::Context {
    let inputs = scope.site.inputs;
    let site = inputs.site;
    let strings = scope.strings;
    let asset = |name: &str| {
        let route = scope.site.theme.asset_routes.get(name);
        route.map_or_else(String::new, |route| href(&site.base_path(), route.as_str()))
    };
    let mut context = tera::Context::new();
    context.insert("t", strings.all());
    context.insert("lang", scope.tag());
    context.insert("site_title", site.title.in_language(scope.tag()));
    context.insert("base", &scope.page_href(""));
    context.insert("csp", &csp_of(site.endpoint.as_ref().map(|endpoint| endpoint.url.as_str())));
    context.insert("demonstration", &site.demonstration);
    context.insert("is_draft", &inputs.regime.is_premature(inputs.as_of));
    context.insert("validity_notice", &validity_notice(scope));
    context.insert(
        "asset",
        &AssetHrefs {
            css: asset("site.css"),
            js: asset("site.js"),
            prefs: asset("prefs.js"),
            icon: asset("icon.svg"),
            offline: offline(scope),
        },
    );
    context.insert(
        "nav",
        &nav(
            scope,
            &[
                ("datasets", "nav_datasets", "datasets"),
                ("themes", "nav_themes", "themes"),
                ("providers", "nav_providers", "providers"),
                ("notices", "nav_notices", "notices"),
                ("quality", "nav_quality", "quality"),
                ("objection", "nav_objection", "objection"),
                ("about", "nav_about", "about"),
            ],
        ),
    );
    context.insert("foot_links", &foot_links(scope));
    context.insert("footer", &footer(scope));
    context.insert("report_errors_url", &site.footer.report_errors_url);
    context.insert("groups", &facet_groups(scope));
    context.insert("objection_href", &scope.page_href("objection"));
    context.insert("datasets_href", &scope.page_href("datasets"));
    context.insert("notices_href", &scope.page_href("notices"));
    debug_assert_eq!(language_prefix(inputs, 0), "");
    context
}

/// The address of the script for when there is no network, which tells it the pages and what they are made of.
fn offline(scope: Scope<'_>) -> String {
    let routes = &scope.site.theme.asset_routes;
    let Some(script) = routes.get(OFFLINE) else { return String::new() };
    let inputs = scope.site.inputs;
    let page = |idx| format!("page={}", scope.file_href(&format!("{}offline.html", language_prefix(inputs, idx))));
    let files = ["site.css", "site.js", "prefs.js", "icon.svg"].iter().filter_map(|name| routes.get(*name));
    // What these pages say, so that browsers keep them anew when that changes; the address is one for all languages.
    let words: Vec<_> = scope.site.theme.languages.iter().map(|language| language.strings.all()).collect();
    let said = format!("{:?}{:?}{words:?}", inputs.site.title, inputs.site.footer);
    let kept: Vec<String> = std::iter::once(format!("v={}", Digest::of(said.as_bytes()).short(8)))
        .chain((0..inputs.site.languages.len()).map(page))
        .chain(files.map(|route| format!("file={}", scope.file_href(route.as_str()))))
        .collect();
    format!("{}?{}", scope.file_href(script.as_str()), kept.join("&"))
}

fn nav(scope: Scope<'_>, rows: &[(&'static str, &str, &str)]) -> Vec<NavItem> {
    let item = |(key, label, folder): &(&'static str, &str, &str)| NavItem {
        key,
        label: scope.strings.get(label).to_owned(),
        href: scope.page_href(folder),
    };
    rows.iter().map(item).collect()
}

/// The links at the foot; the page about what programs read is there only where they can.
fn foot_links(scope: Scope<'_>) -> Vec<NavItem> {
    let inputs = scope.site.inputs;
    let mut rows = vec![("terms", "nav_terms", "terms"), ("licence", "nav_licence", "licence")];
    if inputs.site.exports.metadata {
        rows.push(("api", "nav_api", "api"));
    }
    rows.extend([("objection", "nav_objection", "objection"), ("about", "nav_about", "about")]);
    if inputs.content.iter().any(|page| page.folder == "accessibility") {
        rows.push(("accessibility", "accessibility", "accessibility"));
    }
    nav(scope, &rows)
}

fn csp_of(endpoint: Option<&str>) -> String {
    let origin = endpoint.and_then(|url| url.split_once("://")).map(|(scheme, rest)| {
        let host = rest.split('/').next().unwrap_or_default();
        format!("{scheme}://{host}")
    });
    match origin {
        Some(origin) if origin.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:/".contains(&b)) => CSP
            .replace("form-action 'self'", &format!("form-action 'self' {origin}"))
            .replace("connect-src 'self'", &format!("connect-src 'self' {origin}")),
        _ => CSP.to_owned(),
    }
}

fn validity_notice(scope: Scope<'_>) -> String {
    let regime = scope.site.inputs.regime;
    let fill = |key: &str, day: crate::model::date::Day| {
        scope.strings.fill(key, &[("title", &regime.title), ("date", &scope.strings.day(day))])
    };
    match regime.validity(scope.site.inputs.as_of) {
        Validity::InForce => String::new(),
        Validity::EndsSoon(day) => fill("ends_soon_notice", day),
        Validity::Expired(day) => fill("expired_notice", day),
    }
}

fn footer(scope: Scope<'_>) -> Vec<Fact> {
    let footer = &scope.site.inputs.site.footer;
    let mut rows = super::contact_of_site(scope);
    rows.extend(facts(
        scope.strings,
        &[
            ("footer_site_code", footer.site_code.as_str()),
            ("footer_icp", footer.icp_number.as_str()),
            ("footer_police", footer.police_record_number.as_str()),
        ],
    ));
    rows
}
