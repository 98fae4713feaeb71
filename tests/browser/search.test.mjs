// The search of the built example site in a real browser. SITE names the folder; CHROMIUM the browser.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync, gunzipSync } from "node:zlib";
import { after, before, test } from "node:test";
import { root, serve, tooWide, violations } from "./site.mjs";

const source = await readFile(new URL("../../themes/default/assets/search.js", import.meta.url), "utf8");
const core = await import("data:text/javascript;base64," + Buffer.from(source).toString("base64"));

let site;
const open = (path, options) => site.open(path, options);

before(async () => { site = await serve(); });
after(() => site?.stop());

const settled = (page) => page.waitForSelector("#found:not([hidden]):not([aria-busy]) h2");
const titles = (page) => page.locator("#found > .cards h3").allTextContents();
const q = (word) => `/datasets/?q=${encodeURIComponent(word)}`;

/** Everything that the published pages of the API say of the datasets. */
async function catalog() {
  const folder = join(root, "api/v1/datasets");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  return Promise.all(files.map(async (name) => JSON.parse(await readFile(join(folder, name), "utf8"))));
}

test("texts are folded as in Rust", async () => {
  const cases = await readFile(new URL("../suite/search/fold.tsv", import.meta.url), "utf8");
  const tables = (await readdir(join(root, "search"))).filter((name) => name.startsWith("v-"));
  const pairs = [...gunzipSync(await readFile(join(root, "search", tables[0]))).toString()];
  const variants = new Map(pairs.flatMap((sign, idx) => (idx % 2 ? [] : [[sign, pairs[idx + 1]]])));
  for (const line of cases.trimEnd().split("\n")) {
    const [text, folded] = line.split("\t");
    assert.equal(core.fold(text, variants), folded);
  }
  assert.deepEqual(core.gramsOf("公交站点"), ["公交", "交站", "站点"]);
  assert.deepEqual(core.gramsOf("公交车站点表"), ["公交", "车站", "点表"]);
  assert.deepEqual(core.gramsOf("gps数据 5"), ["gps", "s数", "数据"]);
  assert.deepEqual(core.gramsOf("pm2.5"), ["pm2"]);
});

test("a question finds every dataset whose text has it", async () => {
  const all = await catalog();
  const { page, context, faults } = await open("/datasets/");
  assert.equal(site.asked.some((path) => path.startsWith("/search/")), false, "nothing is fetched before somebody searches");
  for (const word of ["区划", "代码", "行政", "杭州", "GB", "节假日", "分类"]) {
    await page.fill("#q", word);
    await page.press("#q", "Enter");
    await page.waitForFunction((word) => new URLSearchParams(location.search).get("q") === word, word);
    await settled(page);
    const has = (item) => [item.title, item.provider.name, item.summary ?? "", ...item.keywords, ...item.items.map((one) => one.name)].some((text) => core.fold(text).includes(core.fold(word)));
    const wanted = all.filter(has).length;
    const said = parseInt(await page.textContent("#found-count"), 10);
    assert.ok(wanted > 0 && said >= wanted, `${word}: ${said} of ${wanted}`);
    assert.equal((await titles(page)).length, Math.min(said, 20));
    for (const mark of await page.locator("#found mark").allTextContents()) assert.ok(core.fold(mark).includes(core.fold(word)), mark);
  }
  assert.deepEqual(faults, []);
  await context.close();
});

test("choices count what they would leave, and the address keeps them", async () => {
  const { page, context, faults } = await open(q("区划"));
  await settled(page);
  const before = await titles(page);
  await page.click("#facets details[data-kind=format] summary");
  const box = page.locator("#facets details[data-kind=format] label").first();
  const n = parseInt(await box.locator("b").textContent(), 10);
  await box.locator("input").check();
  await page.waitForFunction(() => location.search.includes("format="));
  await settled(page);
  assert.equal(parseInt(await page.textContent("#found-count"), 10), n);
  assert.equal(await page.evaluate(() => document.activeElement.type), "checkbox", "the focus stays");
  const deep = page.url().slice(site.base.length), narrowed = await titles(page);
  await page.goBack();
  await page.waitForFunction((n) => document.querySelectorAll("#found > .cards h3").length === n, before.length);
  assert.deepEqual(await titles(page), before);
  const other = await open(deep);
  await settled(other.page);
  assert.deepEqual(await titles(other.page), narrowed);
  await other.page.click(".chosen button >> nth=0");
  await other.page.waitForFunction(() => !location.search.includes("format="));
  await settled(other.page);
  assert.deepEqual(await titles(other.page), before);
  assert.deepEqual([...faults, ...other.faults], []);
  await context.close();
  await other.context.close();
});

test("results are sorted, paged and taken along as a table", async () => {
  const { page, context, faults } = await open("/datasets/?sort=title");
  await settled(page);
  const n = parseInt(await page.textContent("#found-count"), 10);
  const first = await titles(page);
  assert.deepEqual(first, [...first].sort(new Intl.Collator("zh-CN").compare));
  await page.click("#found .pager a >> nth=1");
  await page.waitForFunction(() => location.search.includes("page=2"));
  await page.waitForFunction(() => document.activeElement.id === "found-count");
  assert.equal((await titles(page)).some((title) => first.includes(title)), false);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(".found-tools button")]);
  const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
  assert.equal(lines.length, n + 1);
  assert.ok(lines[0].startsWith("\ufeff名称,提供单位") && lines[1].includes(`${site.base}/datasets/`), lines[1]);
  assert.equal(core.csv([["=1+1", 'a"b', "c,d"]]), `\ufeff'=1+1,"a""b","c,d"\r\n`);
  assert.deepEqual(faults, []);
  await context.close();
});

test("pinyin, initials and traditional characters find titles", async () => {
  const { page, context, faults } = await open("/datasets/");
  for (const word of ["xingzheng", "xzqh", "行政區劃", "ｘｚｑｈ"]) {
    await page.goto(site.base + q(word));
    await settled(page);
    assert.ok((await titles(page)).some((title) => title.includes("行政区划")), word);
  }
  await page.goto(site.base + q("行政龘"));
  await settled(page);
  assert.match(await page.textContent("#found"), /没有找到“行政龘”/);
  assert.deepEqual(faults, []);
  await context.close();
});

test("what somebody asks for stays a text", async () => {
  const { page, context, faults } = await open("/datasets/?theme=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&" + q("<script>alert(1)</script>").split("?")[1]);
  await settled(page);
  assert.equal(await page.locator("main img, main script").count(), 0);
  assert.deepEqual(faults, []);
  await context.close();
});

test("when it cannot search, it says so and the lists stay", async () => {
  for (const [gone, init] of [["/search/m.json"], ["/search/p"], ["", "delete globalThis.DecompressionStream"]]) {
    site.refuses = (path) => gone !== "" && path.includes(gone);
    const { page, context } = await open(q("区划"), { init });
    await page.waitForSelector("#found [role=alert]");
    assert.equal(await page.locator("#browse .card").first().isVisible(), true);
    assert.ok((await page.locator("aside.side details a").count()) > 0);
    await context.close();
  }
  site.refuses = () => false;
  const { page, context } = await open(q("区划"), { script: false });
  assert.equal(await page.locator("noscript .box").isVisible(), true);
  assert.equal(await page.locator("#browse .card").first().isVisible(), true);
  await context.close();
});

test("the way from the home page and from a facet leads there", async () => {
  const { page, context, faults } = await open("/en/");
  await page.fill("#q", "行政");
  await page.press("#q", "Enter");
  await settled(page);
  assert.ok(page.url().startsWith(site.base + "/en/datasets/?q="));
  assert.ok((await page.locator("#found .cards a").first().getAttribute("href")).includes("/en/datasets/"));
  assert.equal(await page.locator("#found .cards a").first().getAttribute("lang"), "zh-CN");
  await page.goto(site.base + "/formats/csv/");
  await page.click(".page-head .btn");
  await settled(page);
  assert.equal(await page.locator("#facets details[data-kind=format] input:checked").count(), 1);
  assert.deepEqual(faults, []);
  await context.close();
});

for (const [name, options] of Object.entries({
  desk: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 } },
  dark: { viewport: { width: 1024, height: 768 }, colorScheme: "dark" },
})) {
  test(`results have no accessibility violation or sideways scrolling: ${name}`, async () => {
    for (const path of [q("区划"), q("没有这样的词"), "/datasets/?sort=title&page=2", q("xzqh"), "/en" + q("行政区划代码表")]) {
      const { page, context, faults } = await open(path, options);
      await settled(page);
      assert.deepEqual(await violations(page), [], path);
      assert.deepEqual(faults, []);
      const wide = await tooWide(page);
      assert.ok(wide <= 0, `${path}: ${wide} px too wide`);
      await context.close();
    }
  });
}

test("the script keeps its budget", () => {
  const size = gzipSync(source, { level: 9 }).length;
  assert.ok(size <= 12 * 1024, `${size} bytes`);
});
