//! Looking after the store: copies while it is in use, a check of every byte, erasure when a term ends.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rusqlite::{Connection, OpenFlags, params};

use super::schema::bring_up_to_date;
use super::{Store, begin, insert, read};
use crate::cases::recorder::Recorded;
use crate::cases::{Attached, Case, Erasure, Event, State, Step};
use crate::model::digest::Hasher;

/// A case as the check found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Its number.
    pub receipt: String,
    /// How many events it has.
    pub n_events: usize,
    /// Its files, with the digest worked out from what is kept; of sealed ones that of the sealed bytes.
    pub files: Vec<Attached>,
    /// What is wrong with it.
    pub faults: Vec<String>,
}

/// A closed case of which something is to be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasable {
    /// Its number.
    pub receipt: String,
    /// What.
    pub what: Erasure,
}

impl Store {
    /// Copies the store as it is at one moment, while others go on writing.
    ///
    /// Errors: when the file exists or the disk fails; there is no half copy then.
    pub fn back_up(&self, path: &Path) -> Result<()> {
        if path.exists() {
            bail!("{} 已存在，请另选文件名 / exists already: choose another name", path.display());
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let fresh = tempfile::Builder::new().prefix(".backup-").tempfile_in(parent);
        let fresh = fresh.with_context(|| format!("writing {}", path.display()))?;
        let mut target = Connection::open(fresh.path()).context("opening the copy")?;
        let copying = rusqlite::backup::Backup::new(&self.connection, &mut target).context("copying the store")?;
        copying.run_to_completion(1000, Duration::from_millis(2), None).context("copying the store")?;
        drop(copying);
        // One file, without a log beside it.
        target.pragma_update(None, "journal_mode", "DELETE").context("copying the store")?;
        target.close().map_err(|(_, error)| error).context("copying the store")?;
        fresh.as_file().sync_all().context("copying the store")?;
        fresh.persist_noclobber(path).with_context(|| format!("writing {}", path.display()))?;
        crate::records::sync_parent(path)
    }

    /// Reads the whole store, every byte of every file, and answers each case with what is wrong with it, and first what is
    /// wrong with the store itself.
    ///
    /// Errors: when the store cannot be read at all.
    pub fn check(&self) -> Result<(Vec<String>, Vec<Checked>)> {
        let mut faults = Vec::new();
        let mut statement = self.connection.prepare("PRAGMA integrity_check")?;
        for line in statement.query_map([], |row| row.get::<_, String>(0))? {
            faults.extend(Some(line?).filter(|line| line != "ok"));
        }
        let mut statement = self.connection.prepare("SELECT \"table\", rowid FROM pragma_foreign_key_check")?;
        for row in statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?)))? {
            let (table, id) = row?;
            faults.push(format!("{table} {}: belongs to nothing", id.unwrap_or_default()));
        }
        let mut statement = self.connection.prepare("SELECT receipt FROM cases ORDER BY id")?;
        let receipts: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let cases = receipts.iter().map(|receipt| self.check_case(receipt)).collect::<Result<_>>()?;
        Ok((faults, cases))
    }

    fn check_case(&self, receipt: &str) -> Result<Checked> {
        let mut res = Checked { receipt: receipt.to_owned(), n_events: 0, files: Vec::new(), faults: Vec::new() };
        let case = match read(&self.connection, receipt) {
            Ok(Some((_, case))) => case,
            Ok(None) => return Ok(res),
            Err(error) => {
                res.faults.push(format!("{error:#}"));
                return Ok(res);
            }
        };
        res.n_events = case.events.len();
        if let Err(error) = self.personal_is_readable(receipt) {
            res.faults.push(format!("{error:#}"));
        }
        let promised: usize = case.events.iter().map(|event| files_of(&event.step).len()).sum();
        let is_erased = case.events.iter().any(|event| matches!(event.step, Step::Erased { .. }));
        let query = "SELECT attachments.id, sha256, stored_sha256, is_sealed FROM attachments \
                     JOIN cases ON cases.id = case_id WHERE receipt = ? ORDER BY attachments.id";
        let mut statement = self.connection.prepare_cached(query)?;
        let rows = statement.query_map([receipt], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get::<_, bool>(3)?))
        })?;
        for row in rows {
            let (id, sha256, stored, is_sealed) = row?;
            let mut blob = self.connection.blob_open("main", "attachments", "body", id, true)?;
            let mut hasher = Hasher::default();
            let bytes = std::io::copy(&mut blob, &mut hasher).context("reading an attachment")?;
            let found = hasher.finish();
            let is_right = found.to_string() == stored && (is_sealed || stored == sha256);
            if !is_right {
                res.faults.push(format!("file {id}: its digest is {found}, not {stored}"));
            }
            res.files.push(Attached { bytes, sha256: found });
        }
        if !is_erased && res.files.len() != promised {
            res.faults.push(format!("{} files instead of {promised}", res.files.len()));
        }
        Ok(res)
    }

    /// Whether what was said can be read, as far as it is not sealed.
    fn personal_is_readable(&self, receipt: &str) -> Result<()> {
        self.personal(receipt, None).map(|_| ())
    }

    /// Erases what is personal in a closed case, or its whole record but for the fact that it was there.
    ///
    /// Errors: when the disk fails.
    pub fn erase(&mut self, erasable: &Erasable, at: i64, actor: &str) -> Result<()> {
        erase(&mut self.connection, erasable, at, actor)
    }

    /// Empties the log, so that what was overwritten does not live on in it; answers whether that could be done, which a
    /// reader elsewhere may hinder.
    ///
    /// Errors: when the disk fails.
    pub fn empty_log(&self) -> Result<bool> {
        self.connection.busy_timeout(Duration::from_millis(500)).context("erasing")?;
        let is_busy = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        self.connection.busy_timeout(super::PATIENCE).context("erasing")?;
        Ok(is_busy.context("erasing")? == 0)
    }

    /// Puts a copy in the place of the store of a folder; events that come then get numbers above the last on record, and
    /// what was erased since the copy was made is erased in it before it is the store. Answers in how many cases.
    ///
    /// Errors: when the copy is none, or the disk fails. Nobody else may have the store open.
    pub fn restore(copy: &Path, dir: &Path, recorded: &Recorded, (at, actor): (i64, &str)) -> Result<usize> {
        let source = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_ONLY);
        let source = source.with_context(|| format!("opening {}", copy.display()))?;
        let n_cases: i64 =
            source.query_row("SELECT count(*) FROM cases", [], |row| row.get(0)).context("opening the copy")?;
        let fresh = tempfile::Builder::new().prefix(".restore-").tempfile_in(dir).context("restoring")?;
        let mut target = Connection::open(fresh.path()).context("restoring")?;
        let copying = rusqlite::backup::Backup::new(&source, &mut target).context("restoring")?;
        copying.run_to_completion(1000, Duration::ZERO, None).context("restoring")?;
        drop(copying);
        target.pragma_update(None, "journal_mode", "DELETE").context("restoring")?;
        let raise = "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'events'";
        if n_cases > 0 {
            target.execute(raise, [recorded.last]).context("restoring")?;
        }
        let n_erased = erase_again(&mut target, &recorded.erased, at, actor)?;
        target.close().map_err(|(_, error)| error).context("restoring")?;
        fresh.as_file().sync_all().context("restoring")?;
        // A log that belongs to the old store would be taken for the new one's.
        for name in ["cases.db-wal", "cases.db-shm"] {
            let path = dir.join(name);
            if path.exists() {
                std::fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
            }
        }
        let path = dir.join("cases.db");
        fresh.persist(&path).with_context(|| format!("writing {}", path.display()))?;
        crate::records::sync_parent(&path)?;
        Ok(n_erased)
    }
}

/// Erases in a copy what was erased since it was made.
fn erase_again(target: &mut Connection, erased: &BTreeMap<String, Erasure>, at: i64, actor: &str) -> Result<usize> {
    bring_up_to_date(target).context("restoring")?;
    target.pragma_update(None, "secure_delete", "ON").context("restoring")?;
    let mut n_erased = 0;
    for (receipt, &what) in erased {
        let Some((_, case)) = read(target, receipt)? else { continue };
        let is_done = |what| case.events.iter().any(|event| event.step == Step::Erased { what });
        if !is_done(Erasure::Record) && !is_done(what) {
            erase(target, &Erasable { receipt: receipt.clone(), what }, at, actor)?;
            n_erased += 1;
        }
    }
    Ok(n_erased)
}

/// Erases what a case said, or all of it.
fn erase(connection: &mut Connection, erasable: &Erasable, at: i64, actor: &str) -> Result<()> {
    let changes = begin(connection)?;
    let Some((id, _)) = read(&changes, &erasable.receipt)? else { return Ok(()) };
    changes.execute("DELETE FROM attachments WHERE case_id = ?", [id]).context("erasing")?;
    changes.execute("DELETE FROM words WHERE case_id = ?", [id]).context("erasing")?;
    if erasable.what == Erasure::Record {
        changes.execute("DELETE FROM events WHERE case_id = ?", [id]).context("erasing")?;
    } else {
        // The digest of a file or of what was sent could prove what somebody guesses.
        changes.execute("UPDATE events SET key = NULL, content = NULL WHERE case_id = ?", [id])?;
        let mut statement = changes.prepare("SELECT id, event FROM events WHERE case_id = ?")?;
        let rows = statement.query_map([id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
        for row in rows.collect::<Result<Vec<_>, _>>()? {
            let mut event: Event = serde_json::from_str(&row.1).context("erasing")?;
            if !files_of(&event.step).is_empty() {
                without_files(&mut event.step);
                let text = serde_json::to_string(&event).context("erasing")?;
                changes.execute("UPDATE events SET event = ? WHERE id = ?", params![text, row.0])?;
            }
        }
    }
    let step = Step::Erased { what: erasable.what };
    insert(&changes, id, &Event { at, actor: actor.to_owned(), step }, None)?;
    changes.commit().context("erasing")
}

/// What of a case is to be erased, by when it ended, seconds since 1970.
#[must_use]
pub fn erasable(case: &Case, words_before: i64, record_before: i64) -> Option<Erasable> {
    let closed_at = ended_at(case)?;
    let is_erased = |what| case.events.iter().any(|event| event.step == Step::Erased { what });
    let receipt = case.receipt.clone();
    if closed_at < record_before && !is_erased(Erasure::Record) {
        return Some(Erasable { receipt, what: Erasure::Record });
    }
    (closed_at < words_before && !is_erased(Erasure::Words)).then_some(Erasable { receipt, what: Erasure::Words })
}

/// When a case ended: when it was closed; where nobody closed it, when it was decided or the person was told; where it was
/// discarded, when it was.
fn ended_at(case: &Case) -> Option<i64> {
    let of_decision =
        |step: &Step| matches!(step, Step::Decided { .. } | Step::ReviewDecided { .. } | Step::FeedbackSent);
    case.last(|step| *step == Step::Closed)
        .or_else(|| case.last(of_decision).filter(|_| case.state() != State::InReview))
        .or_else(|| case.last(|step| matches!(step, Step::Erased { .. })))
}

fn files_of(step: &Step) -> &[Attached] {
    match step {
        Step::Received(submission) => &submission.files,
        Step::EvidenceReceived { files } => files,
        _ => &[],
    }
}

fn without_files(step: &mut Step) {
    match step {
        Step::Received(submission) => submission.files.clear(),
        Step::EvidenceReceived { files } => files.clear(),
        _ => {}
    }
}
