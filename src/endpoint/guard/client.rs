//! Decides who the client is, and what of its head reaches the server.

use std::net::IpAddr;

use super::head::{Head, Method, values};

/// The header that tells the server who the client is. A client's own is always removed.
const CLIENT: &str = "X-Kaishu-Client";

/// Headers that speak of the client's connection and not of its request.
///
/// Source: RFC 9110 §7.6.1. `Content-Length` is computed again, and 100 Continue was answered here.
const HOP: [&str; 11] = [
    "Connection",
    "Content-Length",
    "Expect",
    "Keep-Alive",
    "Proxy-Authorization",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    CLIENT,
];

/// The client's address: the last entry of a trusted proxy's `X-Forwarded-For`, otherwise the peer's.
///
/// Only the last entry was written by the proxy; those before it are whatever the client claimed.
pub(super) fn address(peer: IpAddr, trusted: bool, head: &Head) -> IpAddr {
    if !trusted {
        return peer;
    }
    let last = values(&head.fields, "X-Forwarded-For").next_back().and_then(|value| value.rsplit(',').next());
    last.and_then(|entry| entry.trim().parse().ok()).map_or(peer, |address: IpAddr| address.to_canonical())
}

/// Writes the head that the server gets.
///
/// It speaks HTTP/1.0, so that the server never answers in chunks and never waits for another request.
pub(super) fn forwarded_head(head: &Head, client: IpAddr, trusted: bool) -> Vec<u8> {
    let mut text = format!("{} {} HTTP/1.0\r\n", head.method.as_str(), head.target);
    for (name, value) in &head.fields {
        let claims = !trusted && claims_a_proxy(name);
        if !claims && !HOP.iter().any(|hop| hop.eq_ignore_ascii_case(name)) {
            text.extend([name, ": ", value, "\r\n"]);
        }
    }
    if head.method == Method::Post {
        text.extend(["Content-Length: ", head.length.to_string().as_str(), "\r\n"]);
    }
    text.extend(["Connection: close\r\n", CLIENT, ": ", client.to_string().as_str(), "\r\n\r\n"]);
    text.into_bytes()
}

/// Headers by which a proxy speaks for a client; nobody else is heard through them.
fn claims_a_proxy(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "forwarded" || name == "x-real-ip" || name.starts_with("x-forwarded-")
}

#[cfg(test)]
mod tests {
    use super::super::head::parse;
    use super::*;

    const PEER: &str = "192.0.2.7";

    fn client(lines: &str, trusted: bool) -> String {
        let head = parse(format!("GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n").as_bytes()).unwrap();
        address(PEER.parse().unwrap(), trusted, &head).to_string()
    }

    #[test]
    fn only_the_last_entry_of_a_trusted_proxy_is_believed() {
        let lines = "X-Forwarded-For: 10.0.0.1\r\nX-FORWARDED-FOR: 10.0.0.2, 10.0.0.3\r\n";
        assert_eq!(client(lines, true), "10.0.0.3");
        assert_eq!(client(lines, false), PEER);
        assert_eq!(client("X-Forwarded-For: 10.0.0.2, unknown\r\n", true), PEER);
        assert_eq!(client("X-Forwarded-For: 10.0.0.2,\r\n", true), PEER);
        assert_eq!(client("X-Forwarded-For: 2001:db8::1\r\n", true), "2001:db8::1");
        assert_eq!(client("", true), PEER);
    }

    #[test]
    fn a_client_cannot_name_itself_nor_speak_of_the_connection() {
        let sent = "POST /a?b HTTP/1.1\r\nHost: a\r\nx-kaishu-client: 1.1.1.1\r\nConnection: keep-alive\r\nExpect: \
                    100-continue\r\nX-Forwarded-Proto: https\r\nContent-Length: 007\r\nContent-Type: text/plain\r\n\r\n";
        let head = parse(sent.as_bytes()).unwrap();
        let text = String::from_utf8(forwarded_head(&head, PEER.parse().unwrap(), false)).unwrap();
        let expected = "POST /a?b HTTP/1.0\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 7\r\nConnection: \
                        close\r\nX-Kaishu-Client: 192.0.2.7\r\n\r\n";
        assert_eq!(text, expected);
        let trusted = String::from_utf8(forwarded_head(&head, PEER.parse().unwrap(), true)).unwrap();
        assert!(trusted.contains("X-Forwarded-Proto: https\r\n"));
    }
}
