//! The home page, notices and content pages.

use serde::Serialize;

use crate::catalog::content::ContentPage;
use crate::pages::facets::{Kind, updated};
use crate::pages::plan::{Job, NOTICES_FEED, Page};
use crate::pages::strings::count;
use crate::pages::view::card::Card;
use crate::pages::view::held::{self, HeldItem};
use crate::pages::view::list::tiles;
use crate::pages::view::shell::{Crumb, PageHead};
use crate::pages::view::{DayView, Scope, Tile};

#[derive(Serialize)]
pub(super) struct HomeView {
    page: PageHead,
    lead: String,
    has_search: bool,
    stats: Vec<Stat>,
    groups: Vec<Group>,
    newest: Vec<Card>,
    notices: Vec<NoticeItem>,
}

#[derive(Serialize)]
struct Stat {
    value: String,
    label: String,
}

#[derive(Serialize)]
struct Group {
    key: &'static str,
    title: String,
    href: String,
    items: Vec<Tile>,
}

#[derive(Serialize)]
struct NoticeItem {
    title: String,
    description: String,
    href: String,
    day: Option<DayView>,
}

#[derive(Serialize)]
pub(super) struct NoticesView {
    page: PageHead,
    notices: Vec<NoticeItem>,
    holds: Vec<HeldItem>,
    feed: String,
}

#[derive(Serialize)]
pub(super) struct ContentView {
    page: PageHead,
    date: Option<DayView>,
}

/// How many themes and providers the home page shows.
const HOME_TILES: usize = 12;
/// How many datasets and notices the home page shows.
const HOME_LINES: usize = 8;
/// What counts as recently updated on the home page, in days.
const RECENT_DAYS: i32 = 30;

pub(super) fn view(scope: Scope<'_>, job: &Job<'_>) -> HomeView {
    let site = scope.site.inputs.site;
    let strings = scope.strings;
    let description = site.description.in_language(scope.tag());
    let lead = if description.is_empty() { strings.get("hero_text") } else { description };
    let mut page = PageHead::new(scope, job, "home", site.title.in_language(scope.tag()), Vec::new());
    lead.clone_into(&mut page.description);
    let group = |kind: Kind| Group {
        key: kind.key(),
        title: strings.get(&format!("by_{}", kind.key())).to_owned(),
        href: scope.page_href(kind.folder()),
        items: tiles(scope, kind, HOME_TILES),
    };
    HomeView {
        has_search: site.exports.search,
        lead: lead.to_owned(),
        stats: stats(scope),
        groups: vec![group(Kind::Theme), group(Kind::Provider)],
        newest: scope.site.facets.newest.iter().take(HOME_LINES).map(|idx| Card::new(scope, *idx)).collect(),
        notices: notices(scope).into_iter().take(HOME_LINES).collect(),
        page,
    }
}

fn stats(scope: Scope<'_>) -> Vec<Stat> {
    let releases = scope.site.inputs.publishable.releases();
    let since = scope.site.inputs.as_of.plus_days(-RECENT_DAYS);
    let n_recent = releases.iter().filter(|release| updated(release).is_some_and(|day| day >= since)).count();
    let n_files: usize = releases.iter().map(|release| release.files.originals.len()).sum();
    let n_rows: u64 = releases.iter().flat_map(|release| &release.files.tables).map(|table| table.n_rows).sum();
    let stat = |key: &str, value: u64| Stat { value: count(value), label: scope.strings.get(key).to_owned() };
    let mut res = vec![
        stat("stat_datasets", releases.len() as u64),
        stat("stat_providers", scope.site.facets.of(Kind::Provider).len() as u64),
    ];
    if n_files > 0 {
        res.push(stat("stat_files", n_files as u64));
    }
    if n_rows > 0 {
        res.push(stat("stat_rows", n_rows));
    }
    if n_recent > 0 {
        res.push(stat("stat_recent", n_recent as u64));
    }
    res
}

/// The notices in this language, else in the language that has them; the latest first.
fn notices(scope: Scope<'_>) -> Vec<NoticeItem> {
    let mut pages: Vec<&ContentPage> = Vec::new();
    for page in scope.site.inputs.content.iter().filter(|page| page.is_notice()) {
        match pages.iter_mut().find(|known| known.folder == page.folder) {
            Some(known) if page.language == scope.tag() => *known = page,
            Some(_) => {}
            None => pages.push(page),
        }
    }
    pages.sort_by(|a, b| (b.date, &a.folder).cmp(&(a.date, &b.folder)));
    pages
        .into_iter()
        .map(|page| NoticeItem {
            title: page.title.clone(),
            description: page.description.clone(),
            href: scope.page_href(&page.folder),
            day: page.date.map(|day| DayView::new(scope.strings, day)),
        })
        .collect()
}

pub(super) fn notices_page(scope: Scope<'_>, job: &Job<'_>) -> NoticesView {
    NoticesView {
        page: PageHead::new(scope, job, "notices", scope.strings.get("notices"), Vec::new()),
        notices: notices(scope),
        holds: held::items(scope),
        feed: scope.file_href(NOTICES_FEED),
    }
}

pub(super) fn content(scope: Scope<'_>, job: &Job<'_>, content: &ContentPage) -> ContentView {
    debug_assert!(matches!(job.page, Page::Content(_)));
    let mut crumbs = Vec::new();
    if content.is_notice() {
        crumbs.push(Crumb { label: scope.strings.get("notices").to_owned(), href: Some(scope.page_href("notices")) });
    }
    let section = match content.folder.as_str() {
        "about" => "about",
        folder if folder.starts_with("notices/") => "notices",
        _ => "",
    };
    let mut page = PageHead::new(scope, job, section, &content.title, crumbs);
    page.description.clone_from(&content.description);
    ContentView { page, date: content.date.map(|day| DayView::new(scope.strings, day)) }
}

/// A page with nothing but its head.
#[derive(Serialize)]
pub(super) struct PlainView {
    page: PageHead,
}

pub(super) fn not_found(scope: Scope<'_>, job: &Job<'_>) -> PlainView {
    PlainView { page: PageHead::new(scope, job, "", scope.strings.get("not_found_title"), Vec::new()) }
}

/// What is shown when there is no network; whom to ask stands at its foot, as everywhere.
pub(super) fn offline(scope: Scope<'_>, job: &Job<'_>) -> PlainView {
    PlainView { page: PageHead::new(scope, job, "", scope.strings.get("offline_title"), Vec::new()) }
}
