//! Numbers that prove themselves: check digits, dates and regions of the numbers that name a person or a body.
//!
//! Source: GB 11643-1999 and ISO 7064 MOD 11-2 (identity numbers), GB 32100-2015 (credit codes), ISO/IEC 7812-1
//! (bank cards); `domain/requirements.md` 2.2.

/// The first two digits of the regions that have ever issued identity numbers; 83 stands on residence permits.
const PROVINCES: [u8; 35] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82, 83,
];

fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

fn number(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0, |sum, byte| Some(sum * 10 + digit(*byte)?))
}

fn is_day(year: u32, month: u32, day: u32) -> bool {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let n_days = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=n_days).contains(&day)
}

fn is_birth_date(digits: &[u8]) -> bool {
    let part = |range: std::ops::Range<usize>| digits.get(range).and_then(number).unwrap_or_default();
    let year = part(0..4);
    (1880..=2035).contains(&year) && is_day(year, part(4..6), part(6..8))
}

fn is_province(digits: &[u8]) -> bool {
    digits.get(..2).and_then(number).is_some_and(|code| PROVINCES.iter().any(|known| u32::from(*known) == code))
}

/// Whether 18 characters are 17 digits and a digit or X, whatever they mean.
#[must_use]
pub fn has_shape_of_18(text: &[u8]) -> bool {
    text.len() == 18 && text[..17].iter().all(u8::is_ascii_digit) && matches!(text[17], b'0'..=b'9' | b'X' | b'x')
}

fn check_is_right(text: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let sum: u32 = text.iter().zip(WEIGHTS).filter_map(|(byte, weight)| Some(digit(*byte)? * weight)).sum();
    text[17].to_ascii_uppercase() == CHECKS[(sum % 11) as usize]
}

/// Whether 18 characters are an identity number: region, day of birth and check digit.
///
/// The county need not have existed at birth: regions that were in use are not all known.
#[must_use]
pub fn is_resident_id(text: &[u8]) -> bool {
    has_shape_of_18(text) && is_province(text) && is_birth_date(&text[6..14]) && check_is_right(text)
}

/// Whether 18 characters are the number of a foreign permanent resident: a 9, day of birth and check digit.
#[must_use]
pub fn is_foreign_pr_id(text: &[u8]) -> bool {
    has_shape_of_18(text) && text[0] == b'9' && is_birth_date(&text[6..14]) && check_is_right(text)
}

/// Whether 15 digits could be an identity number of the old kind, which has no check digit.
#[must_use]
pub fn is_old_resident_id(text: &[u8]) -> bool {
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(number).unwrap_or_default();
    text.len() == 15
        && text.iter().all(u8::is_ascii_digit)
        && is_province(text)
        && is_day(1900 + part(6..8), part(8..10), part(10..12))
}

/// Whether 18 characters are a unified social credit code with a right check character.
#[must_use]
pub fn is_uscc(text: &[u8]) -> bool {
    const SIGNS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let value = |byte: &u8| SIGNS.iter().position(|sign| *sign == byte.to_ascii_uppercase());
    if text.len() != 18 {
        return false;
    }
    let mut weight = 1;
    let mut sum = 0;
    for byte in &text[..17] {
        let Some(value) = value(byte) else { return false };
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    value(&text[17]).is_some_and(|check| check == (31 - sum % 31) % 31)
}

/// Whether 16 to 19 digits begin like a bank card and have its check digit.
#[must_use]
pub fn is_bank_card(text: &[u8]) -> bool {
    let begins = matches!(text, [b'6', b'0' | b'2' | b'8' | b'9', ..] | [b'4', ..] | [b'5', b'1'..=b'5', ..])
        || text.starts_with(b"35")
        || text.starts_with(b"9558");
    if !(16..=19).contains(&text.len()) || !begins {
        return false;
    }
    let sum: Option<u32> = text
        .iter()
        .rev()
        .enumerate()
        .map(|(idx, byte)| {
            let digit = digit(*byte)?;
            Some(if idx % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
        })
        .sum();
    sum.is_some_and(|sum| sum % 10 == 0)
}

/// Whether 11 digits begin like a mobile number.
#[must_use]
pub fn is_mobile(text: &[u8]) -> bool {
    text.len() == 11
        && text.iter().all(u8::is_ascii_digit)
        && match (text[0], text[1], text[2]) {
            (b'1', b'3' | b'8', _) => true,
            (b'1', b'4', third) => third >= b'5',
            (b'1', b'5' | b'9', third) => third != b'4',
            (b'1', b'6', third) => matches!(third, b'2' | b'5'..=b'7'),
            (b'1', b'7', third) => third <= b'8',
            _ => false,
        }
}

/// Whether digits are a landline number with its area code.
#[must_use]
pub fn is_landline(text: &[u8]) -> bool {
    let n_area = match text {
        [b'0', b'1' | b'2', ..] => 3,
        [b'0', b'3'..=b'9', ..] => 4,
        _ => return false,
    };
    text.iter().all(u8::is_ascii_digit)
        && (7..=8).contains(&text.len().saturating_sub(n_area))
        && text.get(n_area).is_some_and(|first| (b'2'..=b'9').contains(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_specimens_prove_themselves() {
        // The specimen numbers of the standard and of official notices; no living person's.
        for id in ["11010519491231002X", "440524188001010014", "810000199408230021", "830000199201300022"] {
            assert!(is_resident_id(id.as_bytes()), "{id}");
        }
        assert!(is_resident_id(b"11010519491231002x"));
        for no_id in ["110105194912310021", "11010519491331002X", "990105194912310021", "1101051949123100"] {
            assert!(!is_resident_id(no_id.as_bytes()), "{no_id}");
        }
        assert!(is_old_resident_id(b"110105491231002") && !is_old_resident_id(b"110105491331002"));
        assert!(is_uscc(b"91350100M000100Y43") && !is_uscc(b"91350100M000100Y44"));
        assert!(is_bank_card(b"6225882459151022553") && !is_bank_card(b"6225882459151022554"));
        assert!(is_mobile(b"13925522956") && !is_mobile(b"11867465878") && !is_mobile(b"15412345678"));
        assert!(is_landline(b"051588123456") && is_landline(b"01088123456") && !is_landline(b"013812345678"));
    }
}
