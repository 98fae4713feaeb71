//! `kaishu regime`: the rule profiles, for people who read them beside the text of a regulation.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use crate::cli::{Outcome, print};
use crate::diag::{Finding, Lang};
use crate::rules::explain::{self, Value};
use crate::rules::{Regime, ids, table_of};

/// The published schema.
const SCHEMA: &str = include_str!("../../docs/regime.schema.json");

/// Lists the profiles that there are.
///
/// Errors: when one does not read.
pub fn list(site: &Path, lang: Lang) -> Result<Outcome> {
    for id in ids(site) {
        let regime = Regime::load(site, &id).map_err(|finding| error_of(&finding, lang))?;
        let state = if regime.is_draft() {
            print::say(lang, "征求意见稿", "draft")
        } else {
            print::say(lang, "现行", "in force")
        };
        print::data(&format!("{id}  {}  {state}", regime.title));
    }
    Ok(Outcome::Done)
}

/// Prints a profile value by value, each with its article and what it rests on.
///
/// Errors: when there is no such profile, or it is not valid.
pub fn show(site: &Path, id: &str, as_json: bool, lang: Lang) -> Result<Outcome> {
    let regime = Regime::load(site, id).map_err(|finding| error_of(&finding, lang))?;
    let table = table_of(site, id).map_err(|finding| error_of(&finding, lang))?;
    if !as_json {
        print::data(&format!("{}（{}）", regime.title, regime.id));
    }
    for value in explain::values(&table) {
        print::data(&if as_json { json!(value).to_string() } else { line_of(&value, lang) });
    }
    Ok(Outcome::Done)
}

/// Prints the file of a profile as it is written.
///
/// Errors: when there is no such profile.
pub fn source(site: &Path, id: &str, lang: Lang) -> Result<Outcome> {
    let Some((_, text)) = crate::rules::source_of(site, id) else {
        let finding = Regime::load(site, id).err().map_or_else(|| anyhow::anyhow!("{id}"), |f| error_of(&f, lang));
        return Err(finding);
    };
    print::data(text.trim_end());
    Ok(Outcome::Done)
}

/// Checks profiles; exit code 1 where one is not valid.
pub fn check(site: &Path, id: Option<&str>, lang: Lang) -> Outcome {
    let wanted = id.map_or_else(|| ids(site), |id| vec![id.to_owned()]);
    let mut outcome = Outcome::Done;
    for id in wanted {
        match Regime::load(site, &id).and_then(|regime| Ok((regime, table_of(site, &id)?))) {
            Ok((regime, table)) => {
                let values = explain::values(&table);
                let n = |basis: &str| values.iter().filter(|value| value.basis == basis).count();
                let (law, ours, unsaid) = (n("statutory") + n("derived"), n("policy"), n("unspecified"));
                print::data(&match lang {
                    Lang::Zh => format!(
                        "{id}：有效。{}；依据条文 {law} 项，运营目标 {ours} 项，文本未规定 {unsaid} 项",
                        regime.title
                    ),
                    Lang::En => format!(
                        "{id}: valid. {}; {law} values of the law, {ours} of ours, {unsaid} left unsaid",
                        regime.title
                    ),
                });
            }
            Err(finding) => {
                outcome = Outcome::Refused;
                print::note(&error_of(&finding, lang).to_string());
            }
        }
    }
    outcome
}

/// Prints every value in which two profiles differ; where only the number of the article does, it is counted.
///
/// Errors: when one of them is not valid.
pub fn diff(site: &Path, left: &str, right: &str, as_json: bool, lang: Lang) -> Result<Outcome> {
    let read = |id: &str| table_of(site, id).map_err(|finding| error_of(&finding, lang));
    let mut n_renumbered = 0;
    for (left, right) in explain::differences(&read(left)?, &read(right)?) {
        if as_json {
            print::data(&json!({ "left": left, "right": right }).to_string());
            continue;
        }
        if let (Some(left), Some(right)) = (&left, &right)
            && left.value == right.value
        {
            n_renumbered += 1;
            continue;
        }
        let path = left.as_ref().or(right.as_ref()).map_or("", |value| value.path.as_str());
        print::data(path);
        let print_side = |sign: &str, value: Option<&Value>| {
            let words =
                value.map_or_else(|| print::say(lang, "（无）", "(none)").to_owned(), |value| words_of(value, lang));
            print::data(&format!("  {sign} {words}"));
        };
        print_side("-", left.as_ref());
        print_side("+", right.as_ref());
    }
    if n_renumbered > 0 {
        print::note(&match lang {
            Lang::Zh => format!("另有 {n_renumbered} 项内容相同，只是条文序号不同，用 --json 查看"),
            Lang::En => format!("{n_renumbered} more values are the same under another article; see them with --json"),
        });
    }
    Ok(Outcome::Done)
}

/// Prints the JSON Schema of a profile.
pub fn schema() -> Outcome {
    print::data(SCHEMA.trim_end());
    Outcome::Done
}

fn line_of(value: &Value, lang: Lang) -> String {
    format!("{} = {}", value.path, words_of(value, lang))
}

/// A value with its article and basis: ours is never shown as the law's.
fn words_of(value: &Value, lang: Lang) -> String {
    let basis = match (value.basis.as_str(), lang) {
        ("policy", Lang::Zh) => "运营目标",
        ("policy", Lang::En) => "target of ours",
        ("derived", Lang::Zh) => "由条文推得",
        ("derived", Lang::En) => "follows from the text",
        ("unspecified", Lang::Zh) => "文本未规定",
        ("unspecified", Lang::En) => "left unsaid",
        ("statutory", Lang::Zh) => "条文",
        ("statutory", Lang::En) => "text",
        _ => "",
    };
    let about: Vec<&str> = [value.article.as_str(), basis].into_iter().filter(|word| !word.is_empty()).collect();
    let quote = if value.quote.is_empty() { String::new() } else { format!("「{}」", value.quote) };
    if about.is_empty() { value.value.clone() } else { format!("{}  [{}]{quote}", value.value, about.join("；")) }
}

fn error_of(finding: &Finding, lang: Lang) -> anyhow::Error {
    let found = if finding.found.is_empty() { String::new() } else { format!(" `{}`", finding.found) };
    let where_ = finding.place.describe(lang);
    anyhow::anyhow!("{where_}{found}: {}（{}）", finding.message(lang), finding.expectation(lang))
}
