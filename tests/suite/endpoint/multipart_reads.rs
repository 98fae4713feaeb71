//! Forms that must be read.

use std::io::{self, Read};

use super::common::{Kept, Part, field, file, one, read_b, read_in, write};
use kaishu::endpoint::multipart::{Limits, boundary_of, read};

const NAMED: &str = "Content-Disposition: form-data; name=\"a\"";

fn parts(body: &[u8]) -> Vec<Part> {
    read_b(body, &Limits::default()).unwrap()
}

fn filename_of(parameter: &str) -> String {
    match parts(&one(&format!("{NAMED}; {parameter}"), b"x")).remove(0) {
        Part::File(_, filename, _) => filename,
        Part::Field(..) => panic!("a field"),
    }
}

#[test]
fn boundaries() {
    for (header, boundary) in [
        ("multipart/form-data; boundary=abc", "abc"),
        ("Multipart/Form-Data;BOUNDARY=\"abc\"", "abc"),
        ("multipart/form-data ; charset=utf-8 ; boundary=\"a b\" ", "a b"),
        (
            "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
            "----WebKitFormBoundary7MA4YWxkTrZu0gW",
        ),
        ("multipart/form-data; boundary=----=_Part_1/2", "----=_Part_1/2"),
        ("multipart/form-data; boundary=\"'()+_,-./:=?\"", "'()+_,-./:=?"),
    ] {
        assert_eq!(boundary_of(header).as_deref(), Some(boundary), "{header}");
    }
    let longest = "x".repeat(70);
    assert_eq!(boundary_of(&format!("multipart/form-data; boundary={longest}")), Some(longest));
}

#[test]
fn no_boundaries() {
    for header in [
        "",
        "multipart/form-data",
        "multipart/form-data;",
        "multipart/form-data; boundary",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"a",
        "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=\"a\"b",
        "multipart/form-data; boundary=a b",
        "multipart/form-data; boundary=a; boundary=a",
        "multipart/form-data; boundary=a; Boundary=b",
        "multipart/form-data; boundary=a, multipart/form-data; boundary=b",
        "multipart/form-data; boundary=\"a\r\n\"",
        "multipart/form-data; boundary=ä",
        "multipart/form-data; boundary=a;",
        "multipart/mixed; boundary=a",
        "multipart/form-datax; boundary=a",
        "application/x-www-form-urlencoded",
    ] {
        assert_eq!(boundary_of(header), None, "{header}");
    }
    assert_eq!(boundary_of(&format!("multipart/form-data; boundary={}", "x".repeat(71))), None);
}

#[test]
fn fields_and_files_in_order() {
    let all = [field("a", "1"), file("f", "x.bin", b"\0\xff"), field("a", ""), file("f", "empty", b"")];
    assert_eq!(parts(&write("b", &all)), all);
}

#[test]
fn forms_without_parts() {
    assert_eq!(parts(b"--b--"), []);
    assert_eq!(parts(b"--b--\r\n"), []);
    assert_eq!(parts(b"preamble\r\n--b--"), []);
}

#[test]
fn a_preamble_and_what_follows_are_ignored() {
    let body = [b"hello --b\r\n-b\r\n".as_slice(), &one(NAMED, b"1"), b"--b\r\nrubbish\xff"].concat();
    assert_eq!(parts(&body), [field("a", "1")]);
}

/// A connection that stays open: a read behind its bytes would block.
struct Open<'a>(&'a [u8]);

impl Read for Open<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        assert!(!self.0.is_empty(), "would block");
        self.0.read(room)
    }
}

#[test]
fn the_source_is_not_read_behind_the_closing_boundary() {
    let mut kept = Kept::default();
    let body = one(NAMED, b"1");
    read(Open(&body[..body.len() - 2]), "b", &Limits::default(), &mut kept).unwrap();
    assert_eq!(kept.parts, [field("a", "1")]);
}

#[test]
fn blanks_behind_a_boundary() {
    let body = b"--b \t\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b-- \r\n";
    assert_eq!(parts(body), [field("a", "1")]);
}

#[test]
fn a_part_with_a_header_only_is_empty() {
    let body = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n--b--";
    assert_eq!(parts(body), [field("a", "")]);
}

#[test]
fn look_alikes_are_content() {
    let boundary = "bound";
    for like in [
        "\r\n--boun",
        "\r\n--boun\r\n--boun",
        "\r\n-bound",
        "\r\r\n--boun",
        "\n--bound\r\n",
        "\r--bound--\r\n",
        "--bound--\r\n",
        " --bound\r\n",
        "\r\n --bound",
        "\r\n",
        "\r",
        "\r\n-",
        "\r\n--",
        "\r\n--BOUND\r\n",
        "\r\n\r\n",
        "\r\r\r\r",
        "\r\n\r\n--boun",
    ] {
        // Never at the very beginning of the content, where a line begins.
        let all = [file("f", "x", format!("x{like}").as_bytes()), file("g", "y", format!("x{like}y{like}").as_bytes())];
        let body = write(boundary, &all);
        for size in 1..=body.len() {
            assert_eq!(read_in(&body, boundary, &Limits::default(), &[size]).unwrap(), all, "{like:?} by {size}");
        }
    }
}

#[test]
fn look_alikes_across_the_window() {
    // The window is 128 KiB: shift a look-alike and the real boundary over its end.
    for shift in 0..160 {
        let mut content = vec![b'x'; 128 * 1024 - 100 + shift];
        content.extend(b"\r\n--boun\r\n--bounD--\r\n");
        let all = [file("f", "x", &content)];
        let body = write("bound", &all);
        for sizes in [&[usize::MAX][..], &[64 * 1024], &[4097, 1, 0, 70_000]] {
            assert_eq!(read_in(&body, "bound", &Limits::default(), sizes).unwrap(), all);
        }
    }
}

#[test]
fn empty_file_inputs_are_passed_over() {
    let all = [file("f", "", b""), field("a", "1"), file("f", "", b"")];
    let limits = Limits { files: 0, ..Limits::default() };
    assert_eq!(read_b(&write("b", &all), &limits).unwrap(), [field("a", "1")]);
}

#[test]
fn a_file_without_a_name_but_with_bytes_is_a_file() {
    let all = [file("f", "", b"x")];
    assert_eq!(parts(&write("b", &all)), all);
}

#[test]
fn filenames() {
    for (parameter, filename) in [
        ("filename=x.txt", "x.txt"),
        ("filename=\"a b;c.txt\"", "a b;c.txt"),
        ("filename=\"%22%0D%0A.txt\"", "\"\r\n.txt"),
        ("filename=\"%20%2F%25.txt\"", "%20%2F%25.txt"),
        ("filename=\"C:\\dir\\x.txt\"", "C:\\dir\\x.txt"),
        ("filename=\"a\\\"b\\\\c\"", "a\"b\\c"),
        ("filename=\"žluť 🐎.pdf\"", "žluť 🐎.pdf"),
        ("filename*=UTF-8''na%C3%AFve%20x.txt", "naïve x.txt"),
        ("filename*=utf-8'en'plain", "plain"),
        ("filename=\"n.txt\"; filename*=UTF-8''%C5%99.txt", "ř.txt"),
        ("filename*=UTF-8''%C5%99.txt; filename=\"n.txt\"", "ř.txt"),
        ("FILENAME=\"n.txt\" ; other=\"y\"", "n.txt"),
    ] {
        assert_eq!(filename_of(parameter), filename, "{parameter}");
    }
}

#[test]
fn headers() {
    for header in [
        "content-disposition:form-data;name=a",
        "CONTENT-DISPOSITION: \tForm-Data ;\tname=\"a\" ",
        "X-Other: y\r\nContent-Disposition: form-data; name=a\r\nContent-Length: 7",
        "Content-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=UTF-8",
        "Content-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=\"us-ascii\"",
        "Content-Type: \r\nContent-Disposition: form-data; name=a",
        "Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: 8BIT",
        "Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: binary",
        "Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: 7bit",
    ] {
        assert_eq!(parts(&one(header, "ř".as_bytes())), [field("a", "ř")], "{header}");
    }
    assert_eq!(parts(&one("Content-Disposition: form-data; name=\"%22ř%0D%0A\"", b"")), [field("\"ř\r\n", "")]);
}

#[test]
fn limits_may_be_reached() {
    let all = [field("a", "12345"), file("f", "x", b"123"), file("g", "y", b"12")];
    let header = "Content-Disposition: form-data; name=\"f\"; filename=\"x\"\r\nContent-Type: a/b";
    let limits = Limits {
        field_bytes: 5,
        fields: 1,
        file_bytes: 3,
        files_bytes: 5,
        files: 2,
        parts: 3,
        header_bytes: header.len(),
        preamble_bytes: 4,
    };
    let body = [b"1234\r\n".as_slice(), &write("b", &all)].concat();
    assert_eq!(read_b(&body, &limits).unwrap(), all);
}

#[test]
fn a_large_file_comes_in_bounded_pieces() {
    let all = [file("f", "x", &vec![b'\r'; 3_000_000])];
    assert_eq!(read_in(&write("b", &all), "b", &Limits::default(), &[usize::MAX]).unwrap(), all);
}
