// Cases from the form to the decision, in a real browser: the example site under two regulations, each with its endpoint
// behind a server that does what nginx would. KAISHU names the program, REPO the folder with the example site, CHROMIUM the
// browser, SHOTS a folder for screenshots (none are made without it).
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, request as ask } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axeSource = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
const program = resolve(process.env.KAISHU ?? "../../target/release/kaishu");
const repo = resolve(process.env.REPO ?? "../..");
const shots = process.env.SHOTS;
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".csv": "text/csv", ".json": "application/json" };
/** What the form offers, and what evidence does under it. */
const REGIMES = {
  "yancheng-2022": { ground: "个人信息", suspends: false },
  "shuangyashan-2026": { ground: "个人隐私", suspends: true },
};
const BY = ["--by", "测试单位"];
const RECEIPT = /^KS-20\d\d-[0-9a-z]{10}$/;
const SECRET = /^[0-9a-z]{4}(-[0-9a-z]{4}){3}$/;

let browser, folder;
const sites = {};

/** Runs the program over a site and gives what it printed; a failure carries its messages. */
const kaishu = async (site, ...args) => (await promisify(execFile)(program, [...args, "--site", site.dir], { maxBuffer: 1 << 26 })).stdout;
const build = (site) => kaishu(site, "build", "--as-of", "2026-11-21");
const listed = async (site, dataset) => (await kaishu(site, "case", "list", "--all", "--json")).split("\n").filter(Boolean).map((line) => JSON.parse(line)).filter((one) => one.events[0].dataset === dataset);

/** Starts the endpoint of a site; the port is the system's choice. */
async function start(site) {
  const child = spawn(program, ["endpoint", "--site", site.dir, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "ignore"] });
  site.endpoint = child;
  for await (const line of createInterface({ input: child.stdout })) {
    const [, port] = /^listening on .*:(\d+)$/.exec(line) ?? [];
    if (port) { site.port = port; return; }
  }
  throw new Error("the endpoint ended before it listened");
}

/** Ends the endpoint at once, as a power cut would. */
async function kill(site) {
  if (!site.endpoint || site.endpoint.exitCode !== null || site.endpoint.signalCode) return;
  const ended = new Promise((done) => site.endpoint.once("exit", done));
  site.endpoint.kill("SIGKILL");
  await ended;
}

/** Passes a request on whole, as nginx does; `site.line` makes it a bad line. */
async function pass(site, request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts);
  if (site.line === "cut") return response.destroy();
  const headers = { ...request.headers, "content-length": body.length, connection: "close", "x-forwarded-for": site.client };
  delete headers["transfer-encoding"];
  const options = { host: "127.0.0.1", port: site.port, method: request.method, path: request.url, headers };
  const onward = ask(options, async (answer) => {
    const back = [];
    for await (const part of answer) back.push(part);
    if (site.line === "lost") return response.destroy();
    response.writeHead(answer.statusCode, answer.headers).end(Buffer.concat(back));
  });
  onward.on("error", () => response.writeHead(502, { "content-type": TYPES[".html"] }).end("<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>"));
  onward.end(body);
}

/** A copy of the example site under a regulation, built, served, with its endpoint. */
async function make(regime) {
  const site = { regime, ...REGIMES[regime], dir: join(folder, regime), client: "192.0.2.1", line: "good" };
  site.server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
    if (path === "/health" || path === "/cases" || path.startsWith("/cases/")) return pass(site, request, response);
    const file = join(site.dir, "public", path.endsWith("/") ? path + "index.html" : path);
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    try {
      const body = await readFile(file);
      response.writeHead(200, { "content-type": type, "x-content-type-options": "nosniff", "cache-control": "no-cache" }).end(body);
    } catch {
      response.writeHead(404, { "content-type": TYPES[".html"] }).end(await readFile(join(site.dir, "public/404.html")));
    }
  });
  await new Promise((done) => site.server.listen(0, "127.0.0.1", done));
  site.base = `http://127.0.0.1:${site.server.address().port}`;
  await mkdir(site.dir);
  for (const part of ["content", "datasets", "themes", "regimes"]) await cp(join(repo, part), join(site.dir, part), { recursive: true });
  const text = (await readFile(join(repo, "site.toml"), "utf8"))
    .replace(/^base_url = .*$/m, `base_url = "${site.base}"`)
    .replace(/^regime = .*$/m, `regime = "${regime}"`);
  // One of the two regulations lets any-purpose licences be used only where somebody allowed it.
  const more = `\n[endpoint]\nurl = "${site.base}/cases"\ntrusted_proxies = ["127.0.0.1"]\n\n[licence.authorisation]\nbody = "测试"\nreference = "测试"\ndate = "2026-01-01"\n`;
  await writeFile(join(site.dir, "site.toml"), text + more);
  await build(site);
  await start(site);
  assert.deepEqual(await (await fetch(`${site.base}/health`)).json(), { status: "ok" });
  sites[regime] = site;
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "kaishu-cases-"));
  if (shots) await mkdir(shots, { recursive: true });
  await Promise.all(Object.keys(REGIMES).map(make));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
});

after(async () => {
  await browser?.close();
  for (const site of Object.values(sites)) {
    await kill(site);
    site.server.close();
    site.server.closeAllConnections();
  }
  if (folder) await rm(folder, { recursive: true, force: true });
});

let visitors = 0;
/** A visitor from a network of their own, with notes of requests to elsewhere, policy violations and script errors. */
async function visit(site, { script = true, width = 1440, ...options } = {}) {
  const context = await browser.newContext({ javaScriptEnabled: script, locale: "zh-CN", viewport: { width, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  site.client = `198.18.${++visitors}.1`;
  const faults = [];
  page.on("request", (request) => { if (!request.url().startsWith(site.base) && !/^(data|blob):/.test(request.url())) faults.push(`asked ${request.url()}`); });
  page.on("console", (message) => {
    // The browser notes every refusal of the endpoint; these are what is tested.
    const isRefusal = message.text().startsWith("Failed to load resource") && message.location().url.startsWith(`${site.base}/cases`);
    if (!isRefusal && (message.type() === "error" || /Content Security Policy/.test(message.text()))) faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  // The rules are a script themselves: where a page has none, they look at a copy of it whose own scripts do not come.
  let other, html;
  const copy = async (text) => {
    html = text;
    if (!other) {
      other = await (await browser.newContext({ viewport: { width, height: 900 } })).newPage();
      await other.route(/\.js$/, (route) => route.abort());
      await other.route(`${site.base}/copy`, (route) => route.fulfill({ contentType: TYPES[".html"], body: html }));
    }
    await other.goto(`${site.base}/copy`);
    return other;
  };
  /** Looks at the page as it is: at this visitor's width by the rules of accessibility, at others for what sticks out. */
  const look = async (name) => {
    const shown = script ? page : await copy(await page.content());
    await shown.evaluate(axeSource);
    const { violations } = await shown.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    faults.push(...violations.map((v) => `${name}: ${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`));
    for (const each of [390, 768, 1440]) {
      await page.setViewportSize({ width: each, height: 900 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) faults.push(`${name}: ${wide} px too wide at ${each}`);
      if (shots) await page.screenshot({ path: join(shots, `${site.regime}-${script ? "" : "no"}script-${name}-${each}.png`), fullPage: true });
    }
    await page.setViewportSize({ width, height: 900 });
  };
  const leave = async () => {
    faults.push(...(await context.cookies()).map((cookie) => `sets the cookie ${cookie.name}`));
    await context.close();
    await other?.context().close();
    assert.deepEqual(faults, []);
  };
  return { site, script, page, context, look, leave };
}

/** From the page of a dataset to the form that has its identifier filled in. */
async function toForm({ site, page, script }, dataset) {
  await page.goto(`${site.base}/datasets/${dataset}/`);
  // Without script the last of two links leads to the endpoint, which fills the identifier in.
  await page.locator(`[aria-labelledby=object] a[href*="dataset=${dataset}"]:visible`).last().click();
  await page.waitForURL(/dataset=/);
  assert.equal(new URL(page.url()).pathname, script ? "/objection/" : "/cases/form");
  assert.equal(await page.inputValue("#dataset"), dataset);
}

/** Sends a form and gives the answer, once the page that it makes is there. */
async function press(page, path, selector = "main [type=submit]") {
  const loaded = new Promise((done) => { page.once("load", done); });
  const [answer] = await Promise.all([page.waitForResponse((one) => one.request().method() === "POST" && new URL(one.url()).pathname === path), page.click(selector)]);
  if (answer.request().isNavigationRequest()) await loaded;
  return answer;
}
const textOf = async (page, selector) => (await page.locator(selector).first().innerText()).trim();
const typed = { statement: "第3列\n含有住址", locator: "第3列", contact: "010-0000 0000" };

/** Fills everything in but the ground. */
async function fill(page, words) {
  await page.check("[name=kind][value=objection]");
  for (const [name, text] of Object.entries({ ...typed, ...words })) await page.fill(`#${name}`, text);
}
const choose = (page, ground) => page.check(`[data-kind=objection] [name=grounds][value="${ground}"]`);
const attach = (page, selector, name, text) => page.setInputFiles(selector, { name, mimeType: "text/plain", buffer: Buffer.from(text) });

/** The number and the secret of the receipt that is shown. */
async function receiptOf(page) {
  await page.locator("#receipt").waitFor();
  const [receipt, secret] = await page.locator("#receipt code").allInnerTexts();
  assert.match(receipt, RECEIPT);
  assert.match(secret, SECRET);
  return { receipt, secret };
}

/** Hands in an objection with evidence: first without a ground, then put right. */
async function object(visitor, dataset) {
  const { site, page, script, look } = visitor;
  await toForm(visitor, dataset);
  await look("form");
  await fill(page);
  if (script) await page.click("main [type=submit]"); else assert.equal((await press(page, "/cases")).status(), 422);
  const summary = page.locator(".error-summary");
  await summary.waitFor();
  if (script) assert.equal(await summary.evaluate((node) => node === document.activeElement), true);
  await summary.locator("a").click();
  if (!script) await page.waitForURL(/#grounds$/);
  assert.equal(await page.locator("#grounds").evaluate((node) => { const { top } = node.getBoundingClientRect(); return top >= 0 && top < innerHeight; }), true);
  if (script) assert.equal(await page.evaluate(() => document.activeElement.name), "grounds");
  for (const [name, text] of Object.entries({ ...typed, dataset })) assert.equal(await page.inputValue(`#${name}`), text);
  assert.equal(await page.isChecked("[name=kind][value=objection]"), true);
  await look("errors");
  await choose(page, site.ground);
  await attach(page, "#evidence", "证据.txt", `${dataset} 的证据`);
  assert.equal((await press(page, "/cases")).status(), 201);
  const known = await receiptOf(page);
  assert.equal(await textOf(page, "h1"), "已收到");
  assert.equal((await page.locator("main").innerText()).includes("所涉数据集已中止开放"), site.suspends);
  assert.ok((await page.locator("main").innerText()).includes("证据.txt"));
  // Controls that need a script are only there with one.
  assert.equal(await page.locator("main [data-print]:visible, main [data-copy]:visible").count(), script ? 2 : 0);
  await look("receipt");
  return known;
}

/** Looks a case up on its page. */
async function lookUp({ site, page }, { receipt, secret }) {
  await page.goto(`${site.base}/objection/status/`);
  await page.fill("#number", receipt);
  await page.fill("#secret", secret);
  return (await press(page, "/cases/status")).status();
}

/** Everything of a dataset that can be downloaded. */
async function downloads({ site, page }, dataset) {
  await page.goto(`${site.base}/datasets/${dataset}/`);
  const paths = await page.locator("a[download]").evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
  assert.ok(paths.length > 2);
  return [...new Set(paths)];
}

/** The pages that lead to a dataset, but for its own and the notices. */
async function leading(site, dataset) {
  const root = join(site.dir, "public"), res = [];
  for (const entry of await readdir(root, { recursive: true })) {
    if (!entry.endsWith(".html") || /^(en\/)?(notices|datasets\/[^/]+)\//.test(entry)) continue;
    if ((await readFile(join(root, entry), "utf8")).includes(`/datasets/${dataset}/"`)) res.push(entry);
  }
  return res;
}

/** The dataset is off the site, with a notice in its place. */
async function isSuspended({ site, page, look }, dataset, paths) {
  await page.goto(`${site.base}/datasets/${dataset}/`);
  assert.match(await page.locator("main").innerText(), /中止开放/);
  assert.notEqual(await textOf(page, "h1"), "");
  assert.equal(await page.locator("a[download]").count(), 0);
  await look("notice");
  for (const path of paths) {
    assert.equal((await fetch(site.base + path)).status, 404, path);
    assert.equal(existsSync(join(site.dir, "public", decodeURIComponent(path))), false, path);
  }
  assert.equal(existsSync(join(site.dir, "public/datasets", dataset, "files")), false);
  assert.deepEqual(await leading(site, dataset), []);
}

/** The dataset is as it was. */
async function isOpen(visitor, dataset, paths) {
  assert.deepEqual(await downloads(visitor, dataset), paths);
  for (const path of paths) assert.equal((await fetch(visitor.site.base + path)).status, 200, path);
  assert.notDeepEqual(await leading(visitor.site, dataset), []);
}

for (const [script, dataset, width] of [[true, "hmt", 1440], [false, "gb3304", 390]]) {
  const how = script ? "with script" : "without script";

  test(`where evidence suspends: from a mistake to the decision of the review, ${how}`, async () => {
    const site = sites["shuangyashan-2026"];
    const visitor = await visit(site, { script, width });
    const { page, look } = visitor;
    const paths = await downloads(visitor, dataset);
    const known = await object(visitor, dataset);
    await isSuspended(visitor, dataset, paths);

    assert.equal(await lookUp(visitor, known), 200);
    assert.match(await page.locator("main").innerText(), /所涉数据集已中止开放/);
    await look("status");
    await attach(page, "#more", "补充.txt", "更多证据");
    await page.fill("#more-words", "补充说明");
    assert.equal((await press(page, `/cases/${known.receipt}/evidence`, "form[action$='/evidence'] [type=submit]")).status(), 201);
    assert.match(await page.locator("main").innerText(), /补充\.txt/);
    assert.equal(await page.locator("form[action$='/review']").count(), 0);

    await kaishu(site, "case", "decide", known.receipt, "--outcome", "resume_open", "--reasons", "经核实不含住址", ...BY);
    await kaishu(site, "case", "feedback", known.receipt, ...BY);
    await build(site);
    await isOpen(visitor, dataset, paths);

    assert.equal(await lookUp(visitor, known), 200);
    assert.match(await page.locator("main").innerText(), /恢复开放[^]*经核实不含住址/);
    await look("decided");
    await page.fill("#review-words", "请复核");
    assert.equal((await press(page, `/cases/${known.receipt}/review`, "form[action$='/review'] [type=submit]")).status(), 201);
    assert.match(await page.locator("main").innerText(), /复核中/);
    await kaishu(site, "case", "review", known.receipt, "--reasons", "维持原决定", ...BY);
    assert.equal(await lookUp(visitor, known), 200);
    assert.match(await page.locator("main").innerText(), /复核结果[^]*维持原决定/);
    await visitor.leave();
  });

  test(`where staff suspend: from a mistake to the decision, ${how}`, async () => {
    const site = sites["yancheng-2022"];
    const visitor = await visit(site, { script, width: 1830 - width });
    const { page, look } = visitor;
    const paths = await downloads(visitor, dataset);
    const known = await object(visitor, dataset);
    await isOpen(visitor, dataset, paths);

    // A wrong secret tells nothing but that nothing was found, and keeps the number.
    assert.equal(await lookUp(visitor, { ...known, secret: "0000-0000-0000-0000" }), 404);
    assert.equal(await textOf(page, ".error-summary"), "没有找到。请核对回执号和查询口令。");
    assert.equal(await page.inputValue("#number"), known.receipt);
    assert.equal(await page.locator("#receipt").count(), 0);
    await look("wrong-secret");

    await kaishu(site, "case", "suspend", known.receipt, ...BY);
    await isSuspended(visitor, dataset, paths);
    assert.equal(await lookUp(visitor, known), 200);
    assert.match(await page.locator("main").innerText(), /所涉数据集已中止开放/);
    await look("status");
    await kaishu(site, "case", "decide", known.receipt, "--outcome", "keep_open", "--reasons", "不含个人信息", ...BY);
    await build(site);
    await isOpen(visitor, dataset, paths);
    assert.equal(await lookUp(visitor, known), 200);
    assert.match(await page.locator("main").innerText(), /继续开放[^]*不含个人信息/);
    // The regulation knows no review.
    assert.equal(await page.locator("form[action$='/review']").count(), 0);
    await visitor.leave();
  });

  test(`in English, whatever the browser prefers, ${how}`, async () => {
    const site = sites["yancheng-2022"];
    const visitor = await visit(site, { script, width });
    const { page, look } = visitor;
    await page.goto(`${site.base}/en/objection/`);
    await page.check("[name=kind][value=correction]");
    await page.fill("#dataset", "iso3166");
    await page.fill("#statement", `The name of one country is outdated (${how}).`);
    assert.equal((await press(page, "/cases")).status(), 201);
    const known = await receiptOf(page);
    assert.equal(await textOf(page, "h1"), "Received");
    assert.equal(await page.getAttribute("html", "lang"), "en");
    assert.match(await page.locator("main").innerText(), /Receipt number[^]*Secret[^]*What happened/);
    await look("english");
    await page.goto(`${site.base}/en/objection/status/`);
    await page.fill("#number", known.receipt.toLowerCase());
    await page.fill("#secret", known.secret.replaceAll("-", " ").toUpperCase());
    assert.equal((await press(page, "/cases/status")).status(), 200);
    assert.match(await page.locator("main").innerText(), /Receipt number[^]*What happened/);
    await visitor.leave();
  });
}

test("with the keyboard alone", async () => {
  const site = sites["yancheng-2022"], visitor = await visit(site);
  const { page, context } = visitor;
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const tabTo = async (selector) => {
    for (let n = 0; n < 60; n += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
    }
    assert.fail(`Tab does not lead to ${selector}`);
  };
  await page.goto(`${site.base}/objection/?dataset=ccs`);
  await tabTo("[name=kind]");
  await page.keyboard.press("Space");
  assert.equal(await page.isChecked("[name=kind][value=objection]"), true);
  await tabTo("#statement");
  await page.keyboard.type("typed");
  await tabTo("main [type=submit]");
  await page.keyboard.press("Enter");
  await page.locator(".error-summary").waitFor();
  await tabTo(".error-summary a");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.name), "grounds");
  await page.keyboard.press("Space");
  await tabTo("main [type=submit]");
  await page.keyboard.press("Space");
  const { receipt, secret } = await receiptOf(page);
  // Whoever hears the page is told where they are.
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1");
  await tabTo("[data-copy=receipt]");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "已复制" }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(copied.includes(receipt) && copied.includes(secret), copied);
  await visitor.leave();
});

test("an endpoint that is gone, a line that breaks: nothing typed is lost, nothing is received twice", async () => {
  const site = sites["yancheng-2022"], visitor = await visit(site), dataset = "iso4217";
  const { page, look } = visitor;
  const submit = page.locator("main [type=submit]"), message = page.locator(".sending [role=alert]");
  const isKept = async () => {
    for (const [name, text] of Object.entries({ ...typed, dataset })) assert.equal(await page.inputValue(`#${name}`), text);
    assert.equal(await page.isChecked(`[name=grounds][value="${site.ground}"]`), true);
    assert.equal(await page.locator("#evidence").evaluate((input) => input.files[0].name), "证据.txt");
  };
  await page.goto(`${site.base}/objection/?dataset=${dataset}`);
  await fill(page);
  await choose(page, site.ground);
  await attach(page, "#evidence", "证据.txt", "证据");
  await kill(site);
  await submit.click();
  await message.getByText("502").first().waitFor();
  assert.match(await message.innerText(), /未能受理[^]*所选文件仍在本页/);
  await isKept();
  await look("refused");
  site.line = "cut";
  await submit.click();
  await message.getByText("尚未收到回执").waitFor();
  await isKept();
  await start(site);
  assert.deepEqual(await listed(site, dataset), []);
  // It is received, but the receipt gets lost on its way.
  site.line = "lost";
  await submit.click();
  await message.getByText("尚未收到回执").waitFor();
  await isKept();
  assert.equal((await listed(site, dataset)).length, 1);
  site.line = "good";
  await submit.click();
  const { receipt } = await receiptOf(page);
  assert.deepEqual((await listed(site, dataset)).map((one) => one.receipt), [receipt]);
  await visitor.leave();
});

for (const script of [true, false]) {
  const how = script ? "with script" : "without script";

  test(`a file that cannot be taken costs nobody what was typed, ${how}`, async () => {
    const site = sites["yancheng-2022"], visitor = await visit(site, { script, width: 390 });
    const { page } = visitor;
    await page.goto(`${site.base}/en/objection/`);
    await fill(page, { dataset: "ccs" });
    await choose(page, site.ground);
    await page.setInputFiles("#evidence", { name: "x.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ\x90\x00\x03\x00", "latin1") });
    assert.equal((await press(page, "/cases")).status(), 422);
    const said = page.locator(".error-summary, .sending [role=alert]");
    await said.first().waitFor();
    assert.match(await said.first().innerText(), /x\.exe/);
    assert.doesNotMatch(await page.locator("main").innerText(), /Receipt number|回执号/);
    assert.equal(await page.getAttribute("html", "lang"), "en");
    assert.equal(await page.inputValue("#statement"), typed.statement);
    await visitor.leave();
  });

  test(`a case is suspended by evidence, not by words, and its page says how it stands now, ${how}`, async () => {
    const site = sites["shuangyashan-2026"], visitor = await visit(site, { script, width: 390 }), dataset = script ? "ics-cn" : "m49";
    const { page } = visitor;
    await page.goto(`${site.base}/objection/`);
    await fill(page, { dataset });
    await choose(page, site.ground);
    await press(page, "/cases");
    const known = await receiptOf(page);
    assert.match(await page.title(), /^已收到/);
    assert.equal(await lookUp(visitor, known), 200);
    const more = [`/cases/${known.receipt}/evidence`, "form[action$='/evidence'] [type=submit]"];
    // Nothing at all: the case stays in view.
    await press(page, ...more);
    assert.equal(await page.locator("#receipt").count(), 1, "the case is gone from the page");
    await lookUp(visitor, known);
    await page.fill("#more-words", "words alone");
    await press(page, ...more);
    assert.equal(existsSync(join(site.dir, "public/datasets", dataset, "files")), true, "suspended by words");
    await attach(page, "#more", "a.txt", "evidence");
    await press(page, ...more);
    assert.match(await page.locator("main").innerText(), /所涉数据集已中止开放/);
    await kaishu(site, "case", "decide", known.receipt, "--outcome", "resume_open", "--reasons", "不含", ...BY);
    await build(site);
    await lookUp(visitor, known);
    assert.doesNotMatch(await page.locator("main").innerText(), /所涉数据集已中止开放，正在核实/);
    await visitor.leave();
  });
}

test("a build while a dataset is suspended leaves every other one on the site", async () => {
  const site = sites["yancheng-2022"], visitor = await visit(site), root = join(site.dir, "public/datasets");
  const before = (await readdir(root)).sort();
  // Its licence text is also that of five others.
  const paths = await downloads(visitor, "hmt");
  await kaishu(site, "case", "suspend", "hmt", "--basis", "测试", "--reason", "privacy", ...BY);
  await build(site).catch(() => { /* it says what it refused by its exit code */ });
  assert.deepEqual((await readdir(root)).sort(), before);
  await isSuspended(visitor, "hmt", paths);
  await kaishu(site, "case", "resume", "hmt", "--basis", "测试", ...BY);
  await build(site);
  await visitor.leave();
});
