//! What the regime says of the catalog, of changes, corrections, records, security and periods: each with its article,
//! what it leaves unsaid as unsaid, what is ours as a target of ours.

use crate::pages::view::rules::Section;
use crate::pages::view::{Fact, Scope};
use crate::rules::cases::Target;
use crate::rules::profile::{Deadline, Period, Unit};

/// The sections, in the order of a reader's interest.
pub(super) fn sections(scope: Scope<'_>) -> Vec<Section> {
    let mut res = vec![catalog(scope), class_change(scope)];
    res.extend(correction(scope));
    res.extend(deadlines(scope));
    res.extend(conduct(scope));
    res.extend(targets(scope));
    res
}

fn title(scope: Scope<'_>, key: &str) -> String {
    scope.strings.get(key).to_owned()
}

fn fact(scope: Scope<'_>, key: &str, value: impl Into<String>) -> Fact {
    Fact { label: title(scope, key), value: value.into() }
}

/// The name of something that a profile names by an id; the id itself where a city's own profile has one of its own.
fn named(scope: Scope<'_>, family: &str, id: &str) -> String {
    let key = format!("{family}_{id}");
    let name = scope.strings.get(&key);
    if name == key { id.replace('_', " ") } else { name.to_owned() }
}

/// Rows that have a value.
fn filled(rows: Vec<Fact>) -> Vec<Fact> {
    rows.into_iter().filter(|row| !row.value.is_empty()).collect()
}

fn catalog(scope: Scope<'_>) -> Section {
    let rule = &scope.site.inputs.regime.catalog;
    let open = scope.strings.list(&rule.open_catalog_fields);
    let open = if open.is_empty() { open } else { format!("{open}（{}）", rule.open_catalog_article) };
    let review =
        rule.annual_review.said().map_or_else(|| title(scope, "terms_unspecified"), |review| review.quote.clone());
    let before = scope.site.inputs.regime.pre_publication.as_ref();
    let checks = before
        .map_or_else(String::new, |rule| format!("{}（{}）", scope.strings.list(&rule.required_checks), rule.article));
    Section {
        title: title(scope, "terms_catalog"),
        article: rule.article.clone(),
        rows: filled(vec![
            fact(scope, "terms_catalog_standard", rule.standard.clone()),
            fact(scope, "terms_catalog_fields", scope.strings.list(&rule.mandatory_fields)),
            fact(scope, "terms_catalog_open_fields", open),
            fact(scope, "terms_catalog_review", review),
            fact(scope, "terms_catalog_checks", checks),
        ]),
        ..Section::default()
    }
}

fn class_change(scope: Scope<'_>) -> Section {
    let rule = &scope.site.inputs.regime.class_change;
    let said = |text: &str| if text == "unspecified" { title(scope, "terms_unspecified") } else { text.to_owned() };
    let opening = &rule.conditional_to_unconditional;
    let downgrade = if rule.downgrade.quote.is_empty() {
        format!(
            "{}。{}：{}",
            title(scope, "terms_unspecified"),
            title(scope, "terms_target"),
            rule.downgrade.policy_default
        )
    } else {
        rule.downgrade.quote.clone()
    };
    Section {
        title: title(scope, "terms_class_change"),
        article: rule.article.clone(),
        rows: filled(vec![
            fact(scope, "terms_class_opening", format!("{}：{}", said(&opening.trigger), said(&opening.duty))),
            fact(scope, "terms_class_reopening", scope.strings.list(&rule.not_open_to_open.conditions)),
            fact(scope, "terms_class_downgrade", downgrade),
            fact(scope, "terms_class_sync", rule.catalog_sync.quote.clone()),
        ]),
        ..Section::default()
    }
}

fn correction(scope: Scope<'_>) -> Option<Section> {
    let rule = &scope.site.inputs.regime.correction;
    if rule.public_channel.said() != Some(&true) {
        return None;
    }
    let deadline =
        rule.deadline.as_ref().map_or_else(|| title(scope, "terms_unspecified"), |period| words_of(scope, period));
    Some(Section {
        title: title(scope, "terms_correction"),
        article: rule.article.clone(),
        rows: filled(vec![
            fact(scope, "objection_who", scope.strings.list(&rule.who)),
            fact(scope, "objection_grounds", scope.strings.list(&rule.grounds)),
            fact(scope, "terms_correction_deadline", deadline),
            fact(scope, "terms_correction_duty", rule.duty.clone()),
        ]),
        ..Section::default()
    })
}

/// A period in words: how long, from when.
fn words_of(scope: Scope<'_>, period: &Period) -> String {
    span(scope, period.unit, period.n, "", &period.from)
}

fn span(scope: Scope<'_>, unit: Unit, n: Option<u32>, month_day: &str, from: &str) -> String {
    let n = n.map_or_else(String::new, |n| n.to_string());
    let key = match unit {
        Unit::Workday => "unit_workday",
        Unit::CalendarDay => "unit_calendar_day",
        Unit::Month => "unit_month",
        Unit::Year => "unit_year",
        Unit::Immediate => "unit_immediate",
        Unit::Promptly => "unit_promptly",
        Unit::FixedDate => "unit_fixed_date",
        Unit::Unspecified => "terms_unspecified",
    };
    let length = scope.strings.fill(key, &[("n", &n), ("date", month_day)]);
    let from = if from == "unspecified" { title(scope, "terms_from_unsaid") } else { from.to_owned() };
    if from.is_empty() { length } else { format!("{length}（{from}）") }
}

fn deadlines(scope: Scope<'_>) -> Option<Section> {
    let of_site = |deadline: &&Deadline| deadline.in_site_scope;
    let row = |deadline: &Deadline| Fact {
        label: named(scope, "deadline", &deadline.id),
        value: format!(
            "{}，{}",
            span(scope, deadline.unit, deadline.n, &deadline.month_day, &deadline.from),
            deadline.article
        ),
    };
    let rows: Vec<Fact> = scope.site.inputs.regime.deadline.iter().filter(of_site).map(row).collect();
    if rows.is_empty() {
        return None;
    }
    let texts = vec![title(scope, "terms_deadlines_note")];
    Some(Section { title: title(scope, "terms_deadlines"), texts, rows, ..Section::default() })
}

/// Misuse, records, security: what the text says of each.
fn conduct(scope: Scope<'_>) -> Option<Section> {
    let regime = scope.site.inputs.regime;
    let with =
        |text: &str, article: &str| if text.is_empty() { String::new() } else { format!("{text}（{article}）") };
    let (misuse, records, security) = (&regime.misuse, &regime.records, &regime.security);
    let kept = records.retention.said().map_or_else(String::new, |period| period.quote.clone());
    let warning = if security.public_warning.is_empty() { "" } else { &security.public_warning };
    let rows = filled(vec![
        fact(scope, "terms_misuse", with(&scope.strings.list(&misuse.measures), &misuse.article)),
        fact(scope, "terms_records", with(if kept.is_empty() { &records.quote } else { &kept }, &records.article)),
        fact(scope, "terms_security", with(warning, &security.incident_article)),
    ]);
    (!rows.is_empty()).then(|| Section { title: title(scope, "terms_conduct"), rows, ..Section::default() })
}

/// What is ours and not the law's.
fn targets(scope: Scope<'_>) -> Option<Section> {
    let regime = scope.site.inputs.regime;
    let mut rows: Vec<Fact> = regime
        .objection
        .policy_targets
        .iter()
        .filter_map(|(key, target)| match target {
            Target::Number(n) => {
                let value = scope.strings.fill("target_n", &[("n", &n.to_string())]);
                Some(Fact { label: named(scope, "target", key), value })
            }
            Target::Whether(true) => {
                Some(Fact { label: named(scope, "target", key), value: title(scope, "target_yes") })
            }
            Target::Whether(false) | Target::Basis(_) => None,
        })
        .collect();
    if let Some(policy) = &regime.correction.policy {
        let value = scope.strings.fill("unit_workday", &[("n", &policy.target_workdays.to_string())]);
        rows.push(fact(scope, "target_error_reports", value));
    }
    if let Some(period) = &regime.records.policy_retention {
        rows.push(fact(scope, "target_retention", words_of(scope, period)));
    }
    let texts = vec![title(scope, "terms_targets_note")];
    (!rows.is_empty()).then(|| Section { title: title(scope, "terms_target"), texts, rows, ..Section::default() })
}
