//! What attachments are and are not.

use std::io::{Cursor, Write as _};
use std::path::Path;

use super::samples::{chunk, jpeg, pdf, png, segment};
use kaishu::endpoint::attachment::{Foreign, Format, Kind, WhyNot, check, check_path};

const PASSIVE: Kind = Kind::Pdf { is_active: false };
const ACTIVE: Kind = Kind::Pdf { is_active: true };

fn kind(bytes: &[u8]) -> Kind {
    check(&mut Cursor::new(bytes)).unwrap()
}

fn why(bytes: &[u8]) -> WhyNot {
    check(&mut Cursor::new(bytes)).unwrap_err()
}

fn foreign(bytes: &[u8]) -> (Format, Foreign) {
    match why(bytes) {
        WhyNot::Foreign { format, found } => (format, found),
        other => panic!("{other:?}"),
    }
}

fn is_damaged(bytes: &[u8], format: Format) -> bool {
    matches!(why(bytes), WhyNot::Damaged(found) if found == format)
}

#[test]
fn the_accepted_kinds() {
    assert_eq!(kind(&pdf("")), PASSIVE);
    assert_eq!(kind(&png()), Kind::Png);
    assert_eq!(kind(&jpeg()), Kind::Jpeg);
    assert_eq!(kind("Příliš žluťoučký kůň\r\n\t1 < 2 🐎\n".as_bytes()), Kind::Text);
    assert_eq!(kind("\u{feff}x".as_bytes()), Kind::Text);
}

#[test]
fn a_path_is_checked_by_content() {
    let mut file = tempfile::Builder::new().suffix(".pdf").tempfile().unwrap();
    file.write_all(&png()).unwrap();
    assert_eq!(check_path(file.path()).unwrap(), Kind::Png);
    assert!(matches!(check_path(Path::new("/nonexistent")), Err(WhyNot::Io(_))));
    assert!(matches!(check_path(Path::new("/")), Err(WhyNot::Io(_))));
}

#[test]
fn empty_and_unknown() {
    assert!(matches!(why(b""), WhyNot::Empty));
    for bytes in [
        b"GIF89a\x01\0\x01\0".as_slice(),
        b"\x7fELF\x02\x01\x01\0",
        b"MZ\x90\0",
        b"\xff\xd8",
        b"\x89PNG\r\n",
        b"latin \xe9",
        b"cut off \xc5",
        b"\xff\xfea\0b\0",
        b"bell \x07",
        b"escape \x1b[31m",
        b"\x7f",
        b"next line \xc2\x85",
        b"surrogate \xed\xa0\x80",
    ] {
        assert!(matches!(why(bytes), WhyNot::Unknown), "{bytes:?}");
    }
}

#[test]
fn pdf_headers_and_ends() {
    let within = [vec![b'\n'; 1016], pdf("")].concat();
    assert_eq!(kind(&within), PASSIVE);
    assert!(!matches!(check(&mut Cursor::new([vec![b'\n'; 1017], pdf("")].concat())), Ok(Kind::Pdf { .. })));
    assert_eq!(kind(&[pdf(""), vec![b'\n'; 2000]].concat()), PASSIVE);
    assert!(is_damaged(&[pdf(""), vec![b'\n'; 2048]].concat(), Format::Pdf));
    assert!(is_damaged(b"%PDF-1.7\n1 0 obj\nendobj\n", Format::Pdf));
    assert!(is_damaged(b"%%EOF\n%PDF-1.7\n", Format::Pdf));
    assert!(is_damaged(&pdf("")[..40], Format::Pdf));
    assert_eq!(kind(b"a text about %PDF-x and %%EOF"), Kind::Text);
}

#[test]
fn active_documents() {
    for body in [
        "<< /S /JavaScript /JS (app.alert\\(1\\)) >>",
        "<</S/JavaScript>>",
        "<</JS(x)>>",
        "<</JS <41>>>",
        "<</JS 12 0 R>>",
        "<</JS\r\n % comment\n (x)>>",
        "<</S/Launch/F(cmd.exe)>>",
        "<</Type/EmbeddedFile>>",
        "<</Names<</EmbeddedFiles 3 0 R>>>>",
        "<</S/J#61vaScript>>",
        "<</#4a#53(x)>>",
        "<</#45#6d#62#65#64#64#65#64#46#69#6C#65>>",
    ] {
        assert_eq!(kind(&pdf(body)), ACTIVE, "{body}");
    }
    for body in
        ["", "JavaScript", "<</JSON 1>>", "<</JS>>", "<</JS/X>>", "<</J#53X 1>>", "<</Embedded 1>>", "/#", "/#4"]
    {
        assert_eq!(kind(&pdf(body)), PASSIVE, "{body}");
    }
}

#[test]
fn active_names_across_reads() {
    for shift in 0..300 {
        let filler = "x".repeat(64 * 1024 - 280 + shift);
        for name in ["/Launch", "/JS            (x)", "/#45#6d#62#65#64#64#65#64#46#69#6C#65"] {
            assert_eq!(kind(&pdf(&format!("{filler}{name}"))), ACTIVE, "{shift} {name}");
        }
    }
}

#[test]
fn documents_with_something_around() {
    let html = [b"<HTML><script>x</script>".as_slice(), &pdf("")].concat();
    assert_eq!(foreign(&html), (Format::Pdf, Foreign::Html));
    let behind = [pdf("").as_slice(), b"<svg onload=x>"].concat();
    assert_eq!(foreign(&behind), (Format::Pdf, Foreign::Svg));
    let zip = [b"PK\x03\x04".as_slice(), &pdf("")].concat();
    assert_eq!(foreign(&zip), (Format::Pdf, Foreign::Zip));
}

#[test]
fn archives_at_the_end() {
    let comment = vec![b'c'; 65_535];
    let end = [b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x2e\0\0\0\0\0\0\0\xff\xff".as_slice(), &comment].concat();
    for (bytes, format) in [(pdf(""), Format::Pdf), (png(), Format::Png), (jpeg(), Format::Jpeg)] {
        assert_eq!(foreign(&[bytes, end.clone()].concat()), (format, Foreign::Zip));
    }
    assert_eq!(foreign(b"PK\x03\x04\x14\0"), (Format::Text, Foreign::Zip));
    assert_eq!(foreign(&end), (Format::Text, Foreign::Zip));
}

#[test]
fn images_with_more_behind() {
    for (image, format) in [(png(), Format::Png), (jpeg(), Format::Jpeg)] {
        let with = |more: &[u8]| [&image, more].concat();
        assert!(check(&mut Cursor::new(with(&[0; 16]))).is_ok());
        let refusal = why(&with(&[0; 17]));
        assert!(matches!(refusal, WhyNot::Trailing { format: f, bytes: 17 } if f == format));
        assert!(matches!(why(&with(b"<?=`$_GET[0]`;")), WhyNot::Trailing { bytes: 14, .. }));
        assert!(matches!(why(&with(b"#!/bin/sh")), WhyNot::Trailing { bytes: 9, .. }));
        assert_eq!(foreign(&with(b"<svg onload=a()>")), (format, Foreign::Svg));
    }
}

#[test]
fn images_that_are_documents_too() {
    let text = chunk(*b"tEXt", b"x\0%PDF-1.7");
    let image = png();
    let both = [&image[..33], &text, &image[33..], b"%%EOF"].concat();
    assert_eq!(foreign(&both), (Format::Png, Foreign::Pdf));
    let image = jpeg();
    let both = [&image[..2], &segment(0xfe, b"%PDF-"), &image[2..]].concat();
    assert_eq!(foreign(&both), (Format::Jpeg, Foreign::Pdf));
}

#[test]
fn broken_png() {
    let image = png();
    for length in 8..image.len() {
        assert!(is_damaged(&image[..length], Format::Png), "{length}");
    }
    let signature = image[..8].to_vec();
    let header = image[8..33].to_vec();
    let (data, end) = (chunk(*b"IDAT", b"xyz"), chunk(*b"IEND", b""));
    let build = |chunks: &[&[u8]]| [&signature[..], &chunks.concat()].concat();
    assert_eq!(kind(&build(&[&header, &chunk(*b"tEXt", b"x"), &data, &data, &end])), Kind::Png);
    for chunks in [
        [data.as_slice(), &header, &end],
        [&header, &header, &end],
        [&header, &chunk(*b"tEXt", b"x"), &end],
        [&header, &data, &chunk(*b"IEND", b"x")],
        [&header, &chunk(*b"ID\0T", b""), &end],
        [&chunk(*b"IHDR", &[0; 13]), &data, &end],
        [&chunk(*b"IHDR", &[1; 12]), &data, &end],
        [&header, &data, b"\xff\xff\xff\xffIDATx"],
        [&header, &data, b"\x7f\xff\xff\xffIDATx"],
    ] {
        assert!(is_damaged(&build(&chunks), Format::Png), "{chunks:?}");
    }
    let mut lying = header.clone();
    lying[3] = 99;
    assert!(is_damaged(&build(&[&lying, &data, &end]), Format::Png));
    let many = [signature, header, chunk(*b"IDAT", b"").repeat(200_000), end].concat();
    assert!(is_damaged(&many, Format::Png));
}

#[test]
fn broken_jpeg() {
    let image = jpeg();
    for length in 3..image.len() {
        assert!(is_damaged(&image[..length], Format::Jpeg), "{length}");
    }
    let (frame, scan) = (segment(0xc0, &[1; 9]), segment(0xda, &[1; 6]));
    let end = b"\xff\xd9".as_slice();
    let build = |pieces: &[&[u8]]| [b"\xff\xd8".as_slice(), &pieces.concat()].concat();
    assert_eq!(kind(&build(&[&frame, &scan, end])), Kind::Jpeg);
    assert_eq!(kind(&build(&[&frame, &scan, b"a\xff\0b\xff\xd0c\xff\xff", end])), Kind::Jpeg);
    assert_eq!(kind(&build(&[b"\xff\xff", &frame, &scan, b"a", &segment(0xc4, b""), &scan, b"b", end])), Kind::Jpeg);
    for pieces in [
        [end, b"", b""],
        [&frame, end, b""],
        [&scan, end, b""],
        [&frame, &scan, b"\xff\xd8\xff\xd9"],
        [b"\xff\xe0\0\x01", &frame, end],
        [b"\xff\xe0\xff\xff", &frame, end],
        [&segment(0xc8, b""), &scan, end],
        [&segment(0xe0, b""), b"x", &frame],
        [&frame, &scan, b"\xff"],
        [&frame, &[scan.as_slice(), b"a", &segment(0xc4, b""), b"b"].concat(), end],
    ] {
        assert!(is_damaged(&build(&pieces), Format::Jpeg), "{pieces:?}");
    }
    assert!(is_damaged(&build(&[&segment(0xfe, b"").repeat(200_000), &frame, &scan, end]), Format::Jpeg));
}

#[test]
fn markup_in_text() {
    for (text, found) in [
        ("<!DOCTYPE html><p>x", Foreign::Html),
        (" \r\n\t<!-- x -->", Foreign::Html),
        ("\u{feff}<body onload=x>", Foreign::Html),
        ("<A href=x>", Foreign::Html),
        ("<b", Foreign::Html),
        ("a comment\n<HtMl>", Foreign::Html),
        ("a comment\n<ScRiPt src=x>", Foreign::Html),
        ("<svg xmlns=\"http://www.w3.org/2000/svg\">", Foreign::Svg),
        ("x <SVG/onload=a>", Foreign::Svg),
        ("<!DOCTYPE svg PUBLIC>", Foreign::Svg),
        ("<?xml version=\"1.0\"?><svg/>", Foreign::Xml),
        ("<!DOCTYPE plist>", Foreign::Xml),
    ] {
        assert_eq!(foreign(text.as_bytes()), (Format::Text, found), "{text}");
    }
    for text in ["<jan@example.org> wrote:\n", "a <b c", "<brown>", "x < y", "see <a href=x>", "<", "< html"] {
        assert_eq!(kind(text.as_bytes()), Kind::Text, "{text}");
    }
}

#[test]
fn text_across_reads() {
    for shift in 0..40 {
        let blank = " ".repeat(64 * 1024 - 20 + shift);
        assert_eq!(foreign(format!("{blank}<iframe src=x>").as_bytes()), (Format::Text, Foreign::Html), "{shift}");
        assert_eq!(foreign(format!("x{blank}<!doctype html>").as_bytes()), (Format::Text, Foreign::Html), "{shift}");
        assert_eq!(kind(format!("{blank}🐎ř🐎ř🐎").as_bytes()), Kind::Text, "{shift}");
        assert!(matches!(why(format!("{blank}\0").as_bytes()), WhyNot::Unknown));
    }
}

#[test]
fn messages() {
    assert_eq!(why(&[png(), vec![0; 20]].concat()).to_string(), "20 more bytes follow the end of the PNG image");
    assert_eq!(why(b"<svg>").to_string(), "the text file also looks like SVG");
    assert_eq!(why(b"%PDF-1.4").to_string(), "the PDF file is damaged or incomplete");
}
