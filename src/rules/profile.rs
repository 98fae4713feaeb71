//! The sections of a rule profile, as the file has them.

use serde::Deserialize;

/// `[roles]`.
#[derive(Clone, Debug, Deserialize)]
pub struct Roles {
    /// 公共数据主管部门.
    pub authority: Role,
    /// 运行管理机构 or 服务机构.
    pub operator: Role,
    /// 数据提供部门.
    pub provider: Role,
    /// 开放网站.
    pub site: Role,
}

/// One role.
#[derive(Clone, Debug, Deserialize)]
pub struct Role {
    /// The body, where the text names one.
    #[serde(default)]
    pub name: String,
    /// What the text calls it.
    pub title: String,
    /// The article.
    pub article: String,
}

/// `[classes]`: the definitions of the three classes; `unspecified` where the text has none.
#[derive(Clone, Debug, Deserialize)]
pub struct Classes {
    /// The article.
    pub article: String,
    /// 不予开放.
    pub not_open: String,
    /// 有条件开放.
    pub conditional: String,
    /// 无条件开放.
    pub unconditional: String,
}

/// `[class_change]`, as far as the gate asks for it.
#[derive(Clone, Debug, Deserialize)]
pub struct ClassChange {
    /// The article.
    pub article: String,
    /// Lowering the class of what is open.
    pub downgrade: Downgrade,
}

/// What lowering a class asks for.
#[derive(Clone, Debug, Deserialize)]
pub struct Downgrade {
    /// The words of the regulation; empty where it says nothing.
    #[serde(default)]
    pub quote: String,
    /// What is asked for where the regulation says nothing.
    #[serde(default)]
    pub policy_default: String,
}

impl ClassChange {
    /// The rule in words, for findings.
    #[must_use]
    pub fn words(&self) -> String {
        if self.downgrade.quote.is_empty() {
            format!("{} ({})", POLICY, self.downgrade.policy_default)
        } else {
            format!("{}：{}", self.article, self.downgrade.quote)
        }
    }
}

/// What stands before a value that is ours and not the law's.
const POLICY: &str = "运营要求";

/// `[catalog]`.
#[derive(Clone, Debug, Deserialize)]
pub struct CatalogRules {
    /// The article.
    pub article: String,
    /// Required fields in the regulation's words.
    pub mandatory_fields: Vec<String>,
    /// The same by key, in the same order.
    pub mandatory_keys: Vec<String>,
}

/// `[access]`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Access {
    /// Where the text asks that machines can read the data.
    #[serde(default)]
    pub machine_readable: Option<Clause>,
}

/// Words of the regulation with their article.
#[derive(Clone, Debug, Deserialize)]
pub struct Clause {
    /// The article.
    pub article: String,
    /// The words.
    pub quote: String,
}

/// `[objection]`.
#[derive(Clone, Debug, Deserialize)]
pub struct Objection {
    /// Whether the regulation knows objections.
    pub available: bool,
    /// The article.
    pub article: String,
    /// Who may object.
    #[serde(default)]
    pub who: Vec<String>,
    /// On which grounds.
    #[serde(default)]
    pub grounds: Vec<String>,
    /// What the objector may claim.
    #[serde(default)]
    pub claims: Vec<String>,
    /// Whether evidence must come with it.
    #[serde(default)]
    pub evidence_required: bool,
    /// Whether and when opening is suspended once evidence is there.
    #[serde(default)]
    pub suspend_on_evidence: String,
    /// What the provider must do, in the regulation's words.
    #[serde(default)]
    pub provider_verify: Option<Duty>,
    /// What the authority must do, in the regulation's words.
    #[serde(default)]
    pub authority_to_provider: Option<Duty>,
    /// Possible outcomes by code name.
    #[serde(default)]
    pub outcomes: Vec<String>,
    /// The deadline of the decision; a text for `unspecified`.
    #[serde(default)]
    pub decision_deadline: Option<toml::Value>,
    /// What stands in for the regulation where it knows no objections.
    #[serde(default)]
    pub fallback: String,
}

/// A duty in the regulation's words.
#[derive(Clone, Debug, Deserialize)]
pub struct Duty {
    /// The words.
    #[serde(default)]
    pub quote: String,
}

/// `[report]`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Report {
    /// The article.
    pub article: String,
    /// What can be reported.
    #[serde(default)]
    pub subject: String,
    /// Who may report.
    #[serde(default)]
    pub who: String,
}

/// `[citation]`.
#[derive(Clone, Debug, Deserialize)]
pub struct Citation {
    /// The article; a word for "none" where the regulation has none.
    pub article: String,
    /// Whether attribution is a duty.
    pub required: bool,
    /// Which works it binds.
    #[serde(default)]
    pub applies_to: Vec<String>,
    /// What must be named.
    #[serde(default)]
    pub elements: Vec<String>,
    /// Whether the day of acquisition must be named.
    #[serde(default)]
    pub acquisition_date_required: bool,
    /// The sentence, with `{site}`, `{title}`, `{provider}` and `{acquired_on}`.
    pub template_zh: String,
    /// The same in English, for readers; the Chinese sentence governs.
    pub template_en: String,
}

/// `[priority]`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Priority {
    /// The article.
    pub article: String,
    /// The domains.
    #[serde(default)]
    pub domains: Vec<String>,
}

/// `[reuse_limits]`.
#[derive(Clone, Debug, Deserialize)]
pub struct ReuseLimits {
    /// The article.
    pub article: String,
    /// Its words.
    pub quote: String,
}
