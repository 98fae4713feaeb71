//! `kaishu workdays`: the last day of a period, and why.

use std::path::Path;

use anyhow::{Result, bail};
use serde_json::json;

use crate::calendar::{Kind, MAX_DAYS, Unpublished, WorkingDays};
use crate::cli::{Outcome, print};
use crate::diag::Lang;
use crate::model::date::Day;

/// What is shown instead of a day that nobody can know yet.
const UNPUBLISHED: &str = "待公布";

/// Prints the last day of a period of working days after an event; exit code 1 where it cannot be known yet.
///
/// Errors: when a file of holidays is not valid, or the period is empty or too long.
pub fn run(site: &Path, event: Day, n_days: u32, as_json: bool, lang: Lang) -> Result<Outcome> {
    if n_days == 0 || n_days > MAX_DAYS {
        bail!(
            print::say(lang, "工作日数应在 1 至 10000 之间", "the number of working days must be from 1 to 10000")
                .to_owned()
        );
    }
    let days = match WorkingDays::load(site) {
        Ok(days) => days,
        Err(finding) => bail!("{}: {}", finding.place.describe(lang), finding.message(lang)),
    };
    let mut lines = Vec::new();
    let period = days.period_by(event, n_days, |day, kind, n| {
        lines.push(
            json!({ "date": day, "counts": kind.counts().then_some(n), "kind": name(kind), "holiday": holiday(kind) }),
        );
    });
    let mut res = json!({ "event": event, "workdays": n_days, "days": lines, "calendar_all": days.digest() });
    match period {
        Ok(period) => {
            if as_json {
                res["last_day"] = json!(period.last_day);
                res["calendar"] = json!(period.calendar);
                res["open_year"] = json!(period.open_year);
                print::data(&res.to_string());
            } else {
                print::data(&period.last_day.to_string());
            }
            if let Some(year) = period.open_year {
                print::note(&open_words(year, lang));
            }
            Ok(Outcome::Done)
        }
        Err(Unpublished(year)) => {
            if as_json {
                res["last_day"] = json!(UNPUBLISHED);
                res["open_year"] = json!(year);
                print::data(&res.to_string());
            } else {
                print::data(UNPUBLISHED);
            }
            print::note(&unpublished_words(year, lang));
            Ok(Outcome::Refused)
        }
    }
}

fn name(kind: Kind<'_>) -> &'static str {
    match kind {
        Kind::Weekday => "weekday",
        Kind::Weekend => "weekend",
        Kind::Off(_) => "off",
        Kind::MakeUp(_) => "make_up",
    }
}

fn holiday(kind: Kind<'_>) -> Option<&str> {
    match kind {
        Kind::Off(name) | Kind::MakeUp(name) => Some(name),
        Kind::Weekday | Kind::Weekend => None,
    }
}

fn open_words(year: i16, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{year} 年的放假安排尚未公布，年底最后几天仍可能调休"),
        Lang::En => {
            format!("the arrangement for {year} is not published yet and may still move the last days of the year")
        }
    }
}

fn unpublished_words(year: i16, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!(
            "期间进入 {year} 年，该年放假安排没有数据，不作推算；公布后把 {year}.json 放入站点文件夹的 calendar/"
        ),
        Lang::En => format!(
            "the period reaches {year}, for which there is no arrangement; nothing is guessed. Once it is published, put {year}.json into calendar/ in the site folder"
        ),
    }
}
