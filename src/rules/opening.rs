//! The sections of a rule profile on what is open, to whom, and with which fields.

use serde::{Deserialize, Serialize};

use super::profile::{Basis, Clause, Said};

/// `[roles]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// 公共数据主管部门.
    pub authority: Role,
    /// 运行管理机构 or 服务机构.
    pub operator: Role,
    /// 数据提供部门.
    pub provider: Role,
    /// 开放网站.
    pub site: Role,
    /// 申请人.
    pub requester: Role,
    /// 公共数据利用主体.
    pub reuser: Role,
    /// Whether the site is the only channel.
    pub sole_channel: SoleChannel,
}

/// One role.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The body, where the text names one.
    #[serde(default)]
    pub name: String,
    /// What the text calls it.
    pub title: String,
    /// The article.
    pub article: String,
}

/// `[roles.sole_channel]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SoleChannel {
    /// Whether data may be opened through this channel alone.
    pub value: bool,
    /// The article.
    pub article: String,
    /// Its words.
    pub quote: String,
    /// What else is allowed.
    #[serde(default)]
    pub exception: String,
}

/// `[classes]`: the definitions of the three classes; `unspecified` where the text has none.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Classes {
    /// The article.
    pub article: String,
    /// 不予开放.
    pub not_open: String,
    /// 有条件开放.
    pub conditional: String,
    /// 无条件开放.
    pub unconditional: String,
    /// The class of what belongs to no other; it binds the cataloguer, never a reader of the catalog.
    pub residual_class: String,
    /// When a class is set.
    #[serde(default)]
    pub class_fixed_at: String,
    /// What could be mistaken for a rule of openness.
    #[serde(default)]
    pub trap: String,
}

/// `[class_change]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClassChange {
    /// The article.
    pub article: String,
    /// From conditionally to unconditionally open.
    pub conditional_to_unconditional: Opening,
    /// From not open to open.
    pub not_open_to_open: Reopening,
    /// Lowering the class of what is open.
    pub downgrade: Downgrade,
    /// Whether the catalog must follow.
    pub catalog_sync: CatalogSync,
    /// Where stopping a service without approval is a violation.
    #[serde(default)]
    pub unauthorised_stop_is_violation: Option<Clause>,
}

/// When something becomes unconditionally open.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// What brings it about.
    pub trigger: String,
    /// How often that is looked at.
    pub interval: String,
    /// The words of the duty.
    pub duty: String,
    /// On what it rests.
    pub basis: Basis,
}

/// When what is not open may be opened.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reopening {
    /// The conditions.
    pub conditions: Vec<String>,
    /// Whether `any` or `all` of them.
    pub condition_logic: String,
    /// The words of the duty.
    pub duty: String,
    /// On what it rests.
    pub basis: Basis,
}

/// What lowering a class asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Downgrade {
    /// Who approves; `unspecified` where the regulation says nothing.
    pub approval: String,
    /// Which changes it is about.
    #[serde(default)]
    pub transitions: Vec<String>,
    /// The words of the regulation; empty where it says nothing.
    #[serde(default)]
    pub quote: String,
    /// What is asked for where the regulation says nothing.
    #[serde(default)]
    pub policy_default: String,
    /// On what it rests.
    pub basis: Basis,
}

impl ClassChange {
    /// The rule in words, for findings.
    #[must_use]
    pub fn words(&self) -> String {
        if self.downgrade.quote.is_empty() {
            format!("{POLICY}：{}", self.downgrade.policy_default)
        } else {
            format!("{}：{}", self.article, self.downgrade.quote)
        }
    }
}

/// What stands before a value that is ours and not the law's.
pub const POLICY: &str = "运营目标";

/// Whether the catalog must follow a change of class.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CatalogSync {
    /// Whether it must.
    pub required: bool,
    /// The words.
    #[serde(default)]
    pub quote: String,
    /// Through which rule it follows.
    #[serde(default)]
    pub via: String,
    /// By when.
    pub deadline: String,
    /// On what it rests.
    pub basis: Basis,
}

/// `[catalog]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CatalogRules {
    /// The article.
    pub article: String,
    /// The standard that it refers to.
    #[serde(default)]
    pub standard: String,
    /// Required fields in the regulation's words.
    pub mandatory_fields: Vec<String>,
    /// The same by key, in the same order.
    pub mandatory_keys: Vec<String>,
    /// The article on the catalog of open data.
    #[serde(default)]
    pub open_catalog_article: String,
    /// Required fields of the catalog of open data.
    #[serde(default)]
    pub open_catalog_fields: Vec<String>,
    /// The same by key, in the same order.
    #[serde(default)]
    pub open_catalog_keys: Vec<String>,
    /// Who does what before a catalog is published.
    #[serde(default)]
    pub publication_chain: Vec<String>,
    /// How often it is published.
    #[serde(default)]
    pub publication: String,
    /// The review of each year.
    pub annual_review: Said<AnnualReview>,
    /// What is ours.
    #[serde(default)]
    pub policy: CatalogPolicy,
}

/// `[catalog.policy]`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CatalogPolicy {
    /// Keys that are kept in the source and not shown to the public.
    pub not_for_public_page: Vec<String>,
}

/// The review of the catalog in each year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AnnualReview {
    /// Whether it is a duty.
    pub required: bool,
    /// By which day of the year, as `06-30`.
    pub by: String,
    /// The words.
    pub quote: String,
}

/// `[pre_publication]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PrePublication {
    /// The article.
    pub article: String,
    /// What must be done before opening.
    pub required_checks: Vec<String>,
    /// The list that opening follows.
    #[serde(default)]
    pub responsibility_list: String,
}

/// `[access]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// How unconditionally open data is given.
    pub unconditional: UnconditionalAccess,
    /// Where further conditions are forbidden.
    #[serde(default)]
    pub no_extra_conditions: Option<Clause>,
    /// Where the text asks that machines can read the data.
    #[serde(default)]
    pub machine_readable: Option<Clause>,
    /// By which means.
    #[serde(default)]
    pub methods: Vec<String>,
    /// Whether data is opened without being asked for.
    #[serde(default)]
    pub proactive: bool,
    /// What in the text pulls in another direction, and how that is resolved.
    #[serde(default)]
    pub tension: String,
}

/// How unconditionally open data is given.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UnconditionalAccess {
    /// The article.
    pub article: String,
    /// The words.
    pub quote: String,
    /// Whether an account may be asked for.
    pub account_required: AccountRequired,
    /// On what it rests.
    pub basis: Basis,
}

/// Whether an account may be asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum AccountRequired {
    /// Yes or no.
    Plain(bool),
    /// The text can be read both ways.
    Unclear(String),
}
