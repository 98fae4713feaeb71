//! BibTeX, as BibTeX itself, biblatex and reference managers read it.

use std::fmt::Write as _;

use super::{Reference, line};
use crate::model::digest::Digest;

/// The names of months that every style defines. Units: index 0 is January.
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// One entry with a line break at its end.
///
/// The type is `@misc`: `@dataset` is known to biblatex only, and programs that know the classic types drop what they do
/// not know. The site stands under `howpublished`, which styles print for `@misc`, and under `publisher`, which
/// reference managers read. The braces around author and title are double, so that no style splits the name of a body at
/// `and` or changes the case of letters.
/// Source: BibTeX 0.99 (btxdoc) 3.1 and 4; biblatex manual 2.1.1, 2.2.2 (`date` and `urldate` are full days, `url` is verbatim).
pub(super) fn entry(reference: &Reference<'_>) -> String {
    let mut res = format!("@misc{{{},\n", key(reference.id));
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() {
            // Writing to a String cannot fail.
            let _ = writeln!(res, "  {name} = {value},");
        }
    };
    let site = braced(&latex(&line(reference.site)));
    put("author", &braced(&braced(&latex(&line(reference.author)))));
    put("title", &braced(&braced(&latex(&line(reference.title)))));
    put("howpublished", &site);
    put("publisher", &site);
    if let Some(day) = reference.date {
        put("date", &braced(&day.to_string()));
        put("year", &braced(&day.year().to_string()));
        put("month", usize::try_from(day.month() - 1).ok().and_then(|idx| MONTHS.get(idx)).unwrap_or(&""));
    }
    put("url", &braced(&verbatim(&reference.url)));
    put("urldate", &reference.acquired.day().map(|day| braced(&day.to_string())).unwrap_or_default());
    put("keywords", &braced(&latex(&reference.distinct_keywords().join(", "))));
    put("note", &braced(&latex(&reference.remark().unwrap_or_default())));
    res.push_str("}\n");
    res
}

/// The key: the dataset's identifier, or a digest of it where keys do not allow its signs.
fn key(id: &str) -> String {
    let plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if plain { id.to_owned() } else { format!("dataset-{}", Digest::of(id.as_bytes()).short(10)) }
}

/// A value in braces; nothing for nothing.
fn braced(value: &str) -> String {
    if value.is_empty() { String::new() } else { format!("{{{value}}}") }
}

/// The ten characters that LaTeX does not print as they stand, written as commands.
///
/// Braces become commands with names, because BibTeX counts braces even after a backslash.
fn latex(text: &str) -> String {
    let mut res = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => res.push_str("\\textbackslash{}"),
            '{' => res.push_str("\\textbraceleft{}"),
            '}' => res.push_str("\\textbraceright{}"),
            '~' => res.push_str("\\textasciitilde{}"),
            '^' => res.push_str("\\textasciicircum{}"),
            '$' | '&' | '#' | '_' | '%' => res.extend(['\\', c]),
            other => res.push(other),
        }
    }
    res
}

/// An address as it stands, without what would end the value.
fn verbatim(url: &str) -> String {
    line(url).replace('{', "%7B").replace('}', "%7D").replace('\\', "%5C")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use snapbox::IntoData;

    use super::*;
    use crate::metadata::cite::Acquired;
    use crate::metadata::cite::tests::{hostile, reference};

    /// The fields of an entry, read by counting braces as BibTeX does.
    fn fields(entry: &str) -> Option<Vec<(String, String)>> {
        let body = entry.strip_prefix("@misc{")?.strip_suffix("\n}\n")?;
        let (_, mut rest) = body.split_once(",\n")?;
        let mut res = Vec::new();
        while !rest.is_empty() {
            let (name, value) = rest.split_once(" = ")?;
            let mut depth = 0_i32;
            let end = value.find(|c| {
                depth += i32::from(c == '{') - i32::from(c == '}');
                depth == 0 && c == ','
            })?;
            res.push((name.trim().to_owned(), value[..end].to_owned()));
            rest = &value[end + 1..];
        }
        Some(res)
    }

    #[test]
    fn an_entry_has_every_field() {
        let keywords = ["学校".to_owned(), "R&D".to_owned()];
        snapbox::assert_data_eq!(
            entry(&reference("市教育局, 市人社局", "100% {名单}", &keywords)),
            snapbox::str![[r"
@misc{1,
  author = {{市教育局, 市人社局}},
  title = {{100\% \textbraceleft{}名单\textbraceright{}}},
  howpublished = {市公共数据开放网站},
  publisher = {市公共数据开放网站},
  date = {2026-03-01},
  year = {2026},
  month = mar,
  url = {https://example.invalid/datasets/%E5%AD%A6/},
  urldate = {2026-11-21},
  keywords = {学校, R\&D},
  note = {SHA-256 of 学校\_2026.csv: 0000000000000000000000000000000000000000000000000000000000000000},
}

"]]
            .raw()
        );
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let bare =
            Reference { date: None, acquired: Acquired::Asked("日期"), sha256: None, ..reference("", "名单", &[]) };
        let fields = fields(&entry(&bare)).unwrap();
        let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["title", "howpublished", "publisher", "url"]);
    }

    #[test]
    fn keys_are_plain() {
        assert_eq!(key("307010203001-000123"), "307010203001-000123");
        assert!(key("学校").starts_with("dataset-"));
        assert_ne!(key("学校"), key("学生"));
    }

    proptest! {
        #[test]
        fn hostile_texts_stay_in_their_fields(title in hostile(), author in hostile(), keyword in hostile()) {
            let keywords = [keyword];
            let entry = entry(&reference(&author, &format!("t{title}"), &keywords));
            let fields = fields(&entry);
            prop_assert!(fields.is_some(), "{}", entry);
            for (name, value) in fields.unwrap() {
                prop_assert!(name.bytes().all(|byte| byte.is_ascii_lowercase()), "{}", entry);
                prop_assert!(!value.contains('\n'), "{}", entry);
            }
        }
    }
}
