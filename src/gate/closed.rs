//! The files that entries which are not open lay claim to: no open entry may publish them, under whatever name.
//!
//! What a closed entry writes is read broadly (any separator, folders, absolute paths, JSON), because here a file too
//! many is only a question to the team, and a file too few is a breach.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::model::digest::{Digest, Hasher};

/// What must stay closed.
pub struct Closed {
    /// `datasets/`, links resolved; `None` when there is no such folder.
    dir: Option<PathBuf>,
    /// Paths below `datasets/` in lower case, of files and of folders.
    claims: BTreeSet<String>,
    /// File names that were given without a folder, in lower case.
    names: BTreeSet<String>,
    /// Device and inode, so that a hard link is known as the same file.
    inodes: BTreeSet<(u64, u64)>,
    /// Files by size, so that a copy is known by its content.
    by_size: BTreeMap<u64, Vec<PathBuf>>,
}

impl Closed {
    /// Starts with nothing closed.
    pub fn new(dir: Option<PathBuf>) -> Self {
        Self { dir, claims: BTreeSet::new(), names: BTreeSet::new(), inodes: BTreeSet::new(), by_size: BTreeMap::new() }
    }

    /// Closes one file by its place on disk.
    pub fn close_file(&mut self, path: &Path) {
        if let Ok(meta) = path.metadata()
            && meta.is_file()
        {
            self.inodes.insert((meta.dev(), meta.ino()));
            self.by_size.entry(meta.len()).or_default().push(path.to_owned());
        }
    }

    /// Closes whatever the file column of an entry can be read to name, folders included.
    pub fn close_named(&mut self, text: &str) {
        for token in tokens(text) {
            self.close_claim(&token);
        }
    }

    /// Closes whatever looks like a path or a file name in any other text of an entry.
    pub fn close_text(&mut self, text: &str) {
        for token in tokens(text) {
            let last = token.rsplit(['/', '\\']).next().unwrap_or_default();
            let has_ending = last.rsplit_once('.').is_some_and(|(stem, ending)| {
                !stem.is_empty()
                    && (1..=8).contains(&ending.len())
                    && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
            if has_ending {
                self.close_claim(&token);
            }
        }
    }

    fn close_claim(&mut self, token: &str) {
        let claim = normal(token);
        if claim.is_empty() {
            return;
        }
        let on_disk = self.dir.as_ref().and_then(|dir| dir.join(&claim).canonicalize().ok());
        match (on_disk, &self.dir) {
            (Some(path), Some(dir)) => {
                if let Ok(resolved) = path.strip_prefix(dir) {
                    self.claims.insert(normal(&resolved.to_string_lossy()).to_lowercase());
                }
                self.close_file(&path);
            }
            // A name without its folder: any file of that name may be meant.
            _ if !claim.contains('/') && claim.contains('.') => {
                self.names.insert(claim.to_lowercase());
            }
            _ => {}
        }
        self.claims.insert(claim.to_lowercase());
    }

    /// Whether a file on disk is claimed: by its path or a folder above it, as the same file, or by the same content.
    pub fn has(&self, path: &Path) -> bool {
        let relative = self.dir.as_ref().and_then(|dir| path.strip_prefix(dir).ok());
        let relative = relative.map(|path| path.to_string_lossy().to_lowercase()).unwrap_or_default();
        let mut part = relative.as_str();
        while !part.is_empty() {
            if self.claims.contains(part) {
                return true;
            }
            part = part.rsplit_once('/').map_or("", |(above, _)| above);
        }
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        if self.names.contains(&name) {
            return true;
        }
        let Ok(meta) = path.metadata() else { return true };
        if self.inodes.contains(&(meta.dev(), meta.ino())) {
            return true;
        }
        // Two empty files are equal without being copies of anything.
        let same_size = self.by_size.get(&meta.len()).filter(|_| meta.len() > 0);
        same_size.is_some_and(|others| {
            let own = digest_of(path);
            others.iter().any(|other| own.is_none() || digest_of(other) == own)
        })
    }
}

/// The digest of a file; `None` when it cannot be read.
fn digest_of(path: &Path) -> Option<Digest> {
    let mut file = std::fs::File::open(path).ok()?;
    let mut hasher = Hasher::default();
    std::io::copy(&mut file, &mut hasher).ok()?;
    Some(hasher.finish())
}

/// What a text may name: the whole of it, its parts between separators, and these cut at brackets, colons and blanks;
/// each also with `%xx` decoded.
fn tokens(text: &str) -> BTreeSet<String> {
    const MAX_CHARS: usize = 1_000;
    let strong = |c: char| c.is_control() || "；;，,、|\"'[]{}".contains(c);
    let weak = |c: char| strong(c) || c.is_whitespace() || "（）()【】《》<>：:".contains(c);
    let mut res: BTreeSet<String> = BTreeSet::new();
    for part in std::iter::once(text).chain(text.split(strong)).chain(text.split(weak)) {
        let part = part.trim();
        if !part.is_empty() && part.len() <= MAX_CHARS {
            res.extend(crate::model::route::percent_decode(part));
            res.insert(part.to_owned());
        }
    }
    res
}

/// A path as it would stand below `datasets/`: `/` between its parts, `.` and `..` worked out, a leading
/// `/`, `datasets/` or drive letter left out.
fn normal(token: &str) -> String {
    let token = token.trim().replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    for part in token.split('/') {
        match part.trim() {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            drive if drive.len() == 2 && drive.ends_with(':') => {}
            part => parts.push(part),
        }
    }
    let start = parts.iter().rposition(|part| *part == "datasets").map_or(0, |idx| idx + 1);
    parts[start..].join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_file_is_known_however_it_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("files")).unwrap();
        let write = |name: &str, text: &str| crate::records::replace(&root.join(name), text.as_bytes()).unwrap();
        write("files/secret.csv", "secret");
        write("files/other.csv", "another text");
        for text in [
            "files",
            "/files/secret.csv",
            "../datasets/files/secret.csv",
            "datasets\\files\\secret.csv",
            "x.csv，files/secret.csv",
            "[{\"path\":\"files/secret.csv\"}]",
            "./files/../files/secret.csv",
            "FILES/Secret.csv",
            "https://x.gov.cn/datasets/files/secret.csv",
            "secret.csv",
            "文件：files/secret.csv（内部）",
            "a.csv files/secret.csv",
            "files/%73ecret.csv",
        ] {
            let mut closed = Closed::new(Some(root.clone()));
            closed.close_named(text);
            if text != "files" {
                closed.close_text(text);
            }
            assert!(closed.has(&root.join("files/secret.csv")), "{text}");
            assert_eq!(closed.has(&root.join("files/other.csv")), text == "files", "{text}");
        }
    }

    #[test]
    fn a_hard_link_and_a_copy_are_known() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        crate::records::replace(&root.join("secret.csv"), b"secret").unwrap();
        std::fs::hard_link(root.join("secret.csv"), root.join("link.csv")).unwrap();
        std::fs::copy(root.join("secret.csv"), root.join("copy.csv")).unwrap();
        crate::records::replace(&root.join("same-size.csv"), b"public").unwrap();
        let mut closed = Closed::new(Some(root.clone()));
        closed.close_named("secret.csv");
        assert!(closed.has(&root.join("link.csv")) && closed.has(&root.join("copy.csv")));
        assert!(!closed.has(&root.join("same-size.csv")));
    }
}
