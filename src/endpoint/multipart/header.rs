//! The header of one part (RFC 7578 section 4).

use std::str;

use super::parameters::{BLANK, Parameter, is_token, parameters, split};
use super::refusal::{Fault, Refusal};

/// What the header of a part says.
#[derive(Debug)]
pub(super) struct Header {
    /// The name of the form's field. Never empty.
    pub(super) name: String,
    /// The filename as the client gave it. None for a text field.
    pub(super) filename: Option<String>,
    /// Whether the part claims a charset other than UTF-8 or ASCII.
    pub(super) is_other_charset: bool,
}

/// The three headers that count. All others are ignored (RFC 7578 section 4.8).
#[derive(Default)]
struct Lines<'a> {
    disposition: Option<&'a str>,
    kind: Option<&'a str>,
    encoding: Option<&'a str>,
}

/// Reads the header's lines, which stand without the blank line at their end.
///
/// A line that begins with `dash_boundary` is refused: the part ended inside its header.
pub(super) fn parse(block: &[u8], dash_boundary: &str) -> Result<Header, Refusal> {
    let lines = lines(block, dash_boundary)?;
    let (word, rest) = split(lines.disposition.ok_or(Refusal::NotFormData)?);
    if !word.eq_ignore_ascii_case("form-data") {
        return Err(Refusal::NotFormData);
    }
    let (name, filename) = names(rest)?;
    let name = name.filter(|name| !name.is_empty()).ok_or(Refusal::NoName)?;
    if let Some(encoding) = lines.encoding
        && !["7bit", "8bit", "binary"].iter().any(|plain| encoding.eq_ignore_ascii_case(plain))
    {
        return Err(Refusal::Encoding { name, encoding: encoding.to_owned() });
    }
    let kind = lines.kind.unwrap_or_default();
    if kind.to_ascii_lowercase().starts_with("multipart/") {
        return Err(Refusal::Nested(name));
    }
    Ok(Header { name, filename, is_other_charset: is_other_charset(kind) })
}

/// Splits the block into lines and keeps the values that count.
fn lines<'a>(block: &'a [u8], dash_boundary: &str) -> Result<Lines<'a>, Refusal> {
    let block = str::from_utf8(block).map_err(|_| Refusal::Malformed(Fault::Header))?;
    let mut found = Lines::default();
    for line in block.split("\r\n").filter(|_| !block.is_empty()) {
        let (name, value) = line.split_once(':').ok_or(Refusal::Malformed(Fault::Header))?;
        let has_control = value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t');
        if !is_token(name) || has_control || line.starts_with(dash_boundary) {
            return Err(Refusal::Malformed(Fault::Header));
        }
        let place = match name.to_ascii_lowercase().as_str() {
            "content-disposition" => &mut found.disposition,
            "content-type" => &mut found.kind,
            "content-transfer-encoding" => &mut found.encoding,
            _ => continue,
        };
        if place.replace(value.trim_matches(BLANK)).is_some() {
            return Err(Refusal::Malformed(Fault::RepeatedHeader));
        }
    }
    Ok(found)
}

/// Gives the name and the filename. `filename*` goes before `filename` (RFC 6266 section 4.3).
fn names(rest: &str) -> Result<(Option<String>, Option<String>), Refusal> {
    let malformed = || Refusal::Malformed(Fault::Disposition);
    let (mut name, mut filename, mut extended) = (None, None, None);
    for parameter in parameters(rest).ok_or_else(malformed)? {
        match parameter.key.as_str() {
            "name" => name = Some(plain(&parameter).ok_or_else(malformed)?),
            "filename" => filename = Some(plain(&parameter).ok_or_else(malformed)?),
            "filename*" => extended = Some(extended_value(&parameter).ok_or_else(malformed)?),
            key if key.starts_with("name*") || key.starts_with("filename*") => return Err(malformed()),
            _ => {}
        }
    }
    Ok((name, extended.or(filename)))
}

/// Undoes the three escapes of browsers (HTML, "multipart/form-data encoding algorithm").
fn plain(parameter: &Parameter) -> Option<String> {
    let value = &parameter.value;
    let is_readable = parameter.is_quoted || is_token(value);
    is_readable.then(|| value.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"))
}

/// Reads an extended value, `UTF-8'language'percent-encoded` (RFC 8187 section 3.2.1).
fn extended_value(parameter: &Parameter) -> Option<String> {
    let (charset, rest) = parameter.value.split_once('\'')?;
    let (_language, encoded) = rest.split_once('\'')?;
    if parameter.is_quoted || !charset.eq_ignore_ascii_case("UTF-8") {
        return None;
    }
    let mut bytes = encoded.bytes();
    let mut decoded = Vec::with_capacity(encoded.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let pair = [bytes.next()?, bytes.next()?];
            if !pair.iter().all(u8::is_ascii_hexdigit) {
                return None;
            }
            decoded.push(u8::from_str_radix(str::from_utf8(&pair).ok()?, 16).ok()?);
        } else if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            decoded.push(byte);
        } else {
            return None;
        }
    }
    String::from_utf8(decoded).ok()
}

/// Whether a Content-Type names a charset other than UTF-8 or ASCII. One that cannot be read names none.
fn is_other_charset(kind: &str) -> bool {
    let (_, rest) = split(kind);
    parameters(rest).unwrap_or_default().iter().any(|parameter| {
        let is_known = ["utf-8", "us-ascii"].iter().any(|known| parameter.value.eq_ignore_ascii_case(known));
        parameter.key == "charset" && !is_known
    })
}
