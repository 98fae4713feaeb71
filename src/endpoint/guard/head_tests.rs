//! Tests of the head parser: what is accepted, every malformed framing, and that nothing makes it panic.

use proptest::prelude::*;

use super::head::{HEAD_BYTES, Method, find_end, parse};

/// Does what a connection does with bytes that arrive in pieces of one size.
fn feed(bytes: &[u8], piece: usize) -> Result<Option<usize>, u16> {
    let mut judged = 0;
    for end in (piece..bytes.len() + piece).step_by(piece).map(|end| end.min(bytes.len())) {
        if let Some(end) = find_end(&bytes[..end], judged)? {
            return parse(&bytes[..end]).map(|_| Some(end));
        }
        judged = end;
    }
    Ok(None)
}

fn status(text: &str) -> u16 {
    let whole = feed(text.as_bytes(), 65_536).err();
    for piece in [1, 2, 3, 7] {
        assert_eq!(feed(text.as_bytes(), piece).err(), whole, "{text:?} in pieces of {piece}");
    }
    whole.unwrap_or(200)
}

#[test]
fn a_plain_head_is_read() {
    let head = parse(b"POST /a/b?c=d HTTP/1.1\r\nHost: a.example:80\r\nContent-Length:\t12 \r\nX: \r\n\r\n").unwrap();
    assert_eq!((head.method, head.path(), head.length, head.modern), (Method::Post, "/a/b", 12, true));
    assert_eq!(head.fields[1], ("Content-Length".to_owned(), "12".to_owned()));
    assert_eq!(head.fields[2], ("X".to_owned(), String::new()));
    assert!(!head.expects_continue);
}

#[test]
fn what_is_well_formed_is_accepted() {
    for text in [
        "GET / HTTP/1.0\r\n\r\n",
        "HEAD / HTTP/1.1\r\nhost: [2001:db8::1]:8080\r\n\r\n",
        "OPTIONS /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\nExpect: 100-Continue\r\n\r\n",
        "GET //x/../%00?q=%zz&a=[]|\\^`{} HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~09az: \"\t~\"\r\n\r\n",
    ] {
        assert_eq!(status(text), 200, "{text:?}");
    }
}

#[test]
fn every_malformed_framing_is_refused() {
    for (expected, text) in super::head_cases::CASES {
        assert_eq!(status(text), *expected, "{text:?}");
    }
}

#[test]
fn sizes_are_bounded() {
    let long = |count: usize| format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(count));
    assert_eq!((status(&long(2047)), status(&long(2048)), status(&long(9000))), (200, 414, 414));
    let many = |count: usize| format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: y\r\n".repeat(count));
    assert_eq!((status(&many(63)), status(&many(64))), (200, 431));
    let wide = |total: usize| {
        let rest = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n".len();
        format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "y".repeat(total - rest))
    };
    assert_eq!((status(&wide(HEAD_BYTES)), status(&wide(HEAD_BYTES + 1))), (200, 431));
}

/// Pieces that heads are made of, right and wrong, so that random heads come near to valid ones.
fn near_heads() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&'static [u8]> = vec![
        b"GET ",
        b"POST ",
        b"HEAD ",
        b"BREW ",
        b"/",
        b"/a?b",
        b"*",
        b" HTTP/1.1",
        b" HTTP/1.0",
        b" HTTP/2.0",
        b"\r\n",
        b"\r\n",
        b"\r\n\r\n",
        b"\n",
        b"\r",
        b" ",
        b"\t",
        b":",
        b"Host: a",
        b"Host",
        b"Content-Length: 5",
        b"Content-Length: +5",
        b"Content-Length: 5, 5",
        b"Transfer-Encoding: chunked",
        b"Expect: 100-continue",
        b"\0",
        b"\x80",
        b"\x7f",
        b"hello",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = parse(&bytes);
        let _ = feed(&bytes, 1);
    }

    #[test]
    fn near_heads_never_panic_and_pieces_make_no_difference(bytes in near_heads(), piece in 1_usize..40) {
        let whole = feed(&bytes, bytes.len().max(1));
        prop_assert_eq!(feed(&bytes, piece), whole);
        if let Ok(head) = parse(&bytes) {
            prop_assert!(head.length == 0 || head.method == Method::Post);
            prop_assert!(head.target.starts_with('/') && head.target.bytes().all(|byte| byte.is_ascii_graphic()));
            let fields = head.fields.iter().flat_map(|(name, value)| name.bytes().chain(value.bytes()));
            prop_assert!(fields.into_iter().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte)));
            prop_assert!(!head.fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("transfer-encoding")));
            prop_assert!(head.fields.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-length")).count() <= 1);
        }
    }
}
