// Exploring a table: what is done with rows, and the panel on the pages of the built example site in a real browser.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { after, before, test } from "node:test";
import { root, serve, tooWide, violations } from "./site.mjs";

const source = await readFile(new URL("../../themes/default/assets/explore.js", import.meta.url), "utf8");
const core = await import("data:text/javascript;base64," + Buffer.from(source).toString("base64"));

/** A table of 100,000 rows and one of 250,000 stand in for two of the site's. */
const LARGE = { "/api/v1/datasets/hz-school/": 250_000, "/api/v1/datasets/hz-housing/": 100_000 };
let site, hold = () => {};
const open = (path, options) => site.open(path, options);

async function answer(path, response) {
  const [folder, total] = Object.entries(LARGE).find(([folder]) => path.startsWith(folder)) ?? [];
  if (!folder || !path.endsWith(".json")) return false;
  await hold(path);
  const page = /\/rows\/(\d+)\.json$/.exec(path)?.[1];
  const start = (page - 1) * 1000;
  const schema = { rows: total, columns: ["序号", "余数", "文字"].map((name, at) => ({ name, column_type: at < 2 ? "integer" : "text", profile: { top: [] } })) };
  const rows = Array.from({ length: 1000 }, (_, at) => `[${start + at + 1},${(start + at) % 7},"第${start + at + 1}行"]`);
  const body = page ? `{"columns":["序号","余数","文字"],"rows":[\n${rows.join(",\n")}],"start":${start},"total":${total},"next":null}` : JSON.stringify(schema);
  response.writeHead(200, { "content-type": "application/json" }).end(body);
  return true;
}

before(async () => { site = await serve({ answer }); });
after(() => site?.stop());

/** Numbers that look random and are the same each time. */
function dice(seed) {
  let state = seed;
  return (n) => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state % n; };
}

test("rows are read digit for digit, whatever they hold", () => {
  const texts = ["", "甲", "a,b", "\"", "\\", "]", "[", "{\"rows\":[", "\n", "null", "1e5", "😀", "\u2028", " "];
  const raws = ["0", "-0.10", "12.50", "1e400", "123456789012345678901234567890", "true", "false", "[1,[\"]\",2]]", "{\"a\":{\"b\":null}}"];
  const roll = dice(7);
  for (let round = 0; round < 300; round += 1) {
    const nColumns = 1 + roll(4), wanted = [], written = [];
    for (let row = roll(5); row > 0; row -= 1) {
      const cells = Array.from({ length: nColumns }, () => {
        if (roll(5) === 0) return [null, "null"];
        if (roll(2)) { const raw = raws[roll(raws.length)]; return [raw, raw]; }
        const text = texts[roll(texts.length)] + texts[roll(texts.length)];
        return [text, JSON.stringify(text)];
      });
      wanted.push(cells.map(([value]) => value));
      written.push(`[${cells.map(([, raw]) => raw).join(",")}]`);
    }
    const names = JSON.stringify(Array.from({ length: nColumns }, () => texts[roll(texts.length)]));
    const page = `{"columns":${names},"rows":[\n${written.join(",\n")}],"start":0,"total":9,"next":null}\n`;
    assert.deepEqual(core.rowsOf(page), wanted, page);
    for (const cut of [page.length - 40 - roll(20), page.indexOf('"rows":[') + 9]) {
      if (cut < page.lastIndexOf("]")) assert.throws(() => core.rowsOf(page.slice(0, cut)), page.slice(0, cut));
    }
  }
});

test("what passes, in which order", () => {
  const rows = [["b", "10"], ["Ａ", "9"], [null, "-1.5"], ["", null], ["甲乙", "9.0"]];
  const types = ["text", "decimal"], ask = (asked) => core.choose(rows, types, { q: "", where: [], sort: null, ...asked }, "zh-CN");
  const where = (column, test, value = "") => ask({ where: [{ column, test, value }] });
  assert.deepEqual(ask({}), [0, 1, 2, 3, 4]);
  assert.deepEqual(ask({ q: "a" }), [1]);
  assert.deepEqual(ask({ q: "乙" }), [4]);
  assert.deepEqual(where(0, "none"), [2, 3]);
  assert.deepEqual(where(0, "some"), [0, 1, 4]);
  assert.deepEqual(where(1, "least"), [0, 1, 2, 3, 4], "what is not said yet keeps nothing out");
  assert.deepEqual(where(1, "least", "甲"), []);
  assert.deepEqual(where(0, "is", "a"), [1]);
  assert.deepEqual(where(0, "lacks", "a"), [0, 2, 3, 4]);
  assert.deepEqual(where(0, "differs", "a"), [0, 2, 3, 4]);
  assert.deepEqual(where(1, "is", "9"), [1, 4]);
  assert.deepEqual(where(1, "most", "１，000"), [0, 1, 2, 4], "numbers as people write them");
  assert.deepEqual(core.choose([["01"], ["1"], ["001"]], ["code"], { q: "", where: [{ column: 0, test: "is", value: "01" }], sort: null }, "zh-CN"), [0], "codes are texts");
  assert.deepEqual(where(1, "least", "9"), [0, 1, 4]);
  assert.deepEqual(where(1, "most", "9"), [1, 2, 4]);
  assert.deepEqual(ask({ sort: { column: 1, isDown: false } }), [2, 1, 4, 0, 3]);
  assert.deepEqual(ask({ sort: { column: 1, isDown: true } }), [0, 1, 4, 2, 3]);
  const compare = core.comparer("decimal", "zh-CN");
  const ordered = ["-12345678901234567891", "-12345678901234567890", "0.100000000000000000005", "0.10000000000000000001", "0012345678901234567890", "12345678901234567891", "112345678901234567890"];
  for (const [at, a] of ordered.entries()) for (const [to, b] of ordered.entries()) assert.equal(Math.sign(compare(a, b)) + 0, Math.sign(at - to), `${a} ${b}`);
});

test("CSV as the site writes it", async () => {
  assert.equal(core.csvOf([["a", "b"], [null, ""], ["x,\"y", "1\r\n2"]]), "a,b\r\n,\"\"\r\n\"x,\"\"y\",\"1\r\n2\"\r\n");
  assert.equal(core.csvOf([["a"], [null]]), "a\r\n\"\"\r\n");
  // All rows of a table of the site give its own CSV file.
  const folder = join(root, "api/v1/datasets/gb2260/GB-2260");
  const total = JSON.parse(await readFile(join(folder, "schema.json"), "utf8"));
  const lines = [total.columns.map((column) => column.name)];
  for (let n = 1; n <= total.pages; n += 1) lines.push(...core.rowsOf(await readFile(join(folder, `rows/${n}.json`), "utf8")));
  const files = await readdir(join(root, "datasets/gb2260"), { recursive: true });
  const csv = files.filter((name) => name.endsWith(".csv"));
  const texts = await Promise.all(csv.map((name) => readFile(join(root, "datasets/gb2260", name), "utf8")));
  assert.ok(texts.includes(core.csvOf(lines)), csv.join());
});

const panel = (page) => page.locator(".explore");
const said = (page) => panel(page).locator(".count");

test("a reader filters, sorts, chooses columns, downloads, and passes the address on", async () => {
  const { page, context, faults } = await open("/datasets/gb2260/");
  assert.equal(site.asked.some((path) => path.startsWith("/api/") || path.includes("explore")), false, "nothing is fetched before somebody asks");
  await page.click("[data-rows] button");
  await panel(page).waitFor();
  assert.equal(await page.locator("[data-preview]:visible").count(), 0);
  const all = Number((await said(page).textContent()).replace(/\D/g, ""));
  assert.ok(all > 3000, "the whole table");
  assert.equal(await page.evaluate(() => document.activeElement.type), "search");

  await page.keyboard.type("盐城");
  await page.waitForFunction(() => /符合条件/.test(document.querySelector(".explore .count").textContent));
  const names = await panel(page).locator("thead th").allTextContents();
  assert.equal(names[0], "行号");
  const rows = await panel(page).locator("tbody tr").allTextContents();
  assert.ok(rows.length > 0 && rows.every((row) => row.includes("盐城")), rows.join("\n"));

  await panel(page).getByRole("button", { name: "清除条件" }).click();
  await page.waitForFunction((n) => !/符合条件/.test(document.querySelector(".explore .count").textContent), all);
  await panel(page).getByRole("button", { name: "增加条件" }).click();
  const row = panel(page).locator(".conditions li");
  assert.equal(await row.locator("select").first().locator("option").count(), names.length - 1);
  await row.locator("select").first().selectOption({ label: "code" });
  await row.locator("select").nth(1).selectOption("most");
  await row.locator("input").fill("110105");
  await page.waitForFunction(() => /符合条件/.test(document.querySelector(".explore .count").textContent));
  const sort = panel(page).getByRole("button", { name: "code", exact: true });
  await sort.click();
  await page.waitForSelector(".explore th[aria-sort=ascending]");
  await sort.click();
  await page.waitForSelector(".explore th[aria-sort=descending]");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.sort), "2", "the name keeps the focus");
  assert.equal(await panel(page).locator("tbody tr:first-child td").nth(2).textContent(), "110105");

  await panel(page).locator("details summary").click();
  const before = await panel(page).locator("thead th").count();
  await panel(page).locator(".pick input").nth(1).uncheck();
  await page.waitForFunction((n) => document.querySelectorAll(".explore thead th").length === n - 1, before);
  assert.deepEqual(await violations(page), []);

  const [download] = await Promise.all([page.waitForEvent("download"), panel(page).getByRole("button", { name: "下载结果" }).click()]);
  const text = await readFile(await download.path(), "utf8");
  const lines = text.trimEnd().split("\r\n");
  assert.equal(lines[0].split(",").length, before - 2);
  assert.ok(lines.length > 3 && lines.slice(1).every((line) => Number(line.split(",")[1]) <= 110105), text);
  assert.match(download.suggestedFilename(), /^gb2260-.*\.csv$/);

  const shown = await panel(page).locator("tbody").textContent();
  const other = await open(page.url().slice(site.base.length));
  await panel(other.page).locator("th[aria-sort=descending]").waitFor();
  assert.equal(await panel(other.page).locator("tbody").textContent(), shown);
  assert.ok(decodeURIComponent(page.url()).includes("code~most~110105"), page.url());
  assert.deepEqual([...faults, ...other.faults], []);
  await other.context.close();

  await panel(page).getByRole("button", { name: "返回预览" }).click();
  assert.equal(await panel(page).count(), 0);
  assert.ok((await page.locator("[data-preview]:visible").count()) > 0);
  assert.equal(new URL(page.url()).search, "");
  await context.close();
});

test("a hundred thousand rows are loaded with progress, and can be left", async () => {
  const held = [], release = () => { for (const done of held.splice(0)) done(); };
  const { page, context, faults } = await open("/datasets/hz-housing/");
  hold = (path) => (/rows\/(9|\d\d+)\.json/.test(path) ? new Promise((done) => { held.push(done); }) : undefined);
  await page.click("[data-rows] button");
  await panel(page).waitFor();
  await page.keyboard.type("第77777行");
  await page.waitForFunction(() => document.querySelector(".explore progress")?.value >= 8);
  assert.equal(await page.locator(".explore progress").getAttribute("max"), "100");
  await panel(page).getByRole("button", { name: "取消", exact: true }).click();
  await page.locator(".explore [role=alert]:has-text('已取消')").waitFor();
  assert.equal(await page.locator(".explore input[type=search]").inputValue(), "");
  assert.equal(await panel(page).locator("tbody tr").count(), 50);
  // Leafing and choosing columns meanwhile do not lose what is being loaded, and a download waits for it.
  await page.fill(".explore input[type=search]", "第88888行");
  await page.waitForFunction(() => document.querySelector(".explore progress")?.value >= 8 && !document.querySelector(".explore .wait").hidden);
  await panel(page).getByRole("button", { name: "下一页" }).click();
  const taking = page.waitForEvent("download");
  await panel(page).getByRole("button", { name: "下载结果" }).click();
  hold = () => {};
  release();
  const lines = (await readFile(await (await taking).path(), "utf8")).trimEnd().split("\r\n");
  assert.deepEqual(lines.slice(1), [`88888,${88887 % 7},第88888行`]);
  await page.fill(".explore input[type=search]", "第77777行");
  await page.waitForFunction(() => /符合条件/.test(document.querySelector(".explore .count").textContent), undefined, { timeout: 60_000 });
  assert.equal(await panel(page).locator("tbody tr").count(), 1);
  assert.deepEqual(await panel(page).locator("tbody tr > *").allTextContents(), ["77,777", "77777", String(77776 % 7), "第77777行"]);
  assert.deepEqual(faults, []);
  await context.close();
});

test("an address leads to a table that is folded away, and names may hold any sign", async () => {
  const { page, context } = await open("/datasets/holiday/");
  const boxes = page.locator("[data-rows]");
  const table = await boxes.nth(2).getAttribute("data-table");
  await page.goto(`${site.base}/datasets/holiday/?table=${encodeURIComponent(table)}&column=date`);
  await panel(page).waitFor();
  assert.equal(await panel(page).isVisible(), true);
  assert.equal(await panel(page).locator("thead th").count(), 2);
  await context.close();
});

test("a larger table is leafed through, a page of rows at a time", async () => {
  const { page, context, faults } = await open("/datasets/hz-school/?table=x");
  await page.click("[data-rows] button");
  await panel(page).waitFor();
  assert.equal(await panel(page).locator("input[type=search]").count(), 0);
  assert.equal(await panel(page).locator("thead button").count(), 0);
  await panel(page).locator(".leaf input").fill("200051");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".explore tbody th").textContent === "200,051");
  await panel(page).getByRole("button", { name: "下一页" }).click();
  await page.waitForFunction(() => document.querySelector(".explore tbody th").textContent === "200,101");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "下一页", "the step keeps the focus");
  assert.ok(site.asked.filter((path) => path.includes("/rows/")).length <= 2, site.asked.join());
  assert.deepEqual(faults, []);
  await context.close();
});

test("a table that went says so, and the preview stays", async () => {
  site.refuses = (path) => path.startsWith("/api/");
  const { page, context } = await open("/datasets/gb2260/");
  await page.click("[data-rows] button");
  await page.waitForFunction(() => /没有取到数据/.test(document.querySelector("[data-rows]").textContent));
  assert.ok((await page.locator("[data-preview]:visible").count()) > 0);
  site.refuses = (path) => /rows\/[2-9]/.test(path);
  await page.click("[data-rows] button");
  await panel(page).waitFor();
  await page.keyboard.type("盐城");
  await page.locator(".explore [role=alert] .warn-box").waitFor();
  site.refuses = () => false;
  await context.close();
});

for (const [name, options] of Object.entries({
  desk: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 360, height: 740 } },
  dark: { viewport: { width: 1024, height: 768 }, colorScheme: "dark" },
})) {
  test(`the panel has no accessibility violation or sideways scrolling: ${name}`, async () => {
    for (const path of ["/datasets/gb2260/", "/en/datasets/gb2260/", "/datasets/hz-school/"]) {
      const { page, context, faults } = await open(path, options);
      await page.click("[data-rows] button");
      await panel(page).waitFor();
      if (!path.includes("hz-school")) await panel(page).getByRole("button", { name: /增加条件|Add a condition/ }).click();
      await panel(page).locator("details summary").click();
      assert.deepEqual(await violations(page), [], path);
      assert.ok((await tooWide(page)) <= 0, path);
      assert.deepEqual(faults, []);
      await context.close();
    }
  });
}

test("without script the first rows and the files are there, and no dead control", async () => {
  const { page, context } = await open("/datasets/gb2260/", { script: false });
  assert.equal(await page.locator("[data-rows]").isVisible(), false);
  assert.ok((await page.locator("[data-preview]:visible").count()) > 0);
  await context.close();
});

test("the script keeps its budget, and is not on the page before it is asked for", async () => {
  const size = gzipSync(source, { level: 9 }).length;
  assert.ok(size <= 12 * 1024, `${size} bytes`);
});
