//! The openness class (开放类型) of an entry, as a value; the judgement is the gate's.

/// One of the three classes that the regulations know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Openness {
    /// 无条件开放.
    Unconditional,
    /// 有条件开放.
    Conditional,
    /// 不予开放.
    NotOpen,
}

impl Openness {
    /// Reads exactly one of the three words, in Chinese or as code name; anything else is `None`, never open.
    ///
    /// Source: the class names of the municipal regulations; `domain/glossary.csv`.
    #[must_use]
    pub fn parse(cell: &str) -> Option<Self> {
        // The folding leaves white space out: a word over two lines is not the word.
        if cell.trim().contains(['\n', '\r']) {
            return None;
        }
        match crate::model::text::fold(cell).as_str() {
            "无条件开放" | "无条件开放类" | "unconditional" => Some(Self::Unconditional),
            "有条件开放" | "有条件开放类" | "conditional" => Some(Self::Conditional),
            "不予开放" | "不予开放类" | "not_open" => Some(Self::NotOpen),
            _ => None,
        }
    }

    /// The code name.
    #[must_use]
    pub fn code_name(self) -> &'static str {
        match self {
            Self::Unconditional => "unconditional",
            Self::Conditional => "conditional",
            Self::NotOpen => "not_open",
        }
    }
}

/// What an entry says about its openness, word for word after the site's value mapping.
///
/// A field is a list because two columns of one file may claim to be the same field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpennessWords {
    /// 开放类型.
    pub class: Vec<String>,
    /// Columns that by their name are the class, where the site's mapping names another: they may not contradict it.
    pub set_aside: Vec<String>,
    /// 是否向社会开放.
    pub is_open: Vec<String>,
    /// 开放条件.
    pub condition: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_words_are_a_class() {
        assert_eq!(Openness::parse(" 无条件开放\u{3000}"), Some(Openness::Unconditional));
        for cell in [
            "",
            "可开放",
            "完全开放",
            "开放",
            "非无条件开放",
            "无条件开放（待审核）",
            "请补充开放条件",
            "1级\t不脱敏",
            "开放网站",
            "无条件共享",
            "是",
        ] {
            assert_eq!(Openness::parse(cell), None, "{cell}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_else_reads_as_unconditional(cell in "\\PC{0,20}") {
            if Openness::parse(&cell) == Some(Openness::Unconditional) {
                let word: String = crate::model::text::fold(&cell);
                proptest::prop_assert!(["无条件开放", "无条件开放类", "unconditional"].contains(&word.as_str()));
            }
        }
    }
}
