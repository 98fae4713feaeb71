//! What stands in the place of a dataset that is kept off the site: state, day, basis, where to ask, how it was cited.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::pages::plan::Job;
use crate::pages::view::shell::{Crumb, PageHead};
use crate::pages::view::{DayView, Fact, Scope, contact_of_site};
use crate::records::holds::{Change, Hold};

#[derive(Serialize)]
pub(super) struct HeldView {
    page: PageHead,
    state: &'static str,
    state_label: String,
    lead: String,
    facts: Vec<HeldFact>,
    replacement: String,
    citation: String,
    data_lang: Option<String>,
    contact: Vec<Fact>,
}

/// A fact of a notice, with the language of its value where that is not the page's.
#[derive(Serialize)]
struct HeldFact {
    label: String,
    value: String,
    lang: Option<String>,
}

/// A decision in the overview of notices.
#[derive(Serialize)]
pub(super) struct HeldItem {
    state: &'static str,
    state_label: String,
    title: String,
    href: Option<String>,
    day: DayView,
    basis: String,
    /// The language of title and basis, where it is not the page's.
    lang: Option<String>,
}

fn key_of(change: Change) -> &'static str {
    match change {
        Change::Suspension => "suspended",
        Change::Withdrawal => "withdrawn",
        Change::Resumption => "resumed",
    }
}

/// The notice page of a dataset.
pub(super) fn view(scope: Scope<'_>, job: &Job<'_>, hold: &Hold) -> HeldView {
    let strings = scope.strings;
    let state = key_of(hold.change);
    let crumbs = vec![Crumb { label: strings.get("nav_datasets").to_owned(), href: Some(scope.page_href("datasets")) }];
    let data_lang = scope.data_lang().map(str::to_owned);
    let fact = |key: &str, value: String| HeldFact { label: strings.get(key).to_owned(), value, lang: None };
    // What staff and catalog wrote stands in the language of the catalog.
    let written = |key: &str, value: &str| HeldFact { lang: data_lang.clone(), ..fact(key, value.to_owned()) };
    let mut facts_of_hold = vec![
        fact("held_day", strings.day(hold.day)),
        written("held_basis", &hold.basis),
        written("held_by", &hold.decided_by),
        written("fact_provider", &hold.provider),
        fact("fact_id", hold.dataset.clone()),
    ];
    if let Some(reason) = hold.reason {
        let words = strings.get(&format!("held_reason_{}", reason.code_name())).to_owned();
        facts_of_hold.insert(2, fact("held_reason", words));
    }
    HeldView {
        page: PageHead::new(scope, job, "datasets", &hold.title, crumbs),
        state,
        state_label: strings.get(&format!("held_{state}")).to_owned(),
        lead: strings.get(&format!("held_{state}_lead")).to_owned(),
        facts: facts_of_hold,
        replacement: hold.replacement.clone(),
        citation: hold.citation.clone(),
        data_lang,
        contact: contact_of_site(scope),
    }
}

/// Every decision on record, the latest first; what is held now leads to its notice, what is open again to its page.
pub(super) fn items(scope: Scope<'_>) -> Vec<HeldItem> {
    let holds = scope.site.inputs.holds;
    let published: BTreeSet<&str> = scope.site.inputs.history.published().collect();
    let item = |hold: &Hold| {
        let state = key_of(hold.change);
        HeldItem {
            state,
            state_label: scope.strings.get(&format!("held_{state}")).to_owned(),
            title: hold.title.clone(),
            href: (holds.of(&hold.dataset).is_some() || published.contains(hold.dataset.as_str()))
                .then(|| scope.page_href(&format!("datasets/{}", hold.dataset))),
            day: DayView::new(scope.strings, hold.day),
            basis: hold.basis.clone(),
            lang: scope.data_lang().map(str::to_owned),
        }
    };
    holds.log().iter().rev().map(item).collect()
}
