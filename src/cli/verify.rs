//! `kaishu verify`: is the site what was published, and is the record whole?

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};
use walkdir::WalkDir;

use crate::cli::{Outcome, locale, print};
use crate::diag::Lang;
use crate::model::date::Day;
use crate::model::digest::{Digest, Hasher};
use crate::publish::{self, Folders, ReleaseNote, takedown};
use crate::records::history::History;
use crate::records::holds::{Change, Hold, Holds, TakeDown};
use crate::records::{CHAIN_FILE, chain};
use crate::stage::Ledger;

/// Checks every file of the site against the ledger, the ledger against the record, and the record's chain.
///
/// Errors: when something cannot be read, or the chain is broken; the message names the line.
pub fn run(site: &Path, out: Option<&Path>, lang: Lang) -> Result<Outcome> {
    let out = out.map_or_else(|| site.join("public"), Path::to_owned);
    let folders = Folders::new(site, &out)?;
    if !folders.chain().exists() && !folders.out.exists() {
        bail!(print::say(
            lang,
            "尚未生成过网站，没有可核对的内容；先运行 kaishu build",
            "no site was built yet: there is nothing to verify; run kaishu build first",
        ));
    }
    let mut faults = Vec::new();
    let recorded = match recorded(&folders, lang, &mut faults) {
        Ok(recorded) => Some(recorded),
        Err(error) => {
            faults.push(match lang {
                Lang::Zh => format!("记录已损坏：{error:#}；请从备份恢复 records/，并查明何人何时改动"),
                Lang::En => format!(
                    "the record is damaged: {error:#}; restore records/ from a backup and find out who changed it"
                ),
            });
            None
        }
    };
    let is_whole = recorded.is_some();
    let (n_lines, last_release) = recorded.unwrap_or_default();
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
    let seen = files(&folders, &ledger, &mut fault)?;
    for route in ledger.keys().filter(|route| !seen.contains(route.as_str())) {
        fault(format!("缺少文件：{route}"), format!("missing: {route}"));
    }
    if is_whole {
        faults.extend(held_and_there(&folders, &seen, lang)?);
    }
    for line in &faults {
        print::note(line);
    }
    if is_whole {
        print::note(&held(&folders, lang)?);
    }
    print::note(&verdict(faults.len(), (ledger.len(), n_lines), lang));
    Ok(if faults.is_empty() { Outcome::Done } else { Outcome::Refused })
}

/// How many lines the record has, and which release it tells of last; findings that are not kept as recorded are faults.
///
/// Errors: when the chain is broken; the message names the line.
fn recorded(folders: &Folders, lang: Lang, faults: &mut Vec<String>) -> Result<(u64, Option<ReleaseNote>)> {
    let mut last_release = None;
    let tip = chain::read(&folders.chain(), |seq, raw| {
        if let Ok(event) = serde_json::from_str::<publish::PublicationEvent>(raw.get()) {
            last_release = Some(event.release);
            let path = folders.records.join("findings").join(format!("{}.jsonl", event.findings));
            if digest_file(&path).ok() != Some(event.findings) {
                faults.push(match lang {
                    Lang::Zh => format!("第 {seq} 条记录所指的检查结果缺失或已改变：{}", path.display()),
                    Lang::En => format!("the findings of line {seq} are missing or changed: {}", path.display()),
                });
            }
        } else if let Ok(event) = serde_json::from_str::<TakeDown<ReleaseNote>>(raw.get()) {
            last_release = Some(event.release);
        }
        Ok(())
    })?;
    Ok((tip.n_lines, last_release))
}

/// Checks every file of the site against the ledger; answers their names.
fn files(folders: &Folders, ledger: &Ledger, fault: &mut dyn FnMut(String, String)) -> Result<BTreeSet<String>> {
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
    Ok(seen)
}

fn verdict(n_faults: usize, (n_files, n_lines): (usize, u64), lang: Lang) -> String {
    match (n_faults, lang) {
        (0, Lang::Zh) => format!("核对无误：{n_files} 个文件，{n_lines} 条记录"),
        (0, Lang::En) => format!("verified: {n_files} files, {n_lines} lines of record"),
        (n, Lang::Zh) => format!("发现 {n} 处不符"),
        (n, Lang::En) => format!("{n} faults"),
    }
}

/// How many datasets are held, and which.
fn held(folders: &Folders, lang: Lang) -> Result<String> {
    let holds = Holds::load(&folders.chain())?;
    let told = |zh: &str, en: &str, change: Change| {
        let ids: Vec<&str> =
            holds.in_force().filter(|hold| hold.change == change).map(|hold| hold.dataset.as_str()).collect();
        let count = format!("{} {}", print::say(lang, zh, en), ids.len());
        match (ids.is_empty(), lang) {
            (true, _) => count,
            (false, Lang::Zh) => format!("{count}（{}）", ids.join("、")),
            (false, Lang::En) => format!("{count} ({})", ids.join(", ")),
        }
    };
    let suspended = told("中止开放", "suspended", Change::Suspension);
    Ok(format!("{suspended}{}{}", print::say(lang, "，", ", "), told("撤回", "withdrawn", Change::Withdrawal)))
}

/// Holds that did not reach the live folder, and files of held datasets that are there.
fn held_and_there(folders: &Folders, files: &BTreeSet<String>, lang: Lang) -> Result<Vec<String>> {
    let holds = Holds::load(&folders.chain())?;
    let mut res = Vec::new();
    for Hold { dataset, .. } in holds.unfinished() {
        res.push(match lang {
            Lang::Zh => format!("尚未完成撤下：{dataset}（请运行 kaishu build）"),
            Lang::En => format!("not taken down yet: {dataset} (run kaishu build)"),
        });
    }
    for Hold { dataset, .. } in holds.in_force() {
        let is_data = |file: &&String| takedown::is_own(file, dataset) && !file.ends_with("/index.html");
        for file in files.iter().filter(is_data) {
            res.push(match lang {
                Lang::Zh => format!("{dataset} 已中止开放或撤回，仍有文件：{file}"),
                Lang::En => format!("{dataset} is suspended or withdrawn, and yet there is {file}"),
            });
        }
    }
    Ok(res)
}

/// Lists what was public on a day, as the record has it.
///
/// Errors: when the chain is broken; the message names the line.
pub fn on(site: &Path, day: Day, as_json: bool, lang: Lang) -> Result<Outcome> {
    if locale::today().is_some_and(|today| day > today) {
        bail!(print::say(
            lang,
            "该日尚未到来，记录只说明过去",
            "that day is yet to come; the record tells of the past"
        ));
    }
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
