//! What the regime says, for readers: the rules in force, how to object, the licences. What it leaves unsaid is
//! shown as unsaid.

use serde::Serialize;

use crate::pages::plan::Job;
use crate::pages::strings::count;
use crate::pages::view::duties;
use crate::pages::view::form;
use crate::pages::view::overview;
use crate::pages::view::shell::PageHead;
use crate::pages::view::{Fact, Scope, contact_of_site, tally};

#[derive(Serialize)]
pub(super) struct TermsView {
    page: PageHead,
    lead: String,
    sections: Vec<Section>,
}

#[derive(Serialize, Default)]
pub(super) struct Section {
    pub title: String,
    pub article: String,
    pub texts: Vec<String>,
    pub rows: Vec<Fact>,
    pub quote: String,
}

#[derive(Serialize)]
pub(super) struct ObjectionView {
    page: PageHead,
    lead: String,
    sections: Vec<Section>,
    form: Option<form::FormView>,
    overview: Option<overview::OverviewView>,
    contact: Vec<Fact>,
}

#[derive(Serialize)]
pub(super) struct LicencesView {
    page: PageHead,
    attribution_is_duty: bool,
    licences: Vec<LicenceRow>,
}

#[derive(Serialize)]
struct LicenceRow {
    id: String,
    name: String,
    summary: String,
    href: String,
    external: bool,
    count: String,
}

/// The word by which a rule profile says that the regulation says nothing.
const UNSPECIFIED: &str = "unspecified";

/// The rules in force, each with its article.
pub(super) fn terms(scope: Scope<'_>, job: &Job<'_>) -> TermsView {
    let regime = scope.site.inputs.regime;
    let strings = scope.strings;
    let mut sections = vec![validity_section(scope), classes_section(scope), citation_section(scope)];
    sections.extend(objection_sections(scope));
    if !regime.report.subject.is_empty() {
        sections.push(Section {
            title: strings.get("terms_report").to_owned(),
            article: regime.report.article.clone(),
            rows: vec![Fact { label: regime.report.who.clone(), value: regime.report.subject.clone() }],
            ..Section::default()
        });
    }
    sections.extend(duties::sections(scope));
    sections.push(roles_section(scope));
    if !regime.priority.domains.is_empty() {
        sections.push(Section {
            title: strings.get("terms_priority").to_owned(),
            article: regime.priority.article.clone(),
            texts: vec![strings.list(&regime.priority.domains)],
            ..Section::default()
        });
    }
    TermsView {
        page: PageHead::new(scope, job, "terms", strings.get("terms_title"), Vec::new()),
        lead: strings.fill("terms_lead", &[("title", &regime.title)]),
        sections,
    }
}

fn row(scope: Scope<'_>, key: &str, value: String) -> Fact {
    Fact { label: scope.strings.get(key).to_owned(), value }
}

fn validity_section(scope: Scope<'_>) -> Section {
    let regime = scope.site.inputs.regime;
    let status =
        if regime.is_premature(scope.site.inputs.as_of) { "terms_status_draft" } else { "terms_status_in_force" };
    Section {
        title: scope.strings.get("terms_validity").to_owned(),
        article: regime.validity_article.clone(),
        texts: vec![scope.strings.get(status).to_owned()],
        rows: vec![
            row(scope, "terms_region", regime.region_name.clone()),
            row(scope, "terms_from", day_or_unsaid(scope, regime.effective_from())),
            row(scope, "terms_until", day_or_unsaid(scope, regime.effective_until())),
        ],
        quote: regime.validity_quote.clone(),
    }
}

fn classes_section(scope: Scope<'_>) -> Section {
    let classes = &scope.site.inputs.regime.classes;
    let said = |text: &str| {
        if text == UNSPECIFIED { scope.strings.get("terms_unspecified").to_owned() } else { text.to_owned() }
    };
    Section {
        title: scope.strings.get("terms_classes").to_owned(),
        article: classes.article.clone(),
        texts: vec![scope.strings.get("terms_site_scope").to_owned()],
        rows: vec![
            row(scope, "class_unconditional", said(&classes.unconditional)),
            row(scope, "terms_class_conditional", said(&classes.conditional)),
            row(scope, "terms_class_not_open", said(&classes.not_open)),
        ],
        ..Section::default()
    }
}

fn citation_section(scope: Scope<'_>) -> Section {
    let citation = &scope.site.inputs.regime.citation;
    let text = if citation.required {
        let (works, elements) = (scope.strings.list(&citation.applies_to), scope.strings.list(&citation.elements));
        scope
            .strings
            .fill("attribution_duty", &[("works", &works), ("elements", &elements), ("article", &citation.article)])
    } else {
        scope.strings.get("terms_citation_none").to_owned()
    };
    Section {
        title: scope.strings.get("terms_citation").to_owned(),
        article: if citation.required { citation.article.clone() } else { String::new() },
        texts: vec![text],
        quote: example_sentence(scope),
        ..Section::default()
    }
}

/// The attribution sentence with words for what each place stands for.
fn example_sentence(scope: Scope<'_>) -> String {
    let inputs = scope.site.inputs;
    let word = |key: &str| format!("〔{}〕", scope.strings.get(key));
    let site = inputs.site.title.in_language(scope.tag());
    let (title, provider) = (word("example_title"), word("fact_provider"));
    inputs.regime.attribution(scope.tag(), site, &title, &provider, &word("acquired_on_blank"))
}

fn roles_section(scope: Scope<'_>) -> Section {
    let roles = &scope.site.inputs.regime.roles;
    let role = |key: &str, role: &crate::rules::opening::Role| {
        let name = if role.name.is_empty() { role.title.clone() } else { format!("{}（{}）", role.title, role.name) };
        row(scope, key, format!("{name}，{}", role.article))
    };
    Section {
        title: scope.strings.get("terms_roles").to_owned(),
        rows: vec![
            role("terms_role_authority", &roles.authority),
            role("terms_role_operator", &roles.operator),
            role("terms_role_provider", &roles.provider),
            role("terms_role_site", &roles.site),
        ],
        ..Section::default()
    }
}

fn day_or_unsaid(scope: Scope<'_>, day: Option<crate::model::date::Day>) -> String {
    day.map_or_else(|| scope.strings.get("terms_until_none").to_owned(), |day| scope.strings.day(day))
}

/// What the regime says of objections, in its own words.
fn objection_sections(scope: Scope<'_>) -> Vec<Section> {
    let regime = scope.site.inputs.regime;
    let rule = &regime.objection;
    let strings = scope.strings;
    if !rule.available {
        let text = strings.fill("terms_objection_none", &[("fallback", scope.gloss(&rule.fallback))]);
        return vec![Section {
            title: strings.get("terms_objection").to_owned(),
            texts: vec![text],
            ..Section::default()
        }];
    }
    let row = |key: &str, parts: &[String]| Fact { label: strings.get(key).to_owned(), value: strings.list(parts) };
    let mut rows =
        vec![row("objection_who", &scope.glossed(&rule.who)), row("objection_grounds", &scope.glossed(&rule.grounds))];
    if !rule.claims.is_empty() {
        rows.push(row("objection_claims", &scope.glossed(&rule.claims)));
    }
    let outcomes: Vec<String> =
        rule.outcomes.iter().map(|code| strings.get(&format!("outcome_{}", code.code_name())).to_owned()).collect();
    rows.push(row("objection_outcomes", &outcomes));
    let mut texts = vec![
        strings.get(if rule.evidence_required { "objection_evidence" } else { "objection_no_evidence" }).to_owned(),
    ];
    if rule.suspend_on_evidence == "immediate" {
        texts.push(strings.get("objection_suspends").to_owned());
    }
    if rule.decision_deadline.said().is_none() {
        texts.push(strings.get("objection_deadline_unspecified").to_owned());
    }
    let duties = [&rule.authority_to_provider, &rule.provider_verify];
    let quotes = duties.into_iter().flatten().map(|duty| duty.quote.as_str()).filter(|quote| !quote.is_empty());
    let quotes = quotes.collect::<Vec<_>>().join("；");
    if !quotes.is_empty() {
        rows.push(Fact { label: strings.get("objection_next").to_owned(), value: quotes });
    }
    vec![Section {
        title: strings.get("terms_objection").to_owned(),
        article: rule.article.clone(),
        texts,
        rows,
        ..Section::default()
    }]
}

/// Who may object, in the regime's words; where it knows no objections, nothing of the kind is claimed.
fn objection_lead(scope: Scope<'_>) -> String {
    let rule = &scope.site.inputs.regime.objection;
    if rule.available {
        let who: Vec<String> = rule.who.iter().map(|who| scope.gloss(who).to_owned()).collect();
        scope.strings.fill("objection_lead", &[("who", &scope.strings.list(&who))])
    } else {
        scope.strings.get("objection_lead_unspecified").to_owned()
    }
}

/// How to object: what the regime says, and how to reach the site's host.
pub(super) fn objection(scope: Scope<'_>, job: &Job<'_>) -> ObjectionView {
    ObjectionView {
        page: PageHead::new(scope, job, "objection", scope.strings.get("objection_title"), Vec::new()),
        lead: objection_lead(scope),
        sections: objection_sections(scope),
        form: form::form(scope),
        overview: overview::view(scope),
        contact: contact_of_site(scope),
    }
}

/// The licences that published datasets use, the most used first.
pub(super) fn licences(scope: Scope<'_>, job: &Job<'_>) -> LicencesView {
    let inputs = scope.site.inputs;
    let used = tally(inputs.publishable.releases().iter().map(|release| release.cleared.licence.id.as_str()));
    let mut rows: Vec<(usize, LicenceRow)> = inputs
        .licences
        .all()
        .iter()
        .filter_map(|licence| {
            let n_used = *used.get(licence.id.as_str())?;
            let external = !licence.url.is_empty();
            let row = LicenceRow {
                id: licence.id.clone(),
                name: licence.name.in_language(scope.tag()).to_owned(),
                summary: licence.summary.in_language(scope.tag()).to_owned(),
                href: if external { licence.url.clone() } else { scope.page_href("terms") },
                external,
                count: scope.strings.fill("n_datasets", &[("n", &count(n_used as u64))]),
            };
            Some((n_used, row))
        })
        .collect();
    rows.sort_by(|a, b| (b.0, &a.1.id).cmp(&(a.0, &b.1.id)));
    LicencesView {
        page: PageHead::new(scope, job, "licence", scope.strings.get("licences_title"), Vec::new()),
        attribution_is_duty: inputs.regime.citation.required,
        licences: rows.into_iter().map(|(_, row)| row).collect(),
    }
}

/// What stands at `/about/` where the team wrote no page.
pub(super) fn about_default(scope: Scope<'_>, job: &Job<'_>) -> TermsView {
    let lead = scope.strings.fill("about_default", &[("title", &scope.site.inputs.regime.title)]);
    let contact = contact_of_site(scope);
    let section = Section { title: scope.strings.get("objection_how").to_owned(), rows: contact, ..Section::default() };
    TermsView {
        page: PageHead::new(scope, job, "about", scope.strings.get("about_title"), Vec::new()),
        lead,
        sections: if section.rows.is_empty() { Vec::new() } else { vec![section] },
    }
}
