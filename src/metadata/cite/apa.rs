//! APA style, which journals in English ask for.

use super::{Acquired, Reference, line, sentences};
use crate::model::date::Day;

/// Units: index 0 is January.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A reference as `Author. (Date). Title [Data set]. Publisher. Retrieved Date, from URL`
///
/// Source: Publication Manual of the APA, 7th edition, 10.9 (data sets) and chapter 9: the title comes first where nobody
/// signs, `n.d.` stands where no date is known, a publisher that is the author is left out, no full stop ends an address.
#[must_use]
pub fn entry(reference: &Reference<'_>) -> String {
    let author = line(reference.author);
    let title = format!("{} [Data set]", line(reference.title));
    let date = format!(
        "({})",
        reference.date.map_or_else(|| "n.d.".to_owned(), |day| format!("{}, {}", day.year(), month_day(day)))
    );
    let site = line(reference.site);
    let publisher = if site == author { "" } else { site.as_str() };
    let head = if author.is_empty() {
        sentences(&[&title, &date, publisher])
    } else {
        sentences(&[&author, &date, &title, publisher])
    };
    match reference.acquired {
        Acquired::On(day) => format!("{head} Retrieved {}, {}, from {}", month_day(day), day.year(), reference.url),
        Acquired::Asked(word) => format!("{head} Retrieved {}, from {}", line(word), reference.url),
        Acquired::Unsaid => format!("{head} {}", reference.url),
    }
}

fn month_day(day: Day) -> String {
    let month = usize::try_from(day.month() - 1).ok().and_then(|idx| MONTHS.get(idx)).unwrap_or(&"");
    format!("{month} {}", day.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::cite::tests::reference;

    const URL: &str = "https://example.invalid/datasets/%E5%AD%A6/";

    #[test]
    fn follows_the_manual() {
        let reference = reference("市教育局", "名单", &[]);
        assert_eq!(
            entry(&reference),
            format!(
                "市教育局. (2026, March 1). 名单 [Data set]. 市公共数据开放网站. Retrieved November 21, 2026, from {URL}"
            )
        );
        let asked = Reference { acquired: Acquired::Asked("获取日期"), ..reference };
        assert!(entry(&asked).ends_with(&format!(". Retrieved 获取日期, from {URL}")));
    }

    #[test]
    fn what_is_not_known_leaves_no_gap() {
        let reference = Reference { date: None, acquired: Acquired::Unsaid, ..reference("", "名单", &[]) };
        assert_eq!(entry(&reference), format!("名单 [Data set]. (n.d.). 市公共数据开放网站. {URL}"));
    }

    #[test]
    fn a_site_that_provides_is_named_once() {
        let reference = reference("市公共数据开放网站", "名单", &[]);
        assert_eq!(entry(&reference).matches("市公共数据开放网站").count(), 1);
    }
}
