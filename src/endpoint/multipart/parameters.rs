//! The parameters behind a header's value: `; key=value; key="value"` (RFC 2045 section 5.1).

/// Optional white space around the parts of a header's value.
pub(super) const BLANK: [char; 2] = [' ', '\t'];

/// The most parameters a header may have. More is not a header of a form.
const MOST: usize = 16;

/// One parameter of a header's value.
pub(super) struct Parameter {
    /// The key in lower case.
    pub(super) key: String,
    /// The value without its quotes.
    pub(super) value: String,
    /// Whether the value stood in quotes.
    pub(super) is_quoted: bool,
}

/// Splits a value at its first `;` into the word before and the parameters after it, the `;` included.
pub(super) fn split(value: &str) -> (&str, &str) {
    let at = value.find(';').unwrap_or(value.len());
    let (word, rest) = value.split_at(at);
    (word.trim_matches(BLANK), rest)
}

/// Reads the parameters. None if they are not well formed or a key comes twice.
pub(super) fn parameters(text: &str) -> Option<Vec<Parameter>> {
    let mut found: Vec<Parameter> = Vec::new();
    let mut rest = text.trim_matches(BLANK);
    while !rest.is_empty() {
        let (key, after) = rest.strip_prefix(';')?.trim_start_matches(BLANK).split_once('=')?;
        let key = key.to_ascii_lowercase();
        if !is_token(&key) || found.len() >= MOST || found.iter().any(|known| known.key == key) {
            return None;
        }
        let (value, is_quoted, after) = if let Some(inside) = after.strip_prefix('"') {
            let (value, after) = quoted(inside)?;
            (value, true, after)
        } else {
            let (value, after) = bare(after)?;
            (value, false, after)
        };
        found.push(Parameter { key, value, is_quoted });
        rest = after.trim_start_matches(BLANK);
    }
    Some(found)
}

/// Whether the text is a token (RFC 9110 section 5.6.2).
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// Reads up to the closing quote. Gives the value and what follows.
///
/// Only `\"` and `\\` are escapes: browsers send a backslash in a filename as it is.
fn quoted(inside: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = inside.chars();
    loop {
        match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            '\\' => match chars.as_str().chars().next()? {
                escaped @ ('"' | '\\') => {
                    chars.next();
                    value.push(escaped);
                }
                _ => value.push('\\'),
            },
            plain => value.push(plain),
        }
    }
}

/// Reads a value without quotes: visible ASCII up to a blank or a `;`.
fn bare(text: &str) -> Option<(String, &str)> {
    let end = text.find([' ', '\t', ';']).unwrap_or(text.len());
    let (value, after) = text.split_at(end);
    let is_plain = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
    is_plain.then(|| (value.to_owned(), after))
}
