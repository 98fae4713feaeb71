//! What a decision about a dataset does to the live site: on record first, then off the site, then in the lists of
//! addresses that are gone. The staff's command line and the endpoint both go through here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::calendar::WorkingDays;
use crate::cases::overview;
use crate::catalog::content;
use crate::diag::{Finding, Lang};
use crate::gate::Publishable;
use crate::harvest::{changes, feeds};
use crate::metadata::cite::{Acquired, Reference, gb_t_7714_2025};
use crate::model::date::Day;
use crate::model::route::{Route, href};
use crate::pages::plan::dataset_path;
use crate::pages::theme::{self, Theme};
use crate::pages::{self, Inputs, Strings};
use crate::publish::Folders;
use crate::publish::takedown::{self, Done, Order};
use crate::records::chain;
use crate::records::history::History;
use crate::records::holds::{Change, Hold, Holds, Reason};
use crate::records::ids::Register;
use crate::rules::Regime;
use crate::rules::licences::Licences;
use crate::server;
use crate::site::Site;

/// A site whose datasets are decided about.
#[derive(Clone, Debug)]
pub struct LiveSite {
    /// The site folder.
    pub root: PathBuf,
    /// Its folders.
    pub folders: Folders,
    /// Where forms post to instead of where the configuration says, in a preview.
    pub endpoint_url: Option<String>,
    /// How long a take-down waits for a build that is going live.
    pub patience: Duration,
}

/// A decision about a dataset.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    /// The dataset.
    pub dataset: &'a str,
    /// What is done to it.
    pub change: Change,
    /// The article or document that it rests on.
    pub basis: &'a str,
    /// The body that decided.
    pub decided_by: &'a str,
    /// The class of reasons; none for a resumption.
    pub reason: Option<Reason>,
    /// What stands in its place, as an address.
    pub replacement: &'a str,
    /// The case that it is made for.
    pub case: Option<&'a str>,
}

/// What was done to the live folder.
pub struct Effect {
    /// What was removed and changed; `None` where there is no site to take anything from.
    pub done: Option<Done>,
    /// Why the notice could not be made; it comes with the next build.
    pub no_notice: Option<anyhow::Error>,
}

impl LiveSite {
    /// The site in a folder, with the live folder beside or elsewhere.
    ///
    /// Errors: as [`Folders::new`].
    pub fn new(root: &Path, out: Option<&Path>) -> Result<Self> {
        let out = out.map_or_else(|| root.join("public"), Path::to_owned);
        Ok(Self {
            root: root.to_owned(),
            folders: Folders::new(root, &out)?,
            endpoint_url: None,
            patience: takedown::PATIENCE,
        })
    }

    /// The holds on record.
    ///
    /// Errors: when the record is broken.
    pub fn holds(&self) -> Result<Holds> {
        Holds::load(&self.folders.chain())
    }

    /// Whether a dataset is or was on the site.
    ///
    /// Errors: when record or register cannot be read.
    pub fn knows(&self, id: &str) -> Result<bool> {
        Ok(self.holds()?.of(id).is_some() || Register::load(&self.folders.ids())?.words_of(id).is_some())
    }

    /// Whether a dataset is kept off the site and nothing of it is left there.
    ///
    /// Errors: when the record is broken or the live folder cannot be listed.
    pub fn is_gone(&self, id: &str) -> Result<bool> {
        let holds = self.holds()?;
        let is_done = holds.of(id).is_some() && holds.unfinished().all(|hold| hold.dataset != id);
        Ok(is_done && !takedown::is_offered(&self.folders.out, id)?)
    }

    /// Puts a decision on record, durably; nothing on the site changes yet.
    ///
    /// Errors: when no such dataset was ever published, or the disk fails.
    pub fn decide(&self, decision: &Decision<'_>, now: i64) -> Result<Hold> {
        let id = decision.dataset;
        let holds = self.holds()?;
        if decision.change == Change::Suspension && holds.of(id).is_some_and(|hold| hold.change == Change::Withdrawal) {
            bail!("{id} 已撤回，不能再中止开放 / {id} is withdrawn; it cannot be suspended");
        }
        let (title, provider, citation) = if let Some(known) = holds.of(id) {
            (known.title.clone(), known.provider.clone(), known.citation.clone())
        } else {
            let register = Register::load(&self.folders.ids())?;
            let Some((title, provider)) = register.words_of(id) else {
                bail!(
                    "没有发布过标识为 {id} 的数据集；标识见其网页地址 /datasets/…/ / no dataset {id} was ever published; its identifier stands in the address of its page"
                );
            };
            (title.to_owned(), provider.to_owned(), self.citation(id, title, provider)?)
        };
        let hold = Hold {
            kind: "hold".to_owned(),
            recorded_at: now,
            day: Day::in_china(now).context("the clock shows no day between 1900 and 2100")?,
            change: decision.change,
            dataset: id.to_owned(),
            title,
            provider,
            citation,
            basis: decision.basis.to_owned(),
            decided_by: decision.decided_by.to_owned(),
            reason: decision.reason,
            case: decision.case.map(str::to_owned),
            replacement: decision.replacement.to_owned(),
        };
        chain::append(&self.folders.chain(), &hold)?;
        Ok(hold)
    }

    /// Takes a dataset off the live folder as a hold on record says.
    ///
    /// Errors: when the disk fails; the next start takes it down then.
    pub fn take_down(&self, hold: &Hold, now: i64) -> Result<Effect> {
        let rendered = self.with_inputs(now, |inputs, mut theme| {
            let mut made = pages::render_held(inputs, &mut theme, &hold.dataset)?;
            made.extend(self.lists_of_changes(inputs, &theme.languages[0].strings)?);
            Ok(made)
        });
        let (pages, no_notice) = match rendered {
            Ok(pages) => (pages, None),
            // The data goes all the same; the notice comes with the next build.
            Err(error) => (Vec::new(), Some(error)),
        };
        let order = Order { folders: &self.folders, hold, pages, now, patience: self.patience };
        let done = takedown::take_down(&order)?;
        let base = self.site().map_or_else(|_| "/".to_owned(), |site| site.base_path());
        server::write_gone(&self.root.join("server"), &base, &self.holds()?)?;
        Ok(Effect { done, no_notice })
    }

    /// The lists that tell what happened to datasets; titles are those that the live site tells.
    fn lists_of_changes(&self, inputs: &Inputs<'_>, strings: &Strings) -> Result<Vec<(Route, Vec<u8>)>> {
        let title_of = |id: &str| {
            let path = self.folders.out.join(dataset_path(id));
            let told: serde_json::Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
            Some(told.get("title")?.as_str()?.to_owned())
        };
        let published: BTreeSet<&str> = inputs.history.published().collect();
        let is_open = |id: &str| published.contains(id);
        let mut res = feeds::of_record(inputs, strings, &is_open, &title_of)?;
        res.extend(changes::of_record(inputs, &is_open)?);
        Ok(res)
    }

    /// Takes down again whatever a site that came from elsewhere, or a start that was cut short, holds of datasets that
    /// are kept off it; answers which.
    ///
    /// Errors: when the record is broken or the disk fails.
    pub fn enforce(&self, now: i64) -> Result<Vec<String>> {
        let holds = self.holds()?;
        let unfinished: Vec<&str> = holds.unfinished().map(|hold| hold.dataset.as_str()).collect();
        let mut res = Vec::new();
        for hold in holds.in_force() {
            let is_open = takedown::is_offered(&self.folders.out, &hold.dataset)?;
            if is_open || unfinished.contains(&hold.dataset.as_str()) {
                self.take_down(hold, now)?;
                res.push(hold.dataset.clone());
            }
        }
        Ok(res)
    }

    /// The site's configuration.
    ///
    /// Errors: when it is not valid.
    pub fn site(&self) -> Result<Site> {
        let mut site = Site::load(&self.root).map_err(|finding| told(&finding))?;
        site.post_to(self.endpoint_url.as_deref());
        Ok(site)
    }

    /// The rules in force.
    ///
    /// Errors: when they are not valid.
    pub fn regime(&self, site: &Site) -> Result<Regime> {
        Regime::load(&self.root, &site.regime).map_err(|finding| told(&finding))
    }

    /// Working days.
    ///
    /// Errors: when an arrangement is not valid.
    pub fn days(&self) -> Result<WorkingDays> {
        WorkingDays::load(&self.root).map_err(|finding| told(&finding))
    }

    /// Hands over what pages without datasets are made of, and the theme.
    ///
    /// Errors: when the configuration or the theme is not valid, or the record is broken.
    pub fn with_inputs<T>(&self, now: i64, make: impl FnOnce(&Inputs<'_>, Theme) -> Result<T>) -> Result<T> {
        let site = self.site()?;
        let regime = self.regime(&site)?;
        let licences = Licences::new(&site.licence, &regime).map_err(|id| anyhow::anyhow!("licence {id}"))?;
        let (content, _) = content::load(&self.root, &site)?;
        let theme = theme::load(&self.root, &site)?
            .map_err(|findings| anyhow::anyhow!("theme: {} findings", findings.len()))?;
        let (history, holds) = (History::load(&self.folders.chain())?, self.holds()?);
        let inputs = Inputs {
            site: &site,
            regime: &regime,
            licences: &licences,
            history: &history,
            holds: &holds,
            cases: &overview::read(&self.folders.chain())?,
            days: &self.days()?,
            as_of: Day::in_china(now).context("the clock shows no day between 1900 and 2100")?,
            publishable: &Publishable::nothing(),
            packages: &[],
            content: &content,
        };
        make(&inputs, theme)
    }

    /// The reference that others may have cited the dataset by.
    fn citation(&self, id: &str, title: &str, provider: &str) -> Result<String> {
        let site = self.site()?;
        let history = History::load(&self.folders.chain())?;
        let path = href(&site.base_path(), &format!("datasets/{id}/"));
        let language = site.languages.first().map_or("zh-CN", String::as_str);
        Ok(gb_t_7714_2025(&Reference {
            id,
            author: provider,
            title,
            site: site.title.in_language(language),
            date: history.of(id).last().map(|step| step.day),
            acquired: Acquired::Asked("引用日期"),
            url: format!("{}{path}", site.origin()),
            sha256: None,
            licence: "",
            keywords: &[],
            language,
        }))
    }
}

/// The class of reasons that grounds belong to, by the words that regulations use; the first of the list that fits.
#[must_use]
pub fn reason_of(grounds: &[String]) -> Reason {
    let classes: [(Reason, &[&str]); 3] = [
        (Reason::Privacy, &["隐私", "个人信息"]),
        (Reason::TradeSecret, &["商业秘密"]),
        (Reason::Error, &["错误", "遗漏", "不准确", "不完整"]),
    ];
    let says = |words: &[&str]| grounds.iter().any(|ground| words.iter().any(|word| ground.contains(word)));
    classes.into_iter().find(|(_, words)| says(words)).map_or(Reason::OtherRights, |(reason, _)| reason)
}

fn told(finding: &Finding) -> anyhow::Error {
    anyhow::anyhow!("{}: {}", finding.place.describe(Lang::Zh), finding.message(Lang::Zh))
}
