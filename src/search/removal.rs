//! Takes one dataset out of the index of the live folder: its row, its card, its ordinal in every list of a gram.
//!
//! What is left is what an index of the others would be. Files are told from their bytes by their names, so those that
//! change go and others come; the list of them is changed before the old ones go.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use rayon::prelude::*;

use crate::harvest::Made;
use crate::model::route::Route;
use crate::search::fold::Folder;
use crate::search::index::{FORMAT, List, packed_shard, put_chunk};
use crate::search::postings::{self, Shard};
use crate::search::rows::{Card, Cards, Columns, PER_BLOCK, PER_CHUNK};
use crate::search::{FOLDER, LIST, hash_of, route, unpack};

/// What has to be done to the live folder.
#[derive(Default)]
pub struct Cut {
    /// Files that come or change; the list of all comes last.
    pub changed: Vec<Made>,
    /// Files that go once those are there.
    pub gone: Vec<Route>,
}

/// What takes a dataset out of the index; an index that cannot be read goes as a whole, until the next build.
///
/// Errors: when the folder cannot be listed.
pub fn without(out: &Path, id: &str) -> Result<Cut> {
    let there = files(out)?;
    let Ok(Some((changed, kept))) = cut(out, id) else {
        return Ok(Cut { changed: Vec::new(), gone: there });
    };
    // What a take-down that was killed left behind goes too: whatever no list names.
    let gone = there.into_iter().filter(|route| !kept.contains(route)).collect();
    Ok(Cut { changed, gone })
}

/// The files of the index that are there.
fn files(out: &Path) -> Result<Vec<Route>> {
    let folder = out.join(FOLDER);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut res = Vec::new();
    for item in folder.read_dir().with_context(|| format!("listing {}", folder.display()))? {
        let name = item.with_context(|| format!("listing {}", folder.display()))?.file_name();
        res.extend(Route::new(&format!("{FOLDER}/{}", name.to_string_lossy())).ok());
    }
    res.sort();
    Ok(res)
}

/// The files that change, and all that the index consists of then; `None` where there is no list.
fn cut(out: &Path, id: &str) -> Result<Option<(Vec<Made>, Vec<Route>)>> {
    let Ok(bytes) = std::fs::read(out.join(LIST)) else { return Ok(None) };
    let mut list: List = serde_json::from_slice(&bytes).context("reading the list of the index")?;
    let sizes = (list.format, list.per_chunk, list.per_block);
    ensure!(sizes == (FORMAT, PER_CHUNK, PER_BLOCK), "an index of another form");
    let mut changed = Vec::new();
    if let Some(ordinal) = cut_chunk(out, id, &mut list, &mut changed)? {
        cut_shards(out, ordinal, &mut list, &mut changed)?;
        changed.push((Route::new(LIST)?, list.bytes()?));
    }
    let kept = named(out, &list, &changed)?;
    Ok(Some((changed, kept)))
}

/// Cuts the dataset out of its columns and cards; answers its ordinal.
fn cut_chunk(out: &Path, id: &str, list: &mut List, changed: &mut Vec<Made>) -> Result<Option<u32>> {
    for idx in 0..list.columns.len() {
        let (number, hash) = list.columns[idx].clone();
        let columns = columns(out, number, &hash)?;
        let mut rows = columns.rows()?;
        let mut cards: Vec<Card> = Vec::with_capacity(rows.len());
        for (number, hash) in &columns.cards {
            let file: Cards =
                serde_json::from_slice(&read(out, &format!("d{number}"), hash)?).context("reading cards")?;
            cards.extend(file.cards()?);
        }
        ensure!(
            rows.iter().map(|row| row.ordinal).eq(cards.iter().map(|card| card.ordinal)),
            "cards of other datasets"
        );
        let Some(at) = cards.iter().position(|card| card.id == id) else { continue };
        let ordinal = rows.remove(at).ordinal;
        cards.remove(at);
        if rows.is_empty() {
            list.columns.remove(idx);
        } else {
            let mut files = Vec::new();
            list.columns[idx].1 = put_chunk(&mut files, &rows, &cards, &Folder::new())?;
            // Cards of the others are as they were.
            files.retain(|(route, _)| !route.below(out).exists());
            changed.extend(files);
        }
        list.total = list.total.saturating_sub(1);
        return Ok(Some(ordinal));
    }
    Ok(None)
}

/// Cuts an ordinal out of every shard that has it.
fn cut_shards(out: &Path, ordinal: u32, list: &mut List, changed: &mut Vec<Made>) -> Result<()> {
    let cut_one = |(number, hash): (usize, &String)| -> Result<Option<(usize, Vec<u8>)>> {
        if hash.is_empty() {
            return Ok(None);
        }
        let mut shard = postings::decode(&read(out, &format!("p{number}"), hash)?)?;
        let is_cut = cut_ordinal(&mut shard, ordinal);
        is_cut.then(|| Ok((number, packed_shard(&shard)?))).transpose()
    };
    let cut: Vec<Option<(usize, Vec<u8>)>> = list.shards.par_iter().enumerate().map(cut_one).collect::<Result<_>>()?;
    for (number, packed) in cut.into_iter().flatten() {
        list.shards[number] = if packed.is_empty() { String::new() } else { hash_of(&packed) };
        if !packed.is_empty() {
            changed.push((route(&format!("p{number}"), &list.shards[number])?, packed));
        }
    }
    Ok(())
}

/// Removes an ordinal from every list, and lists that it leaves empty; answers whether it was in any.
fn cut_ordinal(shard: &mut Shard, ordinal: u32) -> bool {
    let mut is_cut = false;
    shard.retain(|_, ordinals| {
        if let Ok(at) = ordinals.binary_search(&ordinal) {
            ordinals.remove(at);
            is_cut = true;
        }
        !ordinals.is_empty()
    });
    is_cut
}

/// Every file that a list names, directly or by its columns.
fn named(out: &Path, list: &List, changed: &[Made]) -> Result<Vec<Route>> {
    let mut res = vec![Route::new(LIST)?, route("v", &list.variants)?, route("y", &list.pinyin)?];
    for (number, hash) in &list.columns {
        let columns_route = route(&format!("c{number}"), hash)?;
        let columns = match changed.iter().find(|(route, _)| *route == columns_route) {
            Some((_, bytes)) => parsed(&unpack(bytes)?)?,
            None => columns(out, *number, hash)?,
        };
        res.push(columns_route);
        for (number, hash) in &columns.cards {
            res.push(route(&format!("d{number}"), hash)?);
        }
    }
    for (number, hash) in list.shards.iter().enumerate().filter(|(_, hash)| !hash.is_empty()) {
        res.push(route(&format!("p{number}"), hash)?);
    }
    Ok(res)
}

fn columns(out: &Path, number: u32, hash: &str) -> Result<Columns> {
    parsed(&read(out, &format!("c{number}"), hash)?)
}

fn parsed(bytes: &[u8]) -> Result<Columns> {
    serde_json::from_slice(bytes).context("reading columns")
}

fn read(out: &Path, kind: &str, hash: &str) -> Result<Vec<u8>> {
    let path = route(kind, hash)?.below(out);
    unpack(&std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?)
}
