//! The regime in force: a rule profile read from data and asked by name.
//!
//! No city, article or number of days stands in code: whatever a page or the gate says about the law comes from here.

pub mod articles;
pub mod cases;
mod check;
pub mod conduct;
pub mod explain;
pub mod licences;
pub mod opening;
pub mod profile;
mod source;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::diag::{Code, Finding, Place};
use crate::model::date::Day;
use crate::model::digest::Digest;
use crate::rules::cases::{Application, Correction, Objection};
use crate::rules::conduct::{Citation, Evaluation, Misuse, Priority, RecordRules, Report, ReuseLimits, Security};
use crate::rules::opening::{Access, CatalogRules, ClassChange, Classes, PrePublication, Roles};
use crate::rules::profile::{ArticleMap, Deadline, Difference, Gloss};
use crate::rules::source::{BUILT_IN, inherited, source};
use crate::site::toml_finding;

pub use crate::rules::source::{ids, source as source_of, table_of};

/// A rule profile.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Regime {
    /// The edition of this form; 1.
    pub schema_version: u32,
    /// The id, such as a place and a year.
    pub id: String,
    /// The name of the regulation.
    pub title: String,
    /// The place's code in GB/T 2260.
    pub region_code: String,
    /// The place.
    pub region_name: String,
    /// Whether it is in force.
    pub status: Status,
    /// The profile whose values hold where this one says nothing.
    #[serde(default)]
    pub inherits: String,
    /// The profile that came after a draft.
    #[serde(default)]
    pub superseded_by: String,
    /// `forbidden` for a draft.
    #[serde(default)]
    pub production_use: String,
    /// When comments on a draft were taken.
    #[serde(default)]
    pub comment_period: Option<Span>,
    /// When it was adopted.
    #[serde(default)]
    pub adopted_on: Option<DayOrText>,
    /// When it was issued.
    #[serde(default)]
    pub issued_on: Option<DayOrText>,
    /// The first day, where the text names one.
    #[serde(default)]
    effective_from: Option<DayOrText>,
    /// The last day, where the text names one.
    #[serde(default)]
    effective_until: Option<DayOrText>,
    /// The last day by another reading of the text.
    #[serde(default)]
    pub effective_until_alt: Option<DayOrText>,
    /// The article on validity.
    pub validity_article: String,
    /// Its words.
    #[serde(default)]
    pub validity_quote: String,
    /// What it stands below.
    #[serde(default)]
    pub parent_rules: Vec<String>,
    /// What it takes the place of.
    #[serde(default)]
    pub repeals: Vec<String>,
    /// How many articles it has.
    pub articles_total: u32,
    /// What there is to say of the numbers of its articles.
    #[serde(default)]
    pub numbering_note: String,
    /// Who is who.
    pub roles: Roles,
    /// The openness classes.
    pub classes: Classes,
    /// Changes of class.
    pub class_change: ClassChange,
    /// The catalog's fields.
    pub catalog: CatalogRules,
    /// What must be done before opening.
    #[serde(default)]
    pub pre_publication: Option<PrePublication>,
    /// How data is given.
    pub access: Access,
    /// Applications for what is not unconditionally open.
    pub application: Application,
    /// Objections.
    pub objection: Objection,
    /// Corrections.
    pub correction: Correction,
    /// Reports of unlawful use.
    pub report: Report,
    /// The duty to attribute.
    pub citation: Citation,
    /// Limits on reuse that touch the choice of a licence.
    #[serde(default)]
    pub reuse_limits: Option<ReuseLimits>,
    /// Measures against misuse.
    pub misuse: Misuse,
    /// Records.
    pub records: RecordRules,
    /// Security.
    pub security: Security,
    /// The evaluation of each year.
    #[serde(default)]
    pub evaluation: Option<Evaluation>,
    /// Priority domains.
    pub priority: Priority,
    /// Every period that a rule sets.
    #[serde(default)]
    pub deadline: Vec<Deadline>,
    /// Articles of a draft and of its final text.
    #[serde(default)]
    pub article_map: ArticleMap,
    /// What a draft says otherwise, for readers.
    #[serde(default)]
    pub diff: BTreeMap<String, Difference>,
    /// What its words are for programs and in English.
    #[serde(default)]
    pub glosses: BTreeMap<String, Gloss>,
    /// The digest of the profile's text, for the record.
    #[serde(skip, default = "zero_digest")]
    pub digest: Digest,
}

/// Whether a regulation is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is.
    InForce,
    /// A draft for comment.
    Draft,
    /// A draft whose final text is in force.
    DraftSuperseded,
}

/// A span of days.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The first day.
    pub from: DayOrText,
    /// The last day.
    pub to: DayOrText,
}

fn zero_digest() -> Digest {
    Digest::ZERO
}

/// A day, or what stands in a text where a day belongs.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum DayOrText {
    /// A day.
    Day(#[cfg_attr(test, schemars(with = "String"))] toml::value::Datetime),
    /// Words.
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
    /// What words of the regulation mean in the language of a page, where that is another and the profile says it.
    #[must_use]
    pub fn gloss(&self, words: &str, tag: &str) -> Option<&str> {
        self.glosses.get(words).filter(|_| tag.starts_with("en")).map(|gloss| gloss.en.as_str())
    }

    /// The name that programs can send instead of words.
    #[must_use]
    pub fn code_of(&self, words: &str) -> Option<&str> {
        self.glosses.get(words).map(|gloss| gloss.code.as_str()).filter(|code| !code.is_empty())
    }

    /// The listed words that somebody means who sent them or their code.
    #[must_use]
    pub fn meant<'a>(&self, listed: &'a [String], said: &str) -> Option<&'a String> {
        listed.iter().find(|words| *words == said || self.code_of(words) == Some(said))
    }

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
        let mut regime = if text.lines().any(|line| line.starts_with("inherits")) {
            let table = inherited(root, &file, &text)?;
            table
                .try_into()
                .map_err(|error: toml::de::Error| toml_finding(Code::RegimeInvalid, &file, &text, &error))?
        } else {
            // Read from the text itself, so that a mistake has its line.
            let read: Result<Self, _> = toml::from_str(&text);
            read.map_err(|error| toml_finding(Code::RegimeInvalid, &file, &text, &error))?
        };
        regime.digest = Digest::of(text.as_bytes());
        check::check(&regime, id).map_err(|(found, expected)| {
            Box::new(Finding::new(Code::RegimeInvalid, Place::file(file.as_str())).found(&found).expected(expected))
        })?;
        Ok(regime)
    }

    /// Whether it may not be used for publication on a day: a draft, or not yet in force.
    #[must_use]
    pub fn is_premature(&self, as_of: Day) -> bool {
        self.is_draft() || self.effective_from().is_some_and(|first| as_of < first)
    }

    /// Whether it is a draft, which must not be used for publication.
    #[must_use]
    pub fn is_draft(&self) -> bool {
        self.status != Status::InForce
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

    /// `docs/regime.schema.json` says of a profile what the types say; `SNAPSHOTS=overwrite` writes it.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "whoever runs the tests says so")]
    fn the_published_schema_is_that_of_the_types() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/regime.schema.json");
        let schema = serde_json::to_string_pretty(&schemars::schema_for!(Regime)).unwrap() + "\n";
        if std::env::var_os("SNAPSHOTS").is_some() {
            std::fs::write(&path, &schema).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), schema);
    }

    #[test]
    fn a_draft_says_what_it_says_under_its_own_articles() {
        let root = Path::new("/nonexistent");
        let (draft, text) =
            (Regime::load(root, "yancheng-2022-draft").unwrap(), Regime::load(root, "yancheng-2022").unwrap());
        assert_eq!((draft.objection.article.as_str(), text.objection.article.as_str()), ("第三十条", "第二十八条"));
        assert!(draft.objection.claims.is_empty() && !text.objection.claims.is_empty());
        assert_ne!(draft.catalog.standard, text.catalog.standard);
        assert_eq!(draft.objection.outcomes, text.objection.outcomes);
    }

    #[test]
    fn no_article_lies_beyond_the_last() {
        for (id, _) in BUILT_IN {
            let total = Regime::load(Path::new("/nonexistent"), id).unwrap().articles_total;
            for value in explain::values(&table_of(Path::new("/nonexistent"), id).unwrap()) {
                let own: Vec<u32> = articles::named_in(&value.article);
                assert!(own.iter().all(|n| *n <= total), "{id}: {value:?}");
            }
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
