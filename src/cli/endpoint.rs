//! `kaishu endpoint`: the companion endpoint for production.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::cli::{EndpointArgs, Outcome, locale, print};
use crate::diag::Lang;
use crate::effects::LiveSite;
use crate::endpoint::run::{self, listen};
use crate::endpoint::service::{Service, Settings};

/// How long a take-down waits for a build that is going live before it is left to the background.
const PATIENCE: Duration = Duration::from_secs(3);

/// Serves until a signal asks it to stop.
///
/// Errors: when the site names no endpoint, its configuration is wrong, the address is taken, or the machine fails.
pub fn run(args: &EndpointArgs, lang: Lang) -> Result<Outcome> {
    // Nobody waits longer for an answer than a process that is asked to stop.
    let live = LiveSite { patience: PATIENCE, ..LiveSite::new(&args.site, args.out.as_deref())? };
    let Some(endpoint) = live.site()?.endpoint else {
        bail!(
            "site.toml 没有 [endpoint]，表单不知道提交到哪里；请写明 url = \"https://…/cases\" / site.toml has no [endpoint], so the form would not know where to post: state url = \"https://…/cases\""
        );
    };
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT] {
        signal_hook::flag::register(signal, Arc::clone(&stop)).context("waiting for signals")?;
    }
    let state = args.state.clone().unwrap_or_else(|| args.site.join("cases"));
    let listener = listen(&args.listen)?;
    let address = listener.local_addr().context("listening")?;
    let (path, trusted_proxies) = (endpoint.path().to_owned(), endpoint.trusted_proxies.clone());
    let service =
        Service::open(Settings { live, state: state.clone(), endpoint, clock: locale::now, log: print::note })?;
    // Programs that start it wait for this line.
    print::data(&format!("listening on {address}"));
    print::note(print::say(lang, "受理程序已启动，Ctrl+C 结束", "the endpoint is up; end it with Ctrl+C"));
    run::run(run::Settings { listener, state: &state, path, trusted_proxies }, &service, &stop)?;
    Ok(Outcome::Done)
}
