//! Progress: a bar on a terminal, one plain line a stage elsewhere, always on stderr.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::print;
use crate::diag::Lang;

/// The stages of a run, timed.
pub struct Progress {
    lang: Lang,
    quiet: bool,
}

/// One stage that is under way.
pub struct StageProgress {
    name: String,
    bar: ProgressBar,
    started: Instant,
    quiet: bool,
}

impl Progress {
    /// Progress for people, or none where the output is read by a program.
    pub fn new(lang: Lang, quiet: bool) -> Self {
        Self { lang, quiet }
    }

    /// Starts a stage of so many steps.
    pub fn start(&self, zh: &str, en: &str, n_steps: usize) -> StageProgress {
        let name = print::say(self.lang, zh, en).to_owned();
        let shown = !self.quiet && std::io::stderr().is_terminal() && n_steps > 0;
        let bar = ProgressBar::with_draw_target(
            Some(n_steps as u64),
            if shown { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() },
        );
        if let Ok(style) = ProgressStyle::with_template("{prefix:16} [{bar:30}] {pos}/{len} {eta}") {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(name.clone());
        // A stage that ends within a second shows no bar at all.
        bar.enable_steady_tick(Duration::from_millis(200));
        StageProgress { name, bar, started: Instant::now(), quiet: self.quiet }
    }
}

impl StageProgress {
    /// Counts one step; may be called from any thread.
    pub fn step(&self) {
        self.bar.inc(1);
    }

    /// Ends the stage with what it did.
    pub fn end(self, what: &str) {
        self.bar.finish_and_clear();
        if !self.quiet {
            print::note(&format!("{}: {what} ({:.2} s)", self.name, self.started.elapsed().as_secs_f64()));
        }
    }
}
