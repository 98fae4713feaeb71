// A picture of every kind of page at three widths and in the dark, for people to look at: PICTURES names the folder
// (default target/pages), its index.html shows all.
import assert from "node:assert/strict";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { KINDS, serve } from "./site.mjs";

const folder = resolve(process.env.PICTURES ?? "../../target/pages");
const LOOKS = { 390: { width: 390 }, 768: { width: 768 }, 1440: { width: 1440 }, dark: { width: 768, colorScheme: "dark" } };
/** Longer pages are cut here, in pixels. */
const TALLEST = 6_000;

let site;
before(async () => { site = await serve(); });
after(() => site?.stop());

test("pictures of every kind of page", async (t) => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const rows = [];
  for (const [look, { width, colorScheme }] of Object.entries(LOOKS)) {
    const { page, context } = await site.open("/", { viewport: { width, height: 900 }, colorScheme });
    for (const [name, path] of Object.entries(KINDS)) {
      await page.goto(site.base + path);
      if (path.includes("?q=")) await page.waitForSelector("#found:not([hidden]):not([aria-busy])");
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      const file = `${name}-${look}.png`;
      await page.setViewportSize({ width, height: Math.min(height, TALLEST) });
      await page.screenshot({ path: join(folder, file) });
      await page.setViewportSize({ width, height: 900 });
      rows.push([name, look, file]);
    }
    await context.close();
  }
  const figure = ([name, look, file]) => `<figure><figcaption>${name} ${look}</figcaption><a href="${file}"><img src="${file}" alt="" loading="lazy" width="260"></a></figure>`;
  const order = Object.keys(KINDS), sorted = rows.sort((a, b) => order.indexOf(a[0]) - order.indexOf(b[0]));
  await writeFile(join(folder, "index.html"), `<!doctype html><meta charset="utf-8"><title>Pages</title><style>body{display:flex;flex-wrap:wrap;align-items:start}figure{margin:8px}</style>${sorted.map(figure).join("\n")}\n`);
  for (const [, , file] of rows) assert.ok((await stat(join(folder, file))).size > 5_000, file);
  t.diagnostic(`${rows.length} pictures in ${folder}`);
});
