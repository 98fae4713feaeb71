//! Forms that must be refused, each for its own reason.

use std::error::Error as _;
use std::io::{self, Read};

use super::common::{Kept, Part, field, file, one, read_b, read_in, write};
use kaishu::endpoint::multipart::{Fault, Limits, Refusal, read};

const NAMED: &str = "Content-Disposition: form-data; name=\"a\"";

fn refusal(body: &[u8]) -> Refusal {
    read_b(body, &Limits::default()).unwrap_err()
}

fn refusal_with(parts: &[Part], limits: &Limits) -> Refusal {
    read_b(&write("b", parts), limits).unwrap_err()
}

fn fault(body: &[u8]) -> Fault {
    match refusal(body) {
        Refusal::Malformed(fault) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_boundary_that_is_none() {
    for boundary in ["", "a\r\n", "a ", "ä", &"x".repeat(71)] {
        let refusal = read(io::empty(), boundary, &Limits::default(), &mut Kept::default()).unwrap_err();
        assert!(matches!(refusal, Refusal::Boundary));
    }
}

#[test]
fn every_truncation() {
    let all = [field("a", "1"), file("f", "x", b"content\r\n--"), file("g", "", b""), file("h", "", b"y")];
    let body = write("b", &all);
    // The last line end is not needed.
    for length in 0..body.len() - 2 {
        assert!(matches!(refusal(&body[..length]), Refusal::Truncated), "{length}");
    }
    assert!(read_b(&body[..body.len() - 2], &Limits::default()).is_ok());
}

#[test]
fn another_boundary_is_truncated_or_a_long_preamble() {
    assert!(matches!(refusal(&write("c", &[field("a", "1")])), Refusal::Truncated));
    let long = write("c", &[field("a", &"x".repeat(2000))]);
    assert!(matches!(refusal(&long), Refusal::PreambleTooLong { limit: 1024 }));
}

#[test]
fn preambles_beyond_the_limit() {
    let limits = Limits { preamble_bytes: 3, ..Limits::default() };
    let refusal = read_b(b"1234\r\n--b--", &limits).unwrap_err();
    assert!(matches!(refusal, Refusal::PreambleTooLong { limit: 3 }));
}

#[test]
fn boundary_lines_with_something_else() {
    for body in [
        "--bx\r\n",
        "--b-\r\n",
        "--b\n--b--",
        "--b\r\r\n",
        "--b x\r\n",
        "--b --\r\n",
        "--b-x",
        "\r\n--bb--\r\n",
        "--b\rx",
    ] {
        assert_eq!(fault(body.as_bytes()), Fault::Delimiter, "{body:?}");
    }
    assert_eq!(fault(format!("--b{}\r\n", " ".repeat(65)).as_bytes()), Fault::Delimiter);
    assert_eq!(fault(&one(NAMED, b"1\r\n--bx\r\n2")), Fault::Delimiter);
    assert_eq!(fault(&one(NAMED, b"--bx\r\n2")), Fault::Delimiter);
}

#[test]
fn header_lines() {
    for header in [
        "no colon",
        ": no name",
        "Content-Disposition : form-data; name=a",
        " Content-Disposition: form-data; name=a",
        "Content-Disposition: form-data;\r\n name=a",
        "Content-Disposition: form-data; name=\"a\nb\"",
        "Content-Disposition: form-data; name=\"a\0b\"",
        "Content-Disposition: form-data; name=\"a\x7fb\"",
        "Content-Disposition: form-data; name=a\nX: y",
        "Content-Disposition: form-data; name=a\r",
        "Content-Disposition: form-data; name=a\r\n--b: y",
        "Content-Disposition: form-data; name=a\r\n--b",
        "ř: y",
    ] {
        assert_eq!(fault(&one(header, b"")), Fault::Header, "{header:?}");
    }
    let latin = b"--b\r\nContent-Disposition: form-data; name=\"\xe9\"\r\n\r\n\r\n--b--";
    assert_eq!(fault(latin), Fault::Header);
}

#[test]
fn repeated_headers() {
    for more in [NAMED, "Content-Type: a/b\r\ncontent-type: a/b"] {
        assert_eq!(fault(&one(&format!("{NAMED}\r\n{more}"), b"")), Fault::RepeatedHeader);
    }
    let encodings = "Content-Transfer-Encoding: binary\r\nContent-Transfer-Encoding: base64";
    assert_eq!(fault(&one(&format!("{NAMED}\r\n{encodings}"), b"")), Fault::RepeatedHeader);
}

#[test]
fn dispositions() {
    for rest in [
        "name",
        "name=",
        "name=\"a",
        "name=\"a\"b",
        "name=\"a\\\"",
        "name=a b",
        "name=ř",
        "name=a/b",
        "name=a;",
        "name=a;;",
        "name=a; name=a",
        "name=a; NAME=b",
        "name*=UTF-8''a",
        "name=a; filename=\"x\"; filename=\"y\"",
        "name=a; filename*0=\"x\"",
        "name=a; filename*=\"UTF-8''x\"",
        "name=a; filename*=ISO-8859-1''x",
        "name=a; filename*=x",
        "name=a; filename*=UTF-8''%",
        "name=a; filename*=UTF-8''%4",
        "name=a; filename*=UTF-8''%+1",
        "name=a; filename*=UTF-8''%zz",
        "name=a; filename*=UTF-8''%ff",
        "name=a; filename*=UTF-8''a/b",
        "name=a; b=\"\"; x y=z",
        "a=a; b=a; c=a; d=a; e=a; f=a; g=a; h=a; i=a; j=a; k=a; l=a; m=a; n=a; o=a; p=a; name=a",
    ] {
        let header = format!("Content-Disposition: form-data; {rest}");
        assert_eq!(fault(&one(&header, b"")), Fault::Disposition, "{header}");
    }
}

#[test]
fn parts_that_are_not_form_data() {
    for header in ["Content-Disposition: attachment; name=a", "Content-Type: text/plain", "Content-Disposition: "] {
        assert!(matches!(refusal(&one(header, b"")), Refusal::NotFormData), "{header}");
    }
    assert!(matches!(refusal(b"--b\r\n\r\n1\r\n--b--"), Refusal::NotFormData));
}

#[test]
fn parts_without_a_name() {
    for rest in ["", "; name=\"\"", "; filename=x"] {
        let header = format!("Content-Disposition: form-data{rest}");
        assert!(matches!(refusal(&one(&header, b"")), Refusal::NoName), "{header}");
    }
}

#[test]
fn nested_and_encoded_parts() {
    let nested = format!("Content-Type: Multipart/Mixed; boundary=c\r\n{NAMED}");
    assert!(matches!(refusal(&one(&nested, b"")), Refusal::Nested(name) if name == "a"));
    for encoding in ["base64", "quoted-printable", "", "x-other"] {
        let header = format!("{NAMED}\r\nContent-Transfer-Encoding: {encoding}");
        let refusal = refusal(&one(&header, b""));
        assert!(matches!(refusal, Refusal::Encoding { name, encoding: e } if name == "a" && e == encoding));
    }
}

#[test]
fn fields_that_are_not_text() {
    assert!(matches!(refusal(&one(NAMED, b"a\xff")), Refusal::NotText(name) if name == "a"));
    assert!(matches!(refusal(&one(NAMED, b"\xc5")), Refusal::NotText(name) if name == "a"));
    let header = format!("{NAMED}\r\nContent-Type: text/plain; charset=utf-7");
    assert!(matches!(refusal(&one(&header, b"a")), Refusal::NotText(name) if name == "a"));
}

#[test]
fn limits() {
    let all = [field("a", "12345"), file("f", "x", b"123"), file("g", "y", b"12")];
    let limits = Limits { field_bytes: 4, ..Limits::default() };
    assert!(matches!(refusal_with(&all, &limits), Refusal::FieldTooLong { name, limit: 4 } if name == "a"));
    let limits = Limits { fields: 0, ..Limits::default() };
    assert!(matches!(refusal_with(&all, &limits), Refusal::TooManyFields { limit: 0 }));
    let limits = Limits { file_bytes: 2, ..Limits::default() };
    let refusal = refusal_with(&all, &limits);
    assert!(matches!(refusal, Refusal::FileTooLong { name, filename, limit: 2 } if name == "f" && filename == "x"));
    let limits = Limits { files_bytes: 4, ..Limits::default() };
    let refusal = refusal_with(&all, &limits);
    assert!(matches!(refusal, Refusal::FilesTooLong { name, filename, limit: 4 } if name == "g" && filename == "y"));
    let limits = Limits { files: 1, ..Limits::default() };
    assert!(matches!(refusal_with(&all, &limits), Refusal::TooManyFiles { limit: 1 }));
    let limits = Limits { parts: 2, ..Limits::default() };
    assert!(matches!(refusal_with(&all, &limits), Refusal::TooManyParts { limit: 2 }));
    let limits = Limits { header_bytes: 50, ..Limits::default() };
    assert!(matches!(refusal_with(&all, &limits), Refusal::HeaderTooLong { limit: 50 }));
}

#[test]
fn a_header_without_an_end() {
    for header_bytes in [8 * 1024, usize::MAX] {
        let limit = header_bytes.min(64 * 1024);
        let limits = Limits { header_bytes, ..Limits::default() };
        let body = [b"--b\r\n".as_slice(), &vec![b'x'; 1_000_000]].concat();
        let refusal = read_in(&body, "b", &limits, &[5000]).unwrap_err();
        assert!(matches!(refusal, Refusal::HeaderTooLong { limit: l } if l == limit));
    }
}

#[test]
fn a_sink_never_gets_more_than_the_limit() {
    let limits = Limits { file_bytes: 1000, ..Limits::default() };
    let body = write("b", &[file("f", "x", &[0; 5000])]);
    for size in [1, 7, 100, 100_000] {
        let mut kept = Kept::default();
        read(super::common::Pieces::new(&body, &[size]), "b", &limits, &mut kept).unwrap_err();
        let Some(Part::File(_, _, bytes)) = kept.open else { panic!("no file") };
        assert!(bytes.len() <= 1000);
    }
}

/// A connection that breaks.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

#[test]
fn errors_of_the_sink_and_of_the_source() {
    let body = write("b", &[field("a", "1"), file("f", "x", b"y")]);
    for call in ["field", "begin_file", "bytes", "end_file"] {
        let mut kept = Kept { fails_at: Some(call), ..Kept::default() };
        let refusal = read(body.as_slice(), "b", &Limits::default(), &mut kept).unwrap_err();
        assert!(matches!(&refusal, Refusal::Sink(error) if error.to_string() == "full"), "{call}");
        assert!(refusal.source().is_some());
    }
    let source = body[..40].chain(Broken);
    let refusal = read(source, "b", &Limits::default(), &mut Kept::default()).unwrap_err();
    assert!(matches!(refusal, Refusal::Source(error) if error.kind() == io::ErrorKind::ConnectionReset));
}

#[test]
fn messages_say_what_and_how_much() {
    let limits = Limits { file_bytes: 2, ..Limits::default() };
    let refusal = refusal_with(&[file("f", "x\r\n.txt", b"123")], &limits);
    assert_eq!(refusal.to_string(), r#"the file "x\r\n.txt" in "f" is larger than 2 bytes"#);
}
