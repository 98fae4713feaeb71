//! Properties of the reader for any form and any bytes.

use super::common::{Kept, Part, Pieces, read_in, write};
use kaishu::endpoint::multipart::{Limits, Refusal, boundary_of, read};
use proptest::collection::vec;
use proptest::prelude::*;

/// Text of a name: all that browsers can send, without backslashes and literal escapes, which are ambiguous.
fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9 \"\r\n\t;=,/'ř🐎*.-]{1,12}"
}

/// Content with many beginnings of boundaries.
fn content(boundary: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let delimiter = format!("\r\n--{boundary}");
    let piece = prop_oneof![
        (0..delimiter.len()).prop_map(move |end| delimiter.as_bytes()[..end].to_vec()),
        vec(any::<u8>(), 0..40),
        vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'-')], 0..8),
        (0..3000usize).prop_map(|length| vec![b'x'; length]),
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Whether a conforming writer may write it: no line of it begins with the boundary (RFC 2046 section 5.1.1).
fn is_writable(content: &[u8], boundary: &str) -> bool {
    let line = format!("\r\n--{boundary}");
    let with_begin = [b"\r\n", content].concat();
    !with_begin.windows(line.len()).any(|window| window == line.as_bytes())
}

fn part(boundary: &'static str) -> impl Strategy<Value = Part> {
    let bytes = content(boundary).prop_filter("holds the boundary", move |bytes| is_writable(bytes, boundary));
    let text = ".{0,200}".prop_filter("holds the boundary", move |text| is_writable(text.as_bytes(), boundary));
    prop_oneof![
        (name(), text).prop_map(|(name, text)| Part::Field(name, text)),
        (name(), name(), bytes).prop_map(|(name, filename, bytes)| Part::File(name, filename, bytes)),
    ]
}

fn form() -> impl Strategy<Value = (&'static str, Vec<Part>)> {
    let boundaries = ["b", "--", "-----------------------------1234567890", "a b:c"];
    proptest::sample::select(boundaries.to_vec()).prop_flat_map(|boundary| (Just(boundary), vec(part(boundary), 0..7)))
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![Just(vec![1]), vec(1..9usize, 1..5), vec(1..5000usize, 1..5), Just(vec![0, 1, 0, 100])]
}

/// Bytes made of what forms are made of.
fn rubbish() -> impl Strategy<Value = Vec<u8>> {
    let words = [
        "--b",
        "\r\n",
        "--b--",
        "\r\n--b\r\n",
        "\r\n\r\n",
        "Content-Disposition: form-data",
        "; name=",
        "\"",
        "a",
        "; ",
        "filename",
        "*=UTF-8''",
        "%",
        "%22",
        "\\",
        "=",
        ":",
        "Content-Type: multipart/",
        "\0",
        "ř",
        ";charset=",
        " ",
        "Content-Disposition: form-data; name=\"a\"; filename=\"x\"\r\n\r\n",
    ];
    let word = proptest::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec());
    vec(prop_oneof![8 => word, 1 => vec(any::<u8>(), 0..5)], 0..40).prop_map(|all| all.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_is_written_is_read_back((boundary, parts) in form(), sizes in sizes()) {
        let body = write(boundary, &parts);
        let read = read_in(&body, boundary, &Limits::default(), &sizes);
        prop_assert_eq!(read.map_err(|refusal| TestCaseError::fail(refusal.to_string()))?, parts);
    }

    #[test]
    fn what_is_cut_off_is_truncated((boundary, parts) in form(), sizes in sizes(), cut in any::<prop::sample::Index>()) {
        let body = write(boundary, &parts);
        let length = cut.index(body.len() - 2);
        let read = read_in(&body[..length], boundary, &Limits::default(), &sizes);
        prop_assert!(matches!(read, Err(Refusal::Truncated)));
    }

    #[test]
    fn chunks_change_nothing(body in rubbish(), sizes in sizes()) {
        let body = [b"--b\r\n".as_slice(), &body].concat();
        let read = |sizes: &[usize]| {
            let mut kept = Kept::default();
            let result = read(Pieces::new(&body, sizes), "b", &Limits::default(), &mut kept);
            format!("{result:?} {:?}", kept.parts)
        };
        prop_assert_eq!(read(&sizes), read(&[usize::MAX]));
    }

    #[test]
    fn no_bytes_panic(body in vec(any::<u8>(), 0..300), begun in any::<bool>()) {
        let begin: &[u8] = if begun { b"--b\r\n" } else { b"" };
        let _ = read_in(&[begin, &body].concat(), "b", &Limits::default(), &[7]);
    }

    #[test]
    fn no_changed_form_panics(
        (boundary, parts) in form(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut body = write(boundary, &parts);
        for (at, byte) in changes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        let limits = Limits { field_bytes: 50, files: 2, file_bytes: 2000, header_bytes: 90, ..Limits::default() };
        let _ = read_in(&body, boundary, &limits, &[64]);
    }

    #[test]
    fn no_content_type_panics(text in ".{0,100}", value in "[ -~]{0,80}") {
        let _ = boundary_of(&text);
        if let Some(boundary) = boundary_of(&format!("multipart/form-data; boundary={value}")) {
            prop_assert!((1..=70).contains(&boundary.len()));
            let body = write(&boundary, &[super::common::field("a", "1")]);
            prop_assert!(read_in(&body, &boundary, &Limits::default(), &[3]).is_ok());
        }
    }
}
