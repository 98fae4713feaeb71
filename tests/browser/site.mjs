// What the browser tests share: the built site (SITE) behind a plain file server, and a browser (CHROMIUM) that notes what
// a page must not do.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".csv": "text/csv", ".json": "application/json" };
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export const root = process.env.SITE;

export const launch = (args = []) => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", ...args],
});

/** The names of axe's rules that a page breaks, with the first places. */
export async function violations(page) {
  await page.evaluate(await readFile(require.resolve("axe-core/axe.min.js"), "utf8"));
  const res = await page.evaluate((rules) => globalThis.axe.run(document, { runOnly: rules }), RULES);
  return res.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`);
}

/** How many pixels a page is wider than its window. */
export const tooWide = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** One page of every kind on the example site, by a name for its picture. */
export const KINDS = {
  home: "/", datasets: "/datasets/", results: "/datasets/?q=%E8%A1%8C%E6%94%BF", "no-results": "/datasets/?q=%E9%BE%98%E9%BE%98",
  dataset: "/datasets/gb2260/", "dataset-line": "/datasets/hz-housing/", "dataset-tables": "/datasets/xzqh-yearly/", "dataset-english": "/en/datasets/hz-school/", notice: "/datasets/ccs/",
  themes: "/themes/", theme: "/themes/%E8%87%AA%E7%84%B6%E8%B5%84%E6%BA%90/", providers: "/providers/", formats: "/formats/", format: "/formats/csv/", frequencies: "/frequencies/", tags: "/tags/",
  terms: "/terms/", licence: "/licence/", objection: "/objection/", status: "/objection/status/", quality: "/quality/", notices: "/notices/", about: "/about/", api: "/api/",
  "not-found": "/404.html", offline: "/offline.html", "offline-english": "/en/offline.html", "home-english": "/en/",
};

/** Serves a folder and opens its pages. `refuses` is asked for each path; `answer` may take a request over. */
export async function serve({ folder = root, answer } = {}) {
  const site = { asked: [], refuses: () => false };
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
    site.asked.push(path);
    if (await answer?.(path, response)) return;
    const file = join(folder, path.endsWith("/") ? path + "index.html" : path);
    try {
      if (site.refuses(path)) throw new Error("refused");
      const body = await readFile(file);
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404, { "content-type": TYPES[".html"] }).end(await readFile(join(folder, "404.html")));
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  site.base = `http://127.0.0.1:${server.address().port}`;
  const browser = site.browser = await launch();
  /** Opens a page; `faults` are requests to elsewhere, policy violations and script errors. */
  site.open = async (path, { script = true, init, ...options } = {}) => {
    site.asked.length = 0;
    const context = await browser.newContext({ javaScriptEnabled: script, locale: "zh-CN", ...options });
    const page = await context.newPage();
    const faults = [];
    page.on("request", (request) => { if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(site.base)) faults.push(`asked ${request.url()}`); });
    page.on("console", (message) => { if (message.type() === "error" || /Content Security Policy/.test(message.text())) faults.push(message.text()); });
    page.on("pageerror", (error) => faults.push(String(error)));
    if (init) await page.addInitScript(init);
    await page.goto(site.base + path);
    return { page, context, faults };
  };
  site.stop = async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  };
  return site;
}
