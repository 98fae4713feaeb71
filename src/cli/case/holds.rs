//! `kaishu case suspend`, `withdraw`, `resume` and `holds`: what is decided about a dataset, on record first, then on the
//! live site.

use anyhow::{Result, bail};

use crate::cli::case::args::{FolderArgs, HoldArgs, ResumeArgs};
use crate::cli::{Outcome, locale, print};
use crate::diag::Lang;
use crate::effects::{Decision, LiveSite};
use crate::model::route::Route;
use crate::publish::takedown::Done;
use crate::records::holds::{Change, Hold, Reason};

fn live_site(args: &FolderArgs) -> Result<LiveSite> {
    LiveSite::new(&args.site, args.out.as_deref())
}

/// An article without the name of its text tells readers of the notice nothing.
pub fn warn_of_basis(basis: &str, lang: Lang) {
    if !basis.contains('《') && !basis.contains('〔') {
        print::note(print::say(
            lang,
            "提示：--basis 没有写明文件名称，公告将原样显示；建议写成《…》第…条",
            "note: --basis names no regulation or document, and the notice shows it as it is; better: 《…》第…条",
        ));
    }
}

fn decision(args: &ResumeArgs, change: Change, lang: Lang) -> Result<Decision<'_>> {
    if args.basis.trim().is_empty() || args.by.trim().is_empty() {
        bail!("--basis 和 --by 不能为空 / --basis and --by must say something");
    }
    warn_of_basis(&args.basis, lang);
    let (dataset, basis, decided_by) = (args.dataset.as_str(), args.basis.as_str(), args.by.as_str());
    Ok(Decision { dataset, change, basis, decided_by, reason: None, replacement: "", case: None })
}

/// Takes a dataset off the site.
///
/// Errors: when it is not known, or the machine fails.
pub fn hold(args: &HoldArgs, change: Change, lang: Lang) -> Result<Outcome> {
    let folder = &args.decision.folder;
    let mut decision = decision(&args.decision, change, lang)?;
    decision.reason = Reason::ALL.into_iter().find(|reason| reason.code_name() == args.reason);
    decision.replacement = &args.replacement;
    take_off(&live_site(folder)?, &decision, folder.json, lang)
}

/// Puts a decision on record and takes the dataset off the site.
///
/// Errors: when it is not known, or the machine fails; what is on record then is finished by the next start.
pub fn take_off(live: &LiveSite, decision: &Decision<'_>, json: bool, lang: Lang) -> Result<Outcome> {
    let standing = suspended_already(live, decision)?;
    if let Some(hold) = &standing
        && live.is_gone(&hold.dataset)?
    {
        told_already(hold, json, lang);
        return Ok(Outcome::Done);
    }
    // On record first: whatever fails from here on, the next start takes it down.
    let hold = match standing {
        Some(hold) => hold,
        None => live.decide(decision, locale::now())?,
    };
    let effect = live.take_down(&hold, locale::now())?;
    if let Some(error) = &effect.no_notice {
        print::error(lang, error);
    }
    let Some(done) = effect.done else {
        bail!(
            "决定已记录，但 {0} 中没有网站，尚未撤下任何内容；请用 --out 指明网站所在的文件夹，再运行一次 / on record, but there is no site in {0} and nothing was taken down: name the live folder with --out and run this again",
            live.folders.out.display()
        );
    };
    told(&hold, &done, json, lang);
    Ok(if done.naming.is_empty() { Outcome::Done } else { Outcome::Refused })
}

/// The suspension that stands already where another one is asked for.
///
/// Errors: when the record is broken.
pub fn suspended_already(live: &LiveSite, decision: &Decision<'_>) -> Result<Option<Hold>> {
    let is_suspension = decision.change == Change::Suspension;
    Ok(live.holds()?.of(decision.dataset).filter(|hold| is_suspension && hold.change == Change::Suspension).cloned())
}

fn told_already(hold: &Hold, as_json: bool, lang: Lang) {
    let Hold { dataset, day, basis, .. } = hold;
    if as_json {
        let line = serde_json::json!({ "type": "held_already", "dataset": dataset, "change": hold.change, "day": day });
        print::data(&line.to_string());
        return;
    }
    print::note(&match lang {
        Lang::Zh => format!("{dataset} 已经中止开放（{day}，{basis}），不再重复记录"),
        Lang::En => format!("{dataset} is suspended already ({day}, {basis}); nothing more is recorded"),
    });
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
    let live = live_site(&args.folder)?;
    if live.holds()?.of(&args.dataset).is_none() {
        bail!(
            "{0} 没有被中止开放或撤回；用 kaishu case holds 查看 / {0} is neither suspended nor withdrawn; see `kaishu case holds`",
            args.dataset
        );
    }
    live.decide(&decision(args, Change::Resumption, lang)?, locale::now())?;
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
    let holds = live_site(args)?.holds()?;
    for hold in holds.in_force() {
        print::data(&if args.json {
            serde_json::to_string(hold)?
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
