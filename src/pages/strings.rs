//! Interface strings of one language, and how numbers, sizes and days are written.

use std::collections::BTreeMap;

use crate::model::dataset::Dataset;
use crate::model::date::Day;
use crate::rules::fill;

/// The strings of one language, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strings {
    /// The language tag.
    pub tag: String,
    texts: BTreeMap<String, String>,
}

impl Strings {
    /// Puts the strings of a language together: the theme's own file over the built-in one.
    #[must_use]
    pub fn new(tag: &str, layers: Vec<BTreeMap<String, String>>) -> Self {
        let mut texts = BTreeMap::new();
        for layer in layers {
            texts.extend(layer);
        }
        Self { tag: tag.to_owned(), texts }
    }

    /// The text of a key; the key itself where the theme has none, so that a gap is seen.
    #[must_use]
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// The text of a key with its places filled.
    #[must_use]
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        fill(self.get(key), values)
    }

    /// All texts, for templates.
    #[must_use]
    pub fn all(&self) -> &BTreeMap<String, String> {
        &self.texts
    }

    /// A day as readers of the language write it.
    #[must_use]
    pub fn day(&self, day: Day) -> String {
        let (month, d) = (day.month(), day.day());
        let name = usize::try_from(month - 1).ok().and_then(|idx| self.get("date_months").split(' ').nth(idx));
        self.fill(
            "date_form",
            &[
                ("year", &day.year().to_string()),
                ("month", &format!("{month:02}")),
                ("day", &format!("{d:02}")),
                ("d", &d.to_string()),
                ("name", name.unwrap_or_default()),
            ],
        )
    }

    /// The parts of a list as one text; a part that says "and the like" (等…) follows without a sign before it.
    #[must_use]
    pub fn list(&self, parts: &[String]) -> String {
        let separator = if self.tag.starts_with("zh") { "、" } else { ", " };
        let mut res = String::new();
        for part in parts {
            if !res.is_empty() && !part.starts_with('等') {
                res.push_str(separator);
            }
            res.push_str(part);
        }
        res
    }
}

/// A whole number with a comma before every three digits.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut res = String::with_capacity(digits.len() + digits.len() / 3);
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            res.push(',');
        }
        res.push(digit);
    }
    res
}

/// A file size in units of 1,024 bytes, as file managers show it.
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut unit_idx = 0;
    let mut tenths = bytes * 10 / 1024;
    while tenths >= 10_240 && unit_idx + 1 < UNITS.len() {
        tenths /= 1024;
        unit_idx += 1;
    }
    if tenths >= 100 {
        format!("{} {}", count(tenths / 10), UNITS[unit_idx])
    } else {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit_idx])
    }
}

/// A share in whole percent, rounded down but never to nothing: one of a thousand is `<1%`, 999 of 1000 is `99%`.
#[must_use]
pub fn share(part: usize, whole: usize) -> String {
    match (part * 100).checked_div(whole) {
        None => "-".to_owned(),
        Some(0) if part > 0 => "<1%".to_owned(),
        Some(percent) => format!("{percent}%"),
    }
}

/// A text that can stand on a page: control characters, which HTML does not know, are shown as `\u{FFFD}`.
#[must_use]
pub fn showable(text: &str) -> String {
    let is_odd = |c: char| c.is_control() && !c.is_whitespace();
    if text.chars().any(is_odd) { text.replace(is_odd, "\u{FFFD}") } else { text.to_owned() }
}

/// At most `max_chars` characters of a text, with an ellipsis where it was cut.
#[must_use]
pub fn shorten(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}

/// Two lines of a dataset's summary for lists; nothing where it only repeats the title.
#[must_use]
pub fn two_lines(dataset: &Dataset) -> String {
    const SUMMARY_CHARS: usize = 110;
    if dataset.summary == dataset.title { String::new() } else { shorten(&dataset.summary, SUMMARY_CHARS) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(size(512), "512 B");
        assert_eq!(size(1536), "1.5 KB");
        assert_eq!(size(471_011), "459 KB");
        assert_eq!(size(5 << 20), "5.0 MB");
        assert_eq!(share(1, 1000), "<1%");
        assert_eq!(share(999, 1000), "99%");
        assert_eq!(share(0, 0), "-");
        assert_eq!(shorten("一二三", 2), "一二…");
    }
}
