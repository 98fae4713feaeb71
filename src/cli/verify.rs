//! `kaishu verify`: is the site what was published, and is the record whole?

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use walkdir::WalkDir;

use crate::cli::{Outcome, print};
use crate::diag::Lang;
use crate::model::date::Day;
use crate::model::digest::{Digest, Hasher};
use crate::publish::{self, Folders};
use crate::records::history::History;
use crate::records::{CHAIN_FILE, chain};

/// Checks every file of the site against the ledger, the ledger against the record, and the record's chain.
///
/// Errors: when something cannot be read, or the chain is broken; the message names the line.
pub fn run(site: &Path, out: Option<&Path>, lang: Lang) -> Result<Outcome> {
    let out = out.map_or_else(|| site.join("public"), Path::to_owned);
    let folders = Folders::new(site, &out)?;
    let mut last_release = None;
    let tip = chain::read(&folders.chain(), |_, raw| {
        if let Ok(event) = serde_json::from_str::<publish::PublicationEvent>(raw.get()) {
            last_release = Some(event.release);
        }
        Ok(())
    })?;
    let mut faults = Vec::new();
    let mut fault = |zh: String, en: String| faults.push(print::say(lang, &zh, &en).to_owned());
    let note = publish::read_note(&folders.out)?;
    if note.is_none() {
        fault(
            format!("{} 中没有 release.json", folders.out.display()),
            format!("{} has no release.json", folders.out.display()),
        );
    }
    if note != last_release {
        fault(
            "网站不是记录中最近一次发布的内容".to_owned(),
            "the site is not the release that was recorded last".to_owned(),
        );
    }
    let ledger = publish::read_ledger(&folders.ledger())?;
    if last_release.as_ref().is_some_and(|release| release.sha256 != publish::digest_of(&ledger)) {
        fault("文件清单与记录不符".to_owned(), "the ledger does not fit the record".to_owned());
    }
    let mut seen = BTreeSet::new();
    for item in WalkDir::new(&folders.out).sort_by_file_name() {
        let item = item.with_context(|| format!("listing {}", folders.out.display()))?;
        if item.file_type().is_dir() {
            continue;
        }
        let name = item.path().strip_prefix(&folders.out).unwrap_or(item.path()).to_string_lossy().into_owned();
        let known = crate::model::route::Route::new(&name).ok().and_then(|route| ledger.get(&route));
        match known {
            None => fault(format!("多出的文件：{name}"), format!("a file that was not published: {name}")),
            Some(staged) if digest_file(item.path())? != staged.sha256 => {
                fault(format!("内容已改变：{name}"), format!("changed after publication: {name}"));
            }
            Some(_) => {}
        }
        seen.insert(name);
    }
    for route in ledger.keys().filter(|route| !seen.contains(route.as_str())) {
        fault(format!("缺少文件：{route}"), format!("missing: {route}"));
    }
    for line in &faults {
        print::note(line);
    }
    let (n_files, n_lines) = (ledger.len(), tip.n_lines);
    print::note(&match (faults.is_empty(), lang) {
        (true, Lang::Zh) => format!("核对无误：{n_files} 个文件，{n_lines} 条记录"),
        (true, Lang::En) => format!("verified: {n_files} files, {n_lines} lines of record"),
        (false, Lang::Zh) => format!("发现 {} 处不符", faults.len()),
        (false, Lang::En) => format!("{} faults", faults.len()),
    });
    Ok(if faults.is_empty() { Outcome::Done } else { Outcome::Refused })
}

/// Lists what was public on a day, as the record has it.
///
/// Errors: when the chain is broken; the message names the line.
pub fn on(site: &Path, day: Day, as_json: bool, lang: Lang) -> Result<Outcome> {
    let history = History::load(&site.join("records").join(CHAIN_FILE))?;
    let mut n_public = 0;
    for (id, since) in history.public_on(day) {
        n_public += 1;
        print::data(&if as_json {
            serde_json::json!({ "type": "public", "dataset": id, "since": since }).to_string()
        } else {
            format!("{id}\t{since}")
        });
    }
    print::note(&match lang {
        Lang::Zh => format!("{day} 公开的数据集：{n_public} 个（第二列为公开之日）"),
        Lang::En => format!("public on {day}: {n_public} datasets (the second column is the day since when)"),
    });
    Ok(Outcome::Done)
}

fn digest_file(path: &Path) -> Result<Digest> {
    let mut file = std::fs::File::open(path).with_context(|| format!("reading {}", path.display()))?;
    let mut hasher = Hasher::default();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let n_bytes = file.read(&mut buffer).with_context(|| format!("reading {}", path.display()))?;
        if n_bytes == 0 {
            return Ok(hasher.finish());
        }
        hasher.update(&buffer[..n_bytes]);
    }
}
