//! Pages of 1,000 rows for scripts: `{"columns": […], "rows": [[…], …], "start": 0, "total": n, "next": "2.json"}`.
//!
//! Source: design/frontend.md 3.1 and 7.2.

use anyhow::{Context, Result};
use serde_json::json;

use super::json::{TextAs, push_value};
use super::{Made, Order, TableWriter};
use crate::batch::Batch;
use crate::model::route::Route;

/// Rows of a page. Source: design/frontend.md 3.1.
pub(crate) const PAGE_ROWS: u64 = 1_000;

struct RowPages<'a> {
    order: Order<'a>,
    columns: String,
    text_as: Vec<TextAs>,
    page: Vec<u8>,
    n_in_page: u64,
    /// Pages that are written.
    pages: Vec<Route>,
}

pub(super) fn open<'a>(order: Order<'a>) -> Result<Box<dyn TableWriter + 'a>> {
    let names: Vec<&str> = order.columns.iter().map(|column| column.name.as_str()).collect();
    let columns = serde_json::to_string(&names).context("writing column names")?;
    let text_as = order.columns.iter().map(|column| TextAs::of(column, order.is_typed)).collect();
    let mut pages = RowPages { order, columns, text_as, page: Vec::new(), n_in_page: 0, pages: Vec::new() };
    pages.put_schema()?;
    Ok(Box::new(pages))
}

impl RowPages<'_> {
    /// Columns, types and profile.
    fn put_schema(&mut self) -> Result<()> {
        let schema = json!({
            "table": self.order.table,
            "rows": self.order.n_rows,
            "rows_a_page": PAGE_ROWS,
            "pages": self.n_pages(),
            "columns": self.order.columns,
        });
        let route = Route::new(&format!("{}/schema.json", self.order.api))?;
        self.order.stage.put(&route, &serde_json::to_vec(&schema).context("writing a schema")?)?;
        self.pages.push(route);
        Ok(())
    }

    fn n_pages(&self) -> u64 {
        self.order.n_rows.div_ceil(PAGE_ROWS).max(1)
    }

    fn put_page(&mut self) -> Result<()> {
        // The schema is the first of the list.
        let number = self.pages.len() as u64;
        let mut page = format!("{{\"columns\":{},\"rows\":[", self.columns).into_bytes();
        page.append(&mut self.page);
        let start = (number - 1) * PAGE_ROWS;
        let next = if number < self.n_pages() { format!("\"{}.json\"", number + 1) } else { "null".to_owned() };
        page.extend_from_slice(
            format!("],\"start\":{start},\"total\":{},\"next\":{next}}}\n", self.order.n_rows).as_bytes(),
        );
        let route = Route::new(&format!("{}/rows/{number}.json", self.order.api))?;
        self.order.stage.put(&route, &page)?;
        self.pages.push(route);
        self.n_in_page = 0;
        Ok(())
    }
}

impl TableWriter for RowPages<'_> {
    fn rows(&mut self, batches: &[Batch]) -> Result<()> {
        for batch in batches {
            for row_idx in 0..batch.n_rows() {
                self.page.extend_from_slice(if self.n_in_page == 0 { b"\n" } else { b",\n" });
                for (idx, (cell, text_as)) in batch.row(row_idx).zip(&self.text_as).enumerate() {
                    self.page.push(if idx == 0 { b'[' } else { b',' });
                    push_value(&mut self.page, cell, *text_as);
                }
                self.page.push(b']');
                self.n_in_page += 1;
                if self.n_in_page == PAGE_ROWS {
                    self.put_page()?;
                }
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Made> {
        if self.n_in_page > 0 || self.pages.len() == 1 {
            self.put_page()?;
        }
        Ok(Made { pages: self.pages, ..Made::default() })
    }
}
