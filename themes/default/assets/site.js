// What a page can do more with script. Without it every page is complete: these controls start hidden.
"use strict";

// A page for when there is no network; nothing else is kept. Not every address allows it.
const { offline } = document.currentScript.dataset;
if (offline) navigator.serviceWorker?.register(offline).catch(() => { /* the browser's own page will do */ });
for (const button of document.querySelectorAll("[data-again]")) {
  button.addEventListener("click", () => location.reload());
  button.hidden = false;
}

for (const button of document.querySelectorAll("[data-pref]")) {
  const name = button.dataset.pref;
  const root = document.documentElement;
  const show = () => button.setAttribute("aria-pressed", String(name in root.dataset));
  button.addEventListener("click", () => {
    const on = !(name in root.dataset);
    if (on) root.dataset[name] = ""; else delete root.dataset[name];
    try { if (on) localStorage.setItem("kaishu-" + name, "1"); else localStorage.removeItem("kaishu-" + name); } catch { /* storage is off */ }
    show();
  });
  show();
  button.hidden = false;
}

// The day of acquisition is the reader's day, in China's calendar form.
const now = new Date();
const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
for (const block of document.querySelectorAll("pre[data-date]")) {
  block.textContent = block.textContent.replace(block.dataset.date, today);
}
// What was in time when the page was built may be overdue today.
for (const tag of document.querySelectorAll("[data-due]")) {
  if (tag.dataset.due < today) { tag.className = "tag bad"; tag.textContent = tag.dataset.late; }
}
for (const hint of document.querySelectorAll("[data-nojs]")) hint.hidden = true;

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
  button.hidden = false;
}

// A table can be explored over its rows in the static API; what does that is fetched when it is asked for.
for (const box of document.querySelectorAll("[data-rows]")) {
  const button = box.querySelector("button");
  let isOpening = false;
  const start = async () => {
    if (isOpening) return;
    isOpening = true;
    for (let fold = box.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    try {
      const { open } = await import(box.dataset.script);
      await open(box, [box, ...box.parentNode.querySelectorAll(":scope > [data-preview]")]);
    } catch (error) {
      button.nextElementSibling.textContent = box.dataset.failed;
      console.warn(error);
    }
    isOpening = false;
  };
  button.addEventListener("click", start);
  box.hidden = false;
  if (new URLSearchParams(location.search).get("table") === box.dataset.table) start();
}
