//! Working days: the State Council's yearly arrangements, as data, and periods counted by them.
//!
//! A day counts when it is a weekday that no arrangement gives off, or a day of the weekend that one makes a working
//! day. The day of the event does not count. Source: `domain/requirements.md` 4; civil code, 200 to 204. A year whose
//! arrangement is not published is never guessed.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::diag::{Code, Finding, Place};
use crate::model::date::Day;
use crate::model::digest::{Digest, Hasher};

macro_rules! years {
    ($($year:literal)*) => {
        &[$(($year, include_str!(concat!("../calendar/", $year, ".json"))),)*]
    };
}

/// The arrangements that the program brings along; a site's own file of the same name counts instead.
const BUILT_IN: &[(i16, &str)] = years!(2007 2008 2009 2010 2011 2012 2013 2014 2015 2016 2017 2018 2019 2020 2021 2022
    2023 2024 2025 2026);

/// Longest period that is counted, in working days.
pub const MAX_DAYS: u32 = 10_000;

#[derive(Clone, Debug)]
struct Year {
    digest: Digest,
    papers: Vec<String>,
}

/// What an arrangement says of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Special {
    name: String,
    is_off: bool,
}

/// All arrangements.
#[derive(Clone, Debug)]
pub struct WorkingDays {
    years: BTreeMap<i16, Year>,
    /// The days of all years together, since an arrangement may move days of the December before.
    days: BTreeMap<Day, Special>,
}

/// Why a day counts or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind<'a> {
    /// An ordinary weekday.
    Weekday,
    /// An ordinary day of the weekend.
    Weekend,
    /// Given off, for this holiday.
    Off(&'a str),
    /// A day of the weekend made a working day, for this holiday.
    MakeUp(&'a str),
}

impl Kind<'_> {
    /// Whether it is a working day.
    #[must_use]
    pub fn counts(self) -> bool {
        matches!(self, Self::Weekday | Self::MakeUp(_))
    }
}

/// A year whose arrangement is not published.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unpublished(pub i16);

/// A period that was counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Period {
    /// Its last day.
    pub last_day: Day,
    /// The digest of the arrangements that had a say.
    pub calendar: Digest,
    /// The next year, where its arrangement, not yet published, may still move the days that were counted last.
    pub open_year: Option<i16>,
}

#[derive(Deserialize)]
struct YearFile {
    year: i16,
    papers: Vec<String>,
    days: Vec<DayLine>,
}

#[derive(Deserialize)]
struct DayLine {
    name: String,
    date: Day,
    #[serde(rename = "isOffDay")]
    is_off: bool,
}

impl WorkingDays {
    /// The arrangements that the program brings along, and those of the site's `calendar/`, which count first.
    ///
    /// Errors: a finding that names the file and what is wrong with it.
    pub fn load(root: &Path) -> Result<Self, Box<Finding>> {
        let mut texts: BTreeMap<i16, String> =
            BUILT_IN.iter().map(|(year, text)| (*year, (*text).to_owned())).collect();
        texts.extend(own_files(root)?);
        let mut res = Self { years: BTreeMap::new(), days: BTreeMap::new() };
        for (year, text) in texts {
            let invalid = |why: String| {
                let place = Place::file(format!("calendar/{year}.json"));
                Box::new(Finding::new(Code::CalendarInvalid, place).expected(why))
            };
            res.add(year, &text).map_err(invalid)?;
        }
        Ok(res)
    }

    fn add(&mut self, year: i16, text: &str) -> Result<(), String> {
        let file: YearFile = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if file.year != year {
            return Err(format!("year {}", file.year));
        }
        for line in file.days {
            let belongs = line.date.year() == year || (line.date.year() == year - 1 && line.date.month() == 12);
            let special = Special { name: line.name, is_off: line.is_off };
            if !belongs || self.days.insert(line.date, special).is_some() {
                return Err(line.date.to_string());
            }
        }
        self.years.insert(year, Year { digest: Digest::of(text.as_bytes()), papers: file.papers });
        Ok(())
    }

    /// Whether the arrangement of a year is published.
    #[must_use]
    pub fn is_published(&self, year: i16) -> bool {
        self.years.get(&year).is_some_and(|year| !year.papers.is_empty())
    }

    /// What kind of day a day is.
    ///
    /// Errors: when the arrangement of its year is not published.
    pub fn kind(&self, day: Day) -> Result<Kind<'_>, Unpublished> {
        if !self.is_published(day.year()) {
            return Err(Unpublished(day.year()));
        }
        Ok(match self.days.get(&day) {
            Some(Special { name, is_off: true }) => Kind::Off(name),
            Some(Special { name, is_off: false }) => Kind::MakeUp(name),
            None if day.is_weekend() => Kind::Weekend,
            None => Kind::Weekday,
        })
    }

    /// The last day of a period of so many working days after an event; calls back for each day on the way.
    ///
    /// Errors: when the period reaches a year whose arrangement is not published.
    pub fn period_by(
        &self,
        event: Day,
        n_days: u32,
        mut each: impl FnMut(Day, Kind<'_>, u32),
    ) -> Result<Period, Unpublished> {
        let mut day = event;
        let mut n_counted = 0;
        while n_counted < n_days {
            day = day.plus_days(1);
            let kind = self.kind(day)?;
            n_counted += u32::from(kind.counts());
            each(day, kind, n_counted);
        }
        let next = day.year() + 1;
        // Arrangements have moved days from the 29th of December on.
        let is_open = (day.month(), day.day()) >= (12, 29) && !self.is_published(next);
        let calendar = self.digest_of(event.year(), next);
        Ok(Period { last_day: day, calendar, open_year: is_open.then_some(next) })
    }

    /// The last day of a period of so many working days after an event.
    ///
    /// Errors: when the period reaches a year whose arrangement is not published.
    pub fn period(&self, event: Day, n_days: u32) -> Result<Period, Unpublished> {
        self.period_by(event, n_days, |_, _, _| {})
    }

    /// The digest of all arrangements.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest_of(i16::MIN, i16::MAX)
    }

    fn digest_of(&self, first: i16, last: i16) -> Digest {
        let mut hasher = Hasher::default();
        for (year, file) in self.years.range(first..=last) {
            hasher.update_field(&year.to_string());
            hasher.update_field(&file.digest.to_string());
        }
        hasher.finish()
    }
}

/// The files of the site's own `calendar/`, by year; other files there are not looked at.
fn own_files(root: &Path) -> Result<BTreeMap<i16, String>, Box<Finding>> {
    let mut res = BTreeMap::new();
    let Ok(items) = std::fs::read_dir(root.join("calendar")) else { return Ok(res) };
    for item in items.flatten() {
        let name = item.file_name().to_string_lossy().into_owned();
        let Some(year) = name.strip_suffix(".json").and_then(|stem| stem.parse().ok()) else { continue };
        let text = std::fs::read_to_string(item.path()).map_err(|error| {
            let place = Place::file(format!("calendar/{name}"));
            Box::new(Finding::new(Code::CalendarInvalid, place).expected(error.to_string()))
        })?;
        res.insert(year, text);
    }
    Ok(res)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days() -> WorkingDays {
        WorkingDays::load(Path::new("/nonexistent")).unwrap()
    }

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    #[test]
    fn a_year_knows_days_of_the_december_before() {
        assert_eq!(days().kind(day("2018-12-31")).unwrap(), Kind::Off("元旦"));
        assert_eq!(days().kind(day("2018-12-29")).unwrap(), Kind::MakeUp("元旦"));
    }

    #[test]
    fn the_last_days_of_the_last_year_are_open() {
        assert_eq!(days().period(day("2026-12-28"), 1).unwrap().open_year, Some(2027));
        assert_eq!(days().period(day("2026-12-24"), 1).unwrap().open_year, None);
        assert_eq!(days().period(day("2026-12-28"), 4), Err(Unpublished(2027)));
    }

    #[test]
    fn a_digest_changes_with_the_years_that_have_a_say() {
        let mut changed = days();
        let before = changed.period(day("2026-03-02"), 5).unwrap();
        let earlier = changed.period(day("2024-03-04"), 5).unwrap();
        changed.years.insert(2027, Year { digest: Digest::of(b"x"), papers: Vec::new() });
        assert_ne!(changed.period(day("2026-03-02"), 5).unwrap().calendar, before.calendar);
        assert_eq!(changed.period(day("2024-03-04"), 5).unwrap(), earlier);
    }

    proptest::proptest! {
        #[test]
        fn a_longer_period_never_ends_earlier(offset in 0..6_000_i32, n_days in 1..60_u32) {
            let event = day("2008-01-01").plus_days(offset);
            let days = days();
            let short = days.period(event, n_days).unwrap().last_day;
            proptest::prop_assert!(days.kind(short).unwrap().counts());
            proptest::prop_assert!(days.period(event, n_days + 1).unwrap().last_day > short);
        }
    }
}
