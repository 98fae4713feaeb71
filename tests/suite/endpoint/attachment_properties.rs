//! Properties of the checker for any bytes and any name.

use std::io::Cursor;

use super::samples::{jpeg, pdf, png};
use kaishu::endpoint::attachment::{Kind, WhyNot, check, plain_name};
use proptest::collection::vec;
use proptest::prelude::*;

/// Whether a reading at this character could be led astray.
fn is_odd(char: char) -> bool {
    let is_bidi = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
    char.is_control() || char == '/' || char == '\\' || is_bidi.contains(char)
}

#[test]
fn names() {
    let long = "x".repeat(200);
    for (filename, name) in [
        ("report.pdf", "report.pdf"),
        ("C:\\Users\\me\\report.pdf", "report.pdf"),
        ("/etc/passwd", "passwd"),
        ("../../.bashrc", "bashrc"),
        ("a/b/", "b"),
        ("", "file"),
        ("...", "file"),
        ("../..", "file"),
        ("///", "file"),
        (" . . x . ", "x ."),
        ("a\0b\r\nc\u{85}.txt", "abc.txt"),
        ("cod\u{202e}fdp.exe", "codfdp.exe"),
        ("\u{202e}.hidden", "hidden"),
        ("žluť 🐎.txt", "žluť 🐎.txt"),
        ("a\u{2028}b\u{feff}", "ab"),
    ] {
        assert_eq!(plain_name(filename), name, "{filename:?}");
    }
    assert_eq!(plain_name(&format!("{long}.pdf")), format!("{}.pdf", &long[..96]));
    assert_eq!(plain_name(&format!("x.{long}")), format!("x.{}", &long[..98]));
    assert_eq!(plain_name(&format!("x{}y.txt", " ".repeat(150))), "x.txt");
    assert_eq!(plain_name(&"ř".repeat(300)), "ř".repeat(100));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn names_are_plain(filename in "[a-z./\\\\ \u{202e}\u{2066}\r\0ř]{0,150}|\\PC{0,150}|.{0,300}") {
        let name = plain_name(&filename);
        prop_assert!((1..=100).contains(&name.chars().count()));
        prop_assert!(!name.chars().any(is_odd) && !name.starts_with('.'));
        prop_assert_eq!(plain_name(&name), name);
    }

    #[test]
    fn no_bytes_panic(begin in 0..6usize, bytes in vec(any::<u8>(), 0..300)) {
        let begins: [&[u8]; 6] = [b"", b"%PDF-1.4", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xef\xbb\xbf<", b"PK"];
        let _ = check(&mut Cursor::new([begins[begin], &bytes].concat()));
    }

    #[test]
    fn no_changed_file_panics(
        which in 0..3usize,
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        behind in vec(any::<u8>(), 0..20),
    ) {
        let mut bytes = [png(), jpeg(), pdf("<</JS (x)>>")][which].clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let result = check(&mut Cursor::new([bytes, behind.clone()].concat()));
        if matches!(result, Ok(Kind::Png | Kind::Jpeg)) && which < 2 {
            prop_assert!(behind.len() <= 16);
        }
        prop_assert!(!matches!(result, Err(WhyNot::Io(_))));
    }

    #[test]
    fn text_is_decided_as_by_the_whole(text in "[a-z🐎ř<\\n \u{0}]{0,60}", times in 1..3000usize) {
        let text = text.repeat(times);
        let is_plain = !text.contains('\0');
        match check(&mut Cursor::new(text.as_bytes())) {
            Ok(kind) => prop_assert!(kind == Kind::Text && is_plain),
            Err(WhyNot::Unknown) => prop_assert!(!is_plain),
            Err(WhyNot::Empty) => prop_assert!(text.is_empty()),
            Err(WhyNot::Foreign { .. }) => prop_assert!(text.contains('<')),
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        }
    }
}
