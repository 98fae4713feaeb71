//! ZIP archives: their members read as if each were a file, and guarded, because a small archive can unpack to terabytes.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use tempfile::NamedTempFile;
use zip::ZipArchive;

use crate::diag::Code;
use crate::model::format::Format;
use crate::readers::{self, Each, Input, NoTable, Notice, Opened, Outcome, Reader, Trouble};

/// Most bytes that all members unpack to.
const MAX_UNPACKED_BYTES: u64 = 16 << 30;
/// Most times that a member of some size may be larger than packed. Source: deflate cannot do more than 1,032.
const MAX_RATIO: u64 = 250;
/// Members below this size may have any ratio.
const SMALL_BYTES: u64 = 16 << 20;
/// Most members.
const MAX_MEMBERS: usize = 2_000;

/// A table of a member, which is unpacked as long as it is there.
struct Member {
    name: String,
    reader: Box<dyn Reader>,
    _unpacked: std::sync::Arc<NamedTempFile>,
}

/// Unpacks the members that are read as tables.
///
/// Errors: as [`crate::readers::open`]; a bomb is refused before it is unpacked, or once it is larger than it says.
pub fn open(input: Input<'_>) -> Result<Opened, Trouble> {
    let mut archive = open_archive(input.path)?;
    if archive.len() > MAX_MEMBERS {
        return Err(NoTable::Bomb(format!("{} 个文件 / {} files", archive.len(), archive.len())).into());
    }
    let mut res = Opened { tables: Vec::new(), notices: Vec::new(), encoding: "", members: Vec::new() };
    let mut n_unpacked = 0;
    for idx in 0..archive.len() {
        let mut member = archive.by_index(idx).map_err(broken)?;
        let name = member_name(member.name_raw());
        let plain = name.rsplit('/').next().unwrap_or_default().to_owned();
        let format = Format::of_file(&plain).filter(|format| readers::reads(format) && format.label() != "ZIP");
        let Some(format) = format.filter(|_| member.is_file() && !plain.starts_with('.')) else { continue };
        let limit = limit_of(member.compressed_size()).min(MAX_UNPACKED_BYTES - n_unpacked);
        if member.size() > limit {
            return Err(bomb(&name));
        }
        let mut file = NamedTempFile::new()?;
        let n_bytes = copy_at_most(&mut member, &mut file, limit, &name)?;
        n_unpacked += n_bytes;
        file.flush()?;
        let unpacked = std::sync::Arc::new(file);
        let opened = readers::open(Input { path: unpacked.path(), format: &format, config: input.config });
        let opened = match opened {
            Ok(opened) => opened,
            Err(Trouble::NoTable(NoTable::OtherShape(why))) => {
                res.notices.push(Notice::new(Code::TableNone, why).in_part(&name));
                continue;
            }
            Err(trouble) => return Err(trouble),
        };
        res.notices.extend(opened.notices.into_iter().map(|notice| notice.in_part(&name)));
        if !opened.tables.is_empty() {
            res.members.push(name.clone());
        }
        let stem = plain.rsplit_once('.').map_or(plain.as_str(), |(stem, _)| stem);
        for reader in opened.tables {
            let part = reader.part();
            let name = if part.is_empty() { stem.to_owned() } else { format!("{stem}-{part}") };
            res.tables.push(Box::new(Member { name, reader, _unpacked: std::sync::Arc::clone(&unpacked) }));
        }
    }
    if res.tables.is_empty() && res.notices.is_empty() {
        return Err(
            NoTable::OtherShape("压缩包中没有可读作表格的文件 / no file in it reads as a table".to_owned()).into()
        );
    }
    Ok(res)
}

fn open_archive(path: &Path) -> Result<ZipArchive<BufReader<File>>, Trouble> {
    ZipArchive::new(BufReader::new(File::open(path)?)).map_err(broken)
}

fn broken(error: impl std::fmt::Display) -> Trouble {
    NoTable::Broken(error.to_string()).into()
}

fn bomb(name: &str) -> Trouble {
    NoTable::Bomb(name.to_owned()).into()
}

fn limit_of(packed_bytes: u64) -> u64 {
    packed_bytes.saturating_mul(MAX_RATIO).max(SMALL_BYTES)
}

/// Copies a member; what it says of its size is not believed.
fn copy_at_most(member: &mut impl Read, out: &mut impl Write, limit: u64, name: &str) -> Result<u64, Trouble> {
    let mut n_bytes = 0;
    let mut buffer = vec![0; 256 << 10];
    loop {
        let n_read = member.read(&mut buffer).map_err(broken)?;
        if n_read == 0 {
            return Ok(n_bytes);
        }
        n_bytes += n_read as u64;
        if n_bytes > limit {
            return Err(bomb(name));
        }
        out.write_all(&buffer[..n_read])?;
    }
}

/// A member's name: UTF-8, or the encoding that Chinese systems pack with.
fn member_name(raw: &[u8]) -> String {
    crate::decode::decode(raw.to_vec(), None)
        .map_or_else(|_| String::from_utf8_lossy(raw).into_owned(), |decoded| decoded.text)
}

/// Refuses an archive whose members unpack to more than the limit of each; those that are held in memory are unpacked to
/// see it, because what they say of their size is not believed.
///
/// Errors: when it is a bomb or broken.
pub fn check_unpacked_size(path: &Path, held_bytes: u64, limit_of_member: impl Fn(&str) -> u64) -> Result<(), Trouble> {
    let mut archive = open_archive(path)?;
    if archive.len() > MAX_MEMBERS {
        return Err(NoTable::Bomb(format!("{} 个部分 / {} parts", archive.len(), archive.len())).into());
    }
    let mut n_held = 0;
    for idx in 0..archive.len() {
        let mut member = archive.by_index(idx).map_err(broken)?;
        let name = member_name(member.name_raw());
        let limit_of_kind = limit_of_member(&name);
        let limit = limit_of_kind.min(limit_of(member.compressed_size()));
        if member.size() > limit {
            return Err(bomb(&name));
        }
        // What cannot unpack to much need not be unpacked to see it.
        let most = member.compressed_size().saturating_mul(1_032).max(member.size());
        if limit_of_kind == held_bytes {
            n_held += if most > SMALL_BYTES {
                copy_at_most(&mut member, &mut std::io::sink(), limit, &name)?
            } else {
                member.size()
            };
        }
        if n_held > held_bytes {
            return Err(bomb(&name));
        }
    }
    Ok(())
}

impl Reader for Member {
    fn part(&self) -> &str {
        &self.name
    }

    fn columns(&self) -> &[String] {
        self.reader.columns()
    }

    fn is_typed(&self) -> bool {
        self.reader.is_typed()
    }

    fn read(&mut self, each: &mut Each<'_>) -> Result<Outcome, Trouble> {
        self.reader.read(each)
    }

    fn notices(&self) -> Vec<Notice> {
        self.reader.notices().into_iter().map(|notice| notice.in_part(&self.name)).collect()
    }

    fn beside(&self) -> Vec<String> {
        self.reader.beside()
    }
}
