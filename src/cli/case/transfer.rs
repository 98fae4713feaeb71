//! `kaishu case transfer`: decisions as a signed file, from the machine of the endpoint to that of the build.

use std::io::Read;

use anyhow::{Context, Result, bail};

use crate::cli::case::args::{KeygenArgs, TransferArgs, TransferReadArgs};
use crate::cli::case::upkeep::{key_file, write_key};
use crate::cli::print::say;
use crate::cli::{Outcome, locale, print};
use crate::diag::Lang;
use crate::effects::LiveSite;
use crate::records::signed::{self, Decisions};

/// Makes the signing key.
///
/// Errors: when the file exists, or the machine gives no randomness.
pub fn key(args: &KeygenArgs, lang: Lang) -> Result<Outcome> {
    let mut random = [0; 32];
    let source = std::fs::File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut random));
    source.context("reading /dev/urandom")?;
    let (private, public) = signed::generate(random);
    write_key(key_file(args, "kaishu case transfer key holds.key")?, &format!("{private}\n"))?;
    print::data(&public);
    print::note(say(
        lang,
        "把公钥写入生成网站的机器上 site.toml 的 [endpoint] holds_key",
        "put the public key into [endpoint] holds_key of site.toml on the machine of the build",
    ));
    Ok(Outcome::Done)
}

/// Writes every decision on record as a signed file.
///
/// Errors: when the key is none, the record is broken, or the disk fails.
pub fn write(args: &TransferArgs, lang: Lang) -> Result<Outcome> {
    let Some(key) = &args.key else { bail!("请用 --key 指明签名密钥 / name the signing key with --key") };
    let key = std::fs::read_to_string(key).with_context(|| format!("reading {}", key.display()))?;
    let live = LiveSite::new(&args.folder.site, args.folder.out.as_deref())?;
    let decisions = Decisions { site: live.site()?.base_url, holds: live.holds()?.log().to_vec() };
    crate::records::replace(&args.file, &signed::sign(&decisions, &key)?)?;
    let n = decisions.holds.len();
    print::note(&match lang {
        Lang::Zh => format!("写出 {n} 项决定；复制为站点文件夹中的 {}", signed::FILE),
        Lang::En => format!("{n} decisions written; copy it to {} in the site folder", signed::FILE),
    });
    Ok(Outcome::Done)
}

/// Takes the decisions of a signed file into the record, and off the live folder what they say.
///
/// Errors: when it does not verify, or the machine fails.
pub fn read(args: &TransferReadArgs, lang: Lang) -> Result<Outcome> {
    let live = LiveSite::new(&args.folder.site, args.folder.out.as_deref())?;
    let site = live.site()?;
    let Some(key) = site.endpoint.as_ref().and_then(|endpoint| endpoint.holds_key.as_deref()) else {
        bail!("请在 site.toml 的 [endpoint] 写明 holds_key / state holds_key in [endpoint] of site.toml");
    };
    let decisions = signed::read(&args.file, key, &site.base_url, &live.folders.chain())
        .with_context(|| args.file.display().to_string())?;
    let n = signed::put_on_record(&decisions, &live.folders.chain())?;
    let taken_down = live.enforce(locale::now())?;
    print::note(&match lang {
        Lang::Zh => format!("新记入 {n} 项决定；从网站撤下：{}", taken_down.join("、")),
        Lang::En => format!("{n} new decisions on record; off the site: {}", taken_down.join(", ")),
    });
    Ok(Outcome::Done)
}
