//! Reads a request head strictly: bytes come in, a [`Head`] or the status of a refusal goes out.
//!
//! What two readers could understand differently is refused, because a proxy in front may have understood it the other way.
//! Nothing is repaired, and no byte after the head is looked at.
//! Source: RFC 9112 §§2.2, 3, 5, 6; stricter where it only says SHOULD.

/// The most bytes of a head, its last empty line included; more is refused with 431.
pub(super) const HEAD_BYTES: usize = 16 * 1024;
/// The most header lines; more are refused with 431.
const FIELDS: usize = 64;
/// The longest path with its query; a longer one is refused with 414.
const PATH_BYTES: usize = 2048;

/// The methods that pass; every other one is refused with 405.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`, without a body.
    Get,
    /// `HEAD`, without a body in either direction.
    Head,
    /// `POST`, with a declared length.
    Post,
    /// `OPTIONS`, without a body.
    Options,
}

impl Method {
    /// Names the method as it stands in a request line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Options => "OPTIONS",
        }
    }
}

/// A head that passed every check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) method: Method,
    /// Path and query as they were sent: visible ASCII that begins with `/`.
    pub(super) target: String,
    /// Whether the client speaks HTTP/1.1, hence understands 100 Continue.
    pub(super) modern: bool,
    /// Names as they were sent; values without the white space around them.
    pub(super) fields: Vec<(String, String)>,
    /// The body's length; 0 for every method but POST.
    pub(super) length: u64,
    pub(super) expects_continue: bool,
}

/// What a refusal goes by: who has sent a whole head has said in which form and language an answer is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asker {
    /// A page rather than JSON.
    pub wants_page: bool,
    /// The language that is wanted first; `None` where nothing was said.
    pub is_chinese: Option<bool>,
}

impl Head {
    /// In which form and language an answer is wanted.
    pub(super) fn asker(&self) -> Asker {
        let first = |name: &str| values(&self.fields, name).next().unwrap_or_default().to_ascii_lowercase();
        let language = first("accept-language");
        Asker {
            wants_page: first("accept").contains("text/html"),
            is_chinese: (!language.is_empty()).then(|| language.starts_with("zh")),
        }
    }

    /// The path without the query.
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// Looks for the end of the head, from `from` on; the bytes before were judged by an earlier call.
///
/// Judging every byte at once refuses a bare line feed early: such a client would otherwise wait for the deadline.
///
/// # Errors
///
/// 400 at the first byte that no head may contain.
pub(super) fn find_end(bytes: &[u8], from: usize) -> Result<Option<usize>, u16> {
    for (idx, &byte) in bytes.iter().enumerate().skip(from) {
        let after_return = idx > 0 && bytes.get(idx - 1) == Some(&b'\r');
        let allowed = match byte {
            b'\n' => after_return && idx > 1,
            b'\r' | b'\t' | b' '..=b'~' => !after_return,
            _ => false,
        };
        if !allowed {
            return Err(400);
        }
        if byte == b'\n' && idx >= 3 && bytes.get(idx - 3..=idx) == Some(b"\r\n\r\n") {
            return Ok(Some(idx + 1));
        }
    }
    Ok(None)
}

/// Parses a whole head, its last empty line included.
///
/// # Errors
///
/// The status of the refusal: 400, 405, 411, 413, 414, 417, 431 or 505.
pub(super) fn parse(bytes: &[u8]) -> Result<Head, u16> {
    if bytes.len() > HEAD_BYTES {
        return Err(431);
    }
    if find_end(bytes, 0)? != Some(bytes.len()) {
        return Err(400);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| 400_u16)?;
    let mut lines = text.strip_suffix("\r\n\r\n").ok_or(400_u16)?.split("\r\n");
    let (method, target, modern) = parse_request_line(lines.next().ok_or(400_u16)?)?;
    let mut fields = Vec::new();
    for line in lines {
        if fields.len() == FIELDS {
            return Err(431);
        }
        fields.push(parse_field(line)?);
    }
    check_host(&fields, modern)?;
    let expects_continue = check_expect(&fields)?;
    let length = body_length(&fields, method)?;
    // The method's refusal comes last so that a broken head is called broken whatever its method.
    Ok(Head { method: method.ok_or(405_u16)?, target: target.to_owned(), modern, fields, length, expects_continue })
}

/// Splits the request line; a method that is a token but none of ours gives `None`.
fn parse_request_line(line: &str) -> Result<(Option<Method>, &str, bool), u16> {
    let mut parts = line.split(' ');
    let (Some(method), Some(target), Some(version), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(if line.len() > PATH_BYTES { 414 } else { 400 });
    };
    let method = match method {
        "GET" => Some(Method::Get),
        "HEAD" => Some(Method::Head),
        "POST" => Some(Method::Post),
        "OPTIONS" => Some(Method::Options),
        other if is_token(other) => None,
        _ => return Err(400),
    };
    let modern = match version.as_bytes() {
        b"HTTP/1.1" => true,
        b"HTTP/1.0" => false,
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit() => {
            return Err(505);
        }
        _ => return Err(400),
    };
    if target.len() > PATH_BYTES {
        return Err(414);
    }
    // A fragment never belongs into a request.
    if !target.starts_with('/') || !target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
        return Err(400);
    }
    Ok((method, target, modern))
}

/// Splits one header line. A folded line begins with white space, which is no token, and so is refused.
fn parse_field(line: &str) -> Result<(String, String), u16> {
    let (name, value) = line.split_once(':').ok_or(400_u16)?;
    let visible = |byte: u8| byte == b'\t' || byte == b' ' || byte.is_ascii_graphic();
    if !is_token(name) || !value.bytes().all(visible) {
        return Err(400);
    }
    Ok((name.to_owned(), value.trim_matches([' ', '\t']).to_owned()))
}

/// Source: RFC 9110 §5.6.2, token.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// All values of a header, in order.
pub(super) fn values<'a>(fields: &'a [(String, String)], name: &'a str) -> impl DoubleEndedIterator<Item = &'a str> {
    fields.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// The only value of a header that may stand once.
fn single<'a>(fields: &'a [(String, String)], name: &'a str) -> Result<Option<&'a str>, u16> {
    let mut all = values(fields, name);
    match (all.next(), all.next()) {
        (first, None) => Ok(first),
        _ => Err(400),
    }
}

/// One host for HTTP/1.1, at most one for 1.0, and only characters that a host and port are made of.
fn check_host(fields: &[(String, String)], modern: bool) -> Result<(), u16> {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]%~".contains(&byte);
    match single(fields, "Host")? {
        None if modern => Err(400),
        Some(host) if host.is_empty() || !host.bytes().all(part) => Err(400),
        _ => Ok(()),
    }
}

fn check_expect(fields: &[(String, String)]) -> Result<bool, u16> {
    match single(fields, "Expect")? {
        None => Ok(false),
        Some(value) if value.eq_ignore_ascii_case("100-continue") => Ok(true),
        Some(_) => Err(417),
    }
}

/// The declared length. Any transfer coding is refused: its end is where readers disagree most.
fn body_length(fields: &[(String, String)], method: Option<Method>) -> Result<u64, u16> {
    if values(fields, "Transfer-Encoding").next().is_some() {
        return Err(411);
    }
    let Some(text) = single(fields, "Content-Length")? else {
        return if method == Some(Method::Post) { Err(411) } else { Ok(0) };
    };
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(400);
    }
    // Digits only that fit no u64: a length, but larger than any limit.
    let length = text.parse().map_err(|_| 413_u16)?;
    match method {
        Some(Method::Get | Method::Head | Method::Options) if length > 0 => Err(400),
        _ => Ok(length),
    }
}
