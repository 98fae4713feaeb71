//! Names of tables, from the names of files and their parts: each is part of an address.

use crate::gate::CheckedFile;
use crate::model::route::table_stem;

/// Names that were given in a dataset.
pub struct Names {
    /// For each file the stem of its name, with the ending where two files share a stem.
    stems: Vec<String>,
    taken: Vec<String>,
}

impl Names {
    /// Begins with the files of a dataset.
    pub fn new(files: &[CheckedFile]) -> Self {
        let plain = |file: &CheckedFile| {
            let name = &file.public_name;
            table_stem(name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem))
        };
        let stems: Vec<String> = files.iter().map(plain).collect();
        let n_same = |stem: &String| stems.iter().filter(|other| other.eq_ignore_ascii_case(stem)).count();
        let full = |(stem, file): (&String, &CheckedFile)| {
            if n_same(stem) > 1 { table_stem(&file.public_name.replace('.', "-")) } else { stem.clone() }
        };
        Self { stems: stems.iter().zip(files).map(full).collect(), taken: Vec::new() }
    }

    /// Gives a table its name: its file's, with that of its part, and with a number where even then two are alike.
    pub fn give(&mut self, file_idx: usize, part: &str) -> String {
        let stem = self.stems.get(file_idx).map_or("table", String::as_str);
        let base = if part.is_empty() { stem.to_owned() } else { table_stem(&format!("{stem}-{part}")) };
        let mut name = base.clone();
        let mut n = 2;
        while self.taken.iter().any(|taken| taken.eq_ignore_ascii_case(&name)) {
            name = format!("{base}-{n}");
            n += 1;
        }
        self.take(&name);
        name
    }

    /// Takes notice of a name that was given.
    pub fn take(&mut self, name: &str) {
        self.taken.push(name.to_owned());
    }
}
