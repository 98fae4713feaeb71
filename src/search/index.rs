//! The index as a value, and as files.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::gate::Release;
use crate::harvest::Made;
use crate::metadata::Issuer;
use crate::model::route::Route;
use crate::pages::facets::{formats, next_due, updated};
use crate::pages::two_lines;
use crate::search::fold::{self, Folder};
use crate::search::grams::{self, Gram};
use crate::search::postings::{self, Shard, n_shards};
use crate::search::rows::{Card, Cards, Columns, PER_BLOCK, PER_CHUNK, Row};
use crate::search::{LIST, hash_of, pack, route};

/// Counts up when a reader of an older form would misread the files. Source: `docs/search-format.md`.
pub const FORMAT: u32 = 1;

/// Everything that the files of the index say.
pub struct Index<'a> {
    folder: &'a Folder,
    language: String,
    /// In the order of ordinals, as `cards` are.
    rows: Vec<Row>,
    cards: Vec<Card>,
    shards: Vec<Shard>,
}

/// `m.json`: the names of all other files.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct List {
    pub(super) format: u32,
    pub(super) language: String,
    pub(super) total: usize,
    /// How many ordinals a file of columns has, and a file of cards.
    pub(super) per_chunk: u32,
    pub(super) per_block: u32,
    /// The files of columns: number and part of the digest.
    pub(super) columns: Vec<(u32, String)>,
    /// The files of postings by number; nothing where a shard is empty.
    pub(super) shards: Vec<String>,
    /// The tables of variants and of readings.
    pub(super) variants: String,
    pub(super) pinyin: String,
}

impl<'a> Index<'a> {
    /// The index of releases in the order of their ordinals.
    #[must_use]
    pub fn of(releases: &[Release], issuer: &Issuer<'_>, folder: &'a Folder) -> Self {
        let highest = releases.last().map_or(0, |release| release.cleared.ordinal);
        Self {
            folder,
            language: issuer.language().to_owned(),
            rows: releases.iter().map(row_of).collect(),
            cards: releases.iter().map(card_of).collect(),
            shards: shards_of(releases, n_shards(highest), folder),
        }
    }

    /// All files; the list of them last.
    ///
    /// Errors: none that can come of data.
    pub fn files(&self) -> Result<Vec<Made>> {
        let mut res = Vec::new();
        let (variants, pinyin) = (fold::variants(), fold::pinyin());
        let mut table = |kind: &str, text: &str| -> Result<String> { put(&mut res, kind, &pack(text.as_bytes())?) };
        let (variants, pinyin) = (table("v", &variants)?, table("y", pinyin)?);
        let packed: Vec<Vec<u8>> = self.shards.par_iter().map(packed_shard).collect::<Result<_>>()?;
        let mut shards = Vec::with_capacity(packed.len());
        for (number, packed) in packed.iter().enumerate() {
            shards.push(if packed.is_empty() { String::new() } else { put(&mut res, &format!("p{number}"), packed)? });
        }
        let mut columns = Vec::new();
        let chunks = self.rows.chunk_by(|a, b| a.ordinal / PER_CHUNK == b.ordinal / PER_CHUNK);
        let mut at = 0;
        for rows in chunks {
            let cards = &self.cards[at..at + rows.len()];
            at += rows.len();
            let number = rows[0].ordinal / PER_CHUNK;
            columns.push((number, put_chunk(&mut res, rows, cards, self.folder)?));
        }
        let list = List {
            format: FORMAT,
            language: self.language.clone(),
            total: self.rows.len(),
            per_chunk: PER_CHUNK,
            per_block: PER_BLOCK,
            columns,
            shards,
            variants,
            pinyin,
        };
        res.push((Route::new(LIST)?, list.bytes()?));
        Ok(res)
    }
}

impl List {
    /// The bytes of `m.json`.
    pub(super) fn bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self).context("writing the list of the index")?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// Adds a file; answers the part of the digest in its name.
fn put(files: &mut Vec<Made>, kind: &str, packed: &[u8]) -> Result<String> {
    let hash = hash_of(packed);
    files.push((route(kind, &hash)?, packed.to_vec()));
    Ok(hash)
}

/// Adds the columns and cards of some ordinals; answers the part of the digest in the name of the columns.
pub(super) fn put_chunk(files: &mut Vec<Made>, rows: &[Row], cards: &[Card], folder: &Folder) -> Result<String> {
    let mut blocks = Vec::new();
    for cards in cards.chunk_by(|a, b| a.ordinal / PER_BLOCK == b.ordinal / PER_BLOCK) {
        let number = cards[0].ordinal / PER_BLOCK;
        let bytes = serde_json::to_vec(&Cards::of(cards)).context("writing cards")?;
        blocks.push((number, put(files, &format!("d{number}"), &pack(&bytes)?)?));
    }
    let number = rows.first().map_or(0, |row| row.ordinal / PER_CHUNK);
    let bytes = serde_json::to_vec(&Columns::of(rows, blocks, folder)).context("writing columns")?;
    put(files, &format!("c{number}"), &pack(&bytes)?)
}

/// The file of a shard; no bytes where it is empty.
pub(super) fn packed_shard(shard: &Shard) -> Result<Vec<u8>> {
    if shard.is_empty() { Ok(Vec::new()) } else { pack(&postings::encode(shard)) }
}

fn row_of(release: &Release) -> Row {
    let dataset = &release.cleared.dataset;
    Row {
        ordinal: release.cleared.ordinal,
        title: dataset.title.clone(),
        theme: dataset.theme.clone(),
        provider: dataset.provider.clone(),
        formats: formats(release),
        frequency: dataset
            .frequency
            .map_or_else(|| dataset.frequency_text.clone(), |known| known.code_name().to_owned()),
        updated: updated(release),
        due: next_due(release),
    }
}

fn card_of(release: &Release) -> Card {
    let dataset = &release.cleared.dataset;
    Card {
        ordinal: release.cleared.ordinal,
        id: release.cleared.id.to_string(),
        summary: two_lines(dataset),
        n_rows: if let [table] = &release.files.tables[..] { table.n_rows } else { 0 },
        has_data: !release.files.originals.is_empty() || !release.files.links.is_empty(),
    }
}

/// The texts that a dataset is found by, folded.
fn texts<'a>(release: &'a Release, folder: &'a Folder) -> impl Iterator<Item = String> + 'a {
    let dataset = &release.cleared.dataset;
    let columns = release.files.tables.iter().flat_map(|table| table.columns.iter().map(|column| &column.name));
    [&dataset.title, &dataset.provider, &dataset.summary]
        .into_iter()
        .chain(&dataset.keywords)
        .chain(dataset.items.iter().map(|item| &item.name))
        .chain(columns)
        .map(|text| folder.fold(text))
}

fn shards_of(releases: &[Release], n_shards: u32, folder: &Folder) -> Vec<Shard> {
    let mut all: Vec<(Gram, u32)> = releases
        .par_iter()
        .flat_map_iter(|release| {
            let mut own = Vec::new();
            texts(release, folder).for_each(|text| grams::add(&text, &mut own));
            own.sort_unstable();
            own.dedup();
            own.into_iter().map(|gram| (gram, release.cleared.ordinal))
        })
        .collect();
    all.par_sort_unstable();
    let mut res: Vec<Shard> = (0..n_shards).map(|_| BTreeMap::new()).collect();
    for list in all.chunk_by(|a, b| a.0 == b.0) {
        let gram = list[0].0;
        if let Some(shard) = res.get_mut(gram.shard(n_shards) as usize) {
            shard.insert(gram.text(), list.iter().map(|(_, ordinal)| *ordinal).collect());
        }
    }
    res
}
