//! Where the texts of profiles come from, and what a draft inherits.

use std::collections::BTreeSet;
use std::path::Path;

use super::articles;
use super::profile::ArticleMap;
use crate::diag::{Code, Finding, Place};
use crate::site::toml_finding;

/// The built-in profiles: id and text.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("shuangyashan-2026", include_str!("../../regimes/shuangyashan-2026.toml")),
    ("yancheng-2022", include_str!("../../regimes/yancheng-2022.toml")),
    ("yancheng-2022-draft", include_str!("../../regimes/yancheng-2022-draft.toml")),
    ("yangzhou-2021-draft", include_str!("../../regimes/yangzhou-2021-draft.toml")),
];

/// The tables of a profile and of the one that it inherits from, with the draft's article numbers where there is a map.
pub fn inherited(root: &Path, file: &str, text: &str) -> Result<toml::Table, Box<Finding>> {
    let table: toml::Table =
        toml::from_str(text).map_err(|error| toml_finding(Code::RegimeInvalid, file, text, &error))?;
    let invalid = |found: &str, expected: &str| {
        Box::new(Finding::new(Code::RegimeInvalid, Place::file(file)).found(found).expected(expected))
    };
    let parent = table.get("inherits").and_then(toml::Value::as_str).unwrap_or_default();
    let (parent_file, parent_text) = source(root, parent).ok_or_else(|| invalid(parent, "inherits"))?;
    let mut merged: toml::Table = toml::from_str(&parent_text)
        .map_err(|error| toml_finding(Code::RegimeInvalid, &parent_file, &parent_text, &error))?;
    if merged.contains_key("inherits") {
        return Err(invalid(parent, "inherits: 一层 / one step only"));
    }
    if let Some(map) = table.get("article_map") {
        let map: ArticleMap =
            map.clone().try_into().map_err(|error: toml::de::Error| invalid("article_map", error.message()))?;
        renumber(&mut merged, &map).map_err(|n| invalid(&articles::in_chinese(n), "[article_map]"))?;
    }
    merge(&mut merged, table);
    Ok(merged)
}

/// Puts the draft's numbers into every `article`.
fn renumber(table: &mut toml::Table, map: &ArticleMap) -> Result<(), u32> {
    for (key, value) in table.iter_mut() {
        match value {
            toml::Value::Table(table) => renumber(table, map)?,
            toml::Value::Array(items) => {
                for table in items.iter_mut().filter_map(toml::Value::as_table_mut) {
                    renumber(table, map)?;
                }
            }
            toml::Value::String(text) if key.ends_with("article") => *text = articles::as_in_draft(text, map)?,
            _ => {}
        }
    }
    Ok(())
}

/// Lays one table over another, value by value.
fn merge(below: &mut toml::Table, above: toml::Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => merge(below, above),
            (_, value) => drop(below.insert(key, value)),
        }
    }
}

/// The profiles that there are: built in, and the site's own.
#[must_use]
pub fn ids(root: &Path) -> Vec<String> {
    let mut res: BTreeSet<String> = BUILT_IN.iter().map(|(id, _)| (*id).to_owned()).collect();
    let own = std::fs::read_dir(root.join("regimes")).into_iter().flatten().flatten();
    res.extend(own.filter_map(|item| item.file_name().to_string_lossy().strip_suffix(".toml").map(str::to_owned)));
    res.into_iter().collect()
}

/// A profile as a table, for reading beside the text of the regulation.
///
/// Errors: as [`Regime::load`].
pub fn table_of(root: &Path, id: &str) -> Result<toml::Table, Box<Finding>> {
    let Some((file, text)) = source(root, id) else {
        return Err(Box::new(
            Finding::new(Code::RegimeUnknown, Place::file("regimes/")).found(id).expected(ids(root).join(", ")),
        ));
    };
    let table: toml::Table =
        toml::from_str(&text).map_err(|error| toml_finding(Code::RegimeInvalid, &file, &text, &error))?;
    if table.contains_key("inherits") { inherited(root, &file, &text) } else { Ok(table) }
}

/// The file of a profile and its text; a site's own file comes before a built-in one of the same name.
#[must_use]
pub fn source(root: &Path, id: &str) -> Option<(String, String)> {
    if id.contains(['/', '\\', '.']) {
        return None;
    }
    let file = format!("regimes/{id}.toml");
    if let Ok(text) = std::fs::read_to_string(root.join(&file)) {
        return Some((file, text));
    }
    BUILT_IN.iter().find(|(name, _)| *name == id).map(|(_, text)| (file, (*text).to_owned()))
}
