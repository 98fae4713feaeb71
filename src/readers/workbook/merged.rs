//! Merged cells: their value holds for every row that they reach over.

use calamine::Dimensions;

use crate::readers::workbook::values::Value;

/// The merged cells of a sheet while its rows are read from the top.
pub struct MergedCells<'a> {
    /// By their first row.
    waiting: Vec<&'a Dimensions>,
    open: Vec<(&'a Dimensions, Option<Value<'static>>)>,
}

impl<'a> MergedCells<'a> {
    /// Those that reach over more than one row.
    pub fn new(ranges: &'a [Dimensions]) -> Self {
        let mut waiting: Vec<&Dimensions> = ranges.iter().filter(|range| range.end.0 > range.start.0).collect();
        waiting.sort_by_key(|range| std::cmp::Reverse(range.start));
        Self { waiting, open: Vec::new() }
    }

    /// The values that hold for a row from above, with their columns.
    pub fn fill(&mut self, row: u32, values: &[(u32, Value<'_>)]) -> Vec<(u32, Value<'static>)> {
        self.open.retain(|(range, _)| range.end.0 >= row);
        while let Some(range) = self.waiting.pop_if(|range| range.start.0 <= row) {
            let value = values.iter().find(|(column, _)| range.start == (row, *column));
            if range.end.0 >= row {
                self.open.push((range, value.map(|(_, value)| value.clone().into_owned())));
            }
        }
        let holds = |(range, value): &(&Dimensions, Option<Value<'static>>)| {
            (range.start.0 < row).then_some(())?;
            Some((range.start.1, value.clone()?))
        };
        self.open.iter().filter_map(holds).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_holds_as_far_as_its_cell_reaches() {
        let ranges = [Dimensions { start: (1, 0), end: (3, 0) }, Dimensions { start: (2, 1), end: (2, 4) }];
        let mut merged = MergedCells::new(&ranges);
        let value = |text: &'static str| Value::Text(text.into());
        assert!(merged.fill(0, &[(0, value("x"))]).is_empty());
        assert!(merged.fill(1, &[(0, value("甲")), (1, value("b"))]).is_empty());
        assert_eq!(merged.fill(3, &[(1, value("c"))]), [(0, value("甲"))]);
        assert!(merged.fill(4, &[(1, value("d"))]).is_empty());
    }
}
