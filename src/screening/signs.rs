//! What one text holds: the numbers and addresses in it that name a person, by shape and by proof.
//!
//! A **hit** is a number that proves itself (check digit, date, region) or, where the kind has no proof, that has its
//! shape. A **relative** has the outer shape alone: how many relatives are hits tells a column of identity numbers from
//! a column of serial numbers, one in eleven of which proves itself by chance.

use std::borrow::Cow;

use super::joined::{Joined, MAX_JOINED, Token};
use super::kind::Kind;
use super::marks::{emails, ip_end, is_ip, is_plate, lettered};

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
const MIN_DIGITS: usize = 3;
/// Longest text that is looked at as a whole number.
const MAX_WHOLE: usize = 64;

/// Looks at one text.
#[must_use]
pub fn look(text: &str) -> Signs {
    let mut res = Signs::default();
    let (n_digits, n_marks) = text.bytes().fold((0_usize, 0_usize), |(digits, marks), byte| {
        (digits + usize::from(byte.is_ascii_digit()), marks + usize::from(matches!(byte, b'@' | b'*' | 0xEF)))
    });
    if n_digits < MIN_DIGITS && n_marks == 0 {
        return res;
    }
    let folded = if n_marks == 0 { Cow::Borrowed(text) } else { folded(text) };
    let bytes = folded.as_bytes();
    if n_marks > 0 && bytes.contains(&b'@') {
        emails(bytes, &mut res);
    }
    if bytes.len() <= 24 && is_plate(&folded) {
        res.add(Kind::Plate, true);
        return res;
    }
    numbers(bytes, &mut res);
    res.is_masked = n_marks > 0 && res.hits() == 0 && is_masked(&folded);
    res
}

/// Full-width letters, digits and signs as their usual forms.
fn folded(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte == 0xEF) {
        return Cow::Borrowed(text);
    }
    let fold = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    Cow::Owned(text.chars().map(fold).collect())
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

/// Looks at every number: alone, and joined with those that follow after one space or hyphen.
fn numbers(bytes: &[u8], res: &mut Signs) {
    let mut joined: Joined = Joined::default();
    for token in tokens(bytes) {
        let text = &bytes[token.begin..token.end];
        // Digits of a fraction, and steps of a version, are no numbers of their own.
        let is_part = |at: Option<usize>, beyond: Option<usize>| {
            let byte = |at: Option<usize>| at.and_then(|at| bytes.get(at));
            byte(at) == Some(&b'.') && byte(beyond).is_some_and(u8::is_ascii_digit)
        };
        let is_digit_first = text.first().is_some_and(u8::is_ascii_digit);
        if is_digit_first
            && ((is_part(token.begin.checked_sub(1), token.begin.checked_sub(2)) && !is_listed(bytes, token.begin))
                || is_part(Some(token.end), Some(token.end + 1)))
        {
            if is_ip(bytes, token.begin) {
                res.add(Kind::Ip, is_all(bytes, token.begin, ip_end(bytes, token.begin)));
            }
            joined.judge(bytes, res);
            joined = Joined::default();
            continue;
        }
        if ends_a_uuid(&bytes[..token.end]) {
            joined = Joined::default();
            continue;
        }
        let follows = joined.n_digits > 0 && token.begin == joined.end + 1 && matches!(bytes[joined.end], b' ' | b'-');
        let ends_an_id =
            text.len() <= 18 && matches!(text.last(), Some(b'X' | b'x')) && is_digits(&text[..text.len() - 1]);
        if !token.is_number && !ends_an_id {
            joined.judge(bytes, res);
            joined = Joined::default();
            lettered(bytes, token.begin, token.end, res);
            continue;
        }
        if !follows || joined.n_digits + text.len() > MAX_JOINED {
            joined.judge(bytes, res);
            joined = Joined::at(token.begin);
        }
        joined.push(token, text);
    }
    joined.judge(bytes, res);
}

/// Whether a number follows the number of a list, as in `1.13925522956`, and not the whole part of a fraction.
fn is_listed(bytes: &[u8], begin: usize) -> bool {
    let is_break = |byte: &u8| !byte.is_ascii() || matches!(byte, b' ' | b'\n' | b'\t' | b';');
    let is_item = begin >= 2 && matches!(bytes[begin - 2], b'1'..=b'9');
    let stands_alone = begin == 2 || bytes.get(begin.wrapping_sub(3)).is_some_and(is_break);
    is_item && stands_alone && bytes.len() > begin + 11
}

/// Whether bytes end like a UUID: twelve hexadecimal digits after a group of four.
fn ends_a_uuid(bytes: &[u8]) -> bool {
    let Some([b'-', group @ .., _, _, _, _, _, _, _, _, _, _, _, _]) =
        bytes.len().checked_sub(18).map(|at| &bytes[at..])
    else {
        return false;
    };
    bytes[bytes.len() - 12..].iter().all(u8::is_ascii_hexdigit)
        && matches!(group, [hex @ .., b'-'] if hex.iter().all(u8::is_ascii_hexdigit))
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
