// Exploring a table on its dataset's page, over the row pages of the static API: first what is done with rows, which runs
// without a page too, then the panel. It is fetched when a reader asks for it; without script the first rows stay.

/** Tables with more rows, or more cells, are leafed through, not loaded whole. Source: design/frontend.md 3.2. */
export const MOST_ROWS = 100_000;
const MOST_CELLS = 5_000_000;
const ROWS_A_PAGE = 1_000, SHOWN = 50, AT_ONCE = 4, COLUMNS = 40, LONG_CHARS = 30, CELL_CHARS = 300;
/** Frequent values are cut to so many characters in the schema: those may not be whole. */
const KNOWN_CHARS = 100;

/** The rows of a page of the API: each value digit for digit as it is written there, null where there is none. */
export function rowsOf(text) {
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]|[^\s,:[\]{}"]+/g, rows = [], key = '"rows":[';
  if (!text.includes(key)) throw new Error("a page without rows");
  token.lastIndex = text.indexOf(key) + key.length;
  let row, begin, depth = 0;
  for (let found; (found = token.exec(text)); ) {
    const [part] = found, sign = part[0];
    if (sign === "[" || sign === "{") {
      if (depth === 0) row = [];
      if (depth === 1) begin = found.index;
      depth += 1;
    } else if (sign === "]" || sign === "}") {
      depth -= 1;
      if (depth < 0) return rows;
      if (depth === 0) rows.push(row);
      if (depth === 1) row.push(text.slice(begin, token.lastIndex));
    } else if (depth === 1) {
      const inner = () => (part.includes("\\") ? JSON.parse(part) : part.slice(1, -1));
      row.push(part === "null" ? null : sign === '"' ? inner() : part);
    }
  }
  throw new Error("a page that ends too early");
}

/** A table as the site's own CSV files write it: a missing value is nothing, an empty text is `""`. */
export function csvOf(lines) {
  const field = (value, _, line) => {
    if (value === null && line.length > 1) return "";
    return !value || /[",\r\n]/.test(value) ? `"${(value ?? "").replaceAll('"', '""')}"` : value;
  };
  return lines.map((line) => line.map(field).join(",") + "\r\n").join("");
}

const NUMBERS = ["integer", "decimal", "coordinate"];

/** A number's digits without zeros that say nothing. */
const digits = (text) => /^\s*([-+]?)0*(\d*)(?:\.(\d*?)0*)?\s*$/.exec(text)?.slice(1) ?? ["", text, ""];
const order = (a, b) => (a > b) - (a < b);

/** Numbers by size, also where floating point sees no difference. */
function bySize(a, b) {
  const difference = Number(a) - Number(b);
  if (difference || (a.length < 16 && b.length < 16)) return difference;
  const [sign, whole, part = ""] = digits(a), [, otherWhole, otherPart = ""] = digits(b);
  return (sign === "-" ? -1 : 1) * (whole.length - otherWhole.length || order(whole, otherWhole) || order(part, otherPart));
}

/** How two values of a column stand to each other: numbers by size, others as the reader's language sorts them. */
export function comparer(type, lang) {
  return NUMBERS.includes(type) ? bySize : new Intl.Collator(lang, { numeric: true }).compare;
}

const plain = (text) => text.normalize("NFKC").toLowerCase();

/** What can be asked of a value; the last two ask without a word of the reader's. */
export const TESTS = ["has", "lacks", "is", "differs", "least", "most", "none", "some"];

/** Whether a condition asks anything yet. */
export const isSaid = ({ test, value }) => value !== "" || test === "none" || test === "some";

/** Whether a value passes a condition `{ test, value }` of a column of some type whose values compare so. */
export function passes({ test, value }, found, type, compare) {
  if (test === "none") return !found;
  if (test === "some") return Boolean(found);
  if (found === null) return test === "lacks" || test === "differs";
  // 01 and 1 are two codes, and one number, which people write as 1,000 too.
  const isNumber = NUMBERS.includes(type), wanted = isNumber ? plain(value).replaceAll(",", "") : value;
  const isSame = () => plain(found) === plain(wanted) || (isNumber && compare(found, wanted) === 0);
  switch (test) {
    case "has": return plain(found).includes(plain(value));
    case "lacks": return !plain(found).includes(plain(value));
    case "is": return isSame();
    case "differs": return !isSame();
    case "least": return compare(found, wanted) >= 0;
    case "most": return compare(found, wanted) <= 0;
    default: return false;
  }
}

/**
 * The numbers, from 0, of the rows that hold `q` somewhere and pass every condition `{ column, test, value }`, sorted by
 * `sort` (`{ column, isDown }`) or as they stand. Missing values are last either way.
 */
export function choose(rows, types, { q, where, sort }, lang) {
  const compares = types.map((type) => comparer(type, lang)), wanted = plain(q), asked = where.filter(isSaid);
  const isWanted = (row) => !wanted || row.some((value) => value !== null && plain(value).includes(wanted));
  const res = [];
  rows.forEach((row, at) => {
    if (asked.every((one) => passes(one, row[one.column], types[one.column], compares[one.column])) && isWanted(row)) res.push(at);
  });
  if (!sort) return res;
  const { column, isDown } = sort, compare = compares[column];
  return res.sort((a, b) => {
    const [x, y] = [rows[a][column], rows[b][column]];
    if (x === null || y === null) return (x === null) - (y === null) || a - b;
    return (isDown ? -1 : 1) * compare(x, y) || a - b;
  });
}

/** The rows of a table, fetched a page at a time, each page once. */
export class Source {
  #pages = new Map();
  constructor(folder, total) {
    Object.assign(this, { folder, total, nPages: Math.max(1, Math.ceil(total / ROWS_A_PAGE)) });
  }
  async page(number, signal) {
    if (!this.#pages.has(number)) {
      // Asked anew each time: a copy may be of data that were taken offline or updated since.
      const answer = await fetch(`${this.folder}/rows/${number}.json`, { signal, cache: "no-cache" });
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      if (Number(/"total":(\d+)/.exec(text.slice(-80))?.[1]) !== this.total) throw new Error("new");
      this.#pages.set(number, rowsOf(text));
    }
    return this.#pages.get(number);
  }
  /** Every row; `told` hears how many pages are there. */
  async all(told, signal) {
    let next = 1;
    const work = async () => {
      while (next <= this.nPages) {
        await this.page(next++, signal);
        told(this.#pages.size, this.nPages);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const rows = [];
    for (let number = 1; number <= this.nPages; number += 1) rows.push(...this.#pages.get(number));
    return rows;
  }
  /** The rows from `at` on, at most `n`, without loading more than their pages. */
  async slice(at, n) {
    const rows = [];
    for (let from = at; from < Math.min(at + n, this.total); ) {
      const begin = from % ROWS_A_PAGE, page = await this.page(Math.floor(from / ROWS_A_PAGE) + 1);
      const part = page.slice(begin, begin + at + n - from);
      if (!part.length) break;
      rows.push(...part);
      from += part.length;
    }
    return rows;
  }
}

// ---- The panel ----

const make = (tag, attributes = {}, ...inside) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) node.setAttribute(name, value);
  node.append(...inside.filter((part) => part !== ""));
  return node;
};

/** Puts the panel behind the table's first rows, which it hides while it is open. `box` says where the rows lie. */
export async function open(box, preview) {
  const { rows: folder, table, texts: textsAt, dataset } = box.dataset;
  const load = async (path) => {
    const answer = await fetch(path, { cache: "no-cache" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const [texts, schema] = await Promise.all([load(textsAt), load(`${folder}/schema.json`)]);
  const lang = document.documentElement.lang, dataLang = box.dataset.lang;
  const number = new Intl.NumberFormat(lang).format;
  const word = (key, values = {}) => (texts[`explore_${key}`] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const names = schema.columns.map((column) => column.name), types = schema.columns.map((column) => column.column_type);
  const source = new Source(folder, schema.rows), isSmall = schema.rows <= MOST_ROWS && schema.rows * names.length <= MOST_CELLS;
  const id = (name) => `explore-${name}-${box.dataset.number}`;
  const button = (text, act, attributes = {}) => {
    const node = make("button", { type: "button", class: "btn line", ...attributes }, text);
    node.addEventListener("click", act);
    return node;
  };

  const usual = names.map((_, at) => at).slice(0, COLUMNS);
  const state = { q: "", where: [], sort: null, columns: usual, at: 0 };
  /** All rows and what of them is chosen; which run and which show is the last; what is loading. */
  let whole, chosen = null, runs = 0, shows = 0, loading, stop, waiting;

  // The address bar holds what was asked, so that it can be kept and passed on.
  function read() {
    const asked = new URLSearchParams(location.search), column = (name) => names.indexOf(name);
    if (asked.get("table") !== table) return;
    const shown = asked.getAll("column").map(column).filter((found) => found >= 0);
    if (shown.length) state.columns = [...new Set(shown)].sort((a, b) => a - b);
    if (!isSmall) return;
    state.q = asked.get("q") ?? "";
    for (const part of asked.getAll("where")) {
      // A name may hold the sign that stands between: the longest name that fits is meant.
      const fitting = names.filter((name) => TESTS.some((test) => part.startsWith(`${name}~${test}~`)));
      const name = fitting.sort((a, b) => b.length - a.length)[0];
      if (name === undefined) continue;
      const [test, ...value] = part.slice(name.length + 1).split("~");
      state.where.push({ column: column(name), test, value: value.join("~") });
    }
    const at = column(asked.get("sort"));
    if (at >= 0) state.sort = { column: at, isDown: asked.has("down") };
  }
  function write() {
    const asked = new URLSearchParams({ table });
    if (state.q) asked.set("q", state.q);
    for (const { column, test, value } of state.where) asked.append("where", [names[column], test, value].join("~"));
    if (state.sort) asked.set("sort", names[state.sort.column]);
    if (state.sort?.isDown) asked.set("down", "1");
    if (state.columns.join() !== usual.join()) for (const at of state.columns) asked.append("column", names[at]);
    history.replaceState(null, "", `?${asked}${location.hash}`);
  }
  const isAsking = () => Boolean(state.q || state.where.some(isSaid) || state.sort);

  const status = make("p", { class: "count", role: "status" });
  const wait = make("div", { class: "wait", hidden: "" });
  const problem = make("div", { role: "alert" });
  const grid = make("table", { class: "grid data-rows whole" });
  const scroll = make("div", { class: "scroll tall", tabindex: "0", role: "group", "aria-label": word("rows_label", { name: box.dataset.name }), lang: dataLang }, grid);
  const leaf = make("nav", { class: "leaf", "aria-label": word("pages", { name: box.dataset.name }) });

  const fail = (error) => problem.replaceChildren(make("p", { class: "box warn-box" }, word("failed", { why: error.message })));

  /** All rows, with progress and a way out; undefined when the reader took it. Who asks meanwhile waits for the same. */
  function loadWhole() {
    if (whole) return Promise.resolve(whole);
    loading ??= fetchWhole().finally(() => { loading = undefined; });
    return loading;
  }
  async function fetchWhole() {
    stop = new AbortController();
    const { signal } = stop;
    const bar = make("progress", { max: source.nPages, value: 0, "aria-label": word("loading", { n: "" }) }), said = make("span");
    const told = (n, all) => { bar.value = n; said.textContent = word("loading", { n: `${Math.floor((n / all) * 100)}%` }); };
    wait.replaceChildren(said, bar, button(word("cancel"), () => { stop.abort(); search.focus(); }));
    wait.hidden = false;
    status.textContent = word("loading", { n: "" });
    try {
      whole = await source.all(told, signal);
      return whole;
    } catch (error) {
      const isLeft = signal.aborted;
      stop.abort();
      if (isLeft) return undefined;
      throw error;
    } finally {
      wait.hidden = true;
    }
  }

  /** Shows what the state asks for; answers whether it is shown. */
  async function run() {
    const own = ++runs;
    problem.replaceChildren();
    try {
      write();
      const rows = isAsking() ? await loadWhole() : null;
      if (own !== runs) return false;
      const isLeft = rows === undefined;
      if (isLeft) {
        Object.assign(state, { q: "", where: [], sort: null });
        fill();
        write();
      }
      chosen = rows ? choose(rows, types, state, lang) : null;
      state.at = 0;
      await show();
      if (isLeft) problem.replaceChildren(make("p", { class: "box" }, word("cancelled")));
      return !isLeft && own === runs;
    } catch (error) {
      if (own === runs) fail(error);
      return false;
    }
  }
  const total = () => (chosen ? chosen.length : schema.rows);

  async function show() {
    const own = ++shows;
    state.at = Math.max(0, Math.min(state.at, Math.floor((total() - 1) / SHOWN) * SHOWN));
    const numbers = chosen ? chosen.slice(state.at, state.at + SHOWN) : undefined;
    const rows = numbers ? numbers.map((at) => whole[at]) : await source.slice(state.at, SHOWN);
    if (own !== shows) return;
    problem.replaceChildren();
    const all = number(schema.rows);
    status.textContent = chosen && chosen.length < schema.rows ? word("count", { n: number(chosen.length), all }) : word("count_all", { all });
    const focused = grid.contains(document.activeElement) ? document.activeElement.dataset.sort : undefined;
    const head = state.columns.map((at) => {
      const way = state.sort?.column !== at ? undefined : state.sort.isDown ? "descending" : "ascending";
      const sign = make("span", { "aria-hidden": "true" }, { ascending: " ▲", descending: " ▼" }[way] ?? "");
      const inside = isSmall ? button(names[at], () => sortBy(at), { class: "sort", "data-sort": at }) : names[at];
      if (isSmall) inside.append(sign);
      return make("th", { scope: "col", "aria-sort": way }, inside);
    });
    const cell = (value) => {
      if (value === null) return make("td", { class: "none" });
      return make("td", { class: value.length > LONG_CHARS && "long" }, value.length > CELL_CHARS ? `${value.slice(0, CELL_CHARS)}…` : value);
    };
    const line = (row, at) => make("tr", {}, make("th", { scope: "row", class: "num" }, number((numbers ? numbers[at] : state.at + at) + 1)), ...state.columns.map((column) => cell(row[column])));
    grid.replaceChildren(
      make("thead", {}, make("tr", {}, make("th", { scope: "col", class: "num", lang }, word("row")), ...head)),
      make("tbody", {}, ...rows.map(line)));
    if (focused !== undefined) grid.querySelector(`[data-sort="${focused}"]`)?.focus();
    leafs();
  }
  function leafs() {
    const last = total(), from = Math.min(state.at + 1, last), to = Math.min(state.at + SHOWN, last);
    leaf.hidden = last === 0;
    const go = (at) => { state.at = at; show().then(() => { scroll.scrollTop = 0; }, fail); };
    const input = make("input", { type: "number", id: id("jump"), min: 1, max: Math.max(1, last), inputmode: "numeric", required: "" });
    const form = make("form", {}, make("label", { for: id("jump") }, word(chosen ? "jump_found" : "jump")), input, make("button", { class: "btn line" }, word("jump_go")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      go(Math.floor((Number(input.value) - 1) / SHOWN) * SHOWN);
      scroll.focus();
    });
    const step = (key, at, isOff) => button(word(key), () => { go(at); }, { disabled: isOff && "", "data-step": key });
    const focused = leaf.contains(document.activeElement) ? document.activeElement.dataset.step : undefined;
    leaf.replaceChildren(step("before", state.at - SHOWN, state.at === 0), make("span", {}, word(chosen ? "span_found" : "span", { from: number(from), to: number(to), n: number(last) })),
      step("after", state.at + SHOWN, to >= last), ...(last > SHOWN ? [form] : []));
    if (focused) (leaf.querySelector(`[data-step="${focused}"]:enabled`) ?? leaf.querySelector("[data-step]:enabled"))?.focus();
  }
  function sortBy(column) {
    const is = state.sort?.column === column ? state.sort : null;
    state.sort = !is ? { column, isDown: false } : is.isDown ? null : { column, isDown: true };
    run();
  }

  // What is asked: a text anywhere, conditions on columns, the columns that are shown.
  const search = make("input", { type: "search", id: id("q"), lang: dataLang });
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(run, 250); };
  /** Hears what is typed, once it is: letters on their way to a Chinese character are not. */
  const typed = (input, take) => {
    const hear = (event) => { if (!event.isComposing) { take(); soon(); } };
    input.addEventListener("input", hear);
    input.addEventListener("compositionend", hear);
  };
  typed(search, () => { state.q = search.value.trim(); });
  const conditions = make("ul", { class: "conditions" });
  function condition(one, at) {
    const field = (kind) => id(`${kind}-${at}`);
    const options = (keys, of) => keys.map((key, idx) => make("option", { value: key }, of(key, idx)));
    const column = make("select", { id: field("column"), "aria-label": word("column"), lang: dataLang }, ...options([...names.keys()], (key) => names[key]));
    const test = make("select", { id: field("test"), "aria-label": word("test") }, ...options(TESTS, (key) => word(`test_${key}`)));
    const value = make("input", { id: field("value"), "aria-label": word("value"), lang: dataLang, list: field("known") });
    const known = make("datalist", { id: field("known") });
    const fit = () => {
      value.hidden = ["none", "some"].includes(one.test);
      const top = schema.columns[one.column].profile.top.filter((top) => [...top.value].length < KNOWN_CHARS);
      known.replaceChildren(...top.map((top) => make("option", { value: top.value })));
    };
    [column.value, test.value, value.value] = [one.column, one.test, one.value];
    column.addEventListener("change", () => { one.column = Number(column.value); fit(); soon(); });
    test.addEventListener("change", () => { one.test = test.value; fit(); soon(); });
    typed(value, () => { one.value = value.value; });
    fit();
    const gone = button("×", () => { state.where.splice(at, 1); fill(); soon(); more.focus(); }, { "aria-label": word("remove") });
    return make("li", {}, column, test, value, known, gone);
  }
  const more = button(word("add"), () => {
    state.where.push({ column: state.columns[0] ?? 0, test: "has", value: "" });
    fill();
    conditions.lastElementChild.querySelector("select").focus();
  });
  const picked = make("summary"), boxes = make("div", { class: "pick", lang: dataLang });
  function fill() {
    search.value = state.q;
    conditions.replaceChildren(...state.where.map(condition));
    picked.textContent = word("columns", { n: number(state.columns.length), all: number(names.length) });
    for (const input of boxes.querySelectorAll("input")) input.checked = state.columns.includes(Number(input.value));
  }
  const pick = (columns) => { state.columns = columns; fill(); write(); show().catch(fail); };
  names.forEach((name, at) => {
    const input = make("input", { type: "checkbox", value: at });
    input.addEventListener("change", () => {
      const others = state.columns.filter((column) => column !== at);
      const next = input.checked ? [...others, at].sort((a, b) => a - b) : others;
      if (next.length) pick(next); else input.checked = true;
    });
    boxes.append(make("label", {}, input, name));
  });
  const choice = make("details", { class: "fields" }, picked, make("p", {}, button(word("all_columns"), () => pick(names.map((_, at) => at)))), boxes);

  async function download() {
    clearTimeout(waiting);
    if (!(await run())) return;
    const rows = await loadWhole();
    if (!rows) return;
    const lines = (chosen ?? [...rows.keys()]).map((at) => state.columns.map((column) => rows[at][column]));
    const blob = new Blob([csvOf([state.columns.map((at) => names[at]), ...lines])], { type: "text/csv;charset=utf-8" });
    const link = make("a", { href: URL.createObjectURL(blob), download: `${dataset}-${table}-${word("file")}.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    status.textContent = word("downloaded", { n: number(lines.length) });
  }
  const take = button(word("download"), () => { download().catch(fail); }, { class: "btn" });
  const clear = button(word("clear"), () => { clearTimeout(waiting); Object.assign(state, { q: "", where: [], sort: null }); fill(); run(); search.focus(); });
  const close = button(word("close"), () => {
    runs += 1;
    shows += 1;
    clearTimeout(waiting);
    stop?.abort();
    panel.remove();
    for (const node of preview) node.hidden = false;
    if (new URLSearchParams(location.search).get("table") === table) history.replaceState(null, "", location.pathname + location.hash);
    box.querySelector("button").focus();
  });

  const tools = isSmall
    ? [make("p", { class: "find" }, make("label", { for: id("q") }, word("q")), search), conditions, make("p", { class: "btns" }, more, take, clear, close), choice]
    : [make("p", { class: "box" }, word("large", { n: number(MOST_ROWS), cells: number(MOST_CELLS) })), make("p", { class: "btns" }, close), choice];
  const panel = make("div", { class: "explore", role: "group", "aria-label": word("title", { name: box.dataset.name }) },
    ...tools, problem, wait, status, scroll, leaf, make("p", { class: "mut" }, word(isSmall ? "note" : "note_large")));
  read();
  fill();
  if (!isAsking()) await show();
  for (const node of preview) node.hidden = true;
  box.after(panel);
  if (isAsking()) await run(); else write();
  (isSmall ? search : scroll).focus();
}
