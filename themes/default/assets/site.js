// What a page can do more with script. Without it every page is complete: these controls start hidden.
"use strict";

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
