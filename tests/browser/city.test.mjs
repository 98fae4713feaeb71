// The example as a city would put it online: no demonstration, with the second theme. Lighthouse judges it as a phone on a
// slow network sees it; axe judges the theme.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import lighthouse from "lighthouse";
import { launch, serve, tooWide, violations } from "./site.mjs";

const program = resolve(process.env.KAISHU ?? "../../target/release/kaishu");
const repo = resolve(process.env.REPO ?? "../..");
const CATEGORIES = { accessibility: 100, "best-practices": 100, seo: 100, performance: 95 };
let folder, site;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "kaishu-city-"));
  for (const part of ["content", "datasets", "themes", "regimes"]) await cp(join(repo, part), join(folder, part), { recursive: true });
  const text = await readFile(join(repo, "site.toml"), "utf8");
  await writeFile(join(folder, "site.toml"), text
    .replace(/^demonstration = true$/m, 'demonstration = false\ntheme = "haibin"')
    .replace(/^title = .*$/m, 'title = { zh-CN = "测试用网站", en = "A site for tests" }')
    .replace(/^base_url = .*$/m, 'base_url = "https://data.test.invalid"')
    .replaceAll("data@kaishu.example", "data@test.invalid"));
  const { stdout } = await promisify(execFile)(program, ["build", "--site", folder, "--as-of", "2026-11-21", "--all"]);
  assert.ok(!stdout.includes("THEME_CONTRAST"), stdout);
  site = await serve({ folder: join(folder, "public") });
});

after(async () => {
  await site?.stop();
  if (folder) await rm(folder, { recursive: true });
});

test("the second theme is another city's, and as accessible", async () => {
  for (const [width, colorScheme] of [[1440, "light"], [390, "light"], [1024, "dark"]]) {
    for (const path of ["/", "/datasets/", "/datasets/gb2260/", "/quality/", "/objection/", "/en/"]) {
      const { page, context, faults } = await site.open(path, { viewport: { width, height: 900 }, colorScheme });
      assert.deepEqual(await violations(page), [], `${path} ${width} ${colorScheme}`);
      assert.ok((await tooWide(page)) <= 0, `${path} ${width}`);
      assert.deepEqual(faults, []);
      if (colorScheme === "light") assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--pri").trim()), "#00655e");
      if (path === "/") assert.equal(await page.locator(".hero .two .stats").count(), 1);
      await context.close();
    }
  }
});

test("Lighthouse: home, catalog, dataset", async (t) => {
  const port = 9222 + (process.pid % 500), browser = await launch([`--remote-debugging-port=${port}`]);
  try {
    for (const path of ["/", "/datasets/", "/datasets/gb2260/"]) {
      // The machine may be busy with something else: the better of two runs is the page's.
      const best = {}, faults = new Set();
      for (let round = 0; round < 2; round += 1) {
        const { lhr } = await lighthouse(site.base + path, { port, output: "json", logLevel: "error", onlyCategories: Object.keys(CATEGORIES) });
        for (const { id, score, auditRefs } of Object.values(lhr.categories)) {
          best[id] = Math.max(best[id] ?? 0, Math.round(score * 100));
          for (const ref of auditRefs) {
            const { score: own, displayValue = "" } = lhr.audits[ref.id];
            if (ref.weight && own !== null && own < 1) faults.add(`${ref.id} ${displayValue}`);
          }
        }
        if (Object.entries(CATEGORIES).every(([id, least]) => best[id] >= least)) break;
      }
      t.diagnostic(`${path} ${JSON.stringify(best)}`);
      for (const [id, least] of Object.entries(CATEGORIES)) assert.ok(best[id] >= least, `${path}: ${id} ${best[id]}: ${[...faults].join(", ")}`);
    }
  } finally {
    await browser.close();
  }
});
