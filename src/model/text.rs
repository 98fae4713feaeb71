//! Text as people typed it, made safe to show, and text in several languages.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What was wrong with a text that had to be cleaned.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Flaws {
    /// Control characters other than white space, or characters that change the reading direction.
    pub hidden: bool,
    /// Something that reads like an HTML tag; it stays and is shown as text.
    pub markup: bool,
}

/// Trims a text and folds every run of white space to one space, or to one line break where lines are kept.
///
/// Hidden characters are left out and reported, so that what a page shows is what the text says.
#[must_use]
pub fn clean(text: &str, keep_lines: bool) -> (String, Flaws) {
    let mut flaws = Flaws::default();
    let mut res = String::with_capacity(text.len());
    let mut gap: Option<char> = None;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = Some(if matches!(c, '\n' | '\r') || gap == Some('\n') { '\n' } else { ' ' });
        } else if is_hidden(c) {
            flaws.hidden = true;
        } else {
            match gap.take() {
                Some('\n') if keep_lines && !res.is_empty() => res.push('\n'),
                // A line break between two Han characters is a break of the cell, not of the word.
                Some('\n') if is_han(c) && res.chars().next_back().is_some_and(is_han) => {}
                Some(_) if !res.is_empty() => res.push(' '),
                _ => {}
            }
            res.push(c);
        }
    }
    flaws.markup = has_tag(&res);
    (res, flaws)
}

/// Whether a character is invisible and changes what is shown: control characters, bidirectional overrides and
/// isolates, zero-width characters, tag characters, the byte order mark.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}'
            | '\u{FEFF}' | '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

fn has_tag(text: &str) -> bool {
    text.match_indices('<').any(|(idx, _)| {
        let rest = text.as_bytes().get(idx + 1..).unwrap_or_default();
        matches!(rest.first(), Some(b) if b.is_ascii_alphabetic() || *b == b'/' || *b == b'!')
    })
}

/// Folds full-width ASCII to half width, and lower-cases ASCII; for comparing headers and code words.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !is_hidden(*c))
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            other => other,
        })
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Whether a cell says in words that there is nothing in it.
#[must_use]
pub fn is_placeholder(text: &str) -> bool {
    matches!(
        fold(text).as_str(),
        "" | "无"
            | "暂无"
            | "null"
            | "none"
            | "nan"
            | "n/a"
            | "na"
            | "-"
            | "--"
            | "—"
            | "——"
            | "/"
            | "暂无联系方式"
            | "暂无数据"
    )
}

/// Splits a cell that lists several things: `；;、，,|` and line breaks; a Python or JSON list in a string as well.
#[must_use]
pub fn split_list(text: &str) -> Vec<&str> {
    let text = text.trim();
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    inner
        .split(['；', ';', '、', '，', ',', '|', '\n', '\r', '\t'])
        .map(|part| part.trim().trim_matches(['\'', '"']).trim())
        .filter(|part| !part.is_empty())
        .collect()
}

/// A text in one language for all readers, or in several.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum LocalText {
    /// The same for every language.
    Same(String),
    /// By language tag.
    Each(BTreeMap<String, String>),
}

impl LocalText {
    /// The text in a language, else in the first language that has one.
    #[must_use]
    pub fn in_language(&self, tag: &str) -> &str {
        match self {
            Self::Same(text) => text,
            Self::Each(texts) => texts.get(tag).or_else(|| texts.values().next()).map_or("", String::as_str),
        }
    }
}

impl Default for LocalText {
    fn default() -> Self {
        Self::Same(String::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_go_and_are_reported() {
        let (text, flaws) = clean("a\u{202E}b\u{7}", false);
        assert_eq!(text, "ab");
        assert!(flaws.hidden && !flaws.markup);
    }

    #[test]
    fn white_space_is_folded() {
        assert_eq!(clean("\r\n 甲 \t 乙 \u{3000}", false).0, "甲 乙");
        assert_eq!(clean("甲 \r\n\t 乙", true).0, "甲\n乙");
        assert_eq!(clean("监督管理\n局", false).0, "监督管理局");
        assert_eq!(clean("bus\nstop", false).0, "bus stop");
    }

    #[test]
    fn markup_stays_as_text() {
        let (text, flaws) = clean("<b>x</b> 3 < 4", false);
        assert_eq!(text, "<b>x</b> 3 < 4");
        assert!(flaws.markup);
        assert!(!clean("3 < 4, x<5", false).1.markup);
    }

    #[test]
    fn lists_are_split() {
        assert_eq!(split_list("['xls', 'json']"), ["xls", "json"]);
        assert_eq!(split_list("甲；乙、丙,丁\r\n\t戊"), ["甲", "乙", "丙", "丁", "戊"]);
        assert!(split_list("[]").is_empty());
    }
}
