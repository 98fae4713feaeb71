//! Are the fields there that make an entry an entry, and those that the regime requires?

use std::collections::BTreeSet;

use crate::diag::{Code, Finding, Place};
use crate::gate::Rules;
use crate::model::dataset::Dataset;
use crate::site::MissingFields;

/// An entry, and which of the fields that are not for the public are filled in.
#[derive(Clone, Copy)]
pub struct Filled<'a> {
    /// What the public may see.
    pub dataset: &'a Dataset,
    /// The keys of filled fields that it may not.
    pub internal: &'a BTreeSet<&'static str>,
}

/// Judges the fields of an entry.
///
/// Findings: TITLE_MISSING, PROVIDER_MISSING, DATE_IN_FUTURE; for the regime's list FIELD_MISSING, or FIELD_REQUIRED
/// where the site asks for it.
/// Source: DESIGN section 6 (2).
pub fn judge<'a>(entry: Filled<'_>, place: &Place, rules: &Rules<'a>) -> Vec<Finding> {
    let dataset = entry.dataset;
    let mut findings = Vec::new();
    let finding = |code| Finding::new(code, place.clone()).about(&dataset.title);
    if dataset.title.is_empty() {
        findings.push(finding(Code::TitleMissing));
    }
    if dataset.provider.is_empty() {
        findings.push(finding(Code::ProviderMissing));
    }
    if let Some(day) = dataset.modified.filter(|day| *day > rules.as_of) {
        findings.push(finding(Code::DateFuture).found(&day.to_string()).expected(rules.as_of.to_string()));
    }
    let updated = dataset.modified.or(dataset.issued).filter(|day| *day <= rules.as_of);
    let due = dataset.frequency.zip(updated).and_then(|(frequency, day)| frequency.next_due(day));
    if let Some(day) = due.filter(|day| *day < rules.as_of) {
        findings.push(finding(Code::DataOverdue).found(&day.to_string()));
    }
    let code = match rules.site.gate.missing_fields {
        MissingFields::Warn => Code::FieldMissing,
        MissingFields::Refuse => Code::FieldRequired,
    };
    let catalog = &rules.regime.catalog;
    let of_list = |keys: &'a [String], fields: &'a [String], article: &'a str| {
        keys.iter().zip(fields).map(move |(key, name)| (key, name, article))
    };
    let mut told = BTreeSet::new();
    let required = of_list(&catalog.mandatory_keys, &catalog.mandatory_fields, &catalog.article);
    for (key, name, article) in
        required.chain(of_list(&catalog.open_catalog_keys, &catalog.open_catalog_fields, &catalog.open_catalog_article))
    {
        // The two lists of a regulation overlap: what one idea lacks is told once.
        if is_present(entry, key) == Some(false) && told.insert(idea_of(key)) {
            let expected = format!("{name}（{article}）");
            findings.push(finding(code).expected(expected));
        }
    }
    findings
}

/// Whether a field that a regime requires is filled in; `None` where the catalog says it by other means (the class
/// itself, a condition that an unconditional entry does not have) or the field is not for the public.
fn is_present(entry: Filled<'_>, key: &str) -> Option<bool> {
    let dataset = entry.dataset;
    let filled = |text: &str| Some(!text.is_empty());
    match key {
        "title" | "content" | "open_content" => filled(&dataset.title),
        "abstract" => filled(&dataset.summary),
        "format" | "form" => Some(!dataset.formats.is_empty() || !dataset.locations.is_empty()),
        "industry" => filled(&dataset.industry),
        "category" => Some([&dataset.category, &dataset.industry, &dataset.theme].iter().any(|text| !text.is_empty())),
        "temporal" => filled(&dataset.temporal),
        "spatial" | "open_scope" => filled(&dataset.spatial),
        "update_frequency" => Some(dataset.frequency.is_some() || !dataset.frequency_text.is_empty()),
        "provider_name" | "providing_body" => filled(&dataset.provider),
        "provider_code" => filled(&dataset.provider_code),
        "collecting_body" => filled(&dataset.collecting_body),
        "reviewing_body" => filled(&dataset.reviewing_body),
        "item_name" => Some(!dataset.items.is_empty()),
        "item_format" => Some(dataset.items.iter().any(|item| !item.format.is_empty())),
        "sharing_class"
        | "sharing_condition"
        | "sharing_method"
        | "authorized_operation_status"
        | "authorized_operation_scenario" => Some(entry.internal.contains(key)),
        _ => None,
    }
}

/// The field that a key of either list is about.
fn idea_of(key: &str) -> &str {
    match key {
        "content" | "open_content" => "title",
        "form" => "format",
        "open_scope" => "spatial",
        "providing_body" => "provider_name",
        other => other,
    }
}
