//! Does the entry's class read as unconditionally open (无条件开放)? Missing, unknown and contradictory mean no.

use std::sync::Arc;

use crate::catalog::Entry;
use crate::diag::{Code, Finding};
use crate::model::openness::{Openness, OpennessWords};
use crate::model::text::fold;

/// Why an entry is not unconditionally open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotOpen {
    code: Code,
    found: String,
    expected: String,
}

impl NotOpen {
    fn new(code: Code, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { code, found: found.into(), expected: expected.into() }
    }

    /// The class, where the entry says one plainly.
    pub fn class(&self) -> Option<Openness> {
        if self.code == Code::OpennessClosed { Openness::parse(&self.found) } else { None }
    }

    /// The finding at the entry's place.
    pub fn finding(&self, entry: &Entry) -> Finding {
        let place = match &entry.openness_column {
            Some(column) => entry.place.clone().in_column(Arc::clone(column)),
            None => entry.place.clone(),
        };
        Finding::new(self.code, place).about(&entry.dataset.title).found(&self.found).expected(&self.expected)
    }
}

/// Judges the words of an entry; `Ok` means unconditionally open.
///
/// Source: DESIGN I1; the residual rule of the regulations binds the cataloguer, not a reader of the catalog.
pub fn judge(words: &OpennessWords) -> Result<(), NotOpen> {
    let Some(first) = words.class.first() else {
        // What other columns say helps the team to find the right one; it never opens anything.
        let others = words.is_open.iter().map(|word| said(IS_OPEN, word));
        let others: Vec<String> = others.chain(words.condition.iter().map(|word| said(CONDITION, word))).collect();
        return Err(NotOpen::new(Code::OpennessMissing, others.join("，"), ""));
    };
    let mut classes = Vec::new();
    for word in &words.class {
        match Openness::parse(word) {
            Some(class) => classes.push(class),
            None => return Err(NotOpen::new(Code::OpennessUnknown, word, "")),
        }
    }
    if classes.windows(2).any(|pair| pair[0] != pair[1]) {
        return Err(NotOpen::new(Code::OpennessContradiction, words.class.join(" / "), first));
    }
    if classes[0] != Openness::Unconditional {
        return Err(NotOpen::new(Code::OpennessClosed, first, ""));
    }
    if let Some(word) = words.set_aside.iter().find(|word| !agrees(word)) {
        return Err(NotOpen::new(Code::OpennessContradiction, word, first));
    }
    if let Some(word) = words.is_open.iter().find(|word| !says_yes(word)) {
        return Err(NotOpen::new(Code::OpennessContradiction, said(IS_OPEN, word), first));
    }
    if let Some(word) = words.condition.iter().find(|word| !says_no_condition(word)) {
        return Err(NotOpen::new(Code::OpennessContradiction, said(CONDITION, word), first));
    }
    Ok(())
}

/// The fields' names in the regulations, for messages.
const IS_OPEN: &str = "是否向社会开放";
const CONDITION: &str = "开放条件";

fn said(field: &str, word: &str) -> String {
    format!("{field}={word}")
}

/// Whether a column that the mapping sets aside agrees: it names the same class, or says no more than "open".
fn agrees(word: &str) -> bool {
    Openness::parse(word) == Some(Openness::Unconditional)
        || says_yes(word)
        || matches!(fold(word).as_str(), "可开放" | "已开放")
}

fn says_yes(word: &str) -> bool {
    matches!(fold(word).as_str(), "是" | "yes" | "true" | "1" | "y" | "开放" | "向社会开放")
}

fn says_no_condition(word: &str) -> bool {
    crate::model::text::is_placeholder(word)
        || matches!(fold(word).as_str(), "无条件" | "无条件开放" | "无开放条件" | "unconditional" | "没有" | "不限")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(class: &[&str], is_open: &[&str], condition: &[&str]) -> OpennessWords {
        let own = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        OpennessWords { class: own(class), set_aside: Vec::new(), is_open: own(is_open), condition: own(condition) }
    }

    #[test]
    fn only_agreement_opens() {
        assert_eq!(judge(&words(&["无条件开放"], &[], &[])), Ok(()));
        assert_eq!(judge(&words(&["无条件开放"], &["是"], &["无"])), Ok(()));
        for (class, is_open, condition, code) in [
            (&[][..], &["是"][..], &[][..], Code::OpennessMissing),
            (&["可开放"], &[], &["无条件开放"], Code::OpennessUnknown),
            (&["无条件开放", "有条件开放"], &[], &[], Code::OpennessContradiction),
            (&["无条件开放"], &["否"], &[], Code::OpennessContradiction),
            (&["无条件开放"], &[], &["需签订协议"], Code::OpennessContradiction),
            (&["无条件开放"], &[], &["请补充开放条件"], Code::OpennessContradiction),
            (&["有条件开放"], &["是"], &[], Code::OpennessClosed),
            (&["不予开放"], &[], &[], Code::OpennessClosed),
        ] {
            assert_eq!(
                judge(&words(class, is_open, condition)).unwrap_err().code,
                code,
                "{class:?} {is_open:?} {condition:?}"
            );
        }
    }
}
