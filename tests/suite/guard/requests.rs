//! What a well-meaning client gets.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use super::support::{Guarded, assert_status, body, get, post, read_all};
use super::upstream::digest;

#[test]
fn get_head_options_and_unknown_paths() {
    let guard = Guarded::start(|_| ());
    let answer = guard.ask(&get("/"));
    assert_status(&answer, 200);
    assert_eq!(body(&answer), "hello\n");
    assert!(answer.contains("\r\nContent-Length: 6\r\n") && answer.contains("\r\nContent-Type: text/plain\r\n"));
    let answer = guard.ask(b"HEAD /big HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_status(&answer, 200);
    assert!(answer.contains("\r\nContent-Length: 200000\r\n") && body(&answer).is_empty());
    assert_status(&guard.ask(b"OPTIONS / HTTP/1.0\r\n\r\n"), 200);
    assert_status(&guard.ask(&get("/nowhere")), 404);
    assert_eq!(body(&guard.ask(&get("/big"))).len(), 200_000);
    assert_status(&guard.ask(&get("/huge")), 502);
}

#[test]
fn bodies_of_every_size_arrive_whole() {
    let guard = Guarded::start(|_| ());
    for size in [0, 1, 1024, 65_535, 65_536, 65_537, 5_000_000] {
        let sent: Vec<u8> = (0..size).map(|number: u32| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let answer = guard.ask(&post("/echo", &sent));
        assert_status(&answer, 200);
        assert_eq!(body(&answer), format!("true {size} {} 127.0.0.1", digest(&sent)));
    }
    assert_eq!(std::fs::read_dir(&guard.spool).unwrap().count(), 0);
}

#[test]
fn a_body_in_small_pieces_and_a_half_closed_client_are_served() {
    let guard = Guarded::start(|_| ());
    let mut stream = guard.connect();
    for piece in post("/echo", b"hello world").chunks(5) {
        stream.write_all(piece).unwrap();
        std::thread::sleep(Duration::from_millis(2));
    }
    stream.shutdown(Shutdown::Write).unwrap();
    let answer = read_all(stream);
    assert_status(&answer, 200);
    assert!(body(&answer).starts_with("true 11 "));
}

#[test]
fn whoever_expects_it_is_told_to_continue() {
    let guard = Guarded::start(|_| ());
    let mut stream = guard.connect();
    let head = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
    stream.write_all(head).unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"hello").unwrap();
    let answer = read_all(stream);
    assert_status(&answer, 200);
    assert!(body(&answer).starts_with("true 5 "));
    let refused = b"POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n";
    assert_status(&guard.ask(refused), 413);
}

#[test]
fn the_client_is_named_by_the_peer_or_by_a_trusted_proxy() {
    let ask =
        "GET /who HTTP/1.1\r\nHost: a\r\nX-Kaishu-Client: 6.6.6.6\r\nX-Forwarded-For: 1.2.3.4, 198.51.100.9\r\n\r\n";
    let guard = Guarded::start(|_| ());
    assert_eq!(body(&guard.ask(ask.as_bytes())), "127.0.0.1");
    let guard = Guarded::start(|config| config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]);
    assert_eq!(body(&guard.ask(ask.as_bytes())), "198.51.100.9");
    assert_eq!(body(&guard.ask(&get("/who"))), "127.0.0.1");
}

#[test]
fn an_answer_before_the_body_was_read_is_passed_on() {
    let guard = Guarded::start(|_| ());
    let answer = guard.ask(&post("/early", &vec![7; 3_000_000]));
    assert_status(&answer, 200);
    assert_eq!(body(&answer).len(), 200_000);
}

#[test]
fn without_a_server_the_answer_is_502_or_504() {
    let guard = Guarded::start(|config| config.upstream = "/nowhere/sock".into());
    let answer = guard.ask(&get("/"));
    assert_status(&answer, 502);
    assert_eq!(body(&answer), "{\"error\":\"Bad Gateway\",\"status\":502}");
    let guard = Guarded::start(|config| config.limits.upstream_deadline = Duration::from_millis(150));
    let begin = Instant::now();
    assert_status(&guard.ask(&get("/slow")), 504);
    assert!(begin.elapsed() < Duration::from_millis(390));
}

#[test]
fn the_stop_waits_neither_for_a_silent_server_nor_for_clients_that_do_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let silent = std::os::unix::net::UnixListener::bind(dir.path().join("sock")).unwrap();
    let guard = Guarded::start(|config| config.upstream = dir.path().join("sock"));
    let mut streams: Vec<_> = (0..20).map(|_| guard.connect()).collect();
    for stream in &mut streams {
        stream.write_all(&get("/big")).unwrap();
    }
    std::thread::sleep(Duration::from_millis(100));
    let took = guard.stop();
    assert!(took >= Duration::from_secs(4) && took < Duration::from_secs(5), "{took:?}");
    drop((streams, silent));
}

#[test]
fn the_stop_answers_who_is_in_and_nobody_else() {
    let guard = Guarded::start(|_| ());
    let idle = guard.connect();
    let mut slow = guard.connect();
    slow.write_all(&get("/slow")).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let address = guard.address;
    assert!(guard.stop() < Duration::from_secs(1));
    assert_eq!(read_all(idle), "");
    assert_status(&read_all(slow), 200);
    assert!(std::net::TcpStream::connect(address).is_err());
}
