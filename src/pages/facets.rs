//! The ways to browse: which datasets belong to which theme, provider, format, frequency and tag.

use std::collections::BTreeMap;

use crate::gate::Release;
use crate::model::date::Day;
use crate::model::route::slug;

/// A way to browse.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// 领域分类.
    Theme,
    /// 提供单位.
    Provider,
    /// 格式.
    Format,
    /// 更新频率.
    Frequency,
    /// 标签.
    Tag,
}

impl Kind {
    /// All of them, in the order in which pages show them.
    pub const ALL: [Self; 5] = [Self::Theme, Self::Provider, Self::Format, Self::Frequency, Self::Tag];

    /// The folder of its pages.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Theme => "themes",
            Self::Provider => "providers",
            Self::Format => "formats",
            Self::Frequency => "frequencies",
            Self::Tag => "tags",
        }
    }

    /// The word in i18n keys.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Theme => "theme",
            Self::Provider => "provider",
            Self::Format => "format",
            Self::Frequency => "frequency",
            Self::Tag => "tag",
        }
    }
}

/// One value of a way to browse, such as one theme.
#[derive(Clone, Debug)]
pub struct Facet {
    /// Its part of the address.
    pub slug: String,
    /// Its name; for frequencies the code name.
    pub name: String,
    /// Indexes of releases, the most recently updated first.
    pub newest: Vec<usize>,
    /// The day of the latest update.
    pub latest: Option<Day>,
    /// How many are overdue.
    pub n_overdue: usize,
}

impl Facet {
    /// The same releases in the stable order of their ordinals.
    #[must_use]
    pub fn by_ordinal(&self) -> Vec<usize> {
        let mut res = self.newest.clone();
        res.sort_unstable();
        res
    }
}

/// All ways to browse a site.
#[derive(Debug)]
pub struct Facets {
    /// Indexes of all releases, the most recently updated first.
    pub newest: Vec<usize>,
    kinds: BTreeMap<Kind, Vec<Facet>>,
}

impl Facets {
    /// Sorts the releases of a site into facets.
    ///
    /// Shape: `releases` are in the order of their ordinals. Facets of a kind: the largest first, then by name.
    #[must_use]
    pub fn new(releases: &[Release], as_of: Day) -> Self {
        let mut newest: Vec<usize> = (0..releases.len()).collect();
        newest.sort_by_key(|idx| (std::cmp::Reverse(updated(&releases[*idx])), *idx));
        let mut kinds = BTreeMap::new();
        for kind in Kind::ALL {
            let mut by_slug: BTreeMap<String, Facet> = BTreeMap::new();
            for idx in &newest {
                let release = &releases[*idx];
                for name in names(release, kind) {
                    let facet = by_slug.entry(facet_slug(kind, &name)).or_insert_with_key(|slug| Facet {
                        slug: slug.clone(),
                        name: name.clone(),
                        newest: Vec::new(),
                        latest: updated(release),
                        n_overdue: 0,
                    });
                    facet.n_overdue += usize::from(is_overdue(release, as_of) == Some(true));
                    facet.newest.push(*idx);
                }
            }
            let mut facets: Vec<Facet> = by_slug.into_values().collect();
            facets.sort_by(|a, b| (b.newest.len(), &a.name).cmp(&(a.newest.len(), &b.name)));
            kinds.insert(kind, facets);
        }
        Self { newest, kinds }
    }

    /// The facets of a kind.
    #[must_use]
    pub fn of(&self, kind: Kind) -> &[Facet] {
        self.kinds.get(&kind).map_or(&[], Vec::as_slice)
    }
}

/// The part of the address of a facet.
#[must_use]
pub fn facet_slug(kind: Kind, name: &str) -> String {
    // Formats differ in case by convention only, so their addresses are lower case throughout.
    if kind == Kind::Format { name.to_lowercase() } else { slug(name) }
}

/// The day that counts as the last update: the stated one, else the day of publication.
#[must_use]
pub fn updated(release: &Release) -> Option<Day> {
    release.cleared.dataset.modified.or(release.cleared.dataset.issued)
}

/// Whether the next update is overdue on a day; `None` where no day is due.
#[must_use]
pub fn is_overdue(release: &Release, as_of: Day) -> Option<bool> {
    Some(next_due(release)? < as_of)
}

/// The day by which the next update is due.
#[must_use]
pub fn next_due(release: &Release) -> Option<Day> {
    release.cleared.dataset.frequency?.next_due(updated(release)?)
}

/// The formats of a dataset: those of its files, else those the catalog declares.
#[must_use]
pub fn formats(release: &Release) -> Vec<String> {
    let mut res: Vec<String> =
        release.files.all().filter_map(|file| file.format.as_ref()).map(|format| format.label().to_owned()).collect();
    if res.is_empty() {
        res.extend(release.cleared.dataset.formats.iter().map(|format| format.label().to_owned()));
    }
    res.sort();
    res.dedup();
    res
}

fn names(release: &Release, kind: Kind) -> Vec<String> {
    let dataset = &release.cleared.dataset;
    let one = |text: &String| {
        if text.is_empty() { Vec::new() } else { vec![text.clone()] }
    };
    match kind {
        Kind::Theme => one(&dataset.theme),
        Kind::Provider => one(&dataset.provider),
        Kind::Format => formats(release),
        Kind::Frequency => dataset.frequency.map(|frequency| frequency.code_name().to_owned()).into_iter().collect(),
        Kind::Tag => dataset.keywords.clone(),
    }
}
