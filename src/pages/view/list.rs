//! Lists: all datasets, one facet's datasets, all facets of a kind.

use serde::Serialize;

use crate::gate::Release;
use crate::pages::facets::{Facet, Kind};
use crate::pages::plan::{Job, PER_PAGE, n_pages};
use crate::pages::strings::count;
use crate::pages::view::find::{self, Find};
use crate::pages::view::quality::{self, Section};
use crate::pages::view::shell::{Crumb, PageHead};
use crate::pages::view::{Scope, Tile};

#[derive(Serialize)]
pub(super) struct ListView {
    page: PageHead,
    lead: String,
    kind_label: String,
    /// The search, on the page of all datasets.
    find: Option<Find>,
    /// The way to the search within a facet.
    within: Option<String>,
    find_in: String,
    showing: String,
    pager: Pager,
    /// How a provider keeps its data up to date; on the first of its pages.
    section: Option<Section>,
}

#[derive(Serialize)]
struct Pager {
    newest_href: String,
    is_newest: bool,
    pages: Vec<PagerItem>,
}

#[derive(Serialize, Default)]
struct PagerItem {
    number: usize,
    href: String,
    label: String,
    current: bool,
    gap: bool,
}

#[derive(Serialize)]
pub(super) struct IndexView {
    page: PageHead,
    show_overdue: bool,
    items: Vec<IndexItem>,
}

#[derive(Serialize)]
struct IndexItem {
    label: String,
    href: String,
    count: String,
    latest: String,
    overdue: String,
}

/// A way to browse, with its largest values.
#[derive(Serialize)]
pub(super) struct FacetGroup {
    key: &'static str,
    title: String,
    href: String,
    is_open: bool,
    items: Vec<Tile>,
}

/// How many values of a facet a list page offers.
const GROUP_ITEMS: usize = 12;

/// What a list is of, and where.
#[derive(Clone, Copy)]
struct ListOf<'a> {
    facet: Option<(Kind, &'a Facet)>,
    /// The number of the page; `None` for the newest.
    number: Option<usize>,
    /// How many datasets the whole list has.
    n_all: usize,
}

/// The newest datasets, and all of them where one page holds them; with the indexes of those that are shown.
pub(super) fn newest(scope: Scope<'_>, job: &Job<'_>, facet: Option<(Kind, &Facet)>) -> (ListView, Vec<usize>) {
    let all = facet.map_or(&scope.site.facets.newest, |(_, facet)| &facet.newest);
    let shown = all[..all.len().min(PER_PAGE)].to_vec();
    let key = if shown.len() == all.len() { "showing_all" } else { "showing_newest" };
    let showing = scope.strings.fill(key, &[("n", &count(shown.len() as u64))]);
    (list(scope, job, ListOf { facet, number: None, n_all: all.len() }, showing), shown)
}

/// One of the numbered pages, in the stable order of ordinals.
pub(super) fn numbered(
    scope: Scope<'_>,
    job: &Job<'_>,
    facet: Option<(Kind, &Facet)>,
    number: usize,
) -> (ListView, Vec<usize>) {
    let all: Vec<usize> = match facet {
        Some((_, facet)) => facet.by_ordinal(),
        None => (0..scope.site.inputs.publishable.releases().len()).collect(),
    };
    let start = (number - 1) * PER_PAGE;
    let shown = all[start..all.len().min(start + PER_PAGE)].to_vec();
    let pages = n_pages(all.len()).to_string();
    let showing = scope.strings.fill("showing_numbered", &[("page", &number.to_string()), ("pages", &pages)]);
    (list(scope, job, ListOf { facet, number: Some(number), n_all: all.len() }, showing), shown)
}

fn list(scope: Scope<'_>, job: &Job<'_>, of: ListOf<'_>, showing: String) -> ListView {
    let strings = scope.strings;
    let ListOf { facet, number, n_all } = of;
    let (folder, name, kind_label, section) = match facet {
        Some((kind, facet)) => (
            format!("{}/{}", kind.folder(), facet.slug),
            facet_label(scope, kind, &facet.name),
            strings.get(&format!("kind_{}", kind.key())).to_owned(),
            kind.folder(),
        ),
        None => ("datasets".to_owned(), strings.get("datasets_title").to_owned(), String::new(), "datasets"),
    };
    let mut crumbs = Vec::new();
    if let Some((kind, _)) = facet {
        let label = strings.get(&format!("{}_title", kind.folder())).to_owned();
        crumbs.push(Crumb { label, href: Some(scope.page_href(kind.folder())) });
    }
    let mut page = PageHead::new(scope, job, section, &name, crumbs);
    if let Some(number) = number {
        page.title = format!("{name} - {}", strings.fill("page_n", &[("n", &number.to_string())]));
    }
    page.description = strings.fill("n_datasets", &[("n", &count(n_all as u64))]);
    let lead = match facet {
        Some(_) => page.description.clone(),
        None => strings.get("datasets_lead").to_owned(),
    };
    let section = facet.filter(|(kind, _)| *kind == Kind::Provider && number.is_none()).map(|(_, facet)| {
        let releases = scope.site.inputs.publishable.releases();
        let own: Vec<&Release> = facet.newest.iter().map(|idx| &releases[*idx]).collect();
        quality::timeliness(scope, &own)
    });
    let within = facet.and_then(|(kind, facet)| find::within(scope, kind, &facet.name));
    let find = if facet.is_none() && number.is_none() { find::find(scope) } else { None };
    let find_in = strings.fill("find_in", &[("name", &name)]);
    ListView {
        section,
        page,
        lead,
        kind_label,
        find,
        within,
        find_in,
        showing,
        pager: pager(scope, &folder, number, n_pages(n_all)),
    }
}

/// First, last and the pages around the current one; the rest behind gaps.
fn pager(scope: Scope<'_>, folder: &str, current: Option<usize>, last: usize) -> Pager {
    let mut pages = Vec::new();
    let around = current.unwrap_or(1);
    for number in 1..=last {
        if number == 1 || number == last || number.abs_diff(around) <= 2 {
            pages.push(PagerItem {
                number,
                href: scope.page_href(&format!("{folder}/page/{number}")),
                label: scope.strings.fill("page_n", &[("n", &number.to_string())]),
                current: current == Some(number),
                gap: false,
            });
        } else if pages.last().is_some_and(|item: &PagerItem| !item.gap) {
            pages.push(PagerItem { gap: true, ..PagerItem::default() });
        }
    }
    Pager { newest_href: scope.page_href(folder), is_newest: current.is_none(), pages }
}

/// All values of a way to browse.
pub(super) fn index(scope: Scope<'_>, job: &Job<'_>, kind: Kind) -> IndexView {
    let title = scope.strings.get(&format!("{}_title", kind.folder())).to_owned();
    let items = scope
        .site
        .facets
        .of(kind)
        .iter()
        .map(|facet| IndexItem {
            label: facet_label(scope, kind, &facet.name),
            href: scope.page_href(&format!("{}/{}", kind.folder(), facet.slug)),
            count: count(facet.newest.len() as u64),
            latest: facet.latest.map(|day| scope.strings.day(day)).unwrap_or_default(),
            overdue: count(facet.n_overdue as u64),
        })
        .collect();
    IndexView {
        page: PageHead::new(scope, job, kind.folder(), &title, Vec::new()),
        show_overdue: kind == Kind::Provider,
        items,
    }
}

/// The ways to browse with their largest values, for the side of lists and for the home page.
pub(super) fn facet_groups(scope: Scope<'_>) -> Vec<FacetGroup> {
    Kind::ALL
        .iter()
        .map(|kind| FacetGroup {
            key: kind.key(),
            title: scope.strings.get(&format!("by_{}", kind.key())).to_owned(),
            href: scope.page_href(kind.folder()),
            is_open: matches!(kind, Kind::Theme | Kind::Provider),
            items: tiles(scope, *kind, GROUP_ITEMS),
        })
        .collect()
}

/// The largest values of a way to browse.
pub(super) fn tiles(scope: Scope<'_>, kind: Kind, n_most: usize) -> Vec<Tile> {
    scope
        .site
        .facets
        .of(kind)
        .iter()
        .take(n_most)
        .map(|facet| Tile {
            label: facet_label(scope, kind, &facet.name),
            href: scope.page_href(&format!("{}/{}", kind.folder(), facet.slug)),
            count: count(facet.newest.len() as u64),
        })
        .collect()
}

/// A facet's name in the reader's language; catalog words stay as they are.
pub(super) fn facet_label(scope: Scope<'_>, kind: Kind, name: &str) -> String {
    if kind == Kind::Frequency { scope.strings.get(&format!("freq_{name}")).to_owned() } else { name.to_owned() }
}
