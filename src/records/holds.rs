//! What keeps datasets off the site: suspensions and withdrawals on record, and whether they reached the live folder.
//!
//! A hold is on record before anything is removed. What the record says was held and not yet taken down is taken down
//! by whatever starts next. Nothing here names who objected, or why in words: only a class of reasons.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::model::date::Day;
use crate::records::chain::End;

/// What is done to a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// 中止开放: nothing of it is offered until somebody decides.
    Suspension,
    /// 撤回: it does not come back under this decision.
    Withdrawal,
    /// 恢复开放: the next build may publish it again.
    Resumption,
}

/// Why, by its class alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// 个人隐私、个人信息.
    Privacy,
    /// 商业秘密.
    TradeSecret,
    /// 数据有误.
    Error,
    /// 数据安全.
    Security,
    /// 其他合法权益.
    OtherRights,
}

impl Reason {
    /// All classes.
    pub const ALL: [Self; 5] = [Self::Privacy, Self::TradeSecret, Self::Error, Self::Security, Self::OtherRights];

    /// The code name.
    #[must_use]
    pub fn code_name(self) -> &'static str {
        match self {
            Self::Privacy => "privacy",
            Self::TradeSecret => "trade_secret",
            Self::Error => "error",
            Self::Security => "security",
            Self::OtherRights => "other_rights",
        }
    }
}

/// A decision on record, with all that the notice page tells, so that it needs neither catalog nor case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Always `hold`.
    pub kind: String,
    /// When it was recorded, seconds since 1970.
    pub recorded_at: i64,
    /// The day in China.
    pub day: Day,
    /// What was done.
    pub change: Change,
    /// The dataset.
    pub dataset: String,
    /// Its title.
    pub title: String,
    /// Who provided it.
    pub provider: String,
    /// The reference that others may have cited it by.
    pub citation: String,
    /// The article or document that it rests on.
    pub basis: String,
    /// The body that decided.
    pub decided_by: String,
    /// The class of reasons; none for a resumption.
    pub reason: Option<Reason>,
    /// The case that it was made for, where it was made for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// What stands in its place, as an address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub replacement: String,
}

/// A hold reached the live folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TakeDown<R> {
    /// Always `takedown`.
    pub kind: String,
    /// When it was recorded, seconds since 1970.
    pub recorded_at: i64,
    /// The dataset.
    pub dataset: String,
    /// How many files were removed.
    pub n_removed: usize,
    /// How many files that named it were changed.
    pub n_changed: usize,
    /// What the site is now.
    pub release: R,
}

/// The holds in force.
#[derive(Clone, Debug, Default)]
pub struct Holds {
    in_force: BTreeMap<String, Hold>,
    unfinished: BTreeSet<String>,
    log: Vec<Hold>,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    kind: Option<&'a str>,
    #[serde(borrow, default)]
    dataset: Option<&'a str>,
    /// What a publication left out.
    #[serde(default)]
    held: Option<BTreeSet<String>>,
}

impl Holds {
    /// Reads the record; an absent one holds nothing.
    ///
    /// Errors: when the record is broken.
    pub fn load(path: &Path) -> Result<Self> {
        let mut res = Self::default();
        res.read_on(path, &mut { End::START })?;
        Ok(res)
    }

    /// Takes in what was put on record since; `end` is how far these holds were read.
    ///
    /// Errors: when the record is broken.
    pub fn read_on(&mut self, path: &Path, end: &mut End) -> Result<()> {
        end.read_on(path, |_, raw| {
            let Ok(event) = serde_json::from_str::<Line<'_>>(raw.get()) else { return Ok(()) };
            match (event.kind, event.dataset) {
                (Some("hold"), _) => self.take(serde_json::from_str(raw.get())?),
                (Some("takedown"), Some(id)) => {
                    self.unfinished.remove(id);
                }
                // A publication was made without what it knew to be held; a hold may have come while it was made.
                (Some("publication"), _) => match event.held {
                    Some(held) => self.unfinished.retain(|id| !held.contains(id)),
                    None => self.unfinished.clear(),
                },
                _ => {}
            }
            Ok(())
        })
    }

    fn take(&mut self, hold: Hold) {
        if hold.change == Change::Resumption {
            self.in_force.remove(&hold.dataset);
            self.unfinished.remove(&hold.dataset);
        } else {
            self.unfinished.insert(hold.dataset.clone());
            self.in_force.insert(hold.dataset.clone(), hold.clone());
        }
        self.log.push(hold);
    }

    /// The hold on a dataset.
    #[must_use]
    pub fn of(&self, id: &str) -> Option<&Hold> {
        self.in_force.get(id)
    }

    /// The holds in force, by dataset.
    #[must_use]
    pub fn in_force(&self) -> impl ExactSizeIterator<Item = &Hold> {
        self.in_force.values()
    }

    /// The holds that may not have reached the live folder.
    pub fn unfinished(&self) -> impl Iterator<Item = &Hold> {
        self.unfinished.iter().filter_map(|id| self.in_force.get(id))
    }

    /// Every decision, oldest first.
    #[must_use]
    pub fn log(&self) -> &[Hold] {
        &self.log
    }
}
