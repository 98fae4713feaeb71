//! What a run is based on: configuration, rules, licences, decisions and the record.

use std::path::Path;

use anyhow::Result;

use crate::calendar::WorkingDays;
use crate::cases::overview::{self, Filed};
use crate::cli::pipeline::Options;
use crate::decisions::{Decisions, grounds};
use crate::diag::{Code, Finding, Place};
use crate::gate;
use crate::model::date::Day;
use crate::records::history::History;
use crate::records::holds::Holds;
use crate::records::{CHAIN_FILE, signed};
use crate::rules::licences::Licences;
use crate::rules::{Regime, Validity};
use crate::site::Site;

/// What a run is based on.
pub struct Basis {
    /// `site.toml`.
    pub site: Site,
    /// The regime in force.
    pub regime: Regime,
    /// The licence register.
    pub licences: Licences,
    /// What the team has decided.
    pub decisions: Decisions,
    /// Working days.
    pub days: WorkingDays,
    /// What is on record.
    pub history: History,
    /// What keeps datasets off the site.
    pub holds: Holds,
    /// The cases on record.
    pub cases: Vec<Filed>,
}

impl Basis {
    /// Reads all of it; `None` when something is wrong, which the findings tell.
    ///
    /// Errors: when the record is broken.
    pub fn load(options: Options<'_>, records: &Path, findings: &mut Vec<Finding>) -> Result<Option<Self>> {
        let chain = records.join(CHAIN_FILE);
        let recorded = (History::load(&chain)?, Holds::load(&chain)?, overview::read(&chain)?);
        let res = Self::configured(options, recorded, findings);
        findings.extend(res.as_ref().and_then(|basis| unusable_decisions(&basis.site, options.root, &chain)));
        Ok(res)
    }

    fn configured(
        options: Options<'_>,
        (history, holds, cases): (History, Holds, Vec<Filed>),
        findings: &mut Vec<Finding>,
    ) -> Option<Self> {
        let mut site = keep(Site::load(options.root), findings)?;
        site.post_to(options.endpoint_url);
        let regime = keep(Regime::load(options.root, &site.regime), findings)?;
        let days = keep(WorkingDays::load(options.root), findings);
        let decisions = keep(Decisions::load(options.root), findings);
        if let Some(ground) = decisions.as_ref().and_then(|decisions| gate::unknown_kind(&decisions.grounds)) {
            let place = Place::file(grounds::FILE).in_column("kind");
            let finding = Finding::new(Code::DecisionInvalid, place).about(&ground.dataset);
            findings.push(finding.found(&ground.kind).expected("docs/screening.md: mobile, email, …"));
        }
        let place = || Place::file("site.toml").in_column("regime");
        if regime.is_premature(options.as_of) && !options.allow_draft {
            findings.push(Finding::new(Code::RegimeDraft, place()).found(&regime.title));
        }
        findings.extend(site.unfinished());
        match regime.validity(options.as_of) {
            Validity::Expired(day) => {
                findings
                    .push(Finding::new(Code::RegimeExpired, place()).found(&regime.title).expected(day.to_string()));
            }
            Validity::EndsSoon(day) => {
                findings
                    .push(Finding::new(Code::RegimeEndsSoon, place()).found(&regime.title).expected(day.to_string()));
            }
            Validity::InForce => {}
        }
        findings.extend(review_due(&site, &regime, options.as_of));
        let licences = match Licences::new(&site.licence, &regime) {
            Ok(licences) => licences,
            Err(id) => {
                let place = Place::file("site.toml").in_column("[licence] default");
                findings.push(Finding::new(Code::ConfigInvalid, place).found(&id).expected("[licence] default"));
                return None;
            }
        };
        Some(Self { site, regime, licences, decisions: decisions?, days: days?, history, holds, cases })
    }

    /// What the gate judges by.
    pub fn rules<'a>(&'a self, options: Options<'a>) -> gate::Rules<'a> {
        gate::Rules {
            root: options.root,
            site: &self.site,
            regime: &self.regime,
            licences: &self.licences,
            decisions: &self.decisions,
            history: &self.history,
            holds: &self.holds,
            as_of: options.as_of,
        }
    }
}

/// What is wrong with the signed file of decisions, where the configuration says that they come from another machine.
fn unusable_decisions(site: &Site, root: &Path, chain: &Path) -> Option<Finding> {
    let key = site.endpoint.as_ref()?.holds_key.as_deref()?;
    let error = signed::read(&root.join(signed::FILE), key, &site.base_url, chain).err()?;
    Some(Finding::new(Code::HoldsFileInvalid, Place::file(signed::FILE)).expected(format!("{error:#}")))
}

/// Whether the review of the catalog that the rules ask for in each year is overdue.
fn review_due(site: &Site, regime: &Regime, as_of: Day) -> Option<Finding> {
    let review = regime.catalog.annual_review.said().filter(|review| review.required)?;
    let last_day = Day::parse_iso(&format!("{}-{}", as_of.year(), review.by))?;
    let is_done = site.catalog.reviewed_on.is_some_and(|day| day.year() == as_of.year() && day <= as_of);
    let place = Place::file("site.toml").in_column("[catalog] reviewed_on");
    (as_of > last_day && !is_done).then(|| {
        Finding::new(Code::CatalogReviewDue, place).expected(format!("{}：{}", regime.catalog.article, review.quote))
    })
}

fn keep<T>(res: std::result::Result<T, Box<Finding>>, findings: &mut Vec<Finding>) -> Option<T> {
    match res {
        Ok(value) => Some(value),
        Err(finding) => {
            findings.push(*finding);
            None
        }
    }
}
