//! What readers search with, as files that any web server can give out: `docs/search-format.md` is their format.
//!
//! 1. [`fold`] brings a text and a question to one form of letters.
//! 2. [`grams`] cuts a folded text into pairs of characters.
//! 3. [`rows`] keeps what results are listed, counted and sorted by, [`postings`] which datasets have which gram.
//! 4. [`index`] puts them into files; [`removal`] takes one dataset out of them again.
//!
//! Every file but the list of them carries a part of its digest in its name and is compressed inside: it depends on its
//! own datasets alone, so that a change of one dataset changes few of them. Nothing here asks questions: that is done by
//! `search.js` of the theme, in the reader's browser.

pub mod fold;
pub mod grams;
pub mod index;
pub mod postings;
pub mod removal;
pub mod rows;

use std::io::{Read, Write};

use anyhow::{Context, Result, ensure};
use flate2::{Compression, GzBuilder, bufread::GzDecoder};
use rayon::prelude::*;

use crate::model::digest::Digest;
use crate::model::route::Route;
use crate::pages::Inputs;
use crate::stage::Stage;

use fold::Folder;
use index::Index;

/// The folder of the index.
pub const FOLDER: &str = "search";

/// The list of the other files: the only one whose name stays.
pub const LIST: &str = "search/m.json";

/// Largest file of the index when it is unpacked: what claims to be more is no file of ours.
const MAX_BYTES: u64 = 256 << 20;

/// Writes the index of everything that is released.
///
/// Errors: when the stage cannot be written.
pub fn write(inputs: &Inputs<'_>, stage: &Stage) -> Result<()> {
    let folder = Folder::new();
    let index = Index::of(inputs.publishable.releases(), &inputs.issuer(), &folder);
    index.files()?.par_iter().try_for_each(|(route, bytes)| stage.put(route, bytes).map(|_| ()))
}

/// A file of the index as it lies on disk: compressed, the same for the same bytes on every machine.
///
/// Errors: none that can come of data.
pub(crate) fn pack(bytes: &[u8]) -> Result<Vec<u8>> {
    const UNKNOWN_SYSTEM: u8 = 255;
    let mut writer = GzBuilder::new().mtime(0).operating_system(UNKNOWN_SYSTEM).write(Vec::new(), Compression::best());
    writer.write_all(bytes).context("compressing")?;
    writer.finish().context("compressing")
}

/// What [`pack`] was given.
///
/// Errors: when the bytes are not of that form, or far too many.
pub fn unpack(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut res = Vec::new();
    GzDecoder::new(bytes).take(MAX_BYTES).read_to_end(&mut res).context("reading a compressed file")?;
    ensure!(res.len() as u64 != MAX_BYTES, "a file of the index is too long");
    Ok(res)
}

/// The part of a file's name that stands for its bytes.
fn hash_of(packed: &[u8]) -> String {
    Digest::of(packed).short(10)
}

/// The path of a file: what kind it is, its number, its bytes.
fn route(kind: &str, hash: &str) -> Result<Route> {
    Ok(Route::new(&format!("{FOLDER}/{kind}-{hash}.bin"))?)
}
