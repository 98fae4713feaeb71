//! `kaishu serve`: the site on localhost, rebuilt when the input changes; the browser reloads and shows the findings.
//!
//! The preview is built into `.kaishu/preview/` of the site folder and is never recorded as a publication.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tiny_http::{Header, Method, Request, Response, Server};

use crate::cli::pipeline::{self, Options};
use crate::cli::progress::Progress;
use crate::cli::{Outcome, SiteArgs, build, locale, print, report};
use crate::diag::{Finding, Lang, Level};
use crate::effects::LiveSite;
use crate::endpoint::run;
use crate::endpoint::service::{Service, Settings};
use crate::model::format::media_type_of;
use crate::publish::{self, Folders, takedown};
use crate::records::{CHAIN_FILE, IDS_FILE, Lock, replace};
use crate::reuse::Reuse;
use crate::site::Site;
use crate::stage::{Ledger, Live};

/// How long the input must be quiet before a rebuild.
const QUIET: Duration = Duration::from_millis(80);
/// Threads that answer requests.
const N_THREADS: usize = 4;
/// Where the forms of a preview post to.
const ENDPOINT_PATH: &str = "/cases";
/// The script that reloads the page and shows the findings.
const LIVE_SCRIPT: &str = include_str!("serve/live.js");

/// What browsers are told.
struct State {
    version: u64,
    json: String,
}

/// What the server's threads share.
struct Preview {
    folders: Folders,
    base_path: Mutex<String>,
    state: Mutex<State>,
    /// What the preview holds now, once it was built.
    ledger: Mutex<Option<Ledger>>,
    /// Where forms post to, where the site has an endpoint.
    endpoint_url: Option<String>,
    endpoint: OnceLock<(String, Arc<Service>)>,
}

/// Builds, serves and watches until the process is ended.
///
/// Errors: when the port is taken, another preview of the site runs, or the folder cannot be watched.
pub fn run(args: &SiteArgs, port: u16, lang: Lang) -> Result<Outcome> {
    let dir = args.site.join(".kaishu");
    std::fs::create_dir_all(&dir).with_context(|| format!("making {}", dir.display()))?;
    let mut folders = Folders::new(&args.site, &dir.join("preview"))?;
    let _lock = Lock::try_take(&dir.join("lock"))?
        .ok_or_else(|| anyhow!("本站点已在另一处预览 / another preview of this site is running"))?;
    let address = format!("127.0.0.1:{port}");
    let server =
        Server::http(&address).map_err(|error| anyhow!("端口 {port} 不能使用，可能已被占用，请用 --port 另选 / cannot listen on {address}: {error}; choose another --port"))?;
    let endpoint = Site::load(&args.site).ok().and_then(|site| site.endpoint);
    if endpoint.is_some() {
        folders.records = copy_of_records(&args.site, &dir)?;
    }
    let preview = Arc::new(Preview {
        folders,
        endpoint_url: endpoint.map(|_| format!("http://{address}{ENDPOINT_PATH}")),
        endpoint: OnceLock::new(),
        base_path: Mutex::new("/".to_owned()),
        state: Mutex::new(State { version: 0, json: "{}".to_owned() }),
        ledger: Mutex::default(),
    });
    let (_watcher, changes) = watched(&args.site)?;
    rebuild(args, lang, &preview)?;
    open_endpoint(args, &preview, lang);
    let server = Arc::new(server);
    for _ in 0..N_THREADS {
        let (server, preview) = (Arc::clone(&server), Arc::clone(&preview));
        std::thread::spawn(move || {
            while let Ok(request) = server.recv() {
                // A browser that has gone away is no failure of ours.
                let _ = answer(request, &preview);
            }
        });
    }
    let base_path = lock(&preview.base_path).clone();
    print::note(&format!(
        "{} http://{address}{base_path}",
        print::say(lang, "预览地址（Ctrl+C 结束）：", "preview (end with Ctrl+C):")
    ));
    loop {
        let first = changes.recv().context("watching the site folder")?;
        let mut is_input = concerns_input(&args.site, &first);
        loop {
            match changes.recv_timeout(QUIET) {
                Ok(paths) => is_input |= concerns_input(&args.site, &paths),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return Ok(Outcome::Done),
            }
        }
        if is_input {
            // A fault of the machine while previewing is shown and the next change tried again.
            if let Err(error) = rebuild(args, lang, &preview) {
                print::error(lang, &error);
            }
        }
    }
}

/// What changes in the input, as long as the watcher lives.
fn watched(site: &Path) -> Result<(RecommendedWatcher, Receiver<Vec<PathBuf>>)> {
    let (sender, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if let Ok(event) = event
            && !event.kind.is_access()
        {
            // The receiver lives as long as the process.
            let _ = sender.send(event.paths);
        }
    })
    .context("watching the site folder")?;
    watch(&mut watcher, site)?;
    Ok((watcher, changes))
}

/// A copy of the records, so that nothing that is tried in a preview goes on record.
fn copy_of_records(site: &Path, dir: &Path) -> Result<PathBuf> {
    let copy = dir.join("records");
    if copy.exists() {
        std::fs::remove_dir_all(&copy).with_context(|| format!("removing {}", copy.display()))?;
    }
    std::fs::create_dir_all(&copy).with_context(|| format!("making {}", copy.display()))?;
    for name in [CHAIN_FILE, IDS_FILE] {
        let from = site.join("records").join(name);
        if from.exists() {
            std::fs::copy(&from, copy.join(name)).with_context(|| format!("copying {}", from.display()))?;
        }
    }
    Ok(copy)
}

/// Opens the endpoint of the preview, with a store of its own that each preview begins anew.
fn open_endpoint(args: &SiteArgs, preview: &Preview, lang: Lang) {
    let Some(url) = &preview.endpoint_url else { return };
    let opened = || -> Result<(String, Arc<Service>)> {
        let state = args.site.join(".kaishu/cases");
        if state.exists() {
            std::fs::remove_dir_all(&state).with_context(|| format!("removing {}", state.display()))?;
        }
        run::spool(&state)?;
        let (root, folders) = (args.site.clone(), preview.folders.clone());
        let live = LiveSite { root, folders, endpoint_url: Some(url.clone()), patience: takedown::PATIENCE };
        let endpoint = live.site()?.endpoint.context("[endpoint]")?;
        let path = endpoint.path().to_owned();
        let settings = Settings { live, state, endpoint, clock: locale::now, log: print::note };
        Ok((path, Arc::new(Service::open(settings)?)))
    };
    match opened() {
        Ok((path, service)) => {
            let working = Arc::clone(&service);
            // It works as long as the process lives.
            std::thread::spawn(move || working.work(&AtomicBool::new(false)));
            print::note(print::say(
                lang,
                "表单提交到预览自带的受理程序，不记入正式记录",
                "forms post to the preview's own endpoint; nothing goes on record",
            ));
            let _ = preview.endpoint.set((path, service));
        }
        Err(error) => print::error(lang, &error),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Watches the input only, so that output written beside it causes no rebuild.
fn watch(watcher: &mut impl Watcher, site: &Path) -> Result<()> {
    watcher.watch(site, RecursiveMode::NonRecursive).with_context(|| format!("watching {}", site.display()))?;
    for name in ["datasets", "content", "themes", "regimes"] {
        let dir = site.join(name);
        if dir.is_dir() {
            watcher.watch(&dir, RecursiveMode::Recursive).with_context(|| format!("watching {}", dir.display()))?;
        }
    }
    Ok(())
}

fn concerns_input(site: &Path, paths: &[PathBuf]) -> bool {
    let root = site.canonicalize().unwrap_or_else(|_| site.to_owned());
    paths.iter().any(|path| {
        let relative = path.strip_prefix(&root).or_else(|_| path.strip_prefix(site)).unwrap_or(path);
        let top = relative
            .components()
            .next()
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .unwrap_or_default();
        ["site.toml", "datasets", "content", "themes", "regimes", "calendar"].contains(&top.as_str())
    })
}

fn rebuild(args: &SiteArgs, lang: Lang, preview: &Preview) -> Result<()> {
    let folders = &preview.folders;
    let progress = Progress::new(lang, false);
    let reuse = Reuse::new(&args.site, &folders.out, args.verify_cache);
    let live = lock(&preview.ledger).take().map(|ledger| Live { out: folders.out.clone(), ledger });
    let run = pipeline::with_jobs(args.jobs, || {
        let options = Options { endpoint_url: preview.endpoint_url.as_deref(), ..build::options(args, Some(&reuse))? };
        pipeline::run(options, (&folders.stage, live), &folders.records, &progress)
    })??;
    report::to_terminal(&run.findings, false, args.all, lang);
    if let (Some(made), Some(basis)) = (&run.made, &run.basis) {
        *lock(&preview.base_path) = basis.site.base_path();
        publish::preview(folders, &made.stage)?;
        *lock(&preview.ledger) = Some(made.stage.ledger());
        if preview.endpoint_url.is_some() {
            // The endpoint of the preview knows the datasets of the preview.
            replace(&folders.ids(), &made.register.to_bytes()?)?;
        }
        reuse.sweep();
    }
    let json = state_json(&run.findings, run.made.is_some(), lang);
    let mut state = lock(&preview.state);
    state.version += 1;
    state.json = json;
    Ok(())
}

/// The findings that need a look, for the panel in the page.
fn state_json(findings: &[Finding], is_whole: bool, lang: Lang) -> String {
    const MOST: usize = 200;
    let shown: Vec<&Finding> = findings.iter().filter(|finding| finding.code.level() <= Level::Warn).collect();
    let items: Vec<_> = shown
        .iter()
        .take(MOST)
        .map(|finding| {
            let mut item = finding.to_json(lang);
            item["place"] = finding.place.describe(lang).into();
            item["level_word"] = finding.code.level().word(lang).into();
            item
        })
        .collect();
    serde_json::json!({
        "whole": is_whole,
        "total": shown.len(),
        "items": items,
        "title": print::say(lang, "检查结果", "Findings"),
        "failed": print::say(lang, "本次修改未能生成，页面是上一次的内容。", "This change could not be built; the page is the previous one."),
    })
    .to_string()
}

fn answer(request: Request, preview: &Preview) -> std::io::Result<()> {
    // A page of another site could reach a preview by a name of its own; only the machine's own names are answered.
    let host = request.headers().iter().find(|header| header.field.equiv("Host")).map(|header| header.value.as_str());
    let host = host.map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name));
    if !matches!(host, Some("localhost" | "127.0.0.1")) {
        return request.respond(Response::empty(421));
    }
    let path = request.url().split(['?', '#']).next().unwrap_or_default().to_owned();
    if let Some((endpoint, service)) = preview.endpoint.get()
        && path.strip_prefix(endpoint.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    {
        return run::answer(request, service);
    }
    if *request.method() != Method::Get && *request.method() != Method::Head {
        return request.respond(Response::empty(405));
    }
    match path.as_str() {
        "/__kaishu/live.js" => {
            return text(request, 200, "application/javascript; charset=utf-8", LIVE_SCRIPT);
        }
        "/__kaishu/state" => {
            let body = {
                let state = lock(&preview.state);
                format!("{{\"version\":{},\"report\":{}}}", state.version, state.json)
            };
            return text(request, 200, "application/json", &body);
        }
        _ => {}
    }
    let base_path = lock(&preview.base_path).clone();
    let Some(relative) = path.strip_prefix(&base_path) else {
        return request.respond(with(Response::empty(302), "Location", &base_path));
    };
    let Some(file) = find(&preview.folders.out, relative) else {
        let body = std::fs::read_to_string(preview.folders.out.join("404.html"))
            .unwrap_or_else(|_| FIRST_BUILD_FAILED.to_owned());
        return html(request, 404, &body);
    };
    let content_type = content_type(relative);
    if content_type.starts_with("text/html") {
        let body = std::fs::read_to_string(&file)?;
        return html(request, 200, &body);
    }
    let response = with(Response::from_file(File::open(&file)?), "Content-Type", &content_type);
    let response = with(with(response, "Cache-Control", "no-store"), "X-Content-Type-Options", "nosniff");
    // As the snippets for web servers have it: a browser never runs a provider's file.
    let is_data = relative.starts_with("datasets/");
    request.respond(if is_data {
        with(response, "Content-Security-Policy", "default-src 'none'; sandbox")
    } else {
        response
    })
}

/// What is shown while no build has succeeded yet: the script puts the findings on it.
const FIRST_BUILD_FAILED: &str =
    "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>kaishu</title><body></body></html>";

/// The file for a request path: decoded, inside the folder, a folder's `index.html`.
fn find(root: &Path, relative: &str) -> Option<PathBuf> {
    let decoded = crate::model::route::percent_decode(relative)?;
    let route = if decoded.is_empty() || decoded.ends_with('/') { format!("{decoded}index.html") } else { decoded };
    let route = crate::model::route::Route::new(&route).ok()?;
    let path = route.below(root);
    path.is_file().then_some(path)
}

/// The media type of a file, with the encoding where it is text.
fn content_type(relative: &str) -> String {
    let media_type = media_type_of(&crate::model::route::percent_decode(relative).unwrap_or_default());
    let media_type = if relative.is_empty() || relative.ends_with('/') { "text/html" } else { media_type };
    let is_text = media_type.starts_with("text/") || media_type == "application/javascript";
    if is_text { format!("{media_type}; charset=utf-8") } else { media_type.to_owned() }
}

fn html(request: Request, status: u16, body: &str) -> std::io::Result<()> {
    let script = "<script src=\"/__kaishu/live.js\" defer></script></body>";
    text(request, status, "text/html; charset=utf-8", &body.replacen("</body>", script, 1))
}

fn text(request: Request, status: u16, content_type: &str, body: &str) -> std::io::Result<()> {
    let response = Response::from_string(body).with_status_code(status);
    request.respond(with(with(response, "Content-Type", content_type), "Cache-Control", "no-store"))
}

/// Adds a header; a value that no header can carry is left out.
fn with<R: Read>(response: Response<R>, name: &str, value: &str) -> Response<R> {
    match Header::from_bytes(name, value) {
        Ok(header) => response.with_header(header),
        Err(()) => response,
    }
}
