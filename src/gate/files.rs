//! Do an entry's files exist, inside `datasets/`, and belong to open entries only?

use std::path::{Component, Path, PathBuf};

use crate::catalog::{CatalogFile, Entry, UnreadRow};
use crate::decisions::{approvals, grounds, transforms};
use crate::diag::{Code, Finding, Place};
use crate::gate::CheckedFile;
use crate::gate::closed::Closed;
use crate::model::dataset::{Dataset, Location};
use crate::model::route::file_name;

/// Endings of files that a browser would run when it opens them from the site's own address.
const ACTIVE: &[&str] = &[
    "html", "htm", "xhtml", "xht", "shtml", "svg", "svgz", "js", "mjs", "cjs", "wasm", "swf", "hta", "mht", "mhtml",
    "xsl", "xslt", "php", "jsp", "asp", "aspx", "cgi",
];

/// The files of `datasets/` and who may not publish which.
pub struct Files {
    /// The folder, links resolved; `None` when there is no such folder.
    dir: Option<PathBuf>,
    /// What entries that are not open lay claim to, and the catalog files themselves.
    closed: Closed,
}

enum Fault {
    Missing,
    Outside,
    NotRegular,
}

impl Files {
    /// Starts with nothing closed but the catalog files and what the team has decided.
    pub fn new(root: &Path, catalog_files: &[CatalogFile]) -> Self {
        let dir = root.join("datasets").canonicalize().ok();
        let mut closed = Closed::new(dir.clone());
        for file in catalog_files {
            closed.close_file(&root.join(&file.path));
        }
        for file in [approvals::FILE, grounds::FILE, transforms::FILE] {
            closed.close_file(&root.join(file));
        }
        Self { dir, closed }
    }

    /// Notes whatever an entry that is not open names, in whichever cell: no other entry may publish it.
    pub fn close(&mut self, entry: &Entry) {
        self.close_data(entry);
        for cell in &entry.raw {
            self.closed.close_text(cell);
        }
    }

    /// Notes the data files of an entry that is kept off the site: no other entry may publish their bytes. Its licence text
    /// may be that of others too.
    pub fn close_data(&mut self, entry: &Entry) {
        for location in &entry.dataset.locations {
            let (Location::File(named) | Location::Link(named)) = location;
            self.closed.close_named(named);
        }
    }

    /// Notes whatever a row that could not be read may name.
    pub fn close_unread(&mut self, row: &UnreadRow) {
        for cell in &row.cells {
            self.closed.close_text(cell);
        }
    }

    /// Checks every file of an entry, and gives each the name it is offered under.
    ///
    /// Findings: FILE_MISSING, FILE_OUTSIDE, FILE_NOT_REGULAR, FILE_OF_CLOSED_ENTRY, FILE_ACTIVE_CONTENT.
    pub fn judge(
        &self,
        dataset: &Dataset,
        place: &Place,
        findings: &mut Vec<Finding>,
    ) -> (Vec<CheckedFile>, Vec<String>) {
        let mut checked: Vec<CheckedFile> = Vec::new();
        let mut links = Vec::new();
        for location in &dataset.locations {
            match location {
                Location::Link(address) => links.push(address.clone()),
                Location::File(named) => match self.judge_file(named) {
                    Ok(path) => {
                        let public_name = public_name(named, &checked);
                        checked.push(CheckedFile { path, named: named.clone(), public_name });
                    }
                    Err(code) => findings.push(Finding::new(code, place.clone()).about(&dataset.title).found(named)),
                },
            }
        }
        (checked, links)
    }

    /// Checks the file that holds the licence text, where the entry names one.
    pub fn judge_licence_file(
        &self,
        dataset: &Dataset,
        place: &Place,
        findings: &mut Vec<Finding>,
    ) -> Option<CheckedFile> {
        if dataset.licence_file.is_empty() {
            return None;
        }
        let named = dataset.licence_file.replace('\\', "/");
        let readable = |path: PathBuf| std::fs::File::open(&path).map(|_| path).map_err(|_| Code::FileUnreadable);
        match self.judge_file(&named).and_then(readable) {
            Ok(path) => Some(CheckedFile { path, public_name: "LICENSE-SOURCE.txt".to_owned(), named }),
            Err(code) => {
                findings.push(Finding::new(code, place.clone()).about(&dataset.title).found(&named));
                None
            }
        }
    }

    fn judge_file(&self, named: &str) -> Result<PathBuf, Code> {
        let extension = named.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
        if ACTIVE.contains(&extension.as_str()) {
            return Err(Code::FileActive);
        }
        let path = self.resolve(named).map_err(|fault| match fault {
            Fault::Missing => Code::FileMissing,
            Fault::Outside => Code::FileOutside,
            Fault::NotRegular => Code::FileNotRegular,
        })?;
        if self.closed.has(&path) { Err(Code::FileOfClosed) } else { Ok(path) }
    }

    /// Finds the file on disk with every link resolved; it must still lie in `datasets/`.
    fn resolve(&self, named: &str) -> Result<PathBuf, Fault> {
        let relative = Path::new(named);
        let plain = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !plain || named.contains(['\0', ':']) {
            return Err(Fault::Outside);
        }
        let dir = self.dir.as_ref().ok_or(Fault::Missing)?;
        let path = dir.join(relative).canonicalize().map_err(|_| Fault::Missing)?;
        if !path.starts_with(dir) {
            return Err(Fault::Outside);
        }
        if path.is_file() { Ok(path) } else { Err(Fault::NotRegular) }
    }
}

/// The file's own name; where an earlier file of the entry has it, the folder's name is put before it.
fn public_name(named: &str, taken: &[CheckedFile]) -> String {
    let free = |name: &str| !taken.iter().any(|file| file.public_name.eq_ignore_ascii_case(name));
    let mut name = String::new();
    for part in named.rsplit('/') {
        name = if name.is_empty() { part.to_owned() } else { format!("{part}-{name}") };
        let safe = file_name(&name);
        if free(&safe) {
            return safe;
        }
    }
    let mut n = 2;
    loop {
        let numbered = file_name(&format!("{n}-{name}"));
        if free(&numbered) {
            return numbered;
        }
        n += 1;
    }
}
