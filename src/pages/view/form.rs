//! The form by which people object, ask for a correction or report misuse, and the page where they look up their case.
//!
//! Everything that the rules say is said in their words; what they leave unsaid is a target of the site's own.

use serde::Serialize;

use crate::model::route::href;
use crate::pages::plan::Job;
use crate::pages::view::shell::{Crumb, PageHead};
use crate::pages::view::{Fact, Scope, contact_of_site};
use crate::rules::cases::Target;
use crate::rules::profile::{Period, Unit};
use crate::site::EndpointConfig;

#[derive(Serialize)]
pub(super) struct FormView {
    action: String,
    challenge: String,
    /// What the script says, as JSON.
    texts: String,
    kinds: Vec<KindView>,
    /// Whether an objection must name a ground.
    need_grounds: bool,
    notice: Vec<Fact>,
    status_href: String,
    script: String,
    /// The language of the regulation's words, where it is not the page's; empty else.
    law_lang: &'static str,
}

/// One thing that people can ask for.
#[derive(Serialize)]
struct KindView {
    code: &'static str,
    label: String,
    hint: String,
    /// The article that it rests on, in the regulation's words.
    source: String,
    grounds: Vec<Choice>,
    claims: Vec<Choice>,
    next: Vec<Line>,
}

/// Words of the regulation that can be chosen, with what they mean in the language of the page.
#[derive(Serialize)]
struct Choice {
    words: String,
    gloss: String,
}

/// What follows, with the regulation's own words where the text only tells what they mean.
#[derive(Serialize)]
struct Line {
    text: String,
    quote: String,
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Self { text, quote: String::new() }
    }
}

#[derive(Serialize)]
pub(super) struct StatusView {
    page: PageHead,
    /// Where receipt and secret are posted to; nothing where the site has no endpoint.
    action: String,
    script: String,
    texts: String,
    contact: Vec<Fact>,
}

/// The strings that the script says: those whose keys begin so.
const SCRIPT_STRINGS: &str = "js_";

/// The form, where the site has an endpoint.
pub(super) fn form(scope: Scope<'_>) -> Option<FormView> {
    let endpoint = scope.site.inputs.site.endpoint.as_ref()?;
    let action = endpoint.url.trim_end_matches('/').to_owned();
    Some(FormView {
        challenge: format!("{action}/challenge"),
        action,
        texts: script_texts(scope),
        kinds: kinds(scope),
        need_grounds: !scope.site.inputs.regime.objection.grounds.is_empty(),
        notice: notice(scope, endpoint),
        status_href: scope.page_href("objection/status"),
        script: script(scope),
        law_lang: if scope.tag().starts_with("zh") { "" } else { "zh-CN" },
    })
}

/// The page where a receipt is looked up.
pub(super) fn status(scope: Scope<'_>, job: &Job<'_>) -> StatusView {
    let endpoint = scope.site.inputs.site.endpoint.as_ref();
    let label = scope.strings.get("objection_title").to_owned();
    let crumbs = vec![Crumb { label, href: Some(scope.page_href("objection")) }];
    StatusView {
        page: PageHead::new(scope, job, "objection", scope.strings.get("status_title"), crumbs),
        action: endpoint.map(|of| format!("{}/status", of.url.trim_end_matches('/'))).unwrap_or_default(),
        script: script(scope),
        texts: script_texts(scope),
        contact: contact_of_site(scope),
    }
}

/// The form as it is linked from a dataset's page; the script fills the dataset in.
pub(super) fn href_for(scope: Scope<'_>, id: &str) -> String {
    let page = scope.page_href("objection");
    if scope.site.inputs.site.endpoint.is_none() { page } else { format!("{page}?dataset={}", href("", id)) }
}

/// The form with the dataset filled in by the endpoint; nothing where the site has none.
pub(super) fn filled_href_for(scope: Scope<'_>, id: &str) -> String {
    let Some(endpoint) = &scope.site.inputs.site.endpoint else { return String::new() };
    format!("{}/form?dataset={}&lang={}", endpoint.url.trim_end_matches('/'), href("", id), scope.tag())
}

fn script(scope: Scope<'_>) -> String {
    let route = scope.site.theme.asset_routes.get("objection.js");
    route.map_or_else(String::new, |route| scope.file_href(route.as_str()))
}

fn script_texts(scope: Scope<'_>) -> String {
    let texts: serde_json::Map<String, serde_json::Value> = scope
        .strings
        .all()
        .iter()
        .filter_map(|(key, text)| Some((key.strip_prefix(SCRIPT_STRINGS)?.to_owned(), text.as_str().into())))
        .collect();
    serde_json::Value::Object(texts).to_string()
}

fn kinds(scope: Scope<'_>) -> Vec<KindView> {
    let regime = scope.site.inputs.regime;
    let (strings, rule) = (scope.strings, &regime.objection);
    let (hint, source) = if rule.available {
        (strings.get("ask_objection_hint").to_owned(), format!("《{}》{}", regime.title, rule.article))
    } else {
        let fallback = scope.gloss(&rule.fallback);
        let original = if fallback == rule.fallback { "" } else { &rule.fallback };
        (strings.fill("terms_objection_none", &[("fallback", fallback)]), original.to_owned())
    };
    let choices = |listed: &[String]| -> Vec<Choice> {
        let gloss = |words: &str| regime.gloss(words, scope.tag()).unwrap_or_default().to_owned();
        listed.iter().map(|words| Choice { words: words.clone(), gloss: gloss(words) }).collect()
    };
    let label = |key: &str| strings.get(key).to_owned();
    let mut res = vec![KindView {
        code: "objection",
        label: label("ask_objection"),
        hint,
        source,
        grounds: choices(&rule.grounds),
        claims: choices(&rule.claims),
        next: after_objection(scope),
    }];
    let correction = &regime.correction;
    let is_public = correction.public_channel.said().is_some_and(|is| *is);
    if is_public || correction.policy.as_ref().is_some_and(|policy| policy.accept_public_error_reports) {
        res.push(KindView {
            code: "correction",
            label: label("ask_correction"),
            hint: label("ask_correction_hint"),
            source: String::new(),
            grounds: choices(&correction.grounds),
            claims: Vec::new(),
            next: after_correction(scope),
        });
    }
    if !regime.report.subject.is_empty() {
        res.push(KindView {
            code: "report",
            label: label("ask_report"),
            hint: strings.fill(
                "ask_report_hint",
                &[("who", scope.gloss(&regime.report.who)), ("subject", scope.gloss(&regime.report.subject))],
            ),
            source: regime.report.article.clone(),
            grounds: Vec::new(),
            claims: Vec::new(),
            next: after_report(scope),
        });
    }
    res
}

/// A period in the words of the page.
fn period_text(scope: Scope<'_>, period: &Period, article: &str) -> Line {
    let article = if period.article.is_empty() { article } else { &period.article };
    match (period.unit, period.n) {
        (Unit::Workday, Some(n)) => {
            scope.strings.fill("next_workdays", &[("n", &n.to_string()), ("article", article)]).into()
        }
        _ => quoted(scope, "next_promptly", &period.quote, article),
    }
}

/// A sentence of the regulation with its article.
fn quoted(scope: Scope<'_>, key: &str, quote: &str, article: &str) -> Line {
    let gloss = scope.gloss(quote);
    let text = scope.strings.fill(key, &[("quote", gloss), ("article", article)]);
    Line { text, quote: if gloss == quote { String::new() } else { quote.to_owned() } }
}

fn target_text(scope: Scope<'_>, n: u32) -> Line {
    scope.strings.fill("next_target", &[("n", &n.to_string())]).into()
}

fn after_objection(scope: Scope<'_>) -> Vec<Line> {
    let (strings, rule) = (scope.strings, &scope.site.inputs.regime.objection);
    let mut res = Vec::new();
    if rule.suspend_on_evidence == "immediate" {
        res.push(strings.fill("next_suspends", &[("article", &rule.article)]).into());
    }
    match (rule.decision_deadline.said(), rule.policy_targets.get("decision_workdays")) {
        (Some(period), _) => res.push(period_text(scope, period, &rule.article)),
        (None, Some(Target::Number(n))) => res.push(target_text(scope, *n)),
        _ => {}
    }
    if rule.feedback_to_objector.said().is_some_and(|feedback| feedback.required) {
        res.push(strings.fill("next_feedback", &[("article", &rule.article)]).into());
    }
    if let Some(review) = rule.review.said().filter(|review| review.available) {
        let places = [("body", scope.gloss(&review.body)), ("article", &review.article)];
        res.push(strings.fill("next_review", &places).into());
    }
    if let Some(fallback) = &rule.dispute_fallback {
        res.push(quoted(scope, "next_dispute", &fallback.quote, &fallback.article));
    }
    res
}

fn after_correction(scope: Scope<'_>) -> Vec<Line> {
    let rule = &scope.site.inputs.regime.correction;
    match (&rule.deadline, &rule.policy) {
        (Some(period), _) => vec![period_text(scope, period, &rule.article)],
        (None, Some(policy)) => vec![target_text(scope, policy.target_workdays)],
        (None, None) => Vec::new(),
    }
}

fn after_report(scope: Scope<'_>) -> Vec<Line> {
    let rule = &scope.site.inputs.regime.report;
    let mut res: Vec<Line> = rule.deadline.iter().map(|period| period_text(scope, period, &rule.article)).collect();
    if rule.result_to_reporter.said().is_some_and(|feedback| feedback.required) {
        res.push(scope.strings.fill("next_feedback", &[("article", &rule.article)]).into());
    }
    res
}

/// What people must be told before they send something personal.
///
/// Source: Personal Information Protection Law, articles 13(1)(3), 17 and 35; `domain/requirements.md` 2.5.
fn notice(scope: Scope<'_>, endpoint: &EndpointConfig) -> Vec<Fact> {
    let strings = scope.strings;
    let fact = |key: &str, value: String| Fact { label: strings.get(key).to_owned(), value };
    let contact: Vec<String> =
        contact_of_site(scope).iter().map(|fact| format!("{}：{}", fact.label, fact.value)).collect();
    let who = if contact.is_empty() { strings.get("objection_no_channel").to_owned() } else { contact.join("；") };
    let retention = endpoint.retention;
    let (months, years) = (retention.words_months.to_string(), retention.record_years.to_string());
    let protection = if endpoint.staff_keys.is_empty() { "pipl_plain" } else { "pipl_sealed" };
    vec![
        fact("pipl_who", who),
        fact("pipl_purpose", strings.get("pipl_purpose_text").to_owned()),
        fact("pipl_kinds", strings.get("pipl_kinds_text").to_owned()),
        fact("pipl_how", strings.get(protection).to_owned()),
        fact("pipl_term", strings.fill("pipl_term_text", &[("months", &months), ("years", &years)])),
        fact("pipl_rights", strings.get("pipl_rights_text").to_owned()),
    ]
}
