// The search on the catalogs of real portals: is everything found, is what comes first right, how many bytes does it take?
//
//   node benches/search.mjs CATALOGS [--kaishu target/release/kaishu] [--datasets 10000] [--work DIR] [--targets]
//
// CATALOGS is a folder of JSON files, each a list of entries as a portal shows them. Every entry is taken as unconditionally
// open, because what is measured is the search. `--targets` ends with 1 when a target is missed.
// The truth is a linear scan over title, provider, tags and summary, with the folding that the search itself uses.
// A result is right when each term of the question occurs in one of these: the stated rule behind "first ten".
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const option = (name, fallback) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? fallback : process.argv[at + 1]; };
const [folder] = process.argv.slice(2);
const kaishu = option("kaishu", "target/release/kaishu"), wanted = Number(option("datasets", 10000));
const work = option("work") ?? mkdtempSync(join(tmpdir(), "kaishu-search-"));
const source = readFileSync(new URL("../themes/default/assets/search.js", import.meta.url), "utf8");
const core = await import("data:text/javascript;base64," + Buffer.from(source).toString("base64"));

// Two to six characters, parts of words, across words, two terms, Latin letters, digits, traditional, full width.
const QUESTIONS = `公交 站点 幼儿园 空气质量 企业信用 行政处罚 行政许可 道路运输 食品经营 建筑业企业资质 医疗机构 养老 人口 统计 气象 学校名单
  停车场 公积金 环境监测 水质 图书馆 旅游景区 低保 社会保险 教师资格 招标 施工许可 房地产 药品 机动车 监测点 质信息 政处 法人信
  态环境 信息公示 企业 资质 出租汽车 消防 公园 GPS APP SODA2022 PM2.5 2022年 環境監測 ＧＰＳ`.split(/\s+/);
QUESTIONS.push("公园 绿地", "上海 医院", "企业名称 法定代表人", "贵阳市 统计", "老年人 补贴", "企业 2021");
/** What titles must have that are spelled so; some letters are those of several words. */
const PINYIN = { youeryuan: /幼儿园/, tingchechang: /停车场/, kqzl: /空气质量/, yljg: /医疗机构|养老机构/, gongjijin: /公积金/ };

const FIELDS = {
  title: ["标题", "数据集名称", "目录名称", "信息资源名称"],
  summary: ["数据摘要", "摘要", "描述", "目录摘要"],
  provider: ["数据提供方", "来源部门", "提供部门", "信息资源提供方", "数源单位"],
  theme: ["主题名称", "重点领域", "领域分类", "数据领域", "所属主题"],
  keywords: ["标签", "数据标签", "关键字"],
  frequency: ["更新频率", "更新频度", "更新周期"],
  updated: ["更新时间", "更新日期", "上传时间", "发布日期"],
  format: ["数据格式", "资源格式"],
};

function catalog() {
  const files = readdirSync(folder).filter((name) => /^[a-z].*\.json$/.test(name)).sort();
  const lists = files.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")).map((entry, idx) => [`${name.split(".")[0]}-${idx}`, entry]));
  const res = [];
  // In turns, so that fewer datasets are of all portals too.
  for (let idx = 0; res.length < wanted && lists.some((list) => idx < list.length); idx += 1) {
    for (const list of lists) {
      if (idx >= list.length || res.length >= wanted) continue;
      const [id, entry] = list[idx];
      const text = (field) => { const key = FIELDS[field].find((key) => entry[key]); const value = key ? entry[key] : ""; return Array.isArray(value) ? value.join("，") : String(value); };
      if (!text("title") || !text("provider")) continue;
      res.push({ 数据资源标识: id, 数据资源名称: text("title"), 摘要: text("summary"), 提供方名称: text("provider"), 领域分类: text("theme"), 关键字: text("keywords"),
        更新频率: text("frequency"), 更新日期: text("updated").slice(0, 10), 数据格式: text("format"), 开放类型: "无条件开放" });
    }
  }
  return res;
}

/** Builds the site; answers the seconds of its stage that makes the index, with one thread. */
function build() {
  mkdirSync(join(work, "datasets"), { recursive: true });
  writeFileSync(join(work, "site.toml"), 'title = "检索测量"\nbase_url = "https://data.example.invalid"\nregime = "yancheng-2022"\n');
  writeFileSync(join(work, "datasets/catalog.json"), JSON.stringify(catalog()));
  const args = ["build", "--site", work, "--as-of", "2026-11-21", "--jobs", "1", "--lang", "en"];
  const ran = spawnSync(kaishu, args, { encoding: "utf8", maxBuffer: 1 << 28 });
  const seconds = /indexing for search: .*\(([\d.]+) s\)/.exec(ran.stderr);
  if (!seconds) throw new Error(ran.stderr.slice(-2000));
  return Number(seconds[1]);
}

/** What the API of the built site says, in the order of the index. */
function truth() {
  const at = join(work, "public/api/v1/datasets/page");
  const pages = readdirSync(at).sort((a, b) => parseInt(a, 10) - parseInt(b, 10));
  return pages.flatMap((name) => JSON.parse(readFileSync(join(at, name), "utf8")).items);
}

const seconds = build(), items = truth();
let bytes = 0;
const load = async (name) => { const file = readFileSync(join(work, "public/search", name)); bytes += file.length; return file; };
const warm = await core.Index.open(load);
await warm.terms("龘");
const texts = items.map((item) => [item.title, item.provider, item.summary ?? "", ...item.keywords].map((text) => core.fold(text, warm.variants)));
if (warm.rows.length !== items.length || warm.rows.some((row, idx) => row.title !== items[idx].title)) throw new Error("the index is of another catalog");
const at = new Map(warm.rows.map((row, idx) => [row.ordinal, idx]));

bytes = gzipSync(source, { level: 9 }).length;
let started = process.cpuUsage();
const index = await core.Index.open(load);
let first = 0, recall = [], precision = [], later = [], wrongCounts = 0, cpu = [];
const rows = [["question", "true", "found", "recall", "first ten", "bytes"]];
const none = Object.fromEntries(core.KINDS.map((kind) => [kind, []]));
for (const question of QUESTIONS) {
  const answer = await index.find(question);
  for (const row of answer.rows.slice(0, 20)) await index.card(row);
  const { counts } = core.sift(answer.rows, none, 20261121);
  cpu.push(process.cpuUsage(started).user / 1000);
  if (first) later.push(bytes); else first = bytes;
  const has = (idx) => answer.terms.every((term) => texts[idx].some((text) => text.includes(term)));
  const right = new Set([...items.keys()].filter(has));
  const found = answer.rows.map((row) => at.get(row.ordinal));
  const hit = found.filter((idx) => right.has(idx)).length, ten = found.slice(0, 10);
  const themes = new Map();
  for (const idx of found) if (items[idx].theme) themes.set(items[idx].theme, (themes.get(items[idx].theme) ?? 0) + 1);
  wrongCounts += [...themes].filter(([theme, n]) => counts.theme.get(theme) !== n).length + Math.abs(themes.size - counts.theme.size);
  if (right.size) recall.push(hit / right.size);
  if (ten.length) precision.push(ten.filter((idx) => right.has(idx)).length / ten.length);
  rows.push([question, right.size, found.length, right.size ? (hit / right.size).toFixed(3) : "-", ten.length ? precision.at(-1).toFixed(2) : "-", bytes]);
  bytes = 0;
  started = process.cpuUsage();
}
let spelled = 0;
for (const [letters, title] of Object.entries(PINYIN)) {
  const answer = await index.find(letters), ten = answer.rows.slice(0, 10);
  const isRight = answer.how === "pinyin" && ten.length > 0 && ten.filter((row) => title.test(row.title)).length / ten.length >= 0.9;
  spelled += isRight;
  rows.push([letters, "-", answer.rows.length, answer.how, ten.length ? (ten.filter((row) => title.test(row.title)).length / ten.length).toFixed(2) : "-", bytes]);
  bytes = 0;
}
for (const row of rows) console.log(row.map((cell, idx) => String(cell).padEnd(idx ? 10 : 24)).join(""));

const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
const all = readdirSync(join(work, "public/search"));
const total = Number(execFileSync("du", ["-sb", join(work, "public/search")], { encoding: "utf8" }).split("\t")[0]);
const results = [
  ["questions", QUESTIONS.length, 40, (value, target) => value >= target],
  ["recall, mean", mean(recall), 1, (value, target) => value >= target],
  ["right among the first ten, mean", mean(precision), 0.9, (value, target) => value >= target],
  ["wrong counts of themes", wrongCounts, 0, (value, target) => value <= target],
  ["KB to the first answer, script included", first / 1000, 300, (value, target) => value <= target],
  ["KB a later question, mean", mean(later) / 1000, 60, (value, target) => value <= target],
  ["seconds to make the index, one thread", seconds, 2 * Math.max(1, items.length / 10000), (value, target) => value <= target],
];
console.log(`\n${items.length} datasets, ${all.length} files of ${(total / 1e6).toFixed(2)} MB; CPU ms of the first answer ${cpu[0].toFixed(0)}, later ${mean(cpu.slice(1)).toFixed(0)}; pinyin ${spelled} of ${Object.keys(PINYIN).length}`);
let missed = 0;
for (const [name, value, target, isMet] of results) {
  missed += !isMet(value, target);
  console.log(`${isMet(value, target) ? "met   " : "MISSED"} ${name}: ${Number.isInteger(value) ? value : value.toFixed(3)} (target ${target})`);
}
if (!option("work")) rmSync(work, { recursive: true });
process.exitCode = process.argv.includes("--targets") && missed ? 1 : 0;
