// Search over the files of /search/ (docs/search-format.md): first what asks them, which runs without a page too, then the
// page of results. Without script the form says so, and the ways to browse stay.

const FORMAT = 1;
/** Fewer results than this are followed by datasets that share so much of the question. */
const FEW = 20, SHARE = 0.6;

const isWord = (sign) => /[\p{Alphabetic}\p{N}]/u.test(sign);
const isAscii = (sign) => sign < "\x80";

/** One form of letters: half width, simplified, small; each character stays one character. */
function foldSign(sign, variants) {
  const code = sign.codePointAt(0);
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0).toLowerCase();
  if (isAscii(sign)) return code <= 0x20 ? " " : sign.toLowerCase();
  if (/\p{White_Space}/u.test(sign)) return " ";
  const small = variants.get(sign) ?? sign.toLowerCase();
  return [...small].length === 1 ? small : sign;
}
export const fold = (text, variants = new Map()) => Array.from(text, (sign) => foldSign(sign, variants)).join("");

/** The grams that a folded term asks for: threes of Latin letters cover their pairs; of a long run every other pair does. */
export function gramsOf(term) {
  const res = new Set();
  for (const run of term.split(/[^\p{Alphabetic}\p{N}]+/u)) {
    const signs = [...run];
    const isThree = (at) => at >= 0 && at + 2 < signs.length && signs.slice(at, at + 3).every(isAscii);
    signs.forEach((_, at) => {
      if (isThree(at)) return res.add(signs.slice(at, at + 3).join(""));
      const isCovered = isThree(at - 1) || (signs.length > 4 && at % 2 && at + 2 < signs.length && !signs.slice(at, at + 2).some(isAscii));
      if (at + 1 < signs.length && !isCovered) res.add(signs[at] + signs[at + 1]);
    });
  }
  return [...res];
}

/** FNV-1a of the UTF-8. */
function shardOf(gram, shards) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(gram)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % shards;
}

/** The ordinals of a gram in a shard's bytes. */
function postingsIn(bytes, gram) {
  const wanted = new TextEncoder().encode(gram);
  let at = 0;
  const number = () => {
    let res = 0, shift = 1, byte;
    do {
      if (at >= bytes.length) throw new Error("a shard that ends too early");
      byte = bytes[at++];
      res += (byte & 127) * shift;
      shift *= 128;
    } while (byte & 128);
    return res;
  };
  while (at < bytes.length) {
    const length = number(), begin = at;
    at += length;
    const size = number(), end = at + size;
    if (length !== wanted.length || wanted.some((byte, idx) => bytes[begin + idx] !== byte)) { at = end; continue; }
    const res = [];
    for (let last = 0; at < end;) res.push(last += number());
    return res;
  }
  return [];
}

async function unpack(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
const parse = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

/** The index of a site; `load` fetches a file of it by its name. */
export class Index {
  constructor(load) { this.load = load; this.loaded = new Map(); }

  static async open(load) {
    const res = new Index(load);
    const list = res.list = parse(await load("m.json"));
    if (list.format !== FORMAT) throw new Error(`an index of form ${list.format}`);
    const chunks = await Promise.all(list.columns.map(async ([number, hash]) => parse(await res.file(`c${number}`, hash))));
    res.rows = [];
    res.variants = new Map();
    res.blocks = new Map();
    for (const chunk of chunks) res.add(chunk);
    res.at = new Map(res.rows.map((row, idx) => [row.ordinal, idx]));
    for (const row of res.rows) row.folded = fold(row.title, res.variants);
    res.signs = new Set(res.rows.flatMap((row) => [...row.folded]));
    return res;
  }

  /** A packed file, fetched and unpacked once. */
  file(kind, hash) {
    const name = `${kind}-${hash}.bin`;
    if (!this.loaded.has(name)) {
      const file = this.load(name).then(unpack);
      file.catch(() => this.loaded.delete(name));
      this.loaded.set(name, file);
    }
    return this.loaded.get(name);
  }

  add(chunk) {
    this.learn(chunk.variants);
    for (const [number, hash] of chunk.cards) this.blocks.set(number, hash);
    const word = (words, place, none = "") => (place ? words[place - 1] : none);
    let ordinal = 0;
    chunk.ordinals.forEach((step, idx) => this.rows.push({
      ordinal: ordinal += step,
      title: chunk.titles[idx],
      theme: word(chunk.themes, chunk.theme[idx]),
      provider: word(chunk.providers, chunk.provider[idx]),
      formats: word(chunk.formats, chunk.format[idx], []),
      frequency: word(chunk.frequencies, chunk.frequency[idx]),
      updated: chunk.updated[idx],
      due: chunk.due[idx],
    }));
  }

  learn(pairs) {
    const signs = [...pairs];
    for (let idx = 0; idx + 1 < signs.length; idx += 2) this.variants.set(signs[idx], signs[idx + 1]);
  }

  /** The terms of a question, folded; the table of variants is fetched where a character stands in no title. */
  async terms(question) {
    const split = () => fold(question, this.variants).split(" ").filter(Boolean);
    const isUnknown = (sign) => /\p{Script=Han}/u.test(sign) && !this.signs.has(sign);
    if (split().some((term) => [...term].some(isUnknown))) this.learn(new TextDecoder().decode(await this.file("v", this.list.variants)));
    return split();
  }

  async postings(gram) {
    const number = shardOf(gram, this.list.shards.length), hash = this.list.shards[number];
    return hash ? postingsIn(await this.file(`p${number}`, hash), gram) : [];
  }

  /** What a question finds: rows by relevance, similar ones, and how (all, words or pinyin). */
  async find(question) {
    const terms = await this.terms(question);
    if (!terms.length) return { terms, rows: this.rows, similar: [], how: "all" };
    const grams = [...new Set(terms.flatMap(gramsOf))];
    const lists = await Promise.all(grams.map((gram) => this.postings(gram)));
    const counts = new Map();
    for (const list of lists) for (const ordinal of list) counts.set(ordinal, (counts.get(ordinal) ?? 0) + 1);
    // A term without a gram, such as one character, is looked for where all texts are at hand.
    const loose = terms.filter((term) => !gramsOf(term).length);
    const isHit = (row) => (counts.get(row.ordinal) ?? 0) === grams.length
      && loose.every((term) => row.folded.includes(term) || fold(row.provider, this.variants).includes(term));
    const rank = this.ranking(terms);
    const rows = this.rows.filter(isHit).sort(rank);
    if (!rows.length && /^[a-z' ]{2,40}$/.test(terms.join(" "))) {
      const found = await this.spelled(terms.join("").replaceAll("'", ""));
      if (found.length) return { terms, rows: found, similar: [], how: "pinyin" };
    }
    const taken = new Set(rows);
    const isNear = (row) => !taken.has(row) && (counts.get(row.ordinal) ?? 0) >= Math.max(2, SHARE * grams.length);
    const similar = rows.length < FEW && grams.length > 2
      ? this.rows.filter(isNear).sort((a, b) => counts.get(b.ordinal) - counts.get(a.ordinal) || rank(a, b)).slice(0, FEW) : [];
    return { terms, rows, similar, how: "words" };
  }

  /** The whole question in the title, then its terms, then its grams; then the shorter title, then the later update. */
  ranking(terms) {
    const whole = terms.join(" "), marks = new Map(), parts = terms.map((term) => [term, gramsOf(term)]);
    const place = (row, [term, own]) => {
      if (row.folded.includes(term)) return 2;
      if (fold(row.provider, this.variants).includes(term)) return 1;
      const share = own.filter((gram) => row.folded.includes(gram)).length / (own.length || 1);
      // A word whose parts stand apart in a title is another word; parts of a longer question still tell what it is about.
      return term.length > 4 ? share : 1 - share;
    };
    const mark = (row) => {
      if (!marks.has(row)) {
        const sum = parts.reduce((res, part) => res + place(row, part), 0) / parts.length;
        const bonus = row.folded === whole ? 2 : row.folded.includes(whole) ? 1 : 0;
        marks.set(row, (sum + bonus) * 10000 - Math.min(row.title.length, 500));
      }
      return marks.get(row);
    };
    return (a, b) => mark(b) - mark(a) || b.updated - a.updated || a.ordinal - b.ordinal;
  }

  /** Rows whose titles are spelled so: by whole syllables, else by first letters. */
  async spelled(letters) {
    if (!this.readings) {
      this.readings = new Map();
      for (const line of new TextDecoder().decode(await this.file("y", this.list.pinyin)).split("\n")) {
        const [syllable, signs = ""] = line.split(" ");
        for (const sign of signs) this.readings.set(sign, [...(this.readings.get(sign) ?? []), syllable]);
      }
    }
    const spells = (signs, at, rest, whole) => {
      if (!rest) return true;
      if (at >= signs.length) return false;
      if (signs[at] === rest[0] && spells(signs, at + 1, rest.slice(1), whole)) return true;
      return (this.readings.get(signs[at]) ?? []).some((syllable) => {
        if (!whole) return syllable[0] === rest[0] && spells(signs, at + 1, rest.slice(1), whole);
        return syllable.startsWith(rest) || (rest.startsWith(syllable) && spells(signs, at + 1, rest.slice(syllable.length), whole));
      });
    };
    const those = (whole) => this.rows.filter((row) => {
      const signs = [...row.folded];
      return signs.some((sign, at) => !isAscii(sign) && spells(signs, at, letters, whole));
    }).sort((a, b) => a.title.length - b.title.length || b.updated - a.updated);
    const whole = those(true);
    return whole.length ? whole : those(false);
  }

  /** What the card of a row says beside its columns: id, summary, rows, data. */
  async card(row) {
    const block = Math.floor(row.ordinal / this.list.per_block);
    const cards = parse(await this.file(`d${block}`, this.blocks.get(block)));
    let ordinal = 0;
    const idx = cards.ordinals.findIndex((step) => (ordinal += step) === row.ordinal);
    if (idx < 0) throw new Error("a card that is not there");
    return { id: cards.ids[idx], summary: cards.summaries[idx], rows: cards.rows[idx], data: cards.data[idx] };
  }
}

export const KINDS = ["theme", "provider", "format", "frequency", "timeliness"];

/** The words of a row by which it is counted. */
function valuesOf(row, kind, today) {
  if (kind === "format") return row.formats;
  if (kind === "timeliness") return [row.due ? (row.due < today ? "overdue" : "on_time") : "no_due"];
  return row[kind] ? [row[kind]] : [];
}

/** The rows that pass all that was chosen, and for each kind how many each value would leave with the other kinds' choices. */
export function sift(rows, chosen, today) {
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, new Map()]));
  const passing = rows.filter((row) => {
    const values = KINDS.map((kind) => valuesOf(row, kind, today));
    const failing = KINDS.filter((kind, idx) => chosen[kind].length && !values[idx].some((value) => chosen[kind].includes(value)));
    KINDS.forEach((kind, idx) => {
      if (failing.every((other) => other === kind)) for (const value of values[idx]) counts[kind].set(value, (counts[kind].get(value) ?? 0) + 1);
    });
    return !failing.length;
  });
  return { rows: passing, counts };
}

/** A table that spreadsheets open; what they would take for a formula stays a text. */
export function csv(lines) {
  const cell = (value) => {
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return "\ufeff" + lines.map((line) => line.map(cell).join(",") + "\r\n").join("");
}

// ---- The page ----

const PER_PAGE = 20, MOST = 12, SORTS = ["relevance", "updated", "title"];

function page(form) {
  const texts = JSON.parse(form.dataset.texts), base = form.dataset.index, folder = form.action.replace(/[?#].*/, "");
  const input = form.elements.q, found = document.getElementById("found"), browse = document.getElementById("browse");
  const aside = document.querySelector("aside.side"), groups = [...aside.children];
  const word = (key, values = {}) => (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const number = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  const iso = (n) => `${n}`.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
  const date = (n) => {
    const [year, month, day] = iso(n).split("-");
    return word("date_form", { year, month, day, d: Number(day), name: word("date_months").split(" ")[month - 1] });
  };
  const make = (tag, attributes = {}, ...inside) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) node.setAttribute(name, value);
    node.append(...inside.filter((part) => part !== ""));
    return node;
  };
  const button = (text, act, attributes = {}) => {
    const node = make("button", { type: "button", class: "btn line", ...attributes }, text);
    node.addEventListener("click", act);
    return node;
  };
  const status = form.appendChild(make("p", { class: "away", role: "status" }));
  const day = new Date(), today = day.getFullYear() * 10000 + (day.getMonth() + 1) * 100 + day.getDate();
  const opened = new Set(KINDS.slice(0, 2)), unfolded = new Set();
  let index, state, turn = 0;

  function read() {
    const asked = new URLSearchParams(location.search);
    const res = { q: (asked.get("q") ?? "").trim(), page: Math.max(1, parseInt(asked.get("page"), 10) || 1) };
    for (const kind of KINDS) res[kind] = asked.getAll(kind).filter(Boolean);
    res.sort = SORTS.includes(asked.get("sort")) ? asked.get("sort") : "";
    res.active = res.q !== "" || res.sort !== "" || KINDS.some((kind) => res[kind].length);
    return res;
  }
  function address(change) {
    const next = { ...state, page: 1, ...change }, asked = new URLSearchParams();
    if (next.q) asked.set("q", next.q);
    for (const kind of KINDS) for (const value of next[kind]) asked.append(kind, value);
    if (next.sort) asked.set("sort", next.sort);
    if (next.page > 1) asked.set("page", next.page);
    return asked.size ? `${folder}?${asked}` : folder;
  }
  const go = (change, focus) => { history.pushState(null, "", address(change)); return run(focus); };
  const flip = (kind, value) => go({ [kind]: state[kind].includes(value) ? state[kind].filter((other) => other !== value) : [...state[kind], value] });

  async function load(name) {
    const answer = await fetch(base + name, name === "m.json" ? { cache: "no-cache" } : {});
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return answer.arrayBuffer();
  }
  function open() {
    index ??= Index.open(load);
    index.catch(() => { index = undefined; });
    return index;
  }

  /** Shows what the address asks for. A file that went since means that the site was published anew: then once more. */
  async function run(focus, again = true) {
    const own = ++turn;
    state = read();
    if (document.activeElement !== input || !state.q) input.value = state.q;
    if (!state.active) return show(false);
    found.setAttribute("aria-busy", "true");
    status.textContent = word("find_loading");
    try {
      if (typeof DecompressionStream === "undefined") return fail("find_old");
      const all = await open(), answer = await all.find(state.q);
      const { rows, counts } = sift(answer.rows, state, today);
      const similar = sift(answer.similar, state, today).rows;
      sort(rows);
      state.page = Math.min(state.page, Math.max(1, Math.ceil(rows.length / PER_PAGE)));
      const shown = await cards(all, rows.slice((state.page - 1) * PER_PAGE, state.page * PER_PAGE), answer.terms);
      const near = await cards(all, similar, answer.terms);
      if (own !== turn) return;
      results(all, answer, rows, shown, near);
      facets(counts);
      show(true);
      status.textContent = summary(all, rows);
      if (focus) document.getElementById("found-count").focus();
    } catch (error) {
      if (own !== turn) return;
      index = undefined;
      if (again) return run(focus, false);
      fail("find_failed");
      console.warn(error);
    } finally {
      if (own === turn) found.removeAttribute("aria-busy");
    }
  }
  function show(isFound) {
    found.hidden = !isFound;
    browse.hidden = isFound;
    if (!isFound) { aside.replaceChildren(...groups); status.textContent = ""; }
  }
  function fail(key) {
    show(false);
    found.replaceChildren(make("p", { class: "box warn-box", role: "alert" }, word(key)));
    found.hidden = false;
  }
  function sort(rows) {
    const by = state.sort || (state.q ? "relevance" : "updated");
    if (by === "updated") rows.sort((a, b) => b.updated - a.updated || a.ordinal - b.ordinal);
    if (by === "title") { const { compare } = new Intl.Collator("zh-CN"); rows.sort((a, b) => compare(a.title, b.title) || a.ordinal - b.ordinal); }
  }

  const label = (kind, value) => (kind === "frequency" ? texts[`freq_${value}`] ?? value : kind === "timeliness" ? word(value === "no_due" ? "find_no_due" : value) : value);
  const summary = (all, rows) => word(rows.length || !state.q ? "find_count" : "find_none", { n: number(rows.length), total: number(all.list.total), q: state.q });

  /** A title with the terms that are in it marked. */
  function marked(row, terms) {
    const signs = [...row.title], folded = [...row.folded], isMarked = signs.map(() => false);
    for (const term of terms) {
      const wanted = [...term];
      folded.forEach((_, at) => { if (wanted.every((sign, idx) => folded[at + idx] === sign)) isMarked.fill(true, at, at + wanted.length); });
    }
    const res = [];
    signs.forEach((sign, at) => {
      if (at === 0 || isMarked[at] !== isMarked[at - 1]) res.push(isMarked[at] ? make("mark") : document.createTextNode(""));
      res.at(-1).textContent += sign;
    });
    return res;
  }
  async function cards(all, rows, terms) {
    const lang = all.list.language === document.documentElement.lang ? undefined : all.list.language;
    return Promise.all(rows.map(async (row) => {
      const card = await all.card(row);
      const span = (text, attributes) => (text ? make("span", attributes, text) : "");
      const formats = card.data ? row.formats.map((format) => span(format, { class: "fmt" })) : [span(word("catalog_only"), { class: "fmt" })];
      return make("li", { class: "card" },
        make("h3", {}, make("a", { href: `${folder}${encodeURIComponent(card.id)}/`, lang }, ...marked(row, terms))),
        card.summary ? make("p", { class: "sum", lang }, card.summary) : "",
        make("p", { class: "meta" }, span(row.provider, { lang }), span(label("frequency", row.frequency)),
          span(row.updated ? word("updated_on", { date: date(row.updated) }) : ""), span(card.rows ? word("rows_n", { n: number(card.rows) }) : ""),
          span(row.due && row.due < today ? word("overdue") : "", { class: "tag bad" }), make("span", { class: "fmts" }, ...formats)));
    }));
  }

  function results(all, answer, rows, shown, near) {
    const isNone = !rows.length;
    const count = make("h2", { class: "count", id: "found-count", tabindex: "-1" }, summary(all, rows));
    const select = make("select", { id: "find-sort" }, ...SORTS.map((name) => make("option", { value: name }, word(`find_${name}`))));
    select.value = state.sort || (state.q ? "relevance" : "updated");
    select.addEventListener("change", async () => { await go({ sort: select.value }); document.getElementById("find-sort")?.focus(); });
    const tools = make("div", { class: "found-tools" },
      make("a", { class: "btn line to-facets", href: "#facets" }, word("find_filters")),
      make("label", { for: "find-sort" }, word("find_sort")), select, button(word("find_csv"), () => download(all, rows)));
    const chips = KINDS.flatMap((kind) => state[kind].map((value) => button(`${label(kind, value)} ×`, () => flip(kind, value), { class: "tag chip", "aria-label": word("find_remove", { label: label(kind, value) }) })));
    if (chips.length) chips.push(button(word("find_clear"), () => go(Object.fromEntries(KINDS.map((kind) => [kind, []]))), { class: "tag chip" }));
    found.replaceChildren(count,
      chips.length ? make("div", { class: "tags chosen", role: "group", "aria-label": word("find_chosen") }, ...chips) : "",
      isNone ? make("p", {}, word("find_none_hint")) : tools,
      answer.how === "pinyin" && !isNone ? make("p", { class: "mut" }, word("find_pinyin", { q: state.q })) : "",
      shown.length ? make("ul", { class: "cards" }, ...shown) : "", pager(rows.length),
      near.length ? make("section", { class: "near", "aria-labelledby": "near" }, make("h2", { id: "near" }, word("find_similar"), make("small", {}, word("find_similar_note"))), make("ul", { class: "cards" }, ...near)) : "");
  }
  function pager(n) {
    const last = Math.ceil(n / PER_PAGE), items = [];
    for (let at = 1; at <= last && last > 1; at += 1) {
      if (at !== 1 && at !== last && Math.abs(at - state.page) > 2) {
        if (items.at(-1)?.dataset.gap === undefined) items.push(make("li", { "data-gap": "" }, make("span", { "aria-hidden": "true" }, "…")));
        continue;
      }
      const link = make("a", { href: address({ page: at }), "aria-label": word("page_n", { n: at }), "aria-current": at === state.page && "page" }, String(at));
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go({ page: at }, true);
      });
      items.push(make("li", {}, link));
    }
    return items.length ? make("nav", { class: "pager", "aria-label": word("find_pages") }, make("ul", {}, ...items)) : "";
  }

  /** The choices with what each would leave. The focus stays where it was. */
  function facets(counts) {
    const focused = document.activeElement?.dataset?.key;
    const box = (kind, value, n) => {
      const check = make("input", { type: "checkbox", "data-key": `${kind} ${value}` });
      check.checked = state[kind].includes(value);
      check.addEventListener("change", () => flip(kind, value));
      const lang = kind === "theme" || kind === "provider" ? form.dataset.lang || undefined : undefined;
      return make("li", {}, make("label", {}, check, make("span", { lang }, label(kind, value)), make("b", {}, number(n))));
    };
    const group = (kind) => {
      const all = new Map([...state[kind].map((value) => [value, 0]), ...counts[kind]]);
      const values = [...all].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
      const isLong = values.length > MOST && !unfolded.has(kind);
      const shown = isLong ? values.filter(([value], idx) => idx < MOST || state[kind].includes(value)) : values;
      const list = make("ul", { class: "facet" }, ...shown.map(([value, n]) => box(kind, value, n)));
      if (isLong) list.append(make("li", {}, button(word("find_more", { n: number(values.length - shown.length) }), () => {
        unfolded.add(kind);
        facets(counts);
        aside.querySelectorAll(`details[data-kind=${kind}] input`)[MOST]?.focus();
      }, { class: "more" })));
      const details = make("details", { "data-kind": kind, open: (opened.has(kind) || state[kind].length > 0) && "" }, make("summary", {}, word(kind === "timeliness" ? "quality_state" : `kind_${kind}`)), list);
      details.addEventListener("toggle", () => { if (details.open) opened.add(kind); else opened.delete(kind); });
      return values.length ? details : "";
    };
    aside.id = "facets";
    aside.replaceChildren(...KINDS.map(group).filter(Boolean));
    if (focused) [...aside.querySelectorAll("input")].find((one) => one.dataset.key === focused)?.focus();
  }

  async function download(all, rows) {
    status.textContent = word("find_loading");
    try {
      const lines = await Promise.all(rows.map(async (row) => [row.title, row.provider, row.theme, row.formats.join(" "), label("frequency", row.frequency),
        row.updated ? iso(row.updated) : "", new URL(`${folder}${encodeURIComponent((await all.card(row)).id)}/`, location.href).href]));
      const head = [word("find_title"), ...["provider", "theme", "format", "frequency"].map((kind) => word(`kind_${kind}`)), word("find_day"), word("find_url")];
      const url = URL.createObjectURL(new Blob([csv([head, ...lines])], { type: "text/csv" }));
      make("a", { href: url, download: "search.csv" }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60000);
      status.textContent = word("find_csv_done", { n: number(rows.length) });
    } catch (error) {
      console.warn(error);
      status.textContent = word("find_failed");
    }
  }

  form.addEventListener("submit", (event) => { event.preventDefault(); go({ q: input.value.trim() }); });
  // Nothing is fetched before somebody means to search.
  input.addEventListener("focus", () => { if (!navigator.connection?.saveData && typeof DecompressionStream !== "undefined") open().catch(() => {}); }, { once: true });
  addEventListener("popstate", () => run());
  run();
}

if (typeof document !== "undefined") {
  const form = document.querySelector("form[data-index]");
  if (form) page(form);
}
