//! One ZIP with everything of a dataset; taken from an earlier build where its content is the same.

use std::io::{Read, Write};

use ::zip::write::{SimpleFileOptions, ZipWriter};
use ::zip::{CompressionMethod, DateTime};
use anyhow::{Context, Result};

use crate::gate::Release;
use crate::model::digest::{Digest, Hasher};
use crate::model::format::Format;
use crate::model::route::Route;
use crate::model::table::DataFile;
use crate::reuse::{Kept, Reuse};
use crate::stage::{Stage, Staged};

/// To be counted up whenever archives are packed in another way than before.
const EDITION: &str = "zip 2";
/// From so many bytes on, packing fast is worth more than packing tight.
const LARGE_BYTES: u64 = 64 << 20;
/// Formats that are packed already.
const PACKED: &[&str] = &["XLSX", "ODS", "DOCX", "ZIP", "Parquet", "PNG", "JPG", "PDF"];

/// The archive of one dataset.
#[derive(Clone, Copy)]
pub(super) struct Archive<'a> {
    pub release: &'a Release,
    pub stage: &'a Stage,
    pub reuse: Option<&'a Reuse>,
}

/// Stands for the whole content: the sums among the entries name every file by its digest.
fn key(route: &Route, entries: &[(String, Vec<u8>)]) -> Digest {
    let mut hasher = Hasher::default();
    hasher.update_field(EDITION);
    hasher.update_field(route.as_str());
    for (name, bytes) in entries {
        hasher.update_field(name);
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    hasher.finish()
}

impl Archive<'_> {
    /// Makes the archive, or takes the one that an earlier build made of the same content; `entries` are what goes in
    /// beside the dataset's files.
    ///
    /// Errors: when the stage cannot be written.
    pub(super) fn make(self, entries: &[(String, Vec<u8>)]) -> Result<DataFile> {
        let id = self.release.cleared.id.as_str();
        let name = format!("{id}.zip");
        let route = Route::new(&format!("datasets/{id}/{name}"))?;
        let key = key(&route, entries);
        let made_before = self.made_before(key)?;
        let staged = if let Some(staged) = made_before { staged } else { self.write(&route, entries)? };
        if let (None, Some(reuse)) = (made_before, self.reuse) {
            reuse.keep(key, &Kept::of(self.stage, &route, staged.sha256)?)?;
        }
        let (size_bytes, sha256) = (staged.size_bytes, staged.sha256);
        Ok(DataFile { format: Format::of_file(&name), route, name, size_bytes, sha256 })
    }

    fn made_before(self, key: Digest) -> Result<Option<Staged>> {
        let Some(reuse) = self.reuse else { return Ok(None) };
        let Some(kept) = reuse.find::<Kept>(key) else { return Ok(None) };
        let is_linked = reuse.link(self.stage, std::slice::from_ref(&kept))?;
        Ok(is_linked.then(|| kept.staged()))
    }

    fn write(self, route: &Route, entries: &[(String, Vec<u8>)]) -> Result<Staged> {
        let mut out = self.stage.writer(route)?;
        let mut zip = ZipWriter::new_stream(&mut out);
        let n_bytes: u64 = self.release.files.all().map(|file| file.size_bytes).sum();
        // Every entry has one fixed time: the archive is a function of its content.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level((n_bytes > LARGE_BYTES).then_some(1))
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(0o644);
        for (name, bytes) in entries {
            zip.start_file(name.as_str(), options)?;
            zip.write_all(bytes)?;
        }
        let mut buffer = vec![0; 256 * 1024];
        for file in self.release.files.all() {
            let relative = file.route.as_str().splitn(3, '/').nth(2).unwrap_or_default();
            let is_packed = file.format.as_ref().is_some_and(|format| PACKED.contains(&format.label()));
            let method = if is_packed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
            let level = if is_packed { None } else { (n_bytes > LARGE_BYTES).then_some(1) };
            let is_large = file.size_bytes > u64::from(u32::MAX / 2);
            zip.start_file(relative, options.compression_method(method).compression_level(level).large_file(is_large))?;
            let mut source = self.stage.open(&file.route)?;
            loop {
                let n_bytes = source.read(&mut buffer).with_context(|| format!("reading {}", file.route))?;
                if n_bytes == 0 {
                    break;
                }
                zip.write_all(&buffer[..n_bytes])?;
            }
        }
        zip.finish().with_context(|| format!("writing {route}"))?;
        out.finish()
    }
}
