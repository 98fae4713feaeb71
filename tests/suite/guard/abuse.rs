//! What an ill-meaning client gets, and that others do not notice it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::head_cases::CASES;
use super::support::{Guarded, assert_status, body, get, post, read_all};

#[test]
fn every_malformed_framing_gets_one_refusal_and_reaches_nobody() {
    let guard = Guarded::start(|_| ());
    for (status, text) in CASES {
        let second = b"GET /second HTTP/1.1\r\nHost: a\r\n\r\n";
        let answer = guard.ask(&[text.as_bytes(), second].concat());
        assert_status(&answer, *status);
        assert!(answer.contains("Content-Type: application/json"), "{text:?}");
        let json = format!(",\"status\":{status}}}");
        assert!(body(&answer).ends_with(&json) || text.starts_with("HEAD"), "{text:?}: {answer:?}");
    }
    assert!(CASES.len() >= 40);
    assert_eq!(guard.seen(), 0);
}

#[test]
fn pipelined_requests_get_one_answer() {
    let guard = Guarded::start(|_| ());
    assert_status(&guard.ask(&get("/").repeat(2000)), 200);
    assert_status(&guard.ask(&[post("/echo", b"hello"), get("/").repeat(3)].concat()), 200);
    assert_eq!(guard.seen(), 2);
}

#[test]
fn declared_lengths_beyond_the_limit_are_refused_unread() {
    let guard = Guarded::start(|_| ());
    for length in ["8388609", "1073741824", "100000000000", "9223372036854775808", "18446744073709551616"] {
        let head = format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\nninebytes");
        let begin = Instant::now();
        assert_status(&guard.ask(head.as_bytes()), 413);
        assert!(begin.elapsed() < Duration::from_secs(3));
    }
    // A client that has sent a little too much sees its refusal, not a reset.
    let answer = guard.ask(&post("/small", &vec![b'x'; 200_000]));
    assert_status(&answer, 413);
    assert_eq!(guard.seen(), 0);
}

#[test]
fn slow_heads_bodies_and_readers_meet_their_deadlines() {
    let guard = Guarded::start(|config| {
        config.limits.head_deadline = Duration::from_millis(300);
        config.limits.body_deadline = Duration::from_millis(500);
        config.limits.write_deadline = Duration::from_millis(300);
    });
    let begin = Instant::now();
    let idle = guard.connect();
    let mut head = guard.connect();
    head.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let mut trickle = guard.connect();
    trickle.write_all(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n").unwrap();
    let mut dribble = trickle.try_clone().unwrap();
    let writer = std::thread::spawn(move || {
        while dribble.write_all(b"x").is_ok() && begin.elapsed().as_secs() < 3 {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    assert_eq!(read_all(idle), "");
    assert_status(&read_all(head), 408);
    assert!(begin.elapsed() < Duration::from_millis(900), "{:?}", begin.elapsed());
    let answer = read_all(trickle);
    assert_status(&answer, 408);
    assert!(begin.elapsed() < Duration::from_millis(1900), "{:?}", begin.elapsed());
    writer.join().unwrap();
    assert_eq!(guard.seen(), 0);
}

#[test]
fn a_body_below_the_least_rate_is_ended_before_its_deadline() {
    let guard = Guarded::start(|config| {
        config.limits.body_grace = Duration::from_millis(200);
        config.limits.body_rate = 10_000;
    });
    let begin = Instant::now();
    let mut stream = guard.connect();
    stream.write_all(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\nabc").unwrap();
    assert_status(&read_all(stream), 408);
    assert!(begin.elapsed() < Duration::from_secs(2));
}

fn crowd(guard: &Guarded, count: usize, bytes: &[u8]) -> Vec<TcpStream> {
    (0..count)
        .map(|_| {
            let mut stream = guard.connect();
            let _ = stream.write_all(bytes);
            stream
        })
        .collect()
}

#[test]
fn thousands_of_slow_connections_do_not_keep_others_out() {
    for per_address in [64, 10_000] {
        let guard = Guarded::start(|config| config.limits.max_per_address = per_address);
        let _idle = crowd(&guard, 1000, b"");
        let _slow = crowd(&guard, 1000, b"GET / HTTP/1.1\r\nHost: a\r\nX: ");
        for _ in 0..50 {
            let begin = Instant::now();
            assert_status(&guard.ask(&get("/")), 200);
            assert!(begin.elapsed() < Duration::from_secs(1));
        }
        assert_status(&guard.ask(&post("/echo", &vec![1; 100_000])), 200);
    }
}

#[test]
fn when_full_the_oldest_reader_goes_and_no_complete_request() {
    let guard = Guarded::start(|config| config.limits.max_connections = 8);
    let mut served = crowd(&guard, 4, &get("/slow"));
    let readers = crowd(&guard, 6, b"GET / HT");
    std::thread::sleep(Duration::from_millis(50));
    assert_status(&guard.ask(&get("/")), 200);
    for stream in served.drain(..) {
        assert_status(&read_all(stream), 200);
    }
    let mut closed = 0;
    for stream in readers {
        stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        closed += usize::from(read_all(stream).starts_with("HTTP/1.1 503 "));
    }
    assert_eq!(closed, 3);
}

#[test]
fn slow_readers_of_large_answers_give_way_when_full() {
    let guard = Guarded::start(|config| {
        config.limits.max_connections = 8;
        config.limits.answer_bytes = 100_000;
    });
    let takers = crowd(&guard, 12, &get("/big"));
    let begin = Instant::now();
    for _ in 0..20 {
        assert_status(&guard.ask(&get("/")), 200);
    }
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    drop(takers);
}

#[test]
fn budgets_of_files_and_memory_evict_the_oldest() {
    let guard = Guarded::start(|config| {
        config.limits.spool_files = 4;
        config.limits.spool_bytes = 1 << 20;
        config.limits.memory_bytes = 300_000;
    });
    let head = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n";
    let part = [head.as_slice(), &vec![b'x'; 200_000]].concat();
    let hogs = crowd(&guard, 20, &part);
    let heads = crowd(&guard, 30, format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}", "y".repeat(15_000)).as_bytes());
    let answer = guard.ask(&post("/echo", &vec![7; 150_000]));
    assert_status(&answer, 200);
    drop((hogs, heads));
}

#[test]
fn an_address_beyond_its_cap_loses_its_own_oldest() {
    let guard = Guarded::start(|config| {
        config.limits.max_per_address = 3;
        config.limits.max_served_per_address = 3;
    });
    let mut first = guard.connect();
    std::thread::sleep(Duration::from_millis(30));
    let _others = crowd(&guard, 3, b"");
    let mut byte = [0];
    assert!(matches!(first.read(&mut byte), Ok(0) | Err(_)));
    let mut busy = crowd(&guard, 3, &get("/slow"));
    std::thread::sleep(Duration::from_millis(50));
    // All three places have complete requests now, which nothing evicts.
    let answer = guard.ask(&get("/"));
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 429 "), "{answer:?}");
    for stream in busy.drain(..) {
        assert_status(&read_all(stream), 200);
    }
}

#[test]
fn caps_count_the_client_that_a_trusted_proxy_names() {
    let guard = Guarded::start(|config| {
        config.limits.max_served_per_address = 2;
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    });
    let ask = |client: &str| format!("GET /slow HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {client}\r\n\r\n").into_bytes();
    let mut all = crowd(&guard, 2, &ask("192.0.2.1"));
    all.extend(crowd(&guard, 2, &ask("192.0.2.2")));
    std::thread::sleep(Duration::from_millis(50));
    assert_status(&guard.ask(&ask("192.0.2.1")), 429);
    for stream in all {
        assert_status(&read_all(stream), 200);
    }
}
