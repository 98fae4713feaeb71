//! Screening of what is no table: other files, what stands beside the cells of a workbook, names of files, columns and
//! parts, and the words above the headers.

use anyhow::{Context, Result};

use super::Reading;
use crate::diag::Code;
use crate::model::format::Format;
use crate::readers::Notice;
use crate::screening::document::{self, Seen};
use crate::screening::{screen_texts, without_numbers};

impl Reading<'_> {
    /// Looks at everything of the original that its tables do not show.
    pub(super) fn screen_rest(&mut self) -> Result<()> {
        self.screen_words();
        for note in &mut self.notes {
            // Samples of the file are told, numbers in them are not.
            if matches!(note.code(), Some(Code::TablePreamble | Code::EncodingDoubtful)) {
                note.about = without_numbers(&note.about);
            }
        }
        // What the transforms are about is not offered as it is.
        if !self.transforms.is_empty() {
            return Ok(());
        }
        let path = self.stage.path_of(&self.original.route);
        let name = &self.original.name;
        let label = self.original.format.as_ref().map_or("", Format::label);
        // A sheet or member that is no table stands in no column, and the file is offered with it.
        let is_within = |part: &str| if label == "ZIP" { part.contains(" · ") } else { !part.is_empty() };
        let no_table = self.notes.iter().filter(|note| note.code() == Some(Code::TableNone) && is_within(&note.part));
        let unread: Vec<String> = no_table.map(|note| note.part.clone()).collect();
        self.tokens.sort();
        let tokens = &self.tokens;
        let seen = match label {
            _ if self.tables.is_empty() => document::screen(&path, name),
            "XLSX" | "XLSB" | "ODS" => document::screen_workbook(&path, tokens),
            "XLS" | "ET" => document::screen_binary_workbook(&path, name, tokens),
            "SQLite" | "DB" => document::screen_database(&path, name, tokens),
            "ZIP" => document::screen_members(&path, &self.members, tokens),
            "XML" => document::screen_marks(&path, name),
            _ => Ok(Seen::Whole(Vec::new())),
        };
        let (suspicions, mut unseen) = seen.with_context(|| format!("screening {name}"))?.parts();
        self.suspicions.extend(suspicions.into_iter().map(|found| (String::new(), found)));
        if !self.tables.is_empty() {
            unseen.extend(unread);
        }
        if !unseen.is_empty() {
            self.notes.push(super::Note::new(Notice::new(Code::NotScreened, unseen.join("、"))));
        }
        Ok(())
    }

    /// The words that are published with the tables.
    fn screen_words(&mut self) {
        let mut texts = vec![self.original.name.as_str()];
        for table in &self.tables {
            texts.push(&table.part);
            texts.extend(table.columns.iter().map(|column| column.name.as_str()));
        }
        // Words around a table are published with the original only.
        if self.transforms.is_empty() {
            let above = self.notes.iter().filter(|note| note.code() == Some(Code::TablePreamble));
            texts.extend(above.map(|note| note.about.as_str()));
            texts.extend(self.beside.iter().map(String::as_str));
        }
        let found = screen_texts(&self.original.name, texts);
        self.suspicions.extend(found.into_iter().map(|found| (String::new(), found)));
    }
}
