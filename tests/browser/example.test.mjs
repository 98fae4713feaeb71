// The built example site in a real browser. SITE names the folder; CHROMIUM the browser (default /usr/bin/chromium).
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFile, readdir, stat } from "node:fs/promises";
import { join, extname } from "node:path";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axeSource = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
const root = process.env.SITE;
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".csv": "text/csv", ".json": "application/json" };
const PAGES = ["/", "/datasets/", "/datasets/gb4754/", "/datasets/hz-housing/", "/datasets/xzqh-yearly/", "/datasets/ccs/", "/themes/", "/providers/", "/terms/", "/licence/", "/objection/", "/quality/", "/notices/", "/about/", "/api/", "/objection/status/", "/404.html", "/en/", "/en/datasets/hz-school/", "/formats/csv/", "/frequencies/", "/tags/"];

let server, browser, base;

before(async () => {
  server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
    const file = join(root, path.endsWith("/") ? path + "index.html" : path);
    try {
      const body = await readFile(file);
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404, { "content-type": TYPES[".html"] }).end(await readFile(join(root, "404.html")));
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  base = `http://127.0.0.1:${server.address().port}`;
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** Opens a page and notes every request to elsewhere, policy violation and script error. */
async function open(path, { script = true, ...options } = {}) {
  const context = await browser.newContext({ javaScriptEnabled: script, locale: "zh-CN", ...options });
  const page = await context.newPage();
  const faults = [];
  page.on("request", (request) => { if (!request.url().startsWith(base) && !request.url().startsWith("data:")) faults.push(`asked ${request.url()}`); });
  page.on("console", (message) => { if (message.type() === "error" || /Content Security Policy/.test(message.text())) faults.push(message.text()); });
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(base + path);
  return { page, context, faults };
}

for (const [name, options] of Object.entries({
  desk: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 360, height: 740 } },
  dark: { viewport: { width: 1024, height: 768 }, colorScheme: "dark" },
})) {
  test(`no accessibility violation, outside request, cookie or sideways scrolling: ${name}`, async () => {
    const all = [];
    for (const path of PAGES) {
      const { page, context, faults } = await open(path, options);
      await page.evaluate(axeSource);
      const res = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
      const found = res.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`);
      const cookies = (await context.cookies()).map((cookie) => `sets the cookie ${cookie.name}`);
      all.push(...[...found, ...faults, ...cookies].map((fault) => `${path}: ${fault}`));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) all.push(`${path}: ${wide} px too wide`);
      await context.close();
    }
    assert.deepEqual(all, []);
  });
}

test("large text and high contrast are kept and stay accessible", async () => {
  const { page, context } = await open("/datasets/gb4754/", { viewport: { width: 390, height: 800 } });
  await page.click("[data-pref=large]");
  await page.click("[data-pref=contrast]");
  await page.goto(base + "/datasets/gb4754/");
  assert.equal(await page.evaluate(() => "large" in document.documentElement.dataset && "contrast" in document.documentElement.dataset), true);
  await page.evaluate(axeSource);
  const res = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa"] }));
  assert.deepEqual(res.violations.map((v) => v.id), []);
  await context.close();
});

test("with script, the citation carries today's date and can be copied", async () => {
  const { page, context } = await open("/datasets/gb4754/");
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.click("[data-copy=citation]");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  const today = await page.evaluate(() => { const d = new Date(); return [d.getFullYear(), d.getMonth() + 1, d.getDate()].map((n) => String(n).padStart(2, "0")).join("-"); });
  assert.match(copied, /\[DS\/OL\]/);
  assert.ok(copied.includes(`[${today}]`), copied);
  await context.close();
});

test("what was in time when it was built is overdue once its day has passed", async () => {
  const tag = async (day) => {
    const context = await browser.newContext({ locale: "zh-CN" });
    const page = await context.newPage();
    await page.clock.setFixedTime(new Date(`${day}T12:00:00`));
    await page.goto(base + "/datasets/hmt/");
    const found = page.locator("[data-due]");
    const res = [await found.getAttribute("data-due"), await found.textContent(), await found.getAttribute("class")];
    await context.close();
    return res;
  };
  const [due, text, tone] = await tag("2026-11-22");
  assert.match(due, /^20\d\d-\d\d-\d\d$/);
  assert.deepEqual([text, tone], ["按期更新", "tag ok"]);
  assert.deepEqual(await tag(due), [due, "按期更新", "tag ok"]);
  assert.deepEqual(await tag("2039-01-01"), [due, "逾期未更新", "tag bad"]);
});

test("without script, everything is there and no control is dead", async () => {
  const { page, context } = await open("/datasets/gb4754/", { script: false });
  for (const selector of ["#preview", "#items", "#files", "#licence", "#citation", ".facts"]) {
    assert.equal(await page.locator(selector).first().isVisible(), true, selector);
  }
  assert.equal(await page.locator("button:visible").count(), 0);
  assert.ok((await page.locator("#citation").textContent()).includes("获取日期"));
  const hrefs = await page.locator("a[download]").evaluateAll((links) => links.map((a) => a.getAttribute("href")));
  assert.ok(hrefs.length > 5);
  for (const href of hrefs) assert.equal((await stat(join(root, decodeURIComponent(href)))).isFile(), true, href);
  await page.goto(base + "/datasets/");
  await page.click("aside details a >> nth=0");
  assert.equal(await page.locator(".card").first().isVisible(), true);
  await context.close();
});

test("pages keep their budgets", async () => {
  const { gzipSync } = await import("node:zlib");
  let n = 0;
  for (const entry of await readdir(root, { recursive: true })) {
    if (!entry.endsWith(".html")) continue;
    n += 1;
    const size = gzipSync(await readFile(join(root, entry))).length;
    assert.ok(size <= 25 * 1024, `${entry} has ${size} bytes gzipped`);
  }
  assert.ok(n > 100);
});
