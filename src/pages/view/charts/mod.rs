//! Pictures of data, as what a template needs to draw them: positions, paths and labels.
//!
//! Templates write the SVG, so every text goes through their escaping; here no markup is made. Which picture a table
//! gets is told in `docs/charts.md`.

pub(super) mod spark;

/// How many more columns of a page are drawn: the page has to stay within its 25 KB.
pub(super) struct Allowance(usize);

/// Source: ours, because 127 drawn columns, the widest table of the example, take 8 KB compressed.
const MAX_DRAWN: usize = 80;

impl Allowance {
    /// What a page begins with.
    pub fn of_page() -> Self {
        Self(MAX_DRAWN)
    }

    /// Whether one more column is drawn.
    pub fn take(&mut self) -> bool {
        let is_left = self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        is_left
    }
}
