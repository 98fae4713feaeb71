//! What begins with letters or holds signs: passports and permits, credit codes, number plates, e-mail and IP addresses.

use super::identity::is_uscc;
use super::joined::known;
use super::kind::Kind;
use super::signs::{Signs, is_all, is_digits};

/// Numbers that begin with letters: passports, permits; credit codes.
pub fn lettered(bytes: &[u8], begin: usize, end: usize, res: &mut Signs) {
    let text = &bytes[begin..end];
    let is_whole = is_all(bytes, begin, end);
    let tail = |n_letters: usize| text.get(n_letters..).is_some_and(is_digits);
    match (text.len(), text.first().map(u8::to_ascii_uppercase)) {
        (18, _) => res.is_uscc |= is_whole && is_uscc(text),
        (9, Some(b'E' | b'G' | b'D' | b'S' | b'P')) if tail(1) => res.add(Kind::Passport, is_whole),
        (9, Some(b'E')) if tail(2) && text[1].is_ascii_alphabetic() => res.add(Kind::Passport, is_whole),
        (9, Some(b'C' | b'W')) if tail(1) => res.add(Kind::HkMacauPermit, is_whole),
        (9, Some(b'C')) if tail(2) && text[1].is_ascii_alphabetic() => res.add(Kind::HkMacauPermit, is_whole),
        (9 | 11, Some(b'H' | b'M')) if tail(1) => res.add(Kind::HomeReturnPermit, is_whole),
        // Long tokens of hexadecimal digits are digests, in which any digits may stand.
        _ if text.len() >= 24 && text.iter().all(u8::is_ascii_hexdigit) => {}
        _ => {
            let mut at = 0;
            while at < text.len() {
                let n_digits = text[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                let end = at + n_digits;
                let with_check = matches!(text.get(end), Some(b'X' | b'x')) && n_digits == 17;
                if matches!(n_digits, 11 | 18) || with_check {
                    known(&text[at..end + usize::from(with_check)], false, res);
                }
                at = end + 1;
            }
        }
    }
}

/// The end of an address of four numbers with points between them.
pub fn ip_end(bytes: &[u8], begin: usize) -> usize {
    let is_of_ip = |byte: &&u8| byte.is_ascii_digit() || **byte == b'.';
    begin + bytes[begin..].iter().take(MAX_IP_BYTES + 1).take_while(is_of_ip).count()
}

/// Longest address of four numbers.
const MAX_IP_BYTES: usize = 15;

/// Whether an address of four numbers begins here; `3.2.1.1` is rather the number of a clause or a version.
pub fn is_ip(bytes: &[u8], begin: usize) -> bool {
    if begin > 0 && (bytes[begin - 1] == b'.' || bytes[begin - 1].is_ascii_alphanumeric()) {
        return false;
    }
    let end = ip_end(bytes, begin);
    let text = bytes[begin..end].strip_suffix(b".").unwrap_or(&bytes[begin..end]);
    let is_free = bytes.get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let ip = std::str::from_utf8(text).unwrap_or_default().parse::<std::net::Ipv4Addr>();
    is_free
        && ip.is_ok_and(|ip| !ip.is_loopback() && !ip.is_unspecified() && ip.octets().iter().any(|octet| *octet > 31))
}

/// Finds e-mail addresses of people: those of the state's own offices are public.
pub fn emails(bytes: &[u8], res: &mut Signs) {
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+' | b'%');
    for at in memchr::memchr_iter(b'@', bytes) {
        let begin = at - bytes[..at].iter().rev().take_while(|byte| is_of_name(byte)).count();
        let end = at + 1 + bytes[at + 1..].iter().take_while(|byte| is_of_name(byte)).count();
        let domain = bytes[at + 1..end].to_ascii_lowercase();
        let has_ending =
            domain.iter().rposition(|byte| *byte == b'.').is_some_and(|dot| dot > 0 && domain.len() - dot > 2);
        let is_office = domain.split(|byte| *byte == b'.').any(|label| label == b"gov");
        if begin < at && has_ending && !is_office {
            res.add(Kind::Email, is_all(bytes, begin, end));
        }
    }
}

/// Whether a text is a number plate: province, letter, five or six signs. Source: GA 36-2018.
pub fn is_plate(text: &str) -> bool {
    let text = text.trim();
    let mut chars = text.chars();
    let is_province =
        chars.next().is_some_and(|c| "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼".contains(c));
    if !is_province || !chars.next().is_some_and(|c| c.is_ascii_uppercase()) {
        return false;
    }
    let rest = chars.as_str().trim_start_matches(['·', '-', ' ', '.', '•']);
    let is_sign =
        |c: char| c.is_ascii_digit() || (c.is_ascii_uppercase() && c != 'I' && c != 'O') || "挂学警港澳领".contains(c);
    let n_signs = rest.chars().count();
    (n_signs == 5 || n_signs == 6) && rest.chars().all(is_sign) && rest.bytes().filter(u8::is_ascii_digit).count() >= 2
}

/// A text with every long number in it made unreadable.
#[must_use]
pub fn without_numbers(text: &str) -> String {
    const LONG: usize = 7;
    let is_part = |c: char| c.is_numeric() || matches!(c, ' ' | '-' | 'X' | 'x');
    let mut res = String::with_capacity(text.len());
    let mut run = String::new();
    let flush = |run: &mut String, res: &mut String| {
        let is_long = run.chars().filter(|c| c.is_numeric()).count() >= LONG;
        res.extend(run.drain(..).map(|c| if is_long && c.is_numeric() { '*' } else { c }));
    };
    for c in text.chars() {
        if is_part(c) {
            run.push(c);
        } else {
            flush(&mut run, &mut res);
            res.push(c);
        }
    }
    flush(&mut run, &mut res);
    res
}

/// A text with what would name a person made unreadable: the first and the last two characters stay, of a short one the
/// first.
#[must_use]
pub fn masked(text: &str) -> String {
    let chars: Vec<char> = text.trim().chars().take(40).collect();
    let n_kept = if chars.len() >= 9 { 2 } else { 0 };
    let mask = |(idx, c): (usize, &char)| if idx < n_kept.max(1) || idx + n_kept >= chars.len() { *c } else { '*' };
    chars.iter().enumerate().map(mask).collect()
}
