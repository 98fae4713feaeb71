//! What one text holds: the numbers and addresses in it that name a person, by shape and by proof.
//!
//! A **hit** is a number that proves itself (check digit, date, region) or, where the kind has no proof, that has its
//! shape. A **relative** has the outer shape alone: how many relatives are hits tells a column of identity numbers from
//! a column of serial numbers, one in eleven of which proves itself by chance.

use std::borrow::Cow;

use super::census::Census;
use super::joined::{Joined, Token, known};
use super::kind::Kind;
use super::marks::{emails, ip_end, is_ip, is_plate, lettered};
use super::plain::{has_wide_digit, plain};

/// What one text holds: sets of kinds, one bit each.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Signs {
    /// The whole text is a hit.
    pub whole: u16,
    /// The whole text is a relative of these.
    pub whole_relatives: u16,
    /// A hit within the text.
    pub inside: u16,
    /// A relative within the text.
    pub inside_relatives: u16,
    /// The text is a credit code, which is lawfully public.
    pub is_uscc: bool,
    /// The text is masked.
    pub is_masked: bool,
}

impl Signs {
    /// Every hit.
    #[must_use]
    pub fn hits(self) -> u16 {
        self.whole | self.inside
    }
}

/// Fewest digits in anything that is looked for, an e-mail address apart.
const MIN_DIGITS: u32 = 3;
/// Fewest digits of a number that has letters, and of one that has none.
const LETTERED_DIGITS: u32 = 7;
const ALL_DIGITS: u32 = 10;
/// Longest text that is looked at as a whole number.
const MAX_WHOLE: usize = 64;

/// Looks at one text.
#[must_use]
pub fn look(text: &str) -> Signs {
    let mut res = Signs::default();
    let census = Census::of(text.as_bytes());
    let Census { digits: n_digits, marks: n_marks, points: n_points, letters: n_letters, wide: n_wide, .. } = census;
    if n_marks == 0 && n_wide == 0 {
        // Most cells: a word, a day, an amount. Numbers have ten digits at least, with letters seven.
        let least = if n_letters > 0 { LETTERED_DIGITS } else { ALL_DIGITS };
        if n_digits < least && n_points < 3 {
            return res;
        }
        if n_digits as usize == text.len() {
            known(text.as_bytes(), true, &mut res);
            return res;
        }
    }
    if n_digits < MIN_DIGITS && n_marks == 0 && (census.wide_leads == 0 || !has_wide_digit(text)) {
        return res;
    }
    let plain = if n_wide + n_points == 0 { Cow::Borrowed(text) } else { plain(text) };
    // A whole number that some program wrote as a fraction.
    let plain = plain.strip_suffix(".0").or_else(|| plain.strip_suffix(".00")).unwrap_or(&plain);
    let bytes = plain.as_bytes();
    if n_marks > 0 && bytes.contains(&b'@') {
        emails(bytes, &mut res);
    }
    if bytes.len() <= 24 && is_plate(plain) {
        res.add(Kind::Plate, true);
        return res;
    }
    numbers(bytes, &mut res);
    res.is_masked = n_marks > 0 && res.hits() == 0 && is_masked(plain);
    res
}

/// Whether part of the text was made unreadable on purpose: two asterisks or more, or one beside a name.
fn is_masked(text: &str) -> bool {
    let n_stars = text.bytes().filter(|byte| *byte == b'*').count();
    n_stars >= 2 || (n_stars == 1 && text.chars().count() <= 4)
}

fn tokens(bytes: &[u8]) -> impl Iterator<Item = Token> {
    let mut idx = 0;
    std::iter::from_fn(move || {
        while idx < bytes.len() && !bytes[idx].is_ascii_alphanumeric() {
            idx += 1;
        }
        let begin = idx;
        let mut is_number = true;
        while idx < bytes.len() && bytes[idx].is_ascii_alphanumeric() {
            is_number &= bytes[idx].is_ascii_digit();
            idx += 1;
        }
        (begin < idx).then_some(Token { begin, end: idx, is_number })
    })
}

/// Looks at every number: alone, and joined with those that follow after one space, hyphen or bracket.
fn numbers(bytes: &[u8], res: &mut Signs) {
    let mut joined = Joined::new();
    for token in tokens(bytes) {
        let text = &bytes[token.begin..token.end];
        let is_number =
            token.is_number || (matches!(text, [digits @ .., b'X' | b'x'] if digits.len() < 18 && is_digits(digits)));
        let is_digit_first = text.first().is_some_and(u8::is_ascii_digit);
        if is_digit_first && text.len() < 17 && is_of_fraction(bytes, token) {
            if is_ip(bytes, token.begin) {
                res.add(Kind::Ip, is_all(bytes, token.begin, ip_end(bytes, token.begin)));
            }
        } else if is_number && !ends_a_uuid(&bytes[..token.end]) {
            let follows = !joined.is_empty()
                && token.begin == joined.end() + 1
                && matches!(bytes[joined.end()], b' ' | b'-' | b'_' | b')');
            if follows && joined.push(token, text) {
                continue;
            }
            joined.judge(bytes, res);
            joined.clear();
            // Longer than anything that is looked for, where it does not fit.
            joined.push(token, text);
            continue;
        } else if !is_number && !ends_a_uuid(&bytes[..token.end]) {
            lettered(bytes, token.begin, token.end, res);
        }
        joined.judge(bytes, res);
        joined.clear();
    }
    joined.judge(bytes, res);
}

/// Whether a number is part of a fraction or of a version: those are no numbers of their own.
fn is_of_fraction(bytes: &[u8], token: Token) -> bool {
    let is_point = |at: Option<usize>, beyond: Option<usize>| {
        let byte = |at: Option<usize>| at.and_then(|at| bytes.get(at));
        byte(at) == Some(&b'.') && byte(beyond).is_some_and(u8::is_ascii_digit)
    };
    let follows = is_point(token.begin.checked_sub(1), token.begin.checked_sub(2)) && !is_listed(bytes, token.begin);
    follows || is_point(Some(token.end), Some(token.end + 1))
}

/// Whether a number follows the number of a list, as in `1.13925522956`, and not the whole part of a fraction.
fn is_listed(bytes: &[u8], begin: usize) -> bool {
    let is_break = |byte: &u8| !byte.is_ascii() || matches!(byte, b' ' | b'\n' | b'\t' | b';');
    let is_item = begin >= 2 && matches!(bytes[begin - 2], b'1'..=b'9');
    let stands_alone = begin == 2 || bytes.get(begin.wrapping_sub(3)).is_some_and(is_break);
    is_item && stands_alone && bytes.len() > begin + 11
}

/// Whether bytes end like a UUID: groups of 8, 4, 4, 4 and 12 hexadecimal digits.
fn ends_a_uuid(bytes: &[u8]) -> bool {
    bytes.len().checked_sub(36).is_some_and(|at| {
        bytes[at..]
            .iter()
            .enumerate()
            .all(|(idx, byte)| if matches!(idx, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
    })
}

pub(super) fn is_digits(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit)
}

/// Whether a part is the whole text but for white space, quotation marks and a plus sign.
pub(super) fn is_all(bytes: &[u8], begin: usize, end: usize) -> bool {
    let is_frame = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\'' | b'"' | b'+' | b'(' | b')');
    bytes.len() <= MAX_WHOLE && bytes[..begin].iter().all(is_frame) && bytes[end..].iter().all(is_frame)
}

impl Signs {
    pub(super) fn add(&mut self, kind: Kind, is_whole: bool) {
        if is_whole {
            self.whole |= kind.bit();
        } else {
            self.inside |= kind.bit();
        }
        self.relative(kind, is_whole);
    }

    pub(super) fn relative(&mut self, kind: Kind, is_whole: bool) {
        if is_whole {
            self.whole_relatives |= kind.bit();
        } else {
            self.inside_relatives |= kind.bit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::marks::masked;
    use super::*;

    fn whole(text: &str) -> Vec<Kind> {
        let signs = look(text);
        super::super::kind::BY_VALUE.into_iter().filter(|kind| signs.whole & kind.bit() != 0).collect()
    }

    fn inside(text: &str) -> Vec<Kind> {
        let signs = look(text);
        super::super::kind::BY_VALUE.into_iter().filter(|kind| signs.inside & kind.bit() != 0).collect()
    }

    #[test]
    fn forms_that_people_write() {
        for text in [
            "11010519491231002X",
            "11010519491231002x",
            " 11010519491231002X ",
            "'11010519491231002X",
            "110105 19491231 002X",
            "110105-19491231-002X",
            "1101 0519 4912 3100 2X",
            "１１０１０５１９４９１２３１００２Ｘ",
        ] {
            assert_eq!(whole(text), [Kind::ResidentId], "{text}");
        }
        for text in [
            "13925522956",
            "139 2552 2956",
            "139-2552-2956",
            "+86 13925522956",
            "8613925522956",
            "0086 13925522956",
            "008613925522956",
            "１３９２５５２２９５６",
            "013925522956",
            "+86-139-2552-2956",
        ] {
            assert_eq!(whole(text), [Kind::Mobile], "{text}");
        }
    }

    #[test]
    fn other_kinds() {
        assert_eq!(whole("6225 8824 5915 1022 553"), [Kind::BankCard]);
        assert_eq!(whole("沪T-95566"), [Kind::Plate]);
        assert_eq!(whole("苏JD12345"), [Kind::Plate]);
        assert_eq!(whole("E12345678"), [Kind::Passport]);
        assert_eq!(whole("EA1234567"), [Kind::Passport]);
        assert_eq!(whole("0515-88123456"), [Kind::Landline]);
        assert_eq!(whole("ming91@example.org"), [Kind::Email]);
        assert_eq!(whole("203.0.113.9"), [Kind::Ip]);
        assert_eq!(inside("联系人张三，电话13925522956，备用 139 2552 2956。"), [Kind::Mobile]);
        assert_eq!(inside("（身份证号11010519491231002X）"), [Kind::ResidentId]);
        assert_eq!(inside("电话13925522956、13925522957"), [Kind::Mobile]);
        assert_eq!(inside("13925522956-13925522957"), [Kind::Mobile]);
        assert_eq!(inside("** Tel13925522956 **"), [Kind::Mobile]);
        assert_eq!(inside("ID11010519491231002x"), [Kind::ResidentId]);
        assert_eq!(inside("名单13925522956.csv"), [Kind::Mobile]);
        assert_eq!(inside("见 13925522956。"), [Kind::Mobile]);
        assert_eq!(inside("1.13925522956；2.13925522957"), [Kind::Mobile]);
        for text in [
            "13925522956.0",
            "139\u{a0}2552\u{a0}2956",
            "139\u{2013}2552\u{2013}2956",
            "139\u{200b}25522956",
            "١٣٩٢٥٥٢٢٩٥٦",
            "(139)25522956",
        ] {
            assert_eq!(whole(text), [Kind::Mobile], "{text}");
        }
        for text in [
            "139-2552-2956 139-2552-2957",
            "3 139 2552 2956",
            "139 2552 2956-801",
            "1 2 3 4 5 6 13925522956 8",
            "A13925522956",
            "c13925522956",
            "13925522956VX",
            "\\u4e0913925522956",
        ] {
            assert_eq!(inside(text), [Kind::Mobile], "{text}");
        }
        for text in [
            "身份证11010519491231002X.2026年",
            "第3.11010519491231002X",
            "A11010519491231002X",
            "110105_19491231_002X号",
        ] {
            assert_eq!(inside(text), [Kind::ResidentId], "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_it() {
        for text in [
            "http://data.example.gov.cn/open-data/7f191b83-4d18-4ef8-ad40-19316813122e",
            "/deatil/7af62e4c4a9b425083aec16381433471",
            "028a95135017626353fa67145279184d",
            "113.13925522956",
            "1.13925522956",
            "[[113.13925522956,33.13925522956]]",
            "13925522956.5",
            "2026-03-01 12:30:45",
            "20260301123045",
            "1.2.3",
            "12345",
            "bdacc65d-f849-414a-b0d0-013912345678",
            "office@yancheng.gov.cn",
            "139****2956",
            "张*",
        ] {
            assert_eq!(look(text).hits(), 0, "{text}");
        }
        let uscc = look("91350100M000100Y43");
        assert!(uscc.is_uscc && uscc.hits() == 0);
    }

    #[test]
    fn a_masked_sample_shows_no_whole_value() {
        assert_eq!(masked("11010519491231002X"), "11**************2X");
        assert_eq!(masked("张三"), "张*");
        assert_eq!(masked("13925522956"), "13*******56");
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,80}") {
            let _ = (look(&text), masked(&text));
        }

        #[test]
        fn digits_and_signs(text in "[0-9Xx @.*+ -]{0,90}") {
            let _ = look(&text);
        }
    }
}
