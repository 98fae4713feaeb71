// The way of a reader through the built example site with nothing but the keyboard: find, filter, look, download, cite,
// object; with script and without.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { serve } from "./site.mjs";

let site;
before(async () => { site = await serve(); });
after(() => site?.stop());

/** Presses Tab until the focus is on what is looked for; each stop on the way has to show that it has the focus. */
async function reach(page, selector, most = 150) {
  for (let n = 0; n < most; n += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate((selector) => {
      const found = document.activeElement;
      if (found === document.body) return { end: true };
      const { outlineStyle, outlineWidth } = getComputedStyle(found), box = found.getBoundingClientRect();
      return { is: found.matches(selector), seen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && box.width > 0, tag: found.outerHTML.slice(0, 120) };
    }, selector);
    assert.ok(stop.end || stop.seen, `no focus is seen on ${stop.tag}`);
    if (stop.is) return;
  }
  assert.fail(`${selector} is not reached by ${most} times Tab on ${page.url()}`);
}

async function download(page, selector) {
  await reach(page, selector);
  const [taken] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  assert.ok((await readFile(await taken.path())).length > 1000);
}

test("with script: find, filter, explore, download, cite, object", async () => {
  const { page, context, faults } = await site.open("/", { viewport: { width: 1440, height: 900 } });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await reach(page, "a.skip", 1);
  await reach(page, "#q");
  await page.keyboard.type("行政区划");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#found:not([hidden]):not([aria-busy]) h2");
  const all = await page.locator("#found-count").textContent();
  await reach(page, "#facets input[type=checkbox], aside input[type=checkbox]");
  await page.keyboard.press("Space");
  await page.waitForFunction((all) => document.querySelector("#found-count")?.textContent !== all || document.querySelector(".chip"), all);
  await page.keyboard.press("Control+Home");
  await page.evaluate(() => document.querySelector("main").focus());
  await reach(page, "#found .card a");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/datasets\/[^/]+\/$/);
  await page.goto(site.base + "/datasets/gb2260/");
  await download(page, ".page-head a[download]");
  await reach(page, "[data-rows] button");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".explore input:focus");
  await page.keyboard.type("盐城");
  await page.waitForFunction(() => /符合条件/.test(document.querySelector(".explore .count").textContent));
  await reach(page, ".explore th button");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".explore th[aria-sort=ascending]");
  await reach(page, "[data-copy=citation]");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => navigator.clipboard.readText().then((text) => text.includes("[DS/OL]")));
  await reach(page, "#object ~ p a, section[aria-labelledby=object] a");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/objection\//);
  assert.deepEqual(faults, []);
  await context.close();
});

test("without script: browse, look, download, cite, object", async () => {
  const { page, context, faults } = await site.open("/", { script: false, viewport: { width: 390, height: 844 } });
  await reach(page, ".tiles.theme a");
  await Promise.all([page.waitForURL(/\/themes\/[^/]+\/$/), page.keyboard.press("Enter")]);
  await reach(page, ".card a");
  await Promise.all([page.waitForURL(/\/datasets\/[^/]+\/$/), page.keyboard.press("Enter")]);
  await page.goto(site.base + "/datasets/gb2260/");
  await download(page, ".page-head a[download]");
  await reach(page, ".scroll");
  await reach(page, "#citation");
  await reach(page, "section[aria-labelledby=object] a");
  await Promise.all([page.waitForURL(/\/objection\//), page.keyboard.press("Enter")]);
  assert.equal(await page.locator("h1").isVisible(), true);
  assert.deepEqual(faults, []);
  await context.close();
});
