//! The command line: the only place that reads arguments, the environment and the clock, and that prints.

mod assess;
mod basis;
mod build;
mod case;
mod endpoint;
mod init;
mod inspect;
mod locale;
mod owners;
mod pipeline;
mod print;
mod progress;
mod regime;
mod report;
mod serve;
mod unchanged;
mod verify;
mod workdays;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::diag::Lang;
use crate::model::date::Day;
use crate::site::ReadConfig;

/// How a command ended; the number is the exit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Done.
    Done,
    /// Done, but something was refused or held back.
    Refused,
    /// Wrong usage, wrong configuration or the machine failed; nothing was published.
    Failed,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::Refused => 1,
            Outcome::Failed => 2,
        })
    }
}

#[derive(Parser)]
#[command(
    name = "kaishu",
    version,
    about = "开数：把无条件开放目录和数据文件生成为开放数据网站\nkaishu: from a catalog of unconditionally open data to an open-data website",
    after_help = "第一次使用 First steps:\n  kaishu init my-site     新建站点文件夹 make a site folder\n  kaishu check            检查目录和文件，不写入 report every finding, write nothing\n  kaishu build            生成网站到 public/ build the site\n  kaishu serve            本机预览，改动后自动刷新 preview, rebuild on change\n\n退出码 Exit codes: 0 完成 done; 1 完成，但有条目未发布 done, something was refused;\n  2 用法、配置或机器有误，未发布任何内容 wrong usage or configuration, nothing published"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// 消息语言（默认按系统语言） language of messages: zh or en
    #[arg(long, global = true, value_name = "zh|en", value_parser = ["zh", "en"])]
    lang: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// 新建站点文件夹 Make a new site folder, ready to build
    Init(InitArgs),
    /// 检查目录、文件、模板，报告全部问题，不写入任何内容 Read everything, report every finding, write nothing
    Check(CheckArgs),
    /// 生成网站 Build the site
    Build(BuildArgs),
    /// 本机预览：生成、打开本机服务、改动后重新生成并刷新浏览器 Build, serve on localhost, rebuild on change
    Serve(ServeArgs),
    /// 查看一个数据文件会怎样被读取：表格、字段类型、统计 What becomes of one data file: tables, types, profile
    Inspect(InspectArgs),
    /// 核对已生成的网站和记录 Check a built site and the records: checksums and chain
    Verify(VerifyArgs),
    /// 办理异议、校核和举报；中止开放、恢复开放、撤回数据集 Cases; suspend, resume or withdraw a dataset: at once, on record
    #[command(subcommand)]
    Case(case::args::CaseCommand),
    /// 受理程序：网站表单提交到这里 The companion endpoint: where the site's form posts to
    #[command(
        after_help = "例 Example:\n  kaishu endpoint --site /srv/site --listen 127.0.0.1:8090\n\n放在 nginx 或者 Caddy 之后运行，配置样例在 server/ 文件夹（kaishu build 生成）。\nRun it behind nginx or Caddy; ready snippets and a systemd unit are in server/, which `kaishu build` writes."
    )]
    Endpoint(EndpointArgs),
    /// 查看、核对、比较规则文件 Show, check and compare the rule profiles
    #[command(subcommand)]
    Regime(RegimeCommand),
    /// 计算工作日期间的最后一天 The last day of a period of working days: kaishu workdays 2026-02-13 5
    Workdays(WorkdaysArgs),
}

#[derive(Args)]
struct InitArgs {
    /// 新文件夹 the folder to make
    dir: PathBuf,
}

#[derive(Args, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "one flag each, as the command line has them")]
struct SiteArgs {
    /// 站点文件夹（含 site.toml） the site folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    site: PathBuf,
    /// 生成日期，决定是否逾期、规则是否有效（默认今天） the day to build for (default: today in China)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_day)]
    as_of: Option<Day>,
    /// 输出 JSON 行 print findings and the summary as JSON lines on stdout
    #[arg(long)]
    json: bool,
    /// 逐条列出全部问题，不归并 list every finding instead of three of each kind
    #[arg(long)]
    all: bool,
    /// 并行线程数（默认全部核心） number of threads (default: all cores)
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// 重新读取全部数据文件，核对上次生成的结果（默认只核对大小和时间） read every data file again instead of trusting size and time
    #[arg(long)]
    verify_cache: bool,
    /// 允许使用征求意见稿，每页标注“草案” allow draft rules; every page is marked
    #[arg(long)]
    allow_draft: bool,
    /// 允许发布没有数据集的网站 allow a site without any dataset
    #[arg(long)]
    allow_empty: bool,
}

#[derive(Args)]
struct CheckArgs {
    #[command(flatten)]
    site: SiteArgs,
    /// 按欧盟 MQA、FAIR、W3C 最佳实践自评，说明补充哪些目录字段可以得分 score metadata, and say which catalog fields would earn more
    #[arg(long)]
    assess: bool,
}

#[derive(Args)]
struct BuildArgs {
    #[command(flatten)]
    site: SiteArgs,
    /// 输出文件夹（默认为站点文件夹中的 public/） where the site goes (default: public/ in the site folder)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Args)]
struct ServeArgs {
    #[command(flatten)]
    site: SiteArgs,
    /// 本机端口 port on localhost
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

#[derive(Args)]
struct EndpointArgs {
    /// 站点文件夹 the site folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    site: PathBuf,
    /// 网站所在文件夹（默认为站点文件夹中的 public/） where the site is (default: public/ in the site folder)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// 案件文件夹，含有个人信息，不得公开（默认为站点文件夹中的 cases/） where cases are kept; personal, never public (default: cases/ in the site folder)
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// 监听的地址和端口 address and port to listen on
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8090")]
    listen: String,
}

#[derive(Args)]
struct InspectArgs {
    /// 数据文件 the data file
    file: PathBuf,
    /// 把转换后的文件写入此空文件夹 write derived files into this empty folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// 转换成哪些格式 which formats to write
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "csv,json,jsonl,xlsx,parquet", value_parser = ["csv", "json", "jsonl", "xlsx", "parquet", "rows"])]
    formats: Vec<String>,
    /// 文件编码，如 gb18030 the encoding, such as gb18030
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// 表头所在的行，从 1 起 the row of headers, from 1
    #[arg(long, value_name = "N")]
    header_row: Option<u64>,
    /// 只检查个人信息 only screen for personal data
    #[arg(long, conflicts_with = "out")]
    screen: bool,
    /// 输出 JSON print JSON lines on stdout
    #[arg(long)]
    json: bool,
    /// 并行线程数（默认全部核心） number of threads (default: all cores)
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
}

#[derive(Args)]
struct VerifyArgs {
    /// 站点文件夹 the site folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    site: PathBuf,
    /// 网站所在文件夹（默认为站点文件夹中的 public/） where the site is
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// 列出某一天公开的数据集 what was public on a day, as the record has it
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = parse_day)]
    on: Option<Day>,
    /// 输出 JSON 行，与 --on 同用 print JSON lines, with --on
    #[arg(long, requires = "on")]
    json: bool,
}

#[derive(Subcommand)]
enum RegimeCommand {
    /// 列出全部规则文件 List the profiles: built in, and the site's own in regimes/
    List(RegimeArgs),
    /// 逐项显示一套规则，注明条文和依据 A profile value by value, with article and basis: kaishu regime show yancheng-2022
    Show {
        /// 规则文件的名称 the profile
        id: String,
        /// 输出文件原文，可作为本市规则文件的底稿 print the file itself, to begin one's own with
        #[arg(long)]
        toml: bool,
        #[command(flatten)]
        args: RegimeArgs,
    },
    /// 核对规则文件 Check one profile, or all
    Check {
        /// 规则文件的名称（默认全部） the profile (default: all)
        id: Option<String>,
        #[command(flatten)]
        args: RegimeArgs,
    },
    /// 逐项比较两套规则 Every value in which two profiles differ
    Diff {
        /// 一套规则 one profile
        left: String,
        /// 另一套规则 the other
        right: String,
        #[command(flatten)]
        args: RegimeArgs,
    },
    /// 输出规则文件的 JSON Schema Print the JSON Schema of a profile
    Schema,
}

#[derive(Args)]
struct RegimeArgs {
    /// 站点文件夹，其 regimes/ 优先于内置的规则 the site folder, whose regimes/ count before the built-in ones
    #[arg(long, value_name = "DIR", default_value = ".")]
    site: PathBuf,
    /// 输出 JSON 行 print JSON lines
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct WorkdaysArgs {
    /// 起算事件发生之日（不计入） the day of the event, which does not count
    #[arg(value_name = "YYYY-MM-DD", value_parser = parse_day)]
    date: Day,
    /// 工作日数 how many working days
    #[arg(value_name = "N")]
    days: u32,
    /// 站点文件夹，其 calendar/ 优先于内置的放假安排 the site folder, whose calendar/ counts before the built-in years
    #[arg(long, value_name = "DIR", default_value = ".")]
    site: PathBuf,
    /// 逐日说明 explain it day by day, as JSON
    #[arg(long)]
    json: bool,
}

fn parse_day(text: &str) -> Result<Day, String> {
    Day::parse_iso(text)
        .ok_or_else(|| format!("应为 2026-11-21 的形式 expected a day such as 2026-11-21, found `{text}`"))
}

/// Runs the program with the arguments of the process.
#[must_use]
pub fn run() -> ExitCode {
    let print_panic = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !crate::readers::is_guarded() {
            print_panic(info);
        }
    }));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap prints help to stdout and mistakes to stderr; a closed pipe is no mistake.
            let is_help = !error.use_stderr();
            let _ = error.print();
            return if is_help { ExitCode::SUCCESS } else { Outcome::Failed.into() };
        }
    };
    let lang = locale::language(cli.lang.as_deref());
    match dispatch(cli.command, lang) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            print::error(lang, &error);
            Outcome::Failed.into()
        }
    }
}

fn dispatch(command: Command, lang: Lang) -> Result<Outcome> {
    match command {
        Command::Init(args) => init::run(&args.dir, lang),
        Command::Check(args) => build::check(&args.site, args.assess, lang),
        Command::Build(args) => build::build(&args.site, args.out.as_deref(), lang),
        Command::Serve(args) => serve::run(&args.site, args.port, lang),
        Command::Inspect(args) => inspect::run(
            &inspect::Wanted {
                file: args.file,
                out: args.out,
                formats: args.formats,
                json: args.json,
                screen: args.screen,
                jobs: args.jobs,
                config: ReadConfig { encoding: args.encoding, header_row: args.header_row, ..ReadConfig::default() },
            },
            lang,
        ),
        Command::Verify(args) => match args.on {
            Some(day) => verify::on(&args.site, day, args.json, lang),
            None => verify::run(&args.site, args.out.as_deref(), lang),
        },
        Command::Case(command) => case::run(&command, lang),
        Command::Endpoint(args) => endpoint::run(&args, lang),
        Command::Regime(command) => regime_command(command, lang),
        Command::Workdays(args) => workdays::run(&args.site, args.date, args.days, args.json, lang),
    }
}

fn regime_command(command: RegimeCommand, lang: Lang) -> Result<Outcome> {
    match command {
        RegimeCommand::List(args) => regime::list(&args.site, lang),
        RegimeCommand::Show { id, toml: true, args } => regime::source(&args.site, &id, lang),
        RegimeCommand::Show { id, toml: false, args } => regime::show(&args.site, &id, args.json, lang),
        RegimeCommand::Check { id, args } => Ok(regime::check(&args.site, id.as_deref(), lang)),
        RegimeCommand::Diff { left, right, args } => regime::diff(&args.site, &left, &right, args.json, lang),
        RegimeCommand::Schema => Ok(regime::schema()),
    }
}
