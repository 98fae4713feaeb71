//! A guarded `tiny_http`: `guarded ADDRESS FOLDER`. It stops on SIGTERM and SIGINT.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use kaishu::endpoint::guard::{Config, Method, serve};

#[path = "listen.rs"]
mod listen;
#[path = "upstream.rs"]
#[expect(clippy::pedantic, clippy::unwrap_used, dead_code, reason = "it is the tests' helper")]
mod upstream;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "/tmp/guarded".to_owned()));
    let spool = folder.join("spool");
    std::fs::create_dir_all(&spool)?;
    let socket = folder.join("upstream.sock");
    // A killed run leaves its socket.
    let _ = std::fs::remove_file(&socket);
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT] {
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    let upstream = upstream::Upstream::start(&socket);
    let listener = listen::listen(&address)?;
    writeln!(io::stdout(), "listening on {}", listener.local_addr()?)?;
    let mut config = Config::new(socket, spool);
    config.body_limit = Box::new(|method, _| if *method == Method::Post { 20 << 20 } else { 0 });
    serve(listener, config, &stop)?;
    drop(upstream);
    Ok(())
}
