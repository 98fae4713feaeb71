//! How to cite a dataset: the national standard first, then what reference managers read.
//!
//! In: a [`Reference`]. Out: the same reference in seven forms, one file of source for each standard.
//! Every text becomes one line without hidden characters, so that no title can start a line or an entry of its own.
//! What is not known is left out of every form; a form that cannot be without it is left out as a whole.

mod apa;
mod bibtex;
mod cff;
mod csl;
mod gb_t_7714;
mod ris;

use std::fmt::Write as _;

use crate::metadata::Record;
use crate::model::date::Day;
use crate::model::digest::Digest;
use crate::model::text::clean;

pub use apa::entry as apa_7;
pub use gb_t_7714::{gb_t_7714_2015, gb_t_7714_2025};

/// When the reader took the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acquired<'a> {
    /// On a day that is known: in files, the day the site was built for.
    On(Day),
    /// A word that asks the reader to fill the day in.
    Asked(&'a str),
    /// Nothing is said: in archives, which must not change from day to day.
    Unsaid,
}

impl Acquired<'_> {
    /// The day, for forms that take nothing but a day.
    fn day(self) -> Option<Day> {
        match self {
            Self::On(day) => Some(day),
            Self::Asked(_) | Self::Unsaid => None,
        }
    }

    /// The day or the word, for forms that people read.
    fn words(self) -> Option<String> {
        match self {
            Self::On(day) => Some(day.to_string()),
            Self::Asked(word) => Some(line(word)),
            Self::Unsaid => None,
        }
    }
}

/// What a reference names.
#[derive(Clone, Debug)]
pub struct Reference<'a> {
    /// The dataset's identifier, for keys.
    pub id: &'a str,
    /// The provider.
    pub author: &'a str,
    /// The dataset's title.
    pub title: &'a str,
    /// The site.
    pub site: &'a str,
    /// The last update, else the publication.
    pub date: Option<Day>,
    /// When the reader took the data.
    pub acquired: Acquired<'a>,
    /// The permanent address.
    pub url: String,
    /// The bytes that are cited: the name of the file and its digest.
    pub sha256: Option<(&'a str, Digest)>,
    /// SPDX id of the licence, or `LicenseRef-…`; empty where it is not known.
    pub licence: &'a str,
    /// Keywords.
    pub keywords: &'a [String],
    /// The language of the title.
    pub language: &'a str,
}

impl<'a> Reference<'a> {
    /// The reference to a dataset as released.
    #[must_use]
    pub fn of(record: Record<'a>, acquired: Acquired<'a>) -> Self {
        let dataset = record.dataset();
        Self {
            id: record.id(),
            author: &dataset.provider,
            title: &dataset.title,
            site: record.issuer.site_name(),
            date: record.updated(),
            acquired,
            url: record.page_url(),
            sha256: record.cited_file().map(|file| (file.name.as_str(), file.sha256)),
            licence: &record.release.cleared.licence.id,
            keywords: &dataset.keywords,
            language: record.issuer.language(),
        }
    }

    /// Which bytes are cited, for forms with a field for remarks.
    fn remark(&self) -> Option<String> {
        self.sha256.map(|(name, digest)| format!("SHA-256 of {}: {digest}", line(name)))
    }

    /// The keywords, each once, in their own order.
    fn distinct_keywords(&self) -> Vec<String> {
        let mut res: Vec<String> = Vec::new();
        for keyword in self.keywords.iter().map(|keyword| line(keyword)) {
            if !keyword.is_empty() && !res.contains(&keyword) {
                res.push(keyword);
            }
        }
        res
    }
}

/// The files that readers take a reference from: each name with its bytes.
///
/// Shape: `citation.txt`, `citation.bib`, `citation.ris`, `citation.csl.json`, `CITATION.cff`; the last one is left out
/// where the catalog has no provider or no title, without which the format allows no file.
#[must_use]
pub fn files(reference: &Reference<'_>) -> Vec<(&'static str, Vec<u8>)> {
    let mut res = vec![
        ("citation.txt", plain_text(reference)),
        ("citation.bib", bibtex::entry(reference)),
        ("citation.ris", ris::entry(reference)),
        ("citation.csl.json", format!("{:#}\n", csl::items(reference))),
    ];
    res.extend(cff::file(reference).map(|text| ("CITATION.cff", text)));
    res.into_iter().map(|(name, text)| (name, text.into_bytes())).collect()
}

/// The forms that people copy, each under its heading, then the digest as `sha256sum` checks it.
///
/// Source: GB/T 7714-2025 took the place of GB/T 7714-2015 on 2026-07-01 (domain requirements 2.4).
fn plain_text(reference: &Reference<'_>) -> String {
    let forms = [
        ("GB/T 7714-2025（2026-07-01 起施行 / in force since 2026-07-01）", gb_t_7714_2025(reference)),
        ("GB/T 7714-2015（施行至 2026-06-30 / in force until 2026-06-30）", gb_t_7714_2015(reference)),
        ("APA（第 7 版 / 7th edition）", apa::entry(reference)),
    ];
    let mut res = forms.map(|(heading, text)| format!("{heading}\n{text}\n")).join("\n");
    if let Some((name, digest)) = reference.sha256 {
        // Writing to a String cannot fail.
        let _ = writeln!(res, "\n所引文件的 SHA-256 / SHA-256 of the cited file\n{digest}  {}", line(name));
    }
    res
}

/// The id of a licence that SPDX lists; the register keeps every other one as `LicenseRef-…`.
///
/// Source: SPDX specification, "SPDX license expressions": `LicenseRef-` and `DocumentRef-` name what is not listed.
#[must_use]
pub(crate) fn spdx_id(licence: &str) -> Option<&str> {
    let unlisted = licence.is_empty() || licence.starts_with("LicenseRef-") || licence.starts_with("DocumentRef-");
    (!unlisted).then_some(licence)
}

/// A text as one line without hidden characters.
fn line(text: &str) -> String {
    clean(text, false).0
}

/// The parts that are not empty, each ended by one full stop.
fn sentences(parts: &[&str]) -> String {
    let mut res = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !res.is_empty() {
            res.push(' ');
        }
        res.push_str(part);
        if !part.ends_with('.') {
            res.push('.');
        }
    }
    res
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A reference with nothing left out.
    pub(super) fn reference<'a>(author: &'a str, title: &'a str, keywords: &'a [String]) -> Reference<'a> {
        Reference {
            id: "1",
            author,
            title,
            site: "市公共数据开放网站",
            date: Day::parse("2026-03-01"),
            acquired: Acquired::On(Day::parse("2026-11-21").unwrap()),
            url: "https://example.invalid/datasets/%E5%AD%A6/".to_owned(),
            sha256: Some(("学校_2026.csv", Digest::ZERO)),
            licence: "CC-BY-4.0",
            keywords,
            language: "zh-CN",
        }
    }

    /// Texts out of what has a meaning in one of the formats, and anything else.
    pub(super) fn hostile() -> impl Strategy<Value = String> {
        const MARKS: &[&str] = &[
            "\"",
            "'",
            "{",
            "}",
            "\\",
            "\n",
            "\r\n",
            "\t",
            "@misc{x,",
            "%",
            "#",
            "$",
            "&",
            "_",
            "^",
            "~",
            "ER  - ",
            "TY  - ",
            ": ",
            "- ",
            "---",
            ", ",
            " and ",
            "<b>",
            "]]>",
            "\u{0}",
            "\u{7F}",
            "\u{85}",
            "\u{2028}",
            "\u{FEFF}",
            "\u{FFFE}",
            "\u{FFFF}",
            "\u{1F4C4}",
            "名单",
        ];
        let mark = proptest::sample::select(MARKS).prop_map(str::to_owned);
        let piece = prop_oneof![3 => mark, 1 => any::<char>().prop_map(String::from)];
        proptest::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
    }

    #[test]
    fn every_form_has_its_file() {
        let reference = reference("市教育局", "名单", &[]);
        let names: Vec<&str> = files(&reference).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["citation.txt", "citation.bib", "citation.ris", "citation.csl.json", "CITATION.cff"]);
        let anonymous = Reference { author: "", ..reference };
        assert!(files(&anonymous).iter().all(|(name, _)| *name != "CITATION.cff"));
    }

    #[test]
    fn the_text_has_every_form_and_the_digest() {
        let text = plain_text(&reference("市教育局", "名单", &[]));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 11, "{text}");
        assert!(lines[1].contains("（2026-03-01）[2026-11-21]"), "{text}");
        assert!(lines[4].contains(", 2026[2026-11-21]"), "{text}");
        assert!(lines[7].contains("(2026, March 1)"), "{text}");
        assert_eq!(lines[10], format!("{}  学校_2026.csv", Digest::ZERO));
    }

    #[test]
    fn only_listed_licences_have_an_id() {
        assert_eq!(spdx_id("CC-BY-4.0"), Some("CC-BY-4.0"));
        assert_eq!(spdx_id("LicenseRef-MulanOWL-BY-1.0"), None);
        assert_eq!(spdx_id(""), None);
    }

    #[test]
    fn no_part_has_two_full_stops() {
        assert_eq!(sentences(&["Statistics Inc.", "", "Title"]), "Statistics Inc. Title.");
    }

    proptest! {
        #[test]
        fn no_text_starts_a_line_of_its_own(title in hostile(), author in hostile()) {
            let text = plain_text(&reference(&author, &title, &[]));
            prop_assert_eq!(text.lines().count(), 11, "{}", text);
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
        }
    }
}
