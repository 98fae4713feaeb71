// The form for objections and the like. It works without script; with it, faults are told before sending, nothing typed
// is lost, and an upload that broke can be repeated without a second case.
"use strict";
{
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
const BY = "aria-describedby", MIB = 1048576, FILES = 5, SIZE = 10;
let form, words = {}, kept = {}, busy = false;

const word = (key, values) => (words[key] || "").replace(/\{(\w+)\}/g, (_, name) => values[name]);
function make(tag, attributes, ...inside) {
  const node = document.createElement(tag);
  for (const name in attributes) node.setAttribute(name, attributes[name]);
  node.append(...inside);
  return node;
}
const button = (text) => make("button", { type: "button", class: "btn line" }, text);
const live = document.body.appendChild(make("p", { class: "away", role: "status" }));
const say = (text) => { live.textContent = text; };
const active = (from = form) => $$("input:not([type=hidden]), textarea, select", from).filter((one) => !one.disabled);
const isChoice = ({ type }) => type === "radio" || type === "checkbox";
const kind = () => ($("[name=kind]:checked") || {}).value;

// Draft and key of the submission: in this tab, for this address, until it is received.
const slot = "kaishu-case " + location.pathname + location.search;
try { kept = JSON.parse(sessionStorage[slot]); } catch { /* none */ }
function keep(change) {
  kept = change ? { ...kept, ...change } : {};
  try { if (change) sessionStorage[slot] = JSON.stringify(kept); else delete sessionStorage[slot]; } catch { /* storage is off */ }
}
function values() {
  const all = {};
  for (const [name, value] of new FormData(form)) if (!value.name) (all[name] = all[name] || []).push(value);
  return all;
}
function fill(all) {
  const set = (one) => {
    const given = all[one.name] || [];
    if (isChoice(one)) one.checked = given.includes(one.value);
    else if (given[0] && one.type !== "file") one.value = given[0];
  };
  $$("[name=kind]").forEach(set);
  group();
  active().forEach(set);
}
function fromAddress() {
  const asked = new URLSearchParams(location.search), dataset = $("[name=dataset]");
  dataset.value = dataset.value || asked.get("dataset");
  if (!kind()) for (const radio of $$("[name=kind]")) radio.checked = radio.value === asked.get("kind");
}
/** Only the groups of the chosen kind are shown and sent. */
function group() {
  for (const part of $$("[data-kind]")) part.hidden = part.dataset.kind !== kind();
  for (const field of $$(".field")) if ($("[data-kind]", field)) field.hidden = !$("[data-kind]:not([hidden])", field);
  for (const one of $$("[data-kind] input")) one.disabled = !!one.closest("[hidden]");
}

/** What looks like the number of an identity or bank card. */
const personal = (text) => ((/(?:^|\D)(\d{6}[ -]?\d{8}[ -]?\d{3}[\dX]|\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?)(?!\d)/i
  .exec(text.normalize("NFKC")) || [])[1] || "").replace(/[ -]/g, "");
/** What must be put right in a field. */
function fault(field) {
  const parts = active(field), { field: name, requiredFor = "" } = field.dataset;
  if ((parts.some((one) => one.required) || requiredFor.split(" ").includes(kind()))
    && !parts.some((one) => (isChoice(one) ? one.checked : one.value.trim()))) {
    const label = [...$("legend, label", field).childNodes].map((node) => node.data || "").join("").trim();
    return word("need_" + name) || word("need", { label });
  }
  for (const { files, value, dataset: { max } } of parts) {
    const n = [...value].length - max, big = [...files || []].find((file) => file.size > SIZE * MIB);
    if (n > 0) return word("too_long", { n, max });
    if (files && files.length > FILES) return word("too_many_files", { n: files.length, max: FILES });
    if (big) return word("file_too_big", { name: big.name, size: (big.size / MIB).toFixed(1), max: SIZE });
  }
}
function describe(node, id = "") {
  const ids = ((node.getAttribute(BY) || "").replace(/\S+-error/g, "") + " " + id).trim();
  if (ids) node.setAttribute(BY, ids); else node.removeAttribute(BY);
}
function clear() {
  $$(".error-summary, .error, .draft-note", form).forEach((old) => old.remove());
  $$("[aria-describedby]", form).forEach((node) => describe(node));
  $$("[aria-invalid]", form).forEach((node) => node.removeAttribute("aria-invalid"));
}
/** The same summary and messages as the server makes. */
function show(heading, faults) {
  const list = make("ul");
  for (const { field, text, wrong } of faults) {
    const name = field.dataset.field, set = $("fieldset", field), [one] = active(field);
    ($(".hint", field) || $("legend, label", field)).after(make("p", { class: "error", id: name + "-error" }, text));
    describe(set || one, name + "-error");
    if (wrong && !set) one.setAttribute("aria-invalid", true);
    list.append(make("li", {}, make("a", { href: "#" + name }, text)));
  }
  form.prepend(make("div", { class: "error-summary", role: "alert", tabindex: -1 }, make("h2", {}, heading), list));
  form.firstChild.focus();
}

// Proof of work: crypto.subtle is absent on plain http and slow for each call.
const K = [], INITIAL = [], W = new Int32Array(64);
for (let n = 2, d; K.length < 64; n += 1) {
  for (d = 2; n % d;) d += 1;
  if (d === n) K.push(Math.cbrt(n) % 1 * 2 ** 32 | 0);
  if (d === n && K.length < 9) INITIAL.push(Math.sqrt(n) % 1 * 2 ** 32 | 0);
}
const spin = (x, a, b, c) => (x >>> a | x << 32 - a) ^ (x >>> b | x << 32 - b) ^ c;
/** The first 32 bits of the SHA-256 of an ASCII text. */
function sha256(text) {
  const view = new DataView(new ArrayBuffer(text.length + 72 & -64)), state = INITIAL.slice();
  for (let i = 0; i < text.length; i += 1) view.setUint8(i, text.charCodeAt(i));
  view.setUint8(text.length, 128);
  view.setUint32(view.byteLength - 4, text.length * 8);
  for (let at = 0; at < view.byteLength; at += 64) {
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 16; i += 1) W[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i += 1) {
      const x = W[i - 15], y = W[i - 2];
      W[i] = W[i - 16] + W[i - 7] + spin(x, 7, 18, x >>> 3) + spin(y, 17, 19, y >>> 10) | 0;
    }
    for (let i = 0; i < 64; i += 1) {
      const one = h + spin(e, 6, 11, e >>> 25 | e << 7) + (e & f ^ ~e & g) + K[i] + W[i] | 0;
      const two = one + spin(a, 2, 13, a >>> 22 | a << 10) + (a & b ^ a & c ^ b & c) | 0;
      h = g; g = f; f = e; e = d + one | 0; d = c; c = b; b = a; a = two;
    }
    [a, b, c, d, e, f, g, h].forEach((part, i) => { state[i] = state[i] + part | 0; });
  }
  return state[0];
}
const clock = () => performance.now();
/** Unlike a timer, not slowed down in the background. */
const turn = () => new Promise((done) => { const pipe = new MessageChannel(); pipe.port1.onmessage = done; pipe.port2.postMessage(0); });
/** Puts challenge and nonce into the form, if they can be had. */
async function prove({ signal }) {
  let answer;
  $$("[name=challenge], [name=nonce]").forEach((old) => old.remove());
  try {
    const late = new Promise((_, fail) => setTimeout(fail, 8000)), headers = { Accept: "application/json" };
    answer = await Promise.race([fetch(form.getAttribute("data-challenge"), { headers, signal, cache: "no-store" }), late]);
    const { challenge, bits } = await answer.json(), end = clock() + 6e4;
    for (let n = 0, pause = 0; pause < end && !signal.aborted; n += 1) {
      if (clock() > pause) { await turn(); pause = clock() + 20; }
      const nonce = n.toString(36);
      if (Math.clz32(sha256(challenge + ":" + nonce)) < bits) continue;
      const add = (name, value) => form.append(make("input", { type: "hidden", name, value }));
      add("challenge", challenge);
      add("nonce", nonce);
      break;
    }
  } catch { /* sent without */ }
  return answer;
}

async function send(submit, panel) {
  const bar = make("progress", { max: 100, "aria-label": word("progress") }), line = make("p"), cancel = button(word("cancel"));
  const stopped = new AbortController(), xhr = new XMLHttpRequest();
  let spoken = 0, whole;
  const tell = (text) => { line.textContent = text; say(text); };
  const hold = (on) => {
    busy = on;
    submit.setAttribute("aria-disabled", on);
    $$(".field").forEach((field) => { field.inert = on; });
    window.onbeforeunload = on ? () => true : null;
  };
  const end = (...texts) => {
    hold(false);
    say("");
    if (document.activeElement === cancel) submit.focus();
    panel.textContent = "";
    if (texts[0]) panel.append(make("div", { class: "box warn-box", role: "alert" }, ...texts.map((text) => make("p", {}, text))));
  };
  cancel.onclick = () => { stopped.abort(); xhr.abort(); };
  panel.textContent = "";
  panel.append(line, bar, cancel);
  hold(true);
  tell(word("checking"));
  const reached = await prove(stopped);
  if (stopped.signal.aborted) return end(word("cancelled"));
  if (!reached && new URL(form.action).origin !== location.origin) return end(), form.submit(); // scripts are not let in there
  if (!kept.key) keep({ key: [...crypto.getRandomValues(new Uint32Array(4))].map((n) => n.toString(16).padStart(8, 0)).join("") });
  xhr.open("POST", form.action);
  xhr.setRequestHeader("Accept", "text/html");
  xhr.setRequestHeader("Idempotency-Key", kept.key);
  xhr.upload.onprogress = ({ loaded, total }) => {
    const n = Math.floor(loaded / total * 100);
    bar.value = n;
    line.textContent = word("sending", { n, sent: (loaded / MIB).toFixed(1), all: (total / MIB).toFixed(1) });
    if (n >= spoken + 10) { spoken = n - n % 10; say(line.textContent); }
  };
  xhr.upload.onload = () => { whole = true; bar.removeAttribute("value"); tell(word("saving")); };
  xhr.onerror = () => end(word("network"));
  xhr.onabort = () => end(word(whole ? "cancelled_late" : "cancelled"));
  xhr.onload = () => { end(); const texts = receive(xhr); if (texts) end(...texts); };
  xhr.send(new FormData(form));
}
/** Shows the answer in place of <main>, or gives messages and keeps the form. */
function receive({ status, responseText }) {
  const page = new DOMParser().parseFromString(responseText, "text/html"), main = $("main", page), again = main && $("#case-form", main);
  if (status === 409) return keep({ key: "" }), [word("conflict")]; // other words came with this key before
  if (!main || !(status < 300 || again)) {
    const told = main && $(".error-summary", main);
    let said = told ? told.textContent : ""; // a proxy's own words help nobody
    try { said = JSON.parse(responseText).error.message; } catch { /* a page */ }
    return [word("refused", { status }), said.replace(/\s+/g, " ").slice(0, 600)].filter(Boolean);
  }
  const all = values(), old = $("[type=file]", form), file = again && $("[type=file]", again);
  if (file) { // only the reader can choose files
    for (const { name, value } of file.attributes) old.setAttribute(name, value);
    file.replaceWith(old);
  }
  if (!again) keep();
  $("main").replaceWith(main);
  document.title = page.title;
  begin(all);
}

function enhance(answered) {
  const submit = $("[type=submit]", form), panel = make("div", { class: "sending" }), area = $("[name=statement]"), meter = make("p");
  const title = document.title.replace(word("title_prefix"), ""), max = area.maxLength;
  let asked = "", timer;
  form.noValidate = true;
  (submit.closest(".btns") || submit).after(panel);
  area.dataset.max = max; // what is pasted is counted, not cut off
  area.removeAttribute("maxlength");
  area.after(meter);
  const refresh = () => {
    group();
    const left = max - [...area.value].length;
    meter.textContent = word(left < 0 ? "over" : "left", { n: Math.abs(left) });
    meter.className = left < 0 ? "over" : "mut";
    clearTimeout(timer);
    if (left < max / 10) timer = setTimeout(say, 1200, meter.textContent);
  };
  if (answered) fill(answered);
  if ($(".error-summary", form)) document.title = word("title_prefix") + title;
  else if (!answered && kept.values) {
    const anew = button(word("draft_clear"));
    anew.onclick = () => { keep(); form.reset(); clear(); fromAddress(); refresh(); active()[0].focus(); };
    fill(kept.values);
    form.prepend(make("div", { class: "box draft-note" }, make("p", {}, word("draft")), anew));
  }
  fromAddress();
  refresh();
  window.onpageshow = refresh; // after what the browser puts back
  form.oninput = () => { keep({ values: { ...values(), contact: [] } }); refresh(); };
  form.onclick = (event) => {
    const link = event.target.closest(".error-summary a"), field = link && $(`[data-field="${link.hash.slice(1)}"]`);
    if (!field) return;
    event.preventDefault();
    field.scrollIntoView();
    active(field)[0].focus({ preventScroll: true });
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    if (busy) return;
    clear();
    document.title = title;
    const faults = [];
    for (const field of $$(".field").filter((one) => !one.closest("[hidden]"))) {
      const text = fault(field), one = $("[name=statement], [name=contact]", field), number = one && personal(one.value);
      if (text) faults.push({ field, text, wrong: true });
      else if (number && !asked.includes(number)) {
        asked += number + " ";
        const found = number.slice(0, 3) + "…" + number.slice(-2);
        faults.push({ field, text: word(/^\d{17}[\dX]$/i.test(number) ? "id_number" : "card_number", { found }) });
      }
    }
    if (!faults.length) return send(submit, panel);
    document.title = word("title_prefix") + title;
    show(word(faults.some((one) => one.wrong) ? "fix" : "confirm", { n: faults.length }), faults);
  };
}

// The receipt: data-copy is an id or the text itself. Caught before other scripts.
document.addEventListener("click", async (event) => {
  const pressed = event.target.closest("[data-print], [data-copy]");
  if (!pressed) return;
  event.stopPropagation();
  const { copy, done, print: isPrint } = pressed.dataset, from = document.getElementById(copy), text = from ? from.innerText : copy;
  if (isPrint !== undefined) return print();
  try { await navigator.clipboard.writeText(text); } catch { // refused, or plain http
    const area = pressed.parentNode.appendChild(make("textarea", { class: "away" }, text));
    area.select();
    document.execCommand("copy");
    area.remove();
    pressed.focus();
  }
  pressed.textContent = done || word("copied");
  say(pressed.textContent);
}, true);

function begin(answered) {
  const texts = $("[data-texts]");
  form = $("#case-form");
  if (texts) words = JSON.parse(texts.getAttribute("data-texts")); // form.dataset is its control of that name
  $$("[data-print], [data-copy]").forEach((one) => { one.hidden = false; });
  if (form) enhance(answered);
  const at = $("main .error-summary") || answered && $("main h1");
  if (at) { at.tabIndex = -1; at.focus(); }
}
begin();
}
