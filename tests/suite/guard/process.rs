//! What concerns a whole process: memory, threads, descriptors, signals.

use std::io::Write;
use std::net::TcpStream;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::support::{Process, ask, assert_status, get, post, read_all};

#[test]
fn declared_lengths_and_giant_heads_cost_no_memory() {
    let process = Process::start(2000);
    assert_status(&ask(process.address, &post("/echo", &vec![1; 100_000])), 200);
    let before = process.figure("VmRSS");
    for length in ["1073741824", "9223372036854775808", "18446744073709551616", "100000000000"] {
        let head = format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\nninebytes");
        for _ in 0..5 {
            assert_status(&ask(process.address, head.as_bytes()), 413);
        }
    }
    let giant = [b"GET / HTTP/1.1\r\nHost: a\r\nX: ".as_slice(), &vec![b'y'; 64 << 20]].concat();
    let answer = ask(process.address, &giant);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer:?}");
    assert_status(&ask(process.address, &get("/")), 200);
    let grown = process.figure("VmHWM").saturating_sub(before);
    assert!(grown < 4 * 1024, "{grown} KiB");
    assert!(process.figure("Threads") < 40);
}

#[test]
fn more_connections_than_descriptors_keep_nobody_out() {
    let process = Process::start(256);
    let held: Vec<TcpStream> = (0..1000).map(|_| TcpStream::connect(process.address).unwrap()).collect();
    for _ in 0..20 {
        assert_status(&ask(process.address, &get("/")), 200);
    }
    drop(held);
}

#[test]
fn exhausted_descriptors_are_survived() {
    let process = Process::start(512);
    assert_status(&ask(process.address, &get("/exhaust")), 200);
    thread::sleep(Duration::from_millis(300));
    let begin = Instant::now();
    let open = std::fs::read_dir(format!("/proc/{}/fd", process.child.id())).unwrap().count();
    // One number is set aside for the server that waits in accept.
    assert!(open >= 511, "{open}");
    // Taken while there are none: the kernel's queue holds them.
    let held: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(process.address).unwrap()).collect();
    let mut during = TcpStream::connect(process.address).unwrap();
    during.write_all(&get("/")).unwrap();
    let answer = read_all(during);
    assert!(!answer.starts_with("HTTP/1.1 2") || begin.elapsed() > Duration::from_secs(1), "{answer:?}");
    thread::sleep(Duration::from_millis(1500).saturating_sub(begin.elapsed()));
    let released = Instant::now();
    while !ask(process.address, &get("/")).starts_with("HTTP/1.1 200 ") {
        assert!(released.elapsed() < Duration::from_secs(1));
        thread::sleep(Duration::from_millis(20));
    }
    for _ in 0..20 {
        assert_status(&ask(process.address, &get("/")), 200);
    }
    drop(held);
}

#[test]
fn a_signal_under_load_loses_no_answered_request() {
    let mut process = Process::start(2000);
    let address = process.address;
    let (end, answered, broken) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let took = thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while !end.load(Ordering::Relaxed) {
                    let Ok(mut stream) = TcpStream::connect(address) else { return };
                    let _ = stream.write_all(&post("/echo", b"hello"));
                    let answer = read_all(stream);
                    if answer.contains("true 5 ") {
                        answered.fetch_add(1, Ordering::Relaxed);
                    } else if !answer.is_empty() && !answer.contains("503") {
                        broken.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        thread::sleep(Duration::from_millis(500));
        let begin = Instant::now();
        Command::new("kill").arg("-TERM").arg(process.child.id().to_string()).status().unwrap();
        assert!(process.child.wait().unwrap().success());
        end.store(true, Ordering::Relaxed);
        begin.elapsed()
    });
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(answered.load(Ordering::Relaxed) > 100);
    assert_eq!(broken.load(Ordering::Relaxed), 0);
}
