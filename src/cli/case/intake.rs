//! `kaishu case receive` and `attach`: what came in otherwise than by the site.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::cases::store::{Entry, New, Put, Upload};
use crate::cases::{Attached, CaseKind, Channel, Event, Step, Submission, Words};
use crate::cli::case::args::{AttachArgs, ReceiveArgs};
use crate::cli::case::book::Book;
use crate::cli::case::steps;
use crate::cli::case::words::due_words;
use crate::cli::print::say;
use crate::cli::{Outcome, locale, print};
use crate::diag::Lang;
use crate::endpoint::attachment::{self, plain_name};
use crate::model::date::Day;
use crate::model::digest::Hasher;

/// Most bytes of a statement.
const MAX_STATEMENT_BYTES: u64 = 64 << 10;

/// Puts on file what came in otherwise than by the site, and takes the dataset off the site where the rules say so.
///
/// Errors: when the ground is none of the rules', a file is of no accepted kind, or the machine fails.
pub fn receive(args: &ReceiveArgs, lang: Lang) -> Result<Outcome> {
    let mut book = Book::open(&args.book, lang)?;
    let kind = CaseKind::ALL.into_iter().find(|kind| kind.code_name() == args.kind).context("kind")?;
    let rule = &book.regime.objection;
    if kind == CaseKind::Objection {
        one_of("--ground", &args.ground, &rule.grounds)?;
        one_of("--claim", &args.claim, &rule.claims)?;
    }
    if args.on.is_some_and(|day| day > book.today) {
        bail!(say(lang, "收到日期不能晚于今天", "the day it came in cannot be after today"));
    }
    if !args.dataset.is_empty() && !book.live.knows(&args.dataset)? {
        bail!(
            "没有发布过标识为 {0} 的数据集；标识见其网页地址 /datasets/…/ / no dataset {0} was ever published; its identifier stands in the address of its page",
            args.dataset
        );
    }
    let (files, uploads) = uploads(&args.evidence)?;
    let submission = Submission {
        kind,
        dataset: args.dataset.clone(),
        grounds: args.ground.clone(),
        claims: args.claim.clone(),
        is_guardian: false,
        channel: Channel::Staff,
        files: uploads.iter().map(|upload| upload.attached.clone()).collect(),
    };
    let statement = statement_of(&args.statement)?;
    let words = Words { statement, locator: String::new(), contact: args.contact.clone(), files };
    let at = args.on.filter(|day| *day != book.today).map_or_else(locale::now, Day::noon_in_china);
    let event = Event { at, actor: args.by.clone(), step: Step::Received(submission) };
    let year = args.on.unwrap_or(book.today).year();
    let mut fresh = New { year, event, words, files: uploads, key: None, then: None };
    let (Put::New(case) | Put::Known(case)) = book.store.receive(&mut fresh)? else {
        bail!("the key was used for another entry")
    };
    book.put_on_record()?;
    print::data(&case.receipt);
    let secret = book.store.secret_of(&case.receipt)?;
    print::note(&format!("{}{secret}", say(lang, "查询口令（交给当事人）：", "secret (for the person): ")));
    for due in book.due(&case) {
        print::note(&due_words(&due, book.today, lang));
    }
    steps::suspend_if_due(&mut book, &case, lang)
}

fn one_of(option: &str, given: &[String], listed: &[String]) -> Result<()> {
    if !listed.is_empty() && given.iter().any(|text| !listed.contains(text)) {
        bail!("{option} 应为下列之一 / must be one of: {}", listed.join("、"));
    }
    Ok(())
}

/// Puts evidence on file, and takes the dataset off the site where the rules say so.
///
/// Errors: when a file is of no accepted kind, there is no such case, or the machine fails.
pub fn attach(args: &AttachArgs, lang: Lang) -> Result<Outcome> {
    let mut book = Book::open(&args.step.book, lang)?;
    let (files, mut uploads) = uploads(&args.evidence)?;
    let words = Words { statement: args.statement.clone(), files, ..Words::default() };
    let step = Step::EvidenceReceived { files: uploads.iter().map(|upload| upload.attached.clone()).collect() };
    let event = Event { at: locale::now(), actor: args.step.by.clone(), step };
    let entry = Entry { event: &event, words: &words, files: &mut uploads, key: None };
    let case = book.add(&args.step.receipt, entry)?;
    steps::suspend_if_due(&mut book, &case, lang)
}

/// Opens files and checks what they are, as the endpoint does.
fn uploads(paths: &[PathBuf]) -> Result<(Vec<String>, Vec<Upload>)> {
    let mut res = (Vec::new(), Vec::new());
    for path in paths {
        let shown = path.display();
        let mut content = File::open(path).with_context(|| format!("reading {shown}"))?;
        attachment::check(&mut content).with_context(|| {
            format!("{shown}: 附件应为 PDF、PNG、JPEG 或者 UTF-8 文本 / expected PDF, PNG, JPEG or UTF-8 text")
        })?;
        let mut hasher = Hasher::default();
        let mut again = File::open(path).with_context(|| format!("reading {shown}"))?;
        let bytes = std::io::copy(&mut again, &mut hasher).with_context(|| format!("reading {shown}"))?;
        // The person reads the name: the folders of this machine are none of it.
        res.0.push(plain_name(&path.file_name().unwrap_or_default().to_string_lossy()));
        res.1.push(Upload { attached: Attached { bytes, sha256: hasher.finish() }, content });
    }
    Ok(res)
}

/// What the person says, from the command line or standard input.
fn statement_of(text: &str) -> Result<String> {
    let mut res = text.to_owned();
    if text == "-" {
        res.clear();
        std::io::stdin().take(MAX_STATEMENT_BYTES + 1).read_to_string(&mut res).context("reading standard input")?;
        if res.len() as u64 > MAX_STATEMENT_BYTES {
            bail!("说明超过 64 KB，请作为附件登记（--evidence）/ longer than 64 KB: put it on file with --evidence");
        }
    }
    if res.trim().is_empty() {
        bail!("--statement 不能为空 / --statement must say something");
    }
    Ok(res)
}
