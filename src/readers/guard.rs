//! What a reader from elsewhere does with a broken file is not ours: where it panics, the file is broken, and the build
//! goes on with the next.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::readers::{Each, NoTable, Notice, Outcome, Reader, Trouble};

/// How many guarded calls are under way.
static N_GUARDED: AtomicUsize = AtomicUsize::new(0);

/// Whether a panic right now may be one that is caught; then it is told as a finding and need not be printed.
#[must_use]
pub fn is_guarded() -> bool {
    N_GUARDED.load(Ordering::Relaxed) > 0
}

/// Calls something; a panic becomes a broken file.
pub fn guarded<T>(call: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
    N_GUARDED.fetch_add(1, Ordering::Relaxed);
    // Whatever was half done belongs to the file that is given up.
    let res = catch_unwind(AssertUnwindSafe(call));
    N_GUARDED.fetch_sub(1, Ordering::Relaxed);
    res.unwrap_or_else(|_| {
        Err(NoTable::Broken("文件已损坏，读取程序无法继续 / the file is damaged: its reader gave up".to_owned()).into())
    })
}

/// A table whose reader is guarded.
pub struct Guarded(pub Box<dyn Reader>);

impl Reader for Guarded {
    fn part(&self) -> &str {
        self.0.part()
    }

    fn columns(&self) -> &[String] {
        self.0.columns()
    }

    fn is_typed(&self) -> bool {
        self.0.is_typed()
    }

    fn read(&mut self, each: &mut Each<'_>) -> Result<Outcome, Trouble> {
        guarded(|| self.0.read(each))
    }

    fn notices(&self) -> Vec<Notice> {
        self.0.notices()
    }

    fn beside(&self) -> Vec<String> {
        self.0.beside()
    }
}
