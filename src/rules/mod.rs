//! The regime in force: a rule profile read from data and asked by name.
//!
//! No city, article or number of days stands in code: whatever a page or the gate says about the law comes from here.

pub mod licences;
pub mod profile;

use std::path::Path;

use serde::Deserialize;

use crate::diag::{Code, Finding, Place};
use crate::model::date::Day;
use crate::model::digest::Digest;
use crate::rules::profile::{
    Access, CatalogRules, Citation, ClassChange, Classes, Objection, Priority, Report, ReuseLimits, Roles,
};
use crate::site::toml_finding;

/// The built-in profiles: id and text.
const BUILT_IN: &[(&str, &str)] = &[
    ("shuangyashan-2026", include_str!("../../regimes/shuangyashan-2026.toml")),
    ("yancheng-2022", include_str!("../../regimes/yancheng-2022.toml")),
    ("yancheng-2022-draft", include_str!("../../regimes/yancheng-2022-draft.toml")),
    ("yangzhou-2021-draft", include_str!("../../regimes/yangzhou-2021-draft.toml")),
];

/// A rule profile.
///
/// Only what the program uses so far has a type; the other sections are kept as they are for the pages that show them.
#[derive(Clone, Debug, Deserialize)]
pub struct Regime {
    /// The id, such as a place and a year.
    pub id: String,
    /// The name of the regulation.
    pub title: String,
    /// The place.
    pub region_name: String,
    /// `in_force`, or a word that starts with `draft`.
    pub status: String,
    /// The first day, where the text names one.
    #[serde(default)]
    effective_from: Option<DayOrText>,
    /// The last day, where the text names one.
    #[serde(default)]
    effective_until: Option<DayOrText>,
    /// The article on validity.
    pub validity_article: String,
    /// Its words.
    #[serde(default)]
    pub validity_quote: String,
    /// Who is who.
    pub roles: Roles,
    /// The openness classes.
    pub classes: Classes,
    /// Changes of class.
    pub class_change: ClassChange,
    /// The catalog's fields.
    pub catalog: CatalogRules,
    /// How data is given.
    #[serde(default)]
    pub access: Access,
    /// Objections.
    pub objection: Objection,
    /// Reports of unlawful use.
    #[serde(default)]
    pub report: Report,
    /// The duty to attribute.
    pub citation: Citation,
    /// Priority domains.
    #[serde(default)]
    pub priority: Priority,
    /// Limits on reuse that touch the choice of a licence.
    #[serde(default)]
    pub reuse_limits: Option<ReuseLimits>,
    /// The digest of the profile's text, for the record.
    #[serde(skip, default = "zero_digest")]
    pub digest: Digest,
}

fn zero_digest() -> Digest {
    Digest::ZERO
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum DayOrText {
    Day(toml::value::Datetime),
    Text(String),
}

impl DayOrText {
    fn day(&self) -> Option<Day> {
        match self {
            Self::Day(datetime) => Day::parse_iso(&datetime.date?.to_string()),
            Self::Text(text) => Day::parse_iso(text),
        }
    }
}

/// Whether the regime is in force on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Validity {
    /// In force.
    InForce,
    /// Ends within half a year, on this day.
    EndsSoon(Day),
    /// Ended on this day.
    Expired(Day),
}

/// How long before its end the site says so, in months. Source: requirements 7 A10, policy.
const NOTICE_MONTHS: i32 = 6;

impl Regime {
    /// Loads a profile: the site's own file in `regimes/` first, else the built-in one.
    ///
    /// Errors: a finding that names the profiles there are, or the line that is wrong.
    pub fn load(root: &Path, id: &str) -> Result<Self, Box<Finding>> {
        let (file, text) = source(root, id).ok_or_else(|| {
            let names = BUILT_IN.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            Box::new(
                Finding::new(Code::RegimeUnknown, Place::file("site.toml").in_column("regime"))
                    .found(id)
                    .expected(names),
            )
        })?;
        let mut table: toml::Table =
            toml::from_str(&text).map_err(|error| toml_finding(Code::RegimeInvalid, &file, &text, &error))?;
        if let Some(toml::Value::String(parent)) = table.get("inherits") {
            let Some((parent_file, parent_text)) = source(root, parent) else {
                return Err(Box::new(
                    Finding::new(Code::RegimeInvalid, Place::file(file)).found(parent).expected("inherits"),
                ));
            };
            let mut merged: toml::Table = toml::from_str(&parent_text)
                .map_err(|error| toml_finding(Code::RegimeInvalid, &parent_file, &parent_text, &error))?;
            merged.extend(table);
            table = merged;
        }
        let mut regime: Self = table
            .try_into()
            .map_err(|error: toml::de::Error| toml_finding(Code::RegimeInvalid, &file, &text, &error))?;
        regime.digest = Digest::of(text.as_bytes());
        regime.check().map_err(|(found, expected)| {
            Box::new(Finding::new(Code::RegimeInvalid, Place::file(file.as_str())).found(&found).expected(expected))
        })?;
        Ok(regime)
    }

    /// A status or a day that the program cannot read would pass for "in force" in silence.
    fn check(&self) -> Result<(), (String, String)> {
        const STATUSES: [&str; 3] = ["in_force", "draft", "draft_superseded"];
        if !STATUSES.contains(&self.status.as_str()) {
            return Err((self.status.clone(), format!("status = {}", STATUSES.join(" | "))));
        }
        let days = [("effective_from", &self.effective_from), ("effective_until", &self.effective_until)];
        for (key, day) in days {
            if let Some(DayOrText::Text(text)) = day
                && !self.is_draft()
                && text != "unspecified"
                && Day::parse_iso(text).is_none()
            {
                return Err((text.clone(), format!("{key} = 2026-11-21 | \"unspecified\"")));
            }
        }
        Ok(())
    }

    /// Whether it may not be used for publication on a day: a draft, or not yet in force.
    #[must_use]
    pub fn is_premature(&self, as_of: Day) -> bool {
        self.is_draft() || self.effective_from().is_some_and(|first| as_of < first)
    }

    /// Whether it is a draft, which must not be used for publication.
    #[must_use]
    pub fn is_draft(&self) -> bool {
        self.status.starts_with("draft")
    }

    /// Whether it is in force on a day; a text without a last day stays in force.
    #[must_use]
    pub fn validity(&self, as_of: Day) -> Validity {
        match self.effective_until() {
            Some(last) if as_of > last => Validity::Expired(last),
            Some(last) if as_of.plus_months(NOTICE_MONTHS) >= last => Validity::EndsSoon(last),
            _ => Validity::InForce,
        }
    }

    /// The first day, where the text names one.
    #[must_use]
    pub fn effective_from(&self) -> Option<Day> {
        self.effective_from.as_ref().and_then(DayOrText::day)
    }

    /// The last day, where the text names one.
    #[must_use]
    pub fn effective_until(&self) -> Option<Day> {
        self.effective_until.as_ref().and_then(DayOrText::day)
    }

    /// The attribution sentence of a dataset; `acquired_on` is put in where the rules ask for the day.
    #[must_use]
    pub fn attribution(&self, lang: &str, site: &str, title: &str, provider: &str, acquired_on: &str) -> String {
        let template = if lang.starts_with("zh") { &self.citation.template_zh } else { &self.citation.template_en };
        fill(template, &[("site", site), ("title", title), ("provider", provider), ("acquired_on", acquired_on)])
    }
}

/// Fills `{name}` places in one pass, so that a value that holds `{title}` itself is never filled again.
#[must_use]
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut res = String::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        res.push_str(&rest[..start]);
        let after = &rest[start + 1..];
        let known = after.find('}').and_then(|end| {
            let name = &after[..end];
            values.iter().find(|(key, _)| *key == name).map(|(_, value)| (end, *value))
        });
        if let Some((end, value)) = known {
            res.push_str(value);
            rest = &after[end + 1..];
        } else {
            res.push('{');
            rest = after;
        }
    }
    res.push_str(rest);
    res
}

fn source(root: &Path, id: &str) -> Option<(String, String)> {
    if id.contains(['/', '\\', '.']) {
        return None;
    }
    let file = format!("regimes/{id}.toml");
    if let Ok(text) = std::fs::read_to_string(root.join(&file)) {
        return Some((file, text));
    }
    BUILT_IN.iter().find(|(name, _)| *name == id).map(|(_, text)| (file, (*text).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_profile_loads() {
        for (id, _) in BUILT_IN {
            let regime =
                Regime::load(Path::new("/nonexistent"), id).unwrap_or_else(|finding| panic!("{id}: {finding:?}"));
            assert_eq!(&regime.id, id);
        }
    }

    #[test]
    fn a_profile_ends_when_its_text_says() {
        let regime = Regime::load(Path::new("/nonexistent"), "yancheng-2022").unwrap();
        let last = regime.effective_until().unwrap();
        assert_eq!(regime.validity(last.plus_months(-7)), Validity::InForce);
        assert_eq!(regime.validity(last), Validity::EndsSoon(last));
        assert_eq!(regime.validity(last.plus_days(1)), Validity::Expired(last));
    }

    #[test]
    fn a_value_is_never_a_template() {
        assert_eq!(fill("{a}-{b}-{c}", &[("a", "{b}"), ("b", "x")]), "{b}-x-{c}");
    }
}
