//! Findings: what is wrong with the input, where, and what to do about it.
//!
//! A finding is about data and is collected; a machine failure is an `anyhow::Error` and stops the run.
//! Nothing here prints.

pub mod code;
pub mod level;
pub mod place;
pub mod toml_words;

pub use code::Code;
pub use level::Level;
pub use place::Place;

/// The language of messages to the team.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lang {
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}

/// One thing that is wrong, at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of fault it is; carries level, wording, hint and source.
    pub code: Code,
    /// Where it is.
    pub place: Place,
    /// The dataset's title or id, where there is one.
    pub subject: String,
    /// What was found, word for word and shortened; never a data cell.
    pub found: String,
    /// What the wording's `{}` stands for, such as the list of known names.
    pub expected: String,
}

/// Longest quotation of the input in a message, in characters.
const QUOTE_CHARS: usize = 120;

impl Finding {
    /// Makes a finding with nothing but its code and place.
    #[must_use]
    pub fn new(code: Code, place: Place) -> Self {
        Self { code, place, subject: String::new(), found: String::new(), expected: String::new() }
    }

    /// Names the dataset.
    #[must_use]
    pub fn about(mut self, subject: &str) -> Self {
        self.subject = quote(subject);
        self
    }

    /// Quotes what was found; control characters are escaped and long text is cut.
    #[must_use]
    pub fn found(mut self, found: &str) -> Self {
        self.found = quote(found);
        self
    }

    /// Fills the `{}` of the wording.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = plain(&expected.into(), usize::MAX);
        self
    }

    /// What is wrong, in one clause.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        let is_toml = matches!(self.code, Code::ConfigInvalid | Code::RegimeInvalid | Code::PageInvalid);
        let words = self.code.wording(lang).title;
        if self.code == Code::HoldsFileInvalid {
            words.replace("{}", in_language(&self.expected, lang))
        } else if is_toml && lang == Lang::Zh {
            words.replace("{}", &toml_words::in_chinese(&self.expected))
        } else {
            words.replace("{}", &self.expected)
        }
    }

    /// What was expected.
    #[must_use]
    pub fn expectation(&self, lang: Lang) -> String {
        self.code.wording(lang).expected.replace("{}", &self.expected)
    }

    /// What to do.
    #[must_use]
    pub fn hint(&self, lang: Lang) -> String {
        self.code.wording(lang).hint.replace("{}", &self.expected)
    }

    /// The finding as one JSON object, all texts in one language.
    #[must_use]
    pub fn to_json(&self, lang: Lang) -> serde_json::Value {
        serde_json::json!({
            "type": "finding",
            "code": self.code.name(),
            "level": self.code.level().name(),
            "file": self.place.file.as_deref(),
            "row": self.place.row,
            "line": self.place.line,
            "column": self.place.column.as_deref(),
            "subject": self.subject,
            "message": self.message(lang),
            "found": self.found,
            "expected": self.expectation(lang),
            "hint": self.hint(lang),
            "source": self.code.source(),
        })
    }
}

/// The half of a message of ours in a language, where it says the same in Chinese and then in English (`中文 / English`).
#[must_use]
pub fn in_language(text: &str, lang: Lang) -> &str {
    let is_chinese = |half: &str| half.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
    match text.split_once(" / ") {
        Some((zh, en)) if is_chinese(zh) && en.starts_with(|c: char| c.is_ascii()) => match lang {
            Lang::Zh => zh,
            Lang::En => en,
        },
        _ => text,
    }
}

/// A quotation of the input: printable anywhere, cut where it is long.
fn quote(text: &str) -> String {
    plain(&text.replace('\n', "\\n"), QUOTE_CHARS)
}

/// Escapes control and direction characters, so that no input can move the cursor or forge a line of its own; the line
/// breaks of our own reports stay.
fn plain(text: &str, max_chars: usize) -> String {
    let mut res = String::with_capacity(text.len());
    for (idx, c) in text.chars().enumerate() {
        if idx == max_chars {
            res.push('…');
            break;
        }
        let direction =
            matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
        if (c.is_control() && c != '\n') || direction {
            res.extend(c.escape_unicode());
        } else {
            res.push(c);
        }
    }
    res
}

/// Sorts findings by file, then position, then code, so that every run reports in one order.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        (&a.place, a.code.name(), &a.subject, &a.found).cmp(&(&b.place, b.code.name(), &b.subject, &b.found))
    });
}
