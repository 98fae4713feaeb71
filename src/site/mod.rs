//! `site.toml`: what the team says about its site. Unknown keys are errors.
//!
//! In: the bytes of `site.toml`. Out: [`Site`]. No other file is read here.

mod endpoint;
mod files;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::diag::{Code, Finding, Place};
use crate::model::date::Day;
use crate::model::field::Field;
use crate::model::openness::Openness;
use crate::model::text::LocalText;

pub use endpoint::{EndpointConfig, IntakeLimits, Retention};
pub use files::{Delimiter, ExportConfig, Limits, Merged, ReadConfig};

/// The whole of `site.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// The name of the site.
    pub title: LocalText,
    /// One sentence under the title on the home page.
    #[serde(default)]
    pub description: LocalText,
    /// The address of the site, with a path where it does not stand at the root.
    pub base_url: String,
    /// The id of the rule profile.
    pub regime: String,
    /// Language tags, the main one first.
    #[serde(default = "default_languages")]
    pub languages: Vec<String>,
    /// The theme's name.
    #[serde(default = "default_theme")]
    pub theme: String,
    /// Whether every page says that this is a demonstration and no authority's site.
    #[serde(default)]
    pub demonstration: bool,
    /// The catalog.
    #[serde(default)]
    pub catalog: CatalogConfig,
    /// The gate.
    #[serde(default)]
    pub gate: GateConfig,
    /// Licences.
    #[serde(default)]
    pub licence: LicenceConfig,
    /// The footer and the contact of the site.
    #[serde(default)]
    pub footer: Footer,
    /// Which derived files are made.
    #[serde(default)]
    pub exports: ExportConfig,
    /// How data files are read; the first that fits a file counts.
    #[serde(default)]
    pub tables: Vec<ReadConfig>,
    /// The companion endpoint.
    #[serde(default)]
    pub endpoint: Option<EndpointConfig>,
}

/// `[catalog]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CatalogConfig {
    /// Globs, from the site folder.
    pub files: Vec<String>,
    /// The encoding of text files, where it is not UTF-8.
    pub encoding: Option<String>,
    /// Code name to header.
    pub columns: BTreeMap<String, String>,
    /// Code name to (value in the file to our value).
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Headers that are left aside on purpose.
    pub ignore: Vec<String>,
    /// When the catalog was last reviewed as a whole, where the rules ask for it in each year.
    pub reviewed_on: Option<Day>,
}

impl Default for CatalogConfig {
    fn default() -> Self {
        Self {
            files: ["datasets/catalog.csv", "datasets/catalog.xlsx", "datasets/catalog.json", "datasets/catalog/**"]
                .map(str::to_owned)
                .to_vec(),
            encoding: None,
            columns: BTreeMap::new(),
            values: BTreeMap::new(),
            ignore: Vec::new(),
            reviewed_on: None,
        }
    }
}

/// `[gate]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GateConfig {
    /// What a missing field means that the rules require.
    pub missing_fields: MissingFields,
}

/// `warn` or `refuse`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MissingFields {
    /// Reported, published all the same.
    #[default]
    Warn,
    /// Not published.
    Refuse,
}

/// `[licence]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LicenceConfig {
    /// The licence of entries that name none; the terms of the rules where this is empty.
    pub default: Option<String>,
    /// The provider's authorisation of any-purpose licences, where the rules ask for one.
    pub authorisation: Option<Authorisation>,
    /// Licences beside the built-in register.
    pub extra: Vec<ExtraLicence>,
}

/// Who allowed an any-purpose licence, when and under which reference.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorisation {
    /// The body.
    pub body: String,
    /// The reference number.
    pub reference: String,
    /// The day.
    pub date: Day,
}

/// `[[licence.extra]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtraLicence {
    /// The id, starting with `LicenseRef-` where SPDX has none.
    pub id: String,
    /// The name.
    pub name: LocalText,
    /// The address of the text.
    pub url: String,
    /// In plain words, what it allows and asks.
    pub summary: LocalText,
}

/// `[footer]`: what government sites state at the foot of a page; empty texts are left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Footer {
    /// 主办单位.
    pub host: LocalText,
    /// 承办单位.
    pub operator: LocalText,
    /// 联系地址.
    pub address: LocalText,
    /// 联系电话.
    pub phone: String,
    /// 电子邮箱.
    pub email: String,
    /// 政府网站标识码.
    pub site_code: String,
    /// ICP备案号.
    pub icp_number: String,
    /// 公安备案号.
    pub police_record_number: String,
    /// 我为政府网站找错: an address.
    pub report_errors_url: String,
}

fn default_languages() -> Vec<String> {
    vec!["zh-CN".to_owned()]
}

fn default_theme() -> String {
    "default".to_owned()
}

impl Site {
    /// Reads and checks `site.toml` in a site folder.
    ///
    /// Errors: a finding with the line when the file is missing or not valid.
    pub fn load(root: &Path) -> Result<Self, Box<Finding>> {
        let path = root.join("site.toml");
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Box::new(
                Finding::new(Code::ConfigInvalid, Place::file("site.toml"))
                    .found(&path.to_string_lossy())
                    .expected(error.to_string()),
            )
        })?;
        let site: Self =
            toml::from_str(&text).map_err(|error| toml_finding(Code::ConfigInvalid, "site.toml", &text, &error))?;
        site.check()?;
        Ok(site)
    }

    fn check(&self) -> Result<(), Box<Finding>> {
        let wrong = |found: &str, expected: &str| {
            Err(Box::new(Finding::new(Code::ConfigInvalid, Place::file("site.toml")).found(found).expected(expected)))
        };
        let after_scheme = self.base_url.strip_prefix("https://").or_else(|| self.base_url.strip_prefix("http://"));
        match after_scheme {
            Some(rest) if !rest.is_empty() && !rest.contains([' ', '"', '<', '?', '#']) => {}
            _ => return wrong(&self.base_url, "base_url: http(s)://host/path"),
        }
        let is_tag = |tag: &String| !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if self.languages.is_empty() || !self.languages.iter().all(is_tag) {
            return wrong(&self.languages.join(", "), "languages: [\"zh-CN\", \"en\"]");
        }
        if self.theme.contains(['/', '\\', '.']) {
            return wrong(&self.theme, "theme: a folder name below themes/");
        }
        if let Some(bad) = self.endpoint.as_ref().filter(|endpoint| !endpoint.has_address()) {
            return wrong(&bad.url, "[endpoint] url: https://host/cases");
        }
        for (name, values) in &self.catalog.values {
            let Some(field) = Field::from_code_name(name) else {
                return wrong(&format!("[catalog.values.{name}]"), &unknown_field(name));
            };
            if field == Field::OpennessClass
                && let Some(bad) = values.values().find(|value| Openness::parse(value).is_none())
            {
                return wrong(bad, "[catalog.values.openness_class]: unconditional, conditional, not_open");
            }
        }
        if let Some(name) = self.catalog.columns.keys().find(|name| Field::from_code_name(name).is_none()) {
            return wrong(&format!("[catalog.columns] {name}"), &unknown_field(name));
        }
        Ok(())
    }

    /// Lets forms post to another address, where the site has an endpoint.
    pub fn post_to(&mut self, url: Option<&str>) {
        if let (Some(endpoint), Some(url)) = (&mut self.endpoint, url) {
            url.clone_into(&mut endpoint.url);
        }
    }

    /// What a site that is no demonstration must not leave as the sample has it, and what its footer lacks.
    #[must_use]
    pub fn unfinished(&self) -> Vec<Finding> {
        const SAMPLE_HOST: &str = "data.example.gov.cn";
        if self.demonstration {
            return Vec::new();
        }
        let mut findings = Vec::new();
        let tag = self.languages.first().map_or("zh-CN", String::as_str);
        let title = self.title.in_language(tag);
        let samples = [("title", title.contains("××")), ("base_url", self.base_url.contains(SAMPLE_HOST))];
        for (key, is_sample) in samples {
            if is_sample {
                findings.push(Finding::new(Code::Placeholder, Place::file("site.toml").in_column(key)).expected(key));
            }
        }
        let lacks = [
            ("host", self.footer.host.in_language(tag).is_empty()),
            ("phone / email", self.footer.phone.is_empty() && self.footer.email.is_empty()),
        ];
        let lacks: Vec<&str> = lacks.into_iter().filter(|(_, lacks)| *lacks).map(|(key, _)| key).collect();
        if !lacks.is_empty() {
            let place = Place::file("site.toml").in_column("[footer]");
            findings.push(Finding::new(Code::FooterIncomplete, place).expected(lacks.join("、")));
        }
        findings
    }

    /// The path part of `base_url`, with a slash at both ends.
    #[must_use]
    pub fn base_path(&self) -> String {
        let after_scheme = self.base_url.split_once("://").map_or("", |(_, rest)| rest);
        let path = after_scheme.split_once('/').map_or("", |(_, path)| path).trim_matches('/');
        if path.is_empty() { "/".to_owned() } else { format!("/{path}/") }
    }

    /// Scheme and host of `base_url`, without a slash at the end.
    #[must_use]
    pub fn origin(&self) -> String {
        let Some((scheme, rest)) = self.base_url.split_once("://") else {
            return String::new();
        };
        format!("{scheme}://{}", rest.split('/').next().unwrap_or_default())
    }

    /// The folder that exports lie in.
    #[must_use]
    pub fn datasets_dir(root: &Path) -> PathBuf {
        root.join("datasets")
    }
}

/// A message in the TOML reader's form, so that it is said in Chinese in the same way.
fn unknown_field(name: &str) -> String {
    let known: Vec<String> = Field::code_names().split(", ").map(|known| format!("`{known}`")).collect();
    format!("unknown field `{name}`, expected one of {}", known.join(", "))
}

/// Turns an error of the TOML reader into a finding with its line.
#[must_use]
pub fn toml_finding(code: Code, file: &str, text: &str, error: &toml::de::Error) -> Box<Finding> {
    let mut place = Place::file(file);
    let mut found = String::new();
    if let Some(span) = error.span() {
        let before = text.get(..span.start).unwrap_or_default();
        place = place.at_line(before.matches('\n').count() as u64 + 1);
        text.get(span).unwrap_or_default().lines().next().unwrap_or_default().clone_into(&mut found);
    }
    Box::new(Finding::new(code, place).found(&found).expected(error.message()))
}
