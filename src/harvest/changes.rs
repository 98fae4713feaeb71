//! What happened to datasets, so that holders of copies and harvesters learn what to update and what to delete.
//!
//! Only of what is on the site or has a notice there: of what left with an approval no trace stays (I1).

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::harvest::{Catalog, Made, lines};
use crate::model::date::Day;
use crate::model::route::Route;
use crate::pages::Inputs;
use crate::records::history::What;
use crate::records::holds;
use crate::stage::Stage;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It was published.
    Published,
    /// Its files became others.
    Updated,
    /// It was taken off the site for the time being: copies are to be taken offline.
    Suspended,
    /// It was taken off the site for good: copies are to be deleted.
    Withdrawn,
    /// It may be published again.
    Restored,
}

impl Kind {
    /// The word in files.
    #[must_use]
    pub fn code_name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Updated => "updated",
            Self::Suspended => "suspended",
            Self::Withdrawn => "withdrawn",
            Self::Restored => "restored",
        }
    }

    /// The key of its name in the theme.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Published => "change_published",
            Self::Updated => "change_updated",
            Self::Suspended => "change_suspended",
            Self::Withdrawn => "change_withdrawn",
            Self::Restored => "change_restored",
        }
    }

    /// The key of what holders of copies are to do.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Published => "change_hint_published",
            Self::Updated => "change_hint_updated",
            Self::Suspended => "change_hint_suspended",
            Self::Withdrawn => "change_hint_withdrawn",
            Self::Restored => "change_hint_restored",
        }
    }
}

/// Something that happened to a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When, as RFC 3339 has it, in China's time.
    pub moment: String,
    /// The day.
    pub day: Day,
    /// The dataset.
    pub dataset: String,
    /// What happened.
    pub what: Kind,
}

/// Everything that happened to datasets that are on the site or have a notice there, the newest first.
///
/// `is_open` says whether a dataset is on the site.
#[must_use]
pub fn all(inputs: &Inputs<'_>, is_open: &dyn Fn(&str) -> bool) -> Vec<Change> {
    let mut res = Vec::new();
    let is_told = |id: &str| is_open(id) || inputs.holds.of(id).is_some();
    let mut resumed: BTreeSet<&str> = BTreeSet::new();
    for hold in inputs.holds.log().iter().filter(|hold| is_told(&hold.dataset)) {
        let what = match hold.change {
            holds::Change::Suspension => Kind::Suspended,
            holds::Change::Withdrawal => Kind::Withdrawn,
            holds::Change::Resumption => Kind::Restored,
        };
        if what == Kind::Restored {
            resumed.insert(&hold.dataset);
        }
        let moment = Day::moment_in_china(hold.recorded_at);
        res.push(Change { moment, day: hold.day, dataset: hold.dataset.clone(), what });
    }
    for (id, steps) in inputs.history.all().filter(|(id, _)| is_told(id)) {
        let mut is_first = true;
        for step in steps {
            let what = match step.what {
                // What a resumption brought back is told by the resumption.
                What::Published if !is_first && resumed.contains(id) => continue,
                What::Published => Kind::Published,
                What::Changed => Kind::Updated,
                What::Left(_) => continue,
            };
            is_first = false;
            let moment = format!("{}T00:00:00+08:00", step.day);
            res.push(Change { moment, day: step.day, dataset: id.to_owned(), what });
        }
    }
    res.sort_by(|a, b| (&b.moment, &a.dataset, a.what).cmp(&(&a.moment, &b.dataset, b.what)));
    res
}

/// Writes the months of changes and the list of what is kept off the site.
///
/// Errors: when the stage cannot be written.
pub fn write(catalog: &Catalog<'_>, stage: &Stage) -> Result<()> {
    for (route, bytes) in of_record(catalog.inputs, &|id| catalog.has(id))? {
        stage.put(&route, &bytes)?;
    }
    Ok(())
}

/// The files of the static API that a decision about a dataset changes.
///
/// Errors: none that can come of data.
pub fn of_record(inputs: &Inputs<'_>, is_open: &dyn Fn(&str) -> bool) -> Result<Vec<Made>> {
    let issuer = inputs.issuer();
    let mut months: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for change in all(inputs, is_open) {
        months.entry(month(change.day)).or_default().push(json!({
            "at": change.moment,
            "dataset": change.dataset,
            "change": change.what.code_name(),
            "url": issuer.url(&format!("datasets/{}/", change.dataset)),
        }));
    }
    let list: Vec<Value> = months
        .keys()
        .rev()
        .map(|month| json!({ "month": month, "url": issuer.url(&format!("api/v1/changes/{month}.json")) }))
        .collect();
    let mut res = vec![(Route::new("api/v1/changes/index.json")?, lines(&Map::new(), "months", &list)?)];
    for (month, items) in months {
        let head = Map::from_iter([("month".to_owned(), json!(month))]);
        res.push((Route::new(&format!("api/v1/changes/{month}.json"))?, lines(&head, "changes", &items)?));
    }
    let held: Vec<Value> = inputs
        .holds
        .in_force()
        .map(|hold| {
            json!({
                "dataset": hold.dataset,
                "state": if hold.change == holds::Change::Withdrawal { "withdrawn" } else { "suspended" },
                "since": hold.day.to_string(),
                "basis": hold.basis,
                "url": issuer.url(&format!("datasets/{}/", hold.dataset)),
            })
        })
        .collect();
    res.push((Route::new("api/v1/suspended.json")?, lines(&Map::new(), "datasets", &held)?));
    Ok(res)
}

fn month(day: Day) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}
