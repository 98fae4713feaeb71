//! `kaishu case check`, `backup`, `erase` and `keygen`: looking after the store.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::cases::recorder::Recorded;
use crate::cases::store::{Erasable, Store, erasable};
use crate::cases::{Erasure, seal};
use crate::cli::case::args::{BackupArgs, BookArgs, KeygenArgs, StepArgs};
use crate::cli::case::book::Book;
use crate::cli::print::say;
use crate::cli::{Outcome, locale, print};
use crate::diag::Lang;
use crate::effects::LiveSite;
use crate::endpoint::run::ENDPOINT_LOCK;
use crate::records::Lock;
use crate::site::Retention;

/// Who is named for what is done when a term ends.
const ACTOR: &str = "kaishu case erase";

/// Reads the whole store; what is wrong makes the command end with 1.
///
/// Errors: when the store cannot be read at all.
pub fn check(args: &BookArgs, lang: Lang) -> Result<Outcome> {
    let book = Book::open(args, lang)?;
    let (faults, cases) = book.store.check()?;
    let n_faults = faults.len() + cases.iter().map(|case| case.faults.len()).sum::<usize>();
    for fault in &faults {
        if args.json {
            print::data(&json!({ "type": "fault", "message": fault }).to_string());
        } else {
            print::data(fault);
        }
    }
    for case in &cases {
        if args.json {
            let names = book.store.personal(&case.receipt, book.keys.as_ref()).unwrap_or_default();
            let mut names = names.into_iter().filter_map(|of_event| of_event.words).flat_map(|words| words.files);
            let files: Vec<_> = case
                .files
                .iter()
                .map(|file| json!({ "name": names.next().unwrap_or_default(), "bytes": file.bytes, "sha256": file.sha256 }))
                .collect();
            let line = json!({ "type": "case", "receipt": case.receipt, "events": case.n_events,
                "attachments": files, "faults": case.faults });
            print::data(&line.to_string());
        } else {
            for fault in &case.faults {
                print::data(&format!("{}\t{fault}", case.receipt));
            }
        }
    }
    let (n_cases, n_files) = (cases.len(), cases.iter().map(|case| case.files.len()).sum::<usize>());
    print::note(&match lang {
        Lang::Zh => format!("核对 {n_cases} 个案件、{n_files} 个附件，发现 {n_faults} 处问题"),
        Lang::En => format!("checked {n_cases} cases and {n_files} files: {n_faults} faults"),
    });
    Ok(if n_faults == 0 { Outcome::Done } else { Outcome::Refused })
}

/// Copies the store while it is in use.
///
/// Errors: when the file exists or the disk fails.
pub fn back_up(args: &BackupArgs, lang: Lang) -> Result<Outcome> {
    Book::open(&args.book, lang)?.store.back_up(&args.file)?;
    print::note(say(
        lang,
        "已备份；备份含有个人信息，请加密存放。用 kaishu case restore 恢复",
        "copied; it holds personal data, keep it encrypted. kaishu case restore puts it back",
    ));
    Ok(Outcome::Done)
}

/// Erases what its term is over for.
///
/// Errors: when the machine fails.
pub fn erase(args: &BookArgs, lang: Lang) -> Result<Outcome> {
    let mut book = Book::open(args, lang)?;
    let own = book.site.endpoint.as_ref().map_or_else(Retention::default, |endpoint| endpoint.retention);
    let terms = own.at_least(book.regime.records.years());
    let (words, record) = (terms.words_before(book.today), terms.record_before(book.today));
    let mut n_erased = 0;
    for case in book.store.all()? {
        if let Some(erasable) = erasable(&case, words, record) {
            book.store.erase(&erasable, locale::now(), ACTOR)?;
            n_erased += 1;
        }
    }
    book.put_on_record()?;
    warn_of_log(&book, lang)?;
    print::note(&match lang {
        Lang::Zh => format!("删除了 {n_erased} 个案件中保存期限已满的内容"),
        Lang::En => format!("erased what its term was over for in {n_erased} cases"),
    });
    Ok(Outcome::Done)
}

/// What was erased is overwritten in the store, and leaves the log as soon as nobody reads it.
fn warn_of_log(book: &Book, lang: Lang) -> Result<()> {
    if !book.store.empty_log()? {
        print::note(say(
            lang,
            "有其他进程正在读取，日志中的内容稍后由受理程序清除",
            "another process is reading: what is left in the log goes with the endpoint's next round",
        ));
    }
    Ok(())
}

/// Discards what is no case: it ends, and what was sent is erased.
///
/// Errors: when there is no such case, or the machine fails.
pub fn discard(args: &StepArgs, lang: Lang) -> Result<Outcome> {
    let mut book = Book::open(&args.book, lang)?;
    let case = book.case(&args.receipt)?;
    if case.outcome().is_some() {
        bail!("案件已作出决定，保存期限届满后自动删除 / it was decided; its words go at the end of their term");
    }
    let erasable = Erasable { receipt: case.receipt, what: Erasure::Words };
    book.store.erase(&erasable, locale::now(), &args.by)?;
    book.put_on_record()?;
    warn_of_log(&book, lang)?;
    print::note(say(lang, "已删除内容和附件，案件办结", "words and files are erased, the case is closed"));
    Ok(Outcome::Done)
}

/// Puts a copy in the place of the store; what the record says was erased stays erased.
///
/// Errors: when the endpoint runs, the copy is none, or the disk fails.
pub fn restore(args: &BackupArgs, lang: Lang) -> Result<Outcome> {
    let state = args.book.state.clone().unwrap_or_else(|| args.book.site.join("cases"));
    let _lock = Lock::try_take(&state.join(ENDPOINT_LOCK))
        .and_then(|lock| lock.context("受理程序正在运行，请先停止 / the endpoint runs: stop it first"))?;
    let live = LiveSite::new(&args.book.site, args.book.out.as_deref())?;
    let recorded = Recorded::read(&live.folders.chain())?;
    let n_erased = Store::restore(&args.file, &state, &recorded, (locale::now(), "kaishu case restore"))?;
    print::note(&match lang {
        Lang::Zh => format!("已恢复；备份之后删除过内容的 {n_erased} 个案件已再次删除；请运行 kaishu case check"),
        Lang::En => format!(
            "restored; in {n_erased} cases what was erased after the copy is erased again; run kaishu case check"
        ),
    });
    Ok(Outcome::Done)
}

/// Makes a key pair for sealing.
///
/// Errors: when the file exists or the disk fails.
pub fn keygen(args: &KeygenArgs, lang: Lang) -> Result<Outcome> {
    let (private, public) = seal::generate();
    write_key(
        key_file(args, "kaishu case keygen staff.key")?,
        &format!("# kaishu: staff key. Public key: {public}\n{private}\n"),
    )?;
    print::data(&public);
    print::note(say(
        lang,
        "把公钥写入 site.toml 的 [endpoint] staff_keys；私钥不要放在受理程序所在的机器上，并另存一份：丢失后无法阅读案件内容",
        "put the public key into [endpoint] staff_keys of site.toml; keep the private one off the endpoint's machine, and a copy of it: without it what people said cannot be read",
    ));
    Ok(Outcome::Done)
}

/// Where a key is to be written.
///
/// Errors: when nothing was said.
pub fn key_file<'a>(args: &'a KeygenArgs, example: &str) -> Result<&'a Path> {
    args.to.as_deref().with_context(|| {
        format!("请写明私钥存放的文件，例如：{example} / name the file for the private key, such as: {example}")
    })
}

/// Writes a key for its owner alone.
///
/// Errors: when the file exists or the disk fails.
pub fn write_key(path: &Path, text: &str) -> Result<()> {
    let mut file = create_new(path)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .with_context(|| format!("writing {}", path.display()))
}

/// Makes a file that its owner alone can read; what is there is never overwritten.
///
/// Errors: when it is there already or cannot be made.
pub fn create_new(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(path).with_context(|| format!("{}: 不得已存在 / must not exist yet", path.display()))
}
