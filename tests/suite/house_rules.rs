//! The rules of the house, as tests: which module may use which, how long a file may be, what the README shows.

use std::collections::BTreeMap;

use crate::support::{kaishu, repository};

/// The modules in the order of the flow: each may use only those before it.
const ORDER: &[&str] = &[
    "model",
    "diag",
    "site",
    "calendar",
    "rules",
    "decisions",
    "decode",
    "batch",
    "profile",
    "screening",
    "json",
    "separated",
    "markdown",
    "stage",
    "reuse",
    "records",
    "cases",
    "catalog",
    "gate",
    "metadata",
    "assess",
    "exports",
    "readers",
    "tables",
    "pages",
    "harvest",
    "search",
    "publish",
    "server",
    "effects",
    "endpoint",
    "cli",
];

#[test]
fn modules_use_only_what_stands_above_them() {
    for (path, text) in sources() {
        let module = path.split(['/', '.']).next().unwrap().to_owned();
        let Some(own) = ORDER.iter().position(|known| *known == module) else {
            assert!(["lib", "main"].contains(&module.as_str()), "{path} is not in the order of modules");
            continue;
        };
        for line in text.lines() {
            let Some(rest) = line.split("crate::").nth(1) else { continue };
            if line.trim_start().starts_with("//") {
                continue;
            }
            let used = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
            let other = ORDER.iter().position(|known| *known == used);
            assert!(other.is_some_and(|other| other <= own), "{path}: {line}");
        }
    }
}

#[test]
fn no_file_is_longer_than_400_lines() {
    for (path, text) in sources() {
        assert!(text.lines().count() <= 400, "{path} has {} lines", text.lines().count());
    }
}

#[test]
fn every_module_says_what_it_is() {
    for (path, text) in sources() {
        assert!(text.starts_with("//!"), "{path}");
    }
}

#[test]
fn the_style_sheet_keeps_its_budget() {
    let size = |name: &str| std::fs::read(repository().join("themes/default/assets").join(name)).unwrap().len();
    let css = size("tokens.css") + size("site.css");
    assert!(css <= 30_000, "{css}");
    // On every page; what searches, explores or fills in forms is on its own pages. 12 KB of script is the budget of a page.
    let script = size("prefs.js") + size("site.js");
    assert!(script <= 8_000, "{script}");
}

#[test]
fn the_readme_names_every_command_and_every_code_has_a_line() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let chinese = std::fs::read_to_string(repository().join("README.zh-CN.md")).unwrap();
    let help = kaishu().arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for command in ["init", "check", "build", "serve", "verify"] {
        for text in [&readme, &chinese] {
            assert!(text.contains(&format!("kaishu {command}")), "{command}");
        }
        assert!(help.contains(command));
    }
    assert!(readme.contains("cargo run --release -- build") && readme.contains("tests/run"));
    // SNAPSHOTS=overwrite writes the page anew.
    let page = repository().join("docs/codes.md");
    snapbox::assert_data_eq!(codes_page(), snapbox::Data::read_from(&page, None).raw());
}

/// The page of codes, made from the table in the program.
fn codes_page() -> String {
    use kaishu::diag::{Code, Lang};
    let mut res = String::from(
        "# Codes\n\nMade from the table in `src/diag/code.rs`; a test compares the two.\nLevels: `stop` nothing is published, `refuse` the entry is not published, `warn` published, please look, `note` for information.\n\n| code | level | 中文 | English | rests on |\n|---|---|---|---|---|\n",
    );
    for code in Code::ALL {
        let title = |lang| code.wording(lang).title.replace("{}", "…").replace('|', "\\|");
        res.push_str(&format!(
            "| `{}` | {} | {} | {} | {} |\n",
            code.name(),
            code.level().name(),
            title(Lang::Zh),
            title(Lang::En),
            code.source()
        ));
    }
    res
}

fn sources() -> BTreeMap<String, String> {
    let root = repository().join("src");
    walkdir::WalkDir::new(&root)
        .into_iter()
        .map(Result::unwrap)
        .filter(|item| item.path().extension().is_some_and(|extension| extension == "rs"))
        .map(|item| {
            let name = item.path().strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(item.path()).unwrap())
        })
        .collect()
}
