//! The register of licences: built in, widened by `site.toml`, with the terms of the rules as the default.

use serde::Deserialize;

use crate::model::text::{LocalText, fold};
use crate::rules::Regime;
use crate::site::LicenceConfig;

const REGISTER: &str = include_str!("licences.toml");

/// A licence as pages and archives state it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Licence {
    /// SPDX id, or `LicenseRef-…`.
    pub id: String,
    /// Other spellings, folded.
    #[serde(default)]
    names: Vec<String>,
    /// The name.
    pub name: LocalText,
    /// The address of the text; empty for the terms of the rules, which stand on the site itself.
    pub url: String,
    /// What it allows and asks, in plain words.
    pub summary: LocalText,
    /// Whether it allows every use.
    pub any_purpose: bool,
    /// Whether it is an open licence.
    pub open: bool,
}

/// All licences that the catalog may name.
#[derive(Debug)]
pub struct Licences {
    known: Vec<Licence>,
    default_id: String,
}

#[derive(Deserialize)]
struct Register {
    licence: Vec<Licence>,
}

impl Licences {
    /// Puts the register together for a site and its rules.
    ///
    /// Errors: the id that `[licence] default` names when the register does not have it, or the fault of the built-in
    /// register, which a test rules out.
    pub fn new(config: &LicenceConfig, regime: &Regime) -> Result<Self, String> {
        let register: Register = toml::from_str(REGISTER).map_err(|error| error.to_string())?;
        let mut known = vec![terms_of(regime)];
        known.extend(register.licence);
        known.extend(config.extra.iter().map(|extra| Licence {
            id: extra.id.clone(),
            names: vec![fold(&extra.id)],
            name: extra.name.clone(),
            url: extra.url.clone(),
            summary: extra.summary.clone(),
            any_purpose: false,
            open: true,
        }));
        let mut res = Self { default_id: known[0].id.clone(), known };
        if let Some(id) = &config.default {
            res.default_id = res.find(id).ok_or_else(|| id.clone())?.id.clone();
        }
        Ok(res)
    }

    /// The licence that a catalog cell names; the site's default for an empty cell; `None` for an unknown word.
    #[must_use]
    pub fn find(&self, cell: &str) -> Option<&Licence> {
        let word = fold(if cell.is_empty() { &self.default_id } else { cell });
        self.known
            .iter()
            .find(|licence| fold(&licence.id) == word || licence.names.iter().any(|name| fold(name) == word))
    }

    /// All licences, the terms of the rules first.
    #[must_use]
    pub fn all(&self) -> &[Licence] {
        &self.known
    }

    /// The ids, for messages.
    #[must_use]
    pub fn ids(&self) -> String {
        self.known.iter().map(|licence| licence.id.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// The terms that a regulation itself sets: use with attribution.
///
/// Source: requirements 3, the proposal for a default: free, copying and reuse allowed, attribution as the rules say.
fn terms_of(regime: &Regime) -> Licence {
    let text = |zh: String, en: String| {
        LocalText::Each([("zh-CN".to_owned(), zh), ("en".to_owned(), en)].into_iter().collect())
    };
    let duty = if regime.citation.required {
        ("须按规定注明来源，", "attribute as the rules say; ")
    } else {
        ("", "")
    };
    Licence {
        id: format!("LicenseRef-{}-terms", regime.id),
        names: vec!["规则条款".to_owned(), "terms".to_owned()],
        name: text(format!("《{}》利用条款", regime.title), format!("Terms under {}", regime.title)),
        url: String::new(),
        summary: text(
            format!("免费使用，可以复制、传播和再利用，{}不得损害国家利益和他人合法权益。", duty.0),
            format!(
                "Free of charge; copying, sharing and reuse are allowed; {}do no harm to the state or to the rights of others.",
                duty.1
            ),
        ),
        any_purpose: false,
        open: true,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_register_reads_and_an_empty_cell_means_the_terms() {
        let regime = Regime::load(Path::new("/nonexistent"), "yancheng-2022").unwrap();
        let licences = Licences::new(&LicenceConfig::default(), &regime).unwrap();
        assert_eq!(licences.find("").unwrap().id, "LicenseRef-yancheng-2022-terms");
        assert_eq!(licences.find("ODC-PDDL-1.0").unwrap().id, "PDDL-1.0");
        assert_eq!(licences.find("自由使用"), None);
    }
}
