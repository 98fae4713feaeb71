//! What the types of a profile alone do not rule out: values that would pass for something else in silence.

use std::collections::BTreeSet;

use super::{DayOrText, Regime};
use crate::model::date::Day;

/// What was found, and what was expected.
type Fault = (String, String);

/// What stands in braces in the sentences of a citation.
const PLACEHOLDERS: [&str; 4] = ["{site}", "{title}", "{provider}", "{acquired_on}"];
/// What a switch of suspension can say; nothing is "unspecified".
const SUSPENSION: [&str; 4] = ["no", "immediate", "unspecified", ""];
/// The periods that pages and reports have words for.
const DEADLINES: [&str; 7] = [
    "catalog_update",
    "catalog_review_publish",
    "catalog_annual_review",
    "quality_rectification",
    "conditional_open_reply",
    "report_handling",
    "correction",
];
/// The fields that a regulation can ask for.
const FIELDS: [&str; 30] = [
    "abstract",
    "authorized_operation_scenario",
    "authorized_operation_status",
    "category",
    "collecting_body",
    "condition",
    "content",
    "form",
    "format",
    "industry",
    "is_open",
    "item_format",
    "item_name",
    "open_condition",
    "open_content",
    "open_scope",
    "openness_class",
    "provider_code",
    "provider_name",
    "providing_body",
    "reviewing_body",
    "sharing_and_openness",
    "sharing_class",
    "sharing_condition",
    "sharing_method",
    "spatial",
    "temporal",
    "title",
    "type",
    "update_frequency",
];

/// Checks a profile that was read from the file of an id.
///
/// Errors: the first value that is wrong.
pub fn check(regime: &Regime, id: &str) -> Result<(), Fault> {
    if regime.id != id {
        return Err((
            format!("id = \"{}\"", regime.id),
            format!("id = \"{id}\"（与文件名相同 / as the file is named）"),
        ));
    }
    days(regime)?;
    fields(regime)?;
    deadlines(regime)?;
    suspension(regime)?;
    glosses(regime)?;
    citation(regime)
}

/// A day that cannot be read would pass for "in force" in silence.
fn days(regime: &Regime) -> Result<(), Fault> {
    for (key, day) in [("effective_from", &regime.effective_from), ("effective_until", &regime.effective_until)] {
        if let Some(DayOrText::Text(text)) = day
            && !regime.is_draft()
            && text != "unspecified"
            && Day::parse_iso(text).is_none()
        {
            return Err((text.clone(), format!("{key} = 2026-11-21 | \"unspecified\"")));
        }
    }
    if let (Some(from), Some(until)) = (regime.effective_from(), regime.effective_until())
        && until < from
    {
        return Err((until.to_string(), format!("effective_until ≥ {from}")));
    }
    Ok(())
}

/// Fields and their keys go together, and a key that nobody knows would never be missed.
fn fields(regime: &Regime) -> Result<(), Fault> {
    let catalog = &regime.catalog;
    for (fields, keys, name) in [
        (&catalog.mandatory_fields, &catalog.mandatory_keys, "mandatory"),
        (&catalog.open_catalog_fields, &catalog.open_catalog_keys, "open_catalog"),
    ] {
        if fields.len() != keys.len() {
            let counts = format!("{} / {}", fields.len(), keys.len());
            return Err((counts, format!("[catalog] {name}_fields = {name}_keys")));
        }
        if let Some(key) = keys.iter().find(|key| !FIELDS.contains(&key.as_str())) {
            return Err((key.clone(), format!("[catalog] {name}_keys: {}", FIELDS.join(", "))));
        }
    }
    if let Some(review) = catalog.annual_review.said()
        && Day::parse_iso(&format!("2023-{}", review.by)).is_none()
    {
        return Err((review.by.clone(), "[catalog] annual_review: by = \"06-30\"".to_owned()));
    }
    Ok(())
}

fn deadlines(regime: &Regime) -> Result<(), Fault> {
    let mut known = BTreeSet::new();
    for deadline in &regime.deadline {
        if deadline.n == Some(0) {
            return Err(("n = 0".to_owned(), format!("[[deadline]] {}: n ≥ 1", deadline.id)));
        }
        if deadline.in_site_scope && !DEADLINES.contains(&deadline.id.as_str()) {
            return Err((deadline.id.clone(), format!("[[deadline]] id: {}", DEADLINES.join(", "))));
        }
        if deadline.in_site_scope && !known.insert(deadline.id.as_str()) {
            return Err((deadline.id.clone(), "[[deadline]] id: 每个只写一次 / each once".to_owned()));
        }
    }
    Ok(())
}

/// A code is sent by programs: it is plain, and stands for one thing.
fn glosses(regime: &Regime) -> Result<(), Fault> {
    let mut known = BTreeSet::new();
    for (words, gloss) in regime.glosses.iter().filter(|(_, gloss)| !gloss.code.is_empty()) {
        let is_plain = gloss.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if !is_plain || !known.insert(gloss.code.as_str()) {
            return Err((gloss.code.clone(), format!("[glosses] {words}: code = \"privacy\"（各不相同 / each once）")));
        }
    }
    Ok(())
}

fn suspension(regime: &Regime) -> Result<(), Fault> {
    let rule = &regime.objection;
    for (key, value) in [
        ("suspend_on_receipt", &rule.suspend_on_receipt),
        ("suspend_on_evidence", &rule.suspend_on_evidence),
        ("suspend_on_own_finding", &rule.suspend_on_own_finding),
    ] {
        if !SUSPENSION.contains(&value.as_str()) {
            return Err((value.clone(), format!("[objection] {key} = \"no\" | \"immediate\" | \"unspecified\"")));
        }
    }
    Ok(())
}

/// What nobody fills in would be printed with its braces, and a duty that the sentence does not meet would be missed.
fn citation(regime: &Regime) -> Result<(), Fault> {
    let rule = &regime.citation;
    for (key, text) in [("template_zh", &rule.template_zh), ("template_en", &rule.template_en)] {
        let rest = PLACEHOLDERS.iter().fold(text.clone(), |text, known| text.replace(known, ""));
        if rest.contains(['{', '}']) {
            return Err((text.clone(), format!("[citation] {key}: {}", PLACEHOLDERS.join(" "))));
        }
        if rule.acquisition_date_required && !text.contains("{acquired_on}") {
            return Err((text.clone(), format!("[citation] {key}: {{acquired_on}}")));
        }
    }
    Ok(())
}
