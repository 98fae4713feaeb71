// The built example site in a real browser. SITE names the folder; CHROMIUM the browser (default /usr/bin/chromium).
import assert from "node:assert/strict";
import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { KINDS, root, serve, tooWide, violations } from "./site.mjs";

const PAGES = Object.values(KINDS);

let site, isDown = false;
const open = (path, options) => site.open(path, options);

before(async () => { site = await serve({ answer: (_, response) => isDown && response.destroy() }); });
after(() => site?.stop());

for (const [name, options] of Object.entries({
  desk: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 360, height: 740 } },
  dark: { viewport: { width: 1024, height: 768 }, colorScheme: "dark" },
  large: { viewport: { width: 390, height: 844 }, init: 'localStorage.setItem("kaishu-large", "1")' },
  contrast: { viewport: { width: 1024, height: 768 }, init: 'localStorage.setItem("kaishu-contrast", "1")' },
})) {
  test(`no accessibility violation, outside request, cookie or sideways scrolling: ${name}`, async () => {
    const all = [];
    for (const path of PAGES) {
      const { page, context, faults } = await open(path, options);
      const found = await violations(page);
      const cookies = (await context.cookies()).map((cookie) => `sets the cookie ${cookie.name}`);
      all.push(...[...found, ...faults, ...cookies].map((fault) => `${path}: ${fault}`));
      const wide = await tooWide(page);
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
  await page.goto(site.base + "/datasets/gb4754/");
  assert.equal(await page.evaluate(() => "large" in document.documentElement.dataset && "contrast" in document.documentElement.dataset), true);
  assert.deepEqual(await violations(page), []);
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
    const context = await site.browser.newContext({ locale: "zh-CN" });
    const page = await context.newPage();
    await page.clock.setFixedTime(new Date(`${day}T12:00:00`));
    await page.goto(site.base + "/datasets/hmt/");
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
  await page.goto(site.base + "/datasets/");
  await page.click("aside details a >> nth=0");
  assert.equal(await page.locator(".card").first().isVisible(), true);
  await context.close();
});

test("without network the page that says so comes in the reader's language, and nothing else was kept", async () => {
  const { page, context, faults } = await open("/en/datasets/gb4754/");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.goto(site.base + "/datasets/hmt/");
  const kept = await page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat());
  const scripts = await Promise.all(["/", "/en/"].map(async (path) => /data-offline="([^"]+)"/.exec(await (await fetch(site.base + path)).text())[1]));
  assert.equal(scripts[0], scripts[1], "one script for all languages");
  assert.deepEqual(kept.filter((path) => !path.startsWith("/assets/")).sort(), ["/en/offline.html", "/offline.html"]);
  isDown = true;
  for (const [path, title] of [["/datasets/hmt/", "暂时无法访问"], ["/en/datasets/gb4754/", "Cannot be reached"], ["/", "暂时无法访问"]]) {
    await page.goto(site.base + path);
    assert.equal(await page.locator("h1").textContent(), title);
    assert.equal(await page.locator("[data-again]").isVisible(), true);
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector(".top")).borderBottomWidth), "0px", "with its style");
  }
  isDown = false;
  await page.goto(site.base + "/datasets/gb4754/");
  assert.equal(await page.locator("#preview").isVisible(), true, "with network everything is as ever");
  assert.deepEqual(faults.filter((fault) => !/ERR_|Failed to fetch|fetching the script/.test(fault)), []);
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
