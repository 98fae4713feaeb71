//! Numbers as people group them: with one space or hyphen between the parts, and what they are together.

use super::identity::{
    has_shape_of_18, is_bank_card, is_foreign_pr_id, is_landline, is_mobile, is_old_resident_id, is_resident_id,
    is_uscc,
};
use super::kind::Kind;
use super::signs::{Signs, is_all};

/// Most digits that are looked at together, with a few to spare for a country's code.
pub const MAX_JOINED: usize = 24;

/// A run of letters and digits.
#[derive(Clone, Copy)]
pub struct Token {
    pub begin: usize,
    pub end: usize,
    pub is_number: bool,
}

/// Numbers with one space or hyphen between them.
#[derive(Default)]
pub struct Joined {
    begin: usize,
    pub end: usize,
    digits: [u8; MAX_JOINED],
    pub n_digits: usize,
    n_parts: usize,
    /// Where each of the first parts ends among the digits.
    ends: [usize; 6],
    last: Option<Token>,
}

impl Joined {
    /// Begins with nothing at a place in the text.
    pub fn at(begin: usize) -> Self {
        Self { begin, ..Self::default() }
    }

    pub fn push(&mut self, token: Token, text: &[u8]) {
        let n_kept = text.len().min(MAX_JOINED - self.n_digits);
        self.digits[self.n_digits..self.n_digits + n_kept].copy_from_slice(&text[..n_kept]);
        // A longer number is none of those that are looked for; it must not look like one that was cut.
        self.n_digits = if n_kept < text.len() { MAX_JOINED } else { self.n_digits + n_kept };
        if let Some(end) = self.ends.get_mut(self.n_parts) {
            *end = self.n_digits;
        }
        self.n_parts += 1;
        self.end = token.end;
        self.last = Some(token);
    }

    /// Looks at the digits together; where they are nothing together, at each part.
    pub fn judge(&self, bytes: &[u8], res: &mut Signs) {
        if self.n_digits == 0 {
            return;
        }
        let all = &self.digits[..self.n_digits];
        let is_whole = is_all(bytes, self.begin, self.end);
        let is_known = (self.n_parts == 1 || is_usual(&self.ends[..self.n_parts.min(6)])) && known(all, is_whole, res);
        if is_known || self.n_parts < 2 {
            return;
        }
        let mut begin = 0;
        for end in self.ends.iter().take(self.n_parts) {
            known(&all[begin..*end], is_whole && begin == 0 && *end == all.len(), res);
            begin = *end;
        }
        if self.n_parts > self.ends.len()
            && let Some(last) = self.last
        {
            known(&bytes[last.begin..last.end], false, res);
        }
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
