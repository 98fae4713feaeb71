//! Are the fields there that make an entry an entry, and those that the regime requires?

use crate::diag::{Code, Finding, Place};
use crate::gate::Rules;
use crate::model::dataset::Dataset;
use crate::site::MissingFields;

/// Judges the fields of an entry.
///
/// Findings: TITLE_MISSING, PROVIDER_MISSING, DATE_IN_FUTURE; for the regime's list FIELD_MISSING, or FIELD_REQUIRED
/// where the site asks for it.
/// Source: DESIGN section 6 (2).
pub fn judge(dataset: &Dataset, place: &Place, rules: &Rules<'_>) -> Vec<Finding> {
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
    let code = match rules.site.gate.missing_fields {
        MissingFields::Warn => Code::FieldMissing,
        MissingFields::Refuse => Code::FieldRequired,
    };
    let required = rules.regime.catalog.mandatory_keys.iter().zip(&rules.regime.catalog.mandatory_fields);
    for (key, name) in required {
        if is_present(dataset, key) == Some(false) {
            let expected = format!("{name}（{}）", rules.regime.catalog.article);
            findings.push(finding(code).expected(expected));
        }
    }
    findings
}

/// Whether a field that a regime requires is filled in; `None` where the catalog says it by other means (the class
/// itself, a condition that an unconditional entry does not have) or the field is not for the public.
fn is_present(dataset: &Dataset, key: &str) -> Option<bool> {
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
        _ => None,
    }
}
