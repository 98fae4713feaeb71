//! `kaishu case suspend`, `withdraw`, `resume` and `holds`: what is decided about a dataset, on record first, then on the
//! live site.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::catalog::content;
use crate::cli::case::args::{FolderArgs, HoldArgs, ResumeArgs};
use crate::cli::{Outcome, locale, print};
use crate::diag::Lang;
use crate::exports::citation::{Reference, gb_t_7714_2025};
use crate::gate::Publishable;
use crate::model::date::Day;
use crate::model::route::{Route, href};
use crate::pages::{self, Inputs, theme};
use crate::publish::takedown::{self, Done, Order};
use crate::publish::{self, Folders};
use crate::records::chain;
use crate::records::history::History;
use crate::records::holds::{Change, Hold, Holds, Reason};
use crate::records::ids::Register;
use crate::rules::Regime;
use crate::rules::licences::Licences;
use crate::server;
use crate::site::Site;

fn folders_of(args: &FolderArgs) -> Result<Folders> {
    let out = args.out.clone().unwrap_or_else(|| args.site.join("public"));
    Folders::new(&args.site, &out)
}

fn site_of(root: &Path) -> Result<Site> {
    Site::load(root)
        .map_err(|finding| anyhow::anyhow!("{}: {}", root.join("site.toml").display(), finding.message(Lang::Zh)))
}

/// What goes on record of a decision.
fn decision(args: &ResumeArgs, change: Change, folders: &Folders, holds: &Holds) -> Result<Hold> {
    let id = args.dataset.as_str();
    if args.basis.trim().is_empty() || args.by.trim().is_empty() {
        bail!("--basis 和 --by 不能为空 / --basis and --by must say something");
    }
    let (title, provider, citation) = if let Some(known) = holds.of(id) {
        (known.title.clone(), known.provider.clone(), known.citation.clone())
    } else {
        let register = Register::load(&folders.ids())?;
        let Some((title, provider)) = register.words_of(id) else {
            bail!(
                "没有发布过标识为 {id} 的数据集；标识见其网页地址 /datasets/…/ / no dataset {id} was ever published; its identifier stands in the address of its page"
            );
        };
        (title.to_owned(), provider.to_owned(), citation(args, folders, title, provider)?)
    };
    let now = locale::now();
    Ok(Hold {
        kind: "hold".to_owned(),
        recorded_at: now,
        day: Day::in_china(now).context("the clock shows no day between 1900 and 2100")?,
        change,
        dataset: id.to_owned(),
        title,
        provider,
        citation,
        basis: args.basis.clone(),
        decided_by: args.by.clone(),
        reason: None,
        replacement: String::new(),
    })
}

/// The reference that others may have cited the dataset by.
fn citation(args: &ResumeArgs, folders: &Folders, title: &str, provider: &str) -> Result<String> {
    let site = site_of(&args.folder.site)?;
    let history = History::load(&folders.chain())?;
    let path = href(&site.base_path(), &format!("datasets/{}/", args.dataset));
    Ok(gb_t_7714_2025(&Reference {
        author: provider,
        title,
        site: site.title.in_language(&site.languages[0]),
        date: history.of(&args.dataset).last().map(|step| step.day),
        acquired_on: "引用日期",
        url: &format!("{}{path}", site.origin()),
    }))
}

/// Takes a dataset off the site.
///
/// Errors: when it is not known, or the machine fails.
pub fn hold(args: &HoldArgs, change: Change, lang: Lang) -> Result<Outcome> {
    let folder = &args.decision.folder;
    let folders = folders_of(folder)?;
    let holds = Holds::load(&folders.chain())?;
    let mut hold = decision(&args.decision, change, &folders, &holds)?;
    hold.reason = Reason::ALL.into_iter().find(|reason| reason.code_name() == args.reason);
    hold.replacement.clone_from(&args.replacement);
    // On record first: whatever fails from here on, the next start takes it down.
    chain::append(&folders.chain(), &hold)?;
    let pages = match notice_pages(&folder.site, &folders, &hold) {
        Ok(pages) => pages,
        Err(error) => {
            // The data goes all the same; the notice comes with the next build.
            print::error(lang, &error);
            Vec::new()
        }
    };
    let address = publish::address_of(&hold.dataset);
    let order = Order { folders: &folders, hold: &hold, pages, address: &address, now: locale::now() };
    let done = takedown::take_down(&order)?;
    let base = site_of(&folder.site).map_or_else(|_| "/".to_owned(), |site| site.base_path());
    server::write_gone(&folder.site.join("server"), &base, &Holds::load(&folders.chain())?)?;
    let Some(done) = done else {
        bail!(
            "决定已记录，但 {0} 中没有网站，尚未撤下任何内容；请用 --out 指明网站所在的文件夹，再运行一次 / on record, but there is no site in {0} and nothing was taken down: name the live folder with --out and run this again",
            folders.out.display()
        );
    };
    told(&hold, &done, folder.json, lang);
    Ok(if done.naming.is_empty() { Outcome::Done } else { Outcome::Refused })
}

/// The notice in the place of a dataset, and the overview of notices, in every language.
fn notice_pages(root: &Path, folders: &Folders, hold: &Hold) -> Result<Vec<(Route, Vec<u8>)>> {
    let site = site_of(root)?;
    let message = |finding: &crate::diag::Finding| anyhow::anyhow!(finding.message(Lang::Zh));
    let regime = Regime::load(root, &site.regime).map_err(|finding| message(&finding))?;
    let licences = Licences::new(&site.licence, &regime).map_err(|id| anyhow::anyhow!("licence {id}"))?;
    let (content, _) = content::load(root, &site)?;
    let theme = theme::load(root, &site)?.map_err(|findings| anyhow::anyhow!("theme: {} findings", findings.len()))?;
    let (history, holds) = (History::load(&folders.chain())?, Holds::load(&folders.chain())?);
    let inputs = Inputs {
        site: &site,
        regime: &regime,
        licences: &licences,
        history: &history,
        holds: &holds,
        as_of: hold.day,
        publishable: &Publishable::nothing(),
        packages: &[],
        content: &content,
    };
    pages::render_held(&inputs, theme, &hold.dataset)
}

fn told(hold: &Hold, done: &Done, as_json: bool, lang: Lang) {
    let Done { n_removed, n_changed, naming } = done;
    if as_json {
        let line = serde_json::json!({ "type": "takedown", "dataset": hold.dataset, "change": hold.change,
            "removed": n_removed, "changed": n_changed, "naming": naming.iter().map(Route::as_str).collect::<Vec<_>>() });
        print::data(&line.to_string());
        return;
    }
    let id = &hold.dataset;
    print::note(&match lang {
        Lang::Zh => format!("{id} 已从网站撤下：删除 {n_removed} 个文件，修改 {n_changed} 个页面；已记录"),
        Lang::En => format!("{id} is off the site: {n_removed} files removed, {n_changed} pages changed; on record"),
    });
    if !naming.is_empty() {
        print::note(print::say(
            lang,
            "还有页面提到其名称，请运行 kaishu build：",
            "some pages still name it; run kaishu build:",
        ));
        for route in naming {
            print::note(&format!("  {route}"));
        }
    }
}

/// Records that a dataset may be published again.
///
/// Errors: when it is not held, or the machine fails.
pub fn resume(args: &ResumeArgs, lang: Lang) -> Result<Outcome> {
    let folders = folders_of(&args.folder)?;
    let holds = Holds::load(&folders.chain())?;
    if holds.of(&args.dataset).is_none() {
        bail!(
            "{0} 没有被中止开放或撤回；用 kaishu case holds 查看 / {0} is neither suspended nor withdrawn; see `kaishu case holds`",
            args.dataset
        );
    }
    chain::append(&folders.chain(), &decision(args, Change::Resumption, &folders, &holds)?)?;
    print::note(print::say(
        lang,
        "已记录恢复开放；运行 kaishu build 重新发布",
        "on record; run kaishu build to publish it again",
    ));
    Ok(Outcome::Done)
}

/// Lists what is held.
///
/// Errors: when the record is broken.
pub fn list(args: &FolderArgs, lang: Lang) -> Result<Outcome> {
    let holds = Holds::load(&folders_of(args)?.chain())?;
    for hold in holds.in_force() {
        print::data(&if args.json {
            serde_json::to_string(hold).context("writing a hold")?
        } else {
            let change = if hold.change == Change::Withdrawal {
                print::say(lang, "撤回", "withdrawn")
            } else {
                print::say(lang, "中止开放", "suspended")
            };
            format!("{}\t{change}\t{}\t{}\t{}", hold.dataset, hold.day, hold.basis, hold.title)
        });
    }
    if holds.in_force().len() == 0 {
        print::note(print::say(lang, "没有中止开放或撤回的数据集", "nothing is suspended or withdrawn"));
    }
    Ok(Outcome::Done)
}
