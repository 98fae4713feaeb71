//! How often a provider undertakes to update a dataset, and when the next update is due.

use crate::model::date::Day;
use crate::model::text::fold;

/// An update frequency (更新频率).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Frequency {
    /// 实时.
    Continuous,
    /// 每日.
    Daily,
    /// 每周.
    Weekly,
    /// 每月.
    Monthly,
    /// 每季度.
    Quarterly,
    /// 每半年.
    SemiAnnual,
    /// 每年.
    Annual,
    /// 不定期.
    Irregular,
    /// 一次性 or 静态数据: not updated any more.
    Never,
}

use Frequency as F;

/// Code name, then the words that mean it.
const TABLE: &[(Frequency, &str, &str)] = &[
    (F::Continuous, "continuous", "实时 即时 实时更新 realtime real-time"),
    (F::Daily, "daily", "每日 每天 每日更新 日更新 日"),
    (F::Weekly, "weekly", "每周 每周更新 周"),
    (F::Monthly, "monthly", "每月 每月更新 月 按月"),
    (F::Quarterly, "quarterly", "每季度 每季 每季度更新 季度 季"),
    (F::SemiAnnual, "semiannual", "每半年 半年 每半年更新 semi-annual"),
    (F::Annual, "annual", "每年 年 每年更新 年度 按年 yearly"),
    (F::Irregular, "irregular", "不定期 不定时 不定期更新 按需 自定义 其他 其它"),
    (F::Never, "never", "一次性 静态数据 不更新 静态"),
];

impl Frequency {
    /// All frequencies, the most frequent first.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.0)
    }

    /// Reads a frequency cell; `None` for a word that is not in the table.
    #[must_use]
    pub fn parse(cell: &str) -> Option<Self> {
        let word = fold(cell);
        TABLE.iter().find(|row| row.1 == word || row.2.split(' ').any(|known| known == word)).map(|row| row.0)
    }

    /// The code name, such as `monthly`: in addresses, i18n keys and `site.toml`.
    #[must_use]
    pub fn code_name(self) -> &'static str {
        TABLE.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }

    /// The day by which the next update is due after the last one; `None` where no day can be told.
    ///
    /// Source: ours, because no regulation says how the period runs: whole calendar months after the last update;
    /// a continuous or daily dataset is due on the next day.
    #[must_use]
    pub fn next_due(self, last_update: Day) -> Option<Day> {
        Some(match self {
            F::Continuous | F::Daily => last_update.plus_days(1),
            F::Weekly => last_update.plus_days(7),
            F::Monthly => last_update.plus_months(1),
            F::Quarterly => last_update.plus_months(3),
            F::SemiAnnual => last_update.plus_months(6),
            F::Annual => last_update.plus_months(12),
            F::Irregular | F::Never => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_words_of_real_catalogs() {
        for word in ["实时", "每天", "即时", "静态数据", "不定期更新", "每半年", " 每年 ", "annual"]
        {
            assert!(Frequency::parse(word).is_some(), "{word}");
        }
        assert_eq!(Frequency::parse("看心情"), None);
    }
}
