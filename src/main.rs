//! The program: arguments in, exit code out.

use std::process::ExitCode;

/// Rendering is many small allocations on all threads at once, which the system's allocator serves slowly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    kaishu::cli::run()
}
