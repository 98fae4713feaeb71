//! Numbers as people group them: with one space or hyphen between the parts, and what they are together.

use super::identity::{
    has_shape_of_18, is_bank_card, is_foreign_pr_id, is_landline, is_mobile, is_old_resident_id, is_resident_id,
    is_uscc,
};
use super::kind::Kind;
use super::signs::{Signs, is_all};

/// Most digits, and most parts, that are looked at together.
const MAX_DIGITS: usize = 96;
const MAX_PARTS: usize = 24;
/// Most parts of one number.
const MAX_GROUPS: usize = 6;

/// A run of letters and digits.
#[derive(Clone, Copy)]
pub struct Token {
    pub begin: usize,
    pub end: usize,
    pub is_number: bool,
}

/// Numbers with one space, hyphen or bracket between them.
pub struct Joined {
    digits: [u8; MAX_DIGITS],
    /// For each part where it ends among the digits, and where it stands in the text.
    parts: [(usize, usize, usize); MAX_PARTS],
    n_parts: usize,
}

impl Joined {
    /// Begins with nothing.
    pub fn new() -> Self {
        Self { digits: [0; MAX_DIGITS], parts: [(0, 0, 0); MAX_PARTS], n_parts: 0 }
    }

    /// Begins anew.
    pub fn clear(&mut self) {
        self.n_parts = 0;
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.n_parts == 0
    }

    /// Where the last part ends in the text.
    pub fn end(&self) -> usize {
        self.n_parts.checked_sub(1).map_or(0, |last| self.parts[last].2)
    }

    fn n_digits(&self) -> usize {
        self.n_parts.checked_sub(1).map_or(0, |last| self.parts[last].0)
    }

    /// Takes a number; `false` where it does not fit, and it is to begin anew.
    pub fn push(&mut self, token: Token, text: &[u8]) -> bool {
        let begin = self.n_digits();
        if self.n_parts == MAX_PARTS || begin + text.len() > MAX_DIGITS {
            return false;
        }
        self.digits[begin..begin + text.len()].copy_from_slice(text);
        self.parts[self.n_parts] = (begin + text.len(), token.begin, token.end);
        self.n_parts += 1;
        true
    }

    /// Looks at each run of parts that people would write as one number, the longest first.
    pub fn judge(&self, bytes: &[u8], res: &mut Signs) {
        let mut first = 0;
        while first < self.n_parts {
            let longest = MAX_GROUPS.min(self.n_parts - first);
            let n_taken = (1..=longest).rev().find(|n| self.judge_run(first, *n, bytes, res));
            first += n_taken.unwrap_or(1);
        }
    }

    fn judge_run(&self, first: usize, n: usize, bytes: &[u8], res: &mut Signs) -> bool {
        let last = first + n - 1;
        let begin = first.checked_sub(1).map_or(0, |before| self.parts[before].0);
        let mut ends = [0; MAX_GROUPS];
        for (end, part) in ends.iter_mut().zip(&self.parts[first..=last]) {
            *end = part.0 - begin;
        }
        (n == 1 || is_usual(&ends[..n]))
            && known(
                &self.digits[begin..self.parts[last].0],
                is_all(bytes, self.parts[first].1, self.parts[last].2),
                res,
            )
    }
}

/// Whether people group a number like this: 3-4-4 and 3-8 (mobile), 6-8-4 and 6-4-4-4 (identity), fours (cards).
fn is_usual(ends: &[usize]) -> bool {
    let ends = match ends {
        // A country's code in front.
        [2 | 4, rest @ ..] if rest.last().is_some_and(|last| *last == 13 || *last == 15) => rest,
        _ => ends,
    };
    let shift = ends.last().map_or(0, |last| {
        if *last == 13 {
            2
        } else if *last == 15 {
            4
        } else {
            0
        }
    });
    let is =
        |usual: &[usize]| ends.len() == usual.len() && ends.iter().zip(usual).all(|(end, usual)| *end == usual + shift);
    is(&[11])
        || is(&[3, 7, 11])
        || is(&[3, 11])
        || is(&[7, 11])
        || is(&[3, 6, 11])
        || matches!(
            ends,
            [6, 14, 18] | [6, 10, 14, 18] | [6, 10, 12, 14, 18] | [4, 8, 12, 16, 18] | [6, 18] | [3, 6, 14, 18]
        )
        || (ends.len() >= 4 && ends.iter().take(ends.len() - 1).enumerate().all(|(idx, end)| *end == 4 * (idx + 1)))
        || matches!(ends, [3 | 4, 10..=12])
}

/// Puts a number down for what it is; whether it is anything.
pub fn known(digits: &[u8], is_whole: bool, res: &mut Signs) -> bool {
    match digits.len() {
        _ if !digits[..digits.len().saturating_sub(1)].iter().all(u8::is_ascii_digit) => false,
        18 if has_shape_of_18(digits) => {
            if is_resident_id(digits) {
                res.add(Kind::ResidentId, is_whole);
                return true;
            }
            if is_foreign_pr_id(digits) {
                res.add(Kind::ForeignPrId, is_whole);
                return true;
            }
            if is_uscc(digits) {
                res.is_uscc |= is_whole;
                return true;
            }
            res.relative(Kind::ResidentId, is_whole);
            if digits[0] == b'9' {
                res.relative(Kind::ForeignPrId, is_whole);
            }
            card(digits, is_whole, res)
        }
        16 | 17 | 19 => card(digits, is_whole, res),
        15 => {
            if let Some(mobile) = digits.strip_prefix(b"0086").filter(|rest| is_mobile(rest)) {
                return known(mobile, is_whole, res);
            }
            if is_old_resident_id(digits) {
                res.add(Kind::OldResidentId, is_whole);
            } else {
                res.relative(Kind::OldResidentId, is_whole);
            }
            true
        }
        13 if digits.starts_with(b"86") && is_mobile(&digits[2..]) => known(&digits[2..], is_whole, res),
        11 if is_mobile(digits) => {
            res.add(Kind::Mobile, is_whole);
            true
        }
        10..=12 if is_landline(digits) => {
            res.add(Kind::Landline, is_whole);
            true
        }
        11 => {
            res.relative(Kind::Mobile, is_whole);
            true
        }
        12 if digits[0] == b'0' && is_mobile(&digits[1..]) => known(&digits[1..], is_whole, res),
        _ => false,
    }
}

fn card(digits: &[u8], is_whole: bool, res: &mut Signs) -> bool {
    if is_bank_card(digits) {
        res.add(Kind::BankCard, is_whole);
    } else {
        res.relative(Kind::BankCard, is_whole);
    }
    true
}
