//! `kaishu init`: a new site folder that builds as it is.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::cli::{Outcome, print};
use crate::diag::Lang;
use crate::records::replace;

/// The files of a new site folder.
const FILES: &[(&str, &str)] = &[
    ("site.toml", include_str!("init/site.toml")),
    ("content/about.md", include_str!("init/about.md")),
    ("content/accessibility.md", include_str!("init/accessibility.md")),
    ("datasets/catalog.csv", include_str!("init/catalog.csv")),
    ("datasets/示例/办公时间.csv", include_str!("init/hours.csv")),
    (".gitignore", "/public/\n/report/\n/server/\n/cases/\n/.kaishu/\n"),
];

/// Makes the folder.
///
/// Errors: when it exists and is not empty, or cannot be written.
pub fn run(dir: &Path, lang: Lang) -> Result<Outcome> {
    if dir.read_dir().is_ok_and(|mut items| items.next().is_some()) {
        bail!(
            "{}",
            print::say(
                lang,
                &format!("{} 不是空文件夹；请换一个名称", dir.display()),
                &format!("{} is not empty; choose another name", dir.display()),
            )
        );
    }
    for (name, text) in FILES {
        let path = dir.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
        }
        replace(&path, text.as_bytes())?;
    }
    let dir = dir.display();
    print::note(&match lang {
        Lang::Zh => format!(
            "已建立 {dir}\n下一步：\n  1. 修改 {dir}/site.toml 中的名称、网址和适用规则\n  2. 把目录放到 {dir}/datasets/（catalog.csv、.xlsx 或 .json），数据文件放在同一文件夹\n  3. kaishu check --site {dir}\n  4. kaishu serve --site {dir}"
        ),
        Lang::En => format!(
            "made {dir}\nnext:\n  1. set the name, address and rules in {dir}/site.toml\n  2. put the catalog into {dir}/datasets/ (catalog.csv, .xlsx or .json) and the data files beside it\n  3. kaishu check --site {dir}\n  4. kaishu serve --site {dir}"
        ),
    });
    Ok(Outcome::Done)
}
