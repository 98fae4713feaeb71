//! Writes what a client gets: refusals of our own, and the server's answers without what is not theirs to say.

use super::head::{Asker, HEAD_BYTES, Method};

/// What a client that asked for it is told before it sends its body.
pub(super) const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// The error body used unless the caller brings its own: `{"error":"...","status":N}`.
#[must_use]
pub fn json_refusal(status: u16, _: Asker) -> Vec<u8> {
    let text = reason(status);
    format!("Content-Type: application/json\r\n\r\n{{\"error\":\"{text}\",\"status\":{status}}}").into_bytes()
}

/// Writes a whole refusal around the caller's tail. After HEAD the body is left out, its length is not.
pub(super) fn refusal(status: u16, make_tail: fn(u16, Asker) -> Vec<u8>, (asker, to_head): (Asker, bool)) -> Vec<u8> {
    let tail = make_tail(status, asker);
    let split = find(&tail, b"\r\n\r\n").map_or(0, |at| at + 4);
    let (lines, body) = tail.split_at(split);
    let allow = if status == 405 { "Allow: GET, HEAD, POST, OPTIONS\r\n" } else { "" };
    let length = body.len();
    let mut res =
        format!("HTTP/1.1 {status} {}\r\nConnection: close\r\n{allow}Content-Length: {length}\r\n", reason(status))
            .into_bytes();
    res.extend_from_slice(if lines.is_empty() { b"\r\n" } else { lines });
    if !to_head {
        res.extend_from_slice(body);
    }
    res
}

/// The reason phrase. Source: RFC 9110 §15, RFC 6585.
fn reason(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        414 => "URI Too Long",
        417 => "Expectation Failed",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "Error",
    }
}

/// The head of the server's answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    status: u16,
    reason: String,
    fields: Vec<(String, String)>,
    /// Where the body begins.
    pub(super) body_at: usize,
    declared: Option<usize>,
    method: Method,
}

impl Answer {
    /// Reads the head of an answer; `None` when it is not all there.
    ///
    /// # Errors
    ///
    /// 502 when the server's words are not understood: it is safer to pass on nothing.
    pub(super) fn read(bytes: &[u8], method: Method) -> Result<Option<Self>, u16> {
        let searched = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
        let Some(end) = find(searched, b"\r\n\r\n") else {
            return if bytes.len() > HEAD_BYTES { Err(502) } else { Ok(None) };
        };
        let head = bytes.get(..end).unwrap_or_default();
        if head.iter().any(|&byte| byte == 0 || byte == 127) {
            return Err(502);
        }
        let text = String::from_utf8_lossy(head);
        let mut lines = text.split("\r\n");
        let (status, reason) = read_status(lines.next().unwrap_or_default())?;
        let mut fields = Vec::new();
        let mut declared = None;
        for line in lines {
            let (name, value) = line.split_once(':').ok_or(502_u16)?;
            let value = value.trim();
            if name.is_empty() || line.contains(['\r', '\n']) || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(502);
            }
            match name.to_ascii_lowercase().as_str() {
                "content-length" if declared.is_some() => return Err(502),
                "content-length" => declared = Some(value.parse().map_err(|_| 502_u16)?),
                // We asked in HTTP/1.0, to which no coding is an answer.
                "transfer-encoding" => return Err(502),
                "connection" | "keep-alive" | "server" | "trailer" | "upgrade" => {}
                _ => fields.push((name.to_owned(), value.to_owned())),
            }
        }
        Ok(Some(Self { status, reason, fields, body_at: end + 4, declared, method }))
    }

    /// The length of the body that follows, if it is known before the server closes.
    pub(super) fn body_length(&self) -> Option<usize> {
        if self.method == Method::Head || matches!(self.status, 204 | 304) { Some(0) } else { self.declared }
    }

    /// Writes the whole answer for the client.
    pub(super) fn into_bytes(self, body: &[u8]) -> Vec<u8> {
        let mut text = format!("HTTP/1.1 {} {}\r\n", self.status, self.reason);
        for (name, value) in &self.fields {
            text.extend([name, ": ", value, "\r\n"]);
        }
        let length = match self.body_length() {
            Some(0) if self.status == 204 => None,
            Some(0) if self.status == 304 || self.method == Method::Head => self.declared,
            _ => Some(body.len()),
        };
        if let Some(length) = length {
            text.extend(["Content-Length: ", length.to_string().as_str(), "\r\n"]);
        }
        text.push_str("Connection: close\r\n\r\n");
        let mut res = text.into_bytes();
        res.extend_from_slice(body);
        res
    }
}

/// Reads a status line. Interim answers were not asked for, so only final ones are understood.
fn read_status(line: &str) -> Result<(u16, String), u16> {
    let rest = line.strip_prefix("HTTP/1.1 ").or_else(|| line.strip_prefix("HTTP/1.0 ")).ok_or(502_u16)?;
    let (digits, reason) = rest.split_once(' ').unwrap_or((rest, ""));
    let three = digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.parse() {
        Ok(status @ 200..=599) if three && !reason.contains(['\r', '\n']) => Ok((status, reason.to_owned())),
        _ => Err(502),
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_whole_messages() {
        let text = String::from_utf8(refusal(405, json_refusal, (Asker::default(), false))).unwrap();
        let expected = "HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nAllow: GET, HEAD, POST, \
                        OPTIONS\r\nContent-Length: 43\r\nContent-Type: application/json\r\n\r\n{\"error\":\"Method Not \
                        Allowed\",\"status\":405}";
        assert_eq!(text, expected);
        assert!(refusal(400, json_refusal, (Asker::default(), true)).ends_with(b"\r\n\r\n"));
        assert!(
            refusal(400, |_, _| b"plain".to_vec(), (Asker::default(), false))
                .ends_with(b"Content-Length: 5\r\n\r\nplain")
        );
    }

    #[test]
    fn answers_lose_what_speaks_of_the_connection() {
        let sent =
            b"HTTP/1.0 201 Created\r\nServer: x\r\nDate: now\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
        let answer = Answer::read(sent, Method::Post).unwrap().unwrap();
        assert_eq!(answer.body_length(), Some(2));
        let text = String::from_utf8(answer.into_bytes(b"ok")).unwrap();
        assert_eq!(text, "HTTP/1.1 201 Created\r\nDate: now\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    }

    #[test]
    fn answers_to_head_keep_their_length_and_have_no_body() {
        let sent = b"HTTP/1.0 200 OK\r\nContent-Length: 999\r\n\r\n";
        let answer = Answer::read(sent, Method::Head).unwrap().unwrap();
        assert_eq!(answer.body_length(), Some(0));
        assert!(String::from_utf8(answer.into_bytes(b"")).unwrap().contains("Content-Length: 999\r\n"));
    }

    #[test]
    fn strange_answers_are_not_passed_on() {
        let strange: [&[u8]; 7] = [
            b"HTTP/1.0 100 Continue\r\n\r\n",
            b"HTTP/1.0 2000 OK\r\n\r\n",
            b"200 OK\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nA: b\nSet-Cookie: c\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        ];
        for bytes in strange {
            assert_eq!(Answer::read(bytes, Method::Get), Err(502), "{}", String::from_utf8_lossy(bytes));
        }
        assert_eq!(Answer::read(b"HTTP/1.1 200 OK\r\n", Method::Get), Ok(None));
    }
}
