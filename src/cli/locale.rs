//! The language of messages and the day: the two things that come from the machine.

use crate::diag::Lang;
use crate::model::date::Day;

/// The language asked for, else that of the locale: Chinese for `zh…`, English for everything else.
pub fn language(asked: Option<&str>) -> Lang {
    let from_locale =
        || ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| variable(name).filter(|value| !value.is_empty()));
    let tag = asked.map(str::to_owned).or_else(from_locale).unwrap_or_default();
    if tag.to_ascii_lowercase().starts_with("zh") { Lang::Zh } else { Lang::En }
}

#[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the command line asks the clock, once a run")]
pub fn now() -> i64 {
    let elapsed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    elapsed.ok().and_then(|elapsed| i64::try_from(elapsed.as_secs()).ok()).unwrap_or_default()
}

/// Today in China.
pub fn today() -> Option<Day> {
    Day::in_china(now())
}
