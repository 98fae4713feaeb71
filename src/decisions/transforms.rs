//! `datasets/transforms.toml`: what is done to the values of a column before anything is made of them.
//!
//! A hash is no way to mask: the numbers that name people can all be tried. Source: requirements 5.4.

use std::path::Path;

use globset::Glob;
use serde::{Deserialize, Serialize};

/// Where transforms are.
pub const FILE: &str = "datasets/transforms.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub transform: Vec<Transform>,
}

/// What is done to one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transform {
    /// A glob from the site folder, as under `[[tables]]`.
    pub files: String,
    /// The header of the column.
    pub column: String,
    /// What is done.
    pub how: How,
    /// How many characters stay: at the beginning (`mask`, `first`).
    #[serde(default)]
    pub keep_first: usize,
    /// How many characters stay at the end (`mask`).
    #[serde(default)]
    pub keep_last: usize,
    /// How wide a band of numbers is (`band`).
    #[serde(default)]
    pub width: u32,
}

/// What is done to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The column is left out.
    Drop,
    /// All characters but the first and last become asterisks.
    Mask,
    /// Only the first characters stay: a region of an address or of a code.
    First,
    /// Of a day only the year stays.
    Year,
    /// Of a day only year and month stay.
    Month,
    /// A number becomes the band that it lies in, such as `40-49`.
    Band,
    /// Not accepted: see above.
    Hash,
}

impl Transform {
    /// Errors: what is wrong with it.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        if Glob::new(&self.files).is_err() || self.files.is_empty() {
            return Err("files = \"datasets/…\"");
        }
        match self.how {
            How::Hash => Err(
                "哈希可以穷举还原，不是脱敏方法，请用 drop、first、band 或 mask / a hash can be undone by trying every number: use drop, first, band or mask",
            ),
            How::First if self.keep_first == 0 => Err("how = \"first\": keep_first ≥ 1"),
            How::Band if self.width == 0 => Err("how = \"band\": width ≥ 1"),
            How::Mask if self.keep_first + self.keep_last > 8 => Err("keep_first + keep_last ≤ 8"),
            How::Drop | How::Year | How::Month | How::Band if self.keep_first + self.keep_last > 0 => {
                Err("keep_first, keep_last: 仅用于 mask 和 first / only with mask and first")
            }
            _ => Ok(()),
        }
    }

    /// Whether it is about a file, named from the site folder.
    #[must_use]
    pub fn is_about(&self, path: &str) -> bool {
        Glob::new(&self.files).is_ok_and(|glob| glob.compile_matcher().is_match(Path::new(path)))
    }

    /// The value that is published instead; `None` for no value.
    ///
    /// What a rule cannot read, such as a word in a column of days, is left out rather than let through.
    #[must_use]
    pub fn apply(&self, text: &str) -> Option<String> {
        let chars = || text.trim().chars();
        match self.how {
            How::Drop | How::Hash => None,
            How::Mask => {
                let n_chars = chars().count();
                // A value too short to hide anything is hidden as a whole.
                let (first, last) = if n_chars > self.keep_first + self.keep_last + 1 {
                    (self.keep_first, self.keep_last)
                } else {
                    (0, 0)
                };
                let mask = |(idx, c)| if idx < first || idx + last >= n_chars { c } else { '*' };
                Some(chars().enumerate().map(mask).collect())
            }
            How::First => Some(chars().take(self.keep_first).collect()),
            How::Year => crate::model::date::Day::parse(text).map(|day| day.year().to_string()),
            How::Month => crate::model::date::Day::parse(text).map(|day| format!("{}-{:02}", day.year(), day.month())),
            How::Band => {
                let number: f64 =
                    text.trim().parse().ok().filter(|number: &f64| number.is_finite() && number.abs() < 1e15)?;
                let width = f64::from(self.width);
                let begin = (number / width).floor() * width;
                Some(format!("{begin}-{}", begin + width - 1.0))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transform(how: How) -> Transform {
        Transform { files: "datasets/x.csv".into(), column: "c".into(), how, keep_first: 0, keep_last: 0, width: 0 }
    }

    #[test]
    fn values_become_coarser() {
        let mask = Transform { keep_first: 3, keep_last: 2, ..transform(How::Mask) };
        assert_eq!(mask.apply("13925522956").unwrap(), "139******56");
        assert_eq!(mask.apply("张三").unwrap(), "**");
        assert_eq!(transform(How::Year).apply("1949-12-31").unwrap(), "1949");
        assert_eq!(transform(How::Month).apply("1949年12月31日").unwrap(), "1949-12");
        assert_eq!(transform(How::Year).apply("不详"), None);
        assert_eq!(Transform { width: 10, ..transform(How::Band) }.apply("43").unwrap(), "40-49");
        assert_eq!(
            Transform { keep_first: 6, ..transform(How::First) }.apply("江苏省盐城市亭湖区").unwrap(),
            "江苏省盐城市"
        );
        assert!(transform(How::Hash).check().is_err());
    }
}
