//! The theme: templates, strings and assets, the site's own files over the built-in ones, file by file.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use tera::Tera;
use walkdir::WalkDir;

use crate::diag::{Code, Finding, Place};
use crate::model::digest::Digest;
use crate::model::route::{Route, file_name};
use crate::pages::contrast;
use crate::pages::strings::Strings;
use crate::site::{Site, toml_finding};

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../themes/default/", $name)) as &[u8])),*]
    };
}

/// The built-in theme, file by file.
pub const BUILT_IN: &[(&str, &[u8])] = embedded![
    "templates/api.html",
    "templates/bars.html",
    "templates/base.html",
    "templates/brand.html",
    "templates/card.html",
    "templates/chart.html",
    "templates/content.html",
    "templates/dataset.html",
    "templates/facets.html",
    "templates/hero.html",
    "templates/home.html",
    "templates/letter.html",
    "templates/licences.html",
    "templates/list.html",
    "templates/not_found.html",
    "templates/notices.html",
    "templates/held.html",
    "templates/objection.html",
    "templates/offline.html",
    "templates/pager.html",
    "templates/panel.html",
    "templates/quality.html",
    "templates/status.html",
    "templates/terms.html",
    "assets/explore.js",
    "assets/icon.svg",
    "assets/objection.js",
    "assets/offline.js",
    "assets/prefs.js",
    "assets/search.js",
    "assets/site.css",
    "assets/site.js",
    "assets/tokens.css",
    "i18n/en.toml",
    "i18n/zh-CN.toml",
];

/// A theme that is ready to render.
pub struct Theme {
    /// One for each language of the site, in its order.
    pub languages: Vec<Language>,
    /// What is copied: route and bytes.
    pub assets: Vec<(Route, Vec<u8>)>,
    /// The route of each asset by its name in the theme.
    pub asset_routes: BTreeMap<String, Route>,
    /// What does not hinder publishing: colours that are hard to read.
    pub warnings: Vec<Finding>,
}

/// The templates and strings of one language.
pub struct Language {
    /// The strings.
    pub strings: Strings,
    /// The templates, with what every page shares.
    pub tera: Tera,
}

impl Theme {
    fn add_asset(&mut self, name: &str, bytes: Vec<u8>) -> Result<()> {
        // A service worker rules over the folder that it lies in.
        let path = if name == OFFLINE { name.to_owned() } else { format!("assets/{}", stamped(name, &bytes)) };
        let route = Route::new(&path)?;
        self.asset_routes.insert(name.to_owned(), route.clone());
        self.assets.push((route, bytes));
        Ok(())
    }
}

/// The name of the asset with the strings that exploring a table says; the script fetches it when a reader asks for that.
#[must_use]
pub fn texts_name(tag: &str) -> String {
    format!("explore.{tag}.json")
}

fn texts_of(strings: &Strings) -> (String, Vec<u8>) {
    let said: serde_json::Map<String, serde_json::Value> = strings
        .all()
        .iter()
        .filter(|(key, _)| key.starts_with("explore_"))
        .map(|(key, text)| (key.clone(), text.as_str().into()))
        .collect();
    (texts_name(&strings.tag), serde_json::Value::Object(said).to_string().into_bytes())
}

/// The script that answers when there is no network; it lies at the root of the site.
pub const OFFLINE: &str = "offline.js";

/// Largest file of a theme.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// Loads the theme of a site and parses every template.
///
/// Findings: THEME_INVALID with file and line; CONFIG_INVALID for a language without strings.
/// Errors: when the theme's folder cannot be listed.
pub fn load(root: &Path, site: &Site) -> Result<std::result::Result<Theme, Vec<Finding>>> {
    let mut files: BTreeMap<String, Vec<u8>> =
        BUILT_IN.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
    let dir = root.join("themes").join(&site.theme);
    if site.theme != "default" && !dir.is_dir() {
        let finding = Finding::new(Code::ConfigInvalid, Place::file("site.toml").in_column("theme")).found(&site.theme);
        return Ok(Err(vec![finding.expected(format!("themes/{}/", site.theme))]));
    }
    if dir.is_dir() {
        read_dir(&dir, &mut files)?;
    }
    let where_is = |name: &str| format!("themes/{}/{name}", site.theme);
    let mut findings = Vec::new();
    let templates: Vec<(String, String)> = files
        .iter()
        .filter_map(|(name, bytes)| {
            let name = name.strip_prefix("templates/")?;
            Some((name.to_owned(), String::from_utf8_lossy(bytes).into_owned()))
        })
        .collect();
    let mut tera = Tera::new();
    if let Err(error) = tera.add_raw_templates(templates.iter().map(|(name, text)| (name.as_str(), text.as_str()))) {
        findings.push(template_finding(&error, &site.theme));
    }
    let mut languages = Vec::new();
    for tag in &site.languages {
        match strings_of(tag, &files, &where_is) {
            Ok(strings) => languages.push(Language { strings, tera: tera.clone() }),
            Err(finding) => findings.push(*finding),
        }
    }
    if !findings.is_empty() {
        return Ok(Err(findings));
    }
    let tokens = files.remove("assets/tokens.css").unwrap_or_default();
    let warnings = contrast::findings(&String::from_utf8_lossy(&tokens), &where_is("assets/tokens.css"));
    if let Some(rules) = files.get_mut("assets/site.css") {
        // One file, one request.
        rules.splice(0..0, tokens);
    }
    let mut theme = Theme { languages, assets: Vec::new(), asset_routes: BTreeMap::new(), warnings };
    for (name, bytes) in files {
        if let Some(name) = name.strip_prefix("assets/") {
            theme.add_asset(name, bytes)?;
        }
    }
    let texts: Vec<(String, Vec<u8>)> = theme.languages.iter().map(|language| texts_of(&language.strings)).collect();
    for (name, bytes) in texts {
        theme.add_asset(&name, bytes)?;
    }
    Ok(Ok(theme))
}

/// A template's fault as a finding: Tera's report names file, line and what was found, with a caret below it.
#[must_use]
pub fn template_finding(error: &tera::Error, theme: &str) -> Finding {
    let mut report = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        report = format!("{report}\n{inner}");
        source = inner.source();
    }
    let mut place = Place::file(format!("themes/{theme}/templates"));
    if let tera::ErrorKind::SyntaxError(details) | tera::ErrorKind::RenderingError(details) = error.kind() {
        place = Place::file(format!("themes/{theme}/templates/{}", details.filename()))
            .at_line(details.span().start_line as u64);
    }
    Finding::new(Code::ThemeInvalid, place).expected(report)
}

fn read_dir(dir: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for item in WalkDir::new(dir).max_depth(4).sort_by_file_name() {
        let item = item.with_context(|| format!("listing {}", dir.display()))?;
        let hidden = item.file_name().to_string_lossy().starts_with('.');
        let length = item.metadata().map(|meta| meta.len()).unwrap_or_default();
        if !item.file_type().is_file() || hidden || length > MAX_FILE_BYTES {
            continue;
        }
        let name = item.path().strip_prefix(dir).unwrap_or(item.path()).to_string_lossy().replace('\\', "/");
        let bytes = std::fs::read(item.path()).with_context(|| format!("reading {}", item.path().display()))?;
        files.insert(name, bytes);
    }
    Ok(())
}

fn strings_of(
    tag: &str,
    files: &BTreeMap<String, Vec<u8>>,
    where_is: &dyn Fn(&str) -> String,
) -> Result<Strings, Box<Finding>> {
    let name = format!("i18n/{tag}.toml");
    let Some(bytes) = files.get(&name) else {
        let finding = Finding::new(Code::ConfigInvalid, Place::file("site.toml").in_column("languages")).found(tag);
        return Err(Box::new(finding.expected(where_is(&name))));
    };
    let fallback = if tag.starts_with("zh") { "i18n/zh-CN.toml" } else { "i18n/en.toml" };
    let parse = |name: &str, bytes: &[u8]| -> Result<BTreeMap<String, String>, Box<Finding>> {
        let text = String::from_utf8_lossy(bytes);
        toml::from_str(&text).map_err(|error| toml_finding(Code::ThemeInvalid, &where_is(name), &text, &error))
    };
    let built_in = BUILT_IN.iter().find(|(known, _)| *known == fallback).map_or(&[] as &[u8], |(_, bytes)| bytes);
    Ok(Strings::new(tag, vec![parse(fallback, built_in)?, parse(&name, bytes)?]))
}

/// The name of an asset with a part of its digest, so that it may be cached for ever: `site.css` becomes `site-k3v9….css`.
fn stamped(name: &str, bytes: &[u8]) -> String {
    let digest = Digest::of(bytes).short(8);
    let (dir, base) = name.rsplit_once('/').map_or(("", name), |(dir, base)| (dir, base));
    let base = file_name(base);
    let base = match base.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{digest}.{extension}"),
        None => format!("{base}-{digest}"),
    };
    if dir.is_empty() { base } else { format!("{dir}/{base}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_keys() {
        let keys = |name: &str| -> Vec<String> {
            let bytes = BUILT_IN.iter().find(|(known, _)| *known == name).unwrap().1;
            let table: BTreeMap<String, String> = toml::from_str(std::str::from_utf8(bytes).unwrap()).unwrap();
            table.into_keys().collect()
        };
        assert_eq!(keys("i18n/zh-CN.toml"), keys("i18n/en.toml"));
    }

    #[test]
    fn every_string_is_used() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut used = String::new();
        for dir in ["themes/default/templates", "src/pages", "src/harvest", "src/endpoint", "src/cli"] {
            for item in WalkDir::new(root.join(dir)).into_iter().map(Result::unwrap) {
                if item.file_type().is_file() {
                    used.push_str(&std::fs::read_to_string(item.path()).unwrap());
                }
            }
        }
        // Families of keys that are put together from a code name.
        let states = ["held_reason_", "held_suspended", "held_withdrawn", "held_resumed", "dataset_now_"];
        let cases = ["ask_", "js_", "fault_", "wrong_", "why_", "step_", "state_", "ending_", "due_", "letter_"];
        let families = [
            &["api_", "by_", "explore_", "find_", "kind_", "freq_", "outcome_", "deadline_", "target_"][..],
            &states,
            &cases,
        ]
        .concat();
        let indexes = ["themes_title", "providers_title", "formats_title", "frequencies_title", "tags_title"];
        let bytes = BUILT_IN.iter().find(|(known, _)| *known == "i18n/en.toml").unwrap().1;
        let table: BTreeMap<String, String> = toml::from_str(std::str::from_utf8(bytes).unwrap()).unwrap();
        for key in table.keys().filter(|key| !families.iter().any(|family| key.starts_with(family))) {
            let is_used = used.contains(&format!("t.{key}")) || used.contains(&format!("\"{key}\""));
            assert!(is_used || indexes.contains(&key.as_str()), "{key} is used nowhere");
        }
    }

    #[test]
    fn every_file_of_the_default_theme_is_embedded() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/default");
        let mut on_disk = BTreeMap::new();
        read_dir(&dir, &mut on_disk).unwrap();
        let mut embedded: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
        embedded.sort_unstable();
        assert_eq!(on_disk.keys().map(String::as_str).collect::<Vec<_>>(), embedded);
    }

    #[test]
    fn no_template_marks_anything_safe_or_loads_from_elsewhere() {
        for (name, bytes) in BUILT_IN.iter().filter(|(name, _)| name.starts_with("templates/")) {
            let text = String::from_utf8_lossy(bytes);
            for bad in ["| safe", "|safe", "src=\"http", "@import", "url(http", "style=", "onclick", "<script>"] {
                assert!(!text.contains(bad), "{name} has {bad}");
            }
        }
    }
}
