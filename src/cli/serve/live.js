// Only in previews: reloads the page when the site was rebuilt, and shows what was found.
"use strict";
(() => {
  let version = null;
  const panel = document.createElement("details");
  panel.id = "kaishu-findings";
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("#kaishu-findings{position:fixed;right:1rem;bottom:1rem;z-index:99;max-width:min(40rem,calc(100vw - 2rem));max-height:60vh;overflow:auto;background:#fffbe8;color:#222;border:2px solid #b26a00;border-radius:.5rem;padding:.4rem .8rem;font:14px/1.6 system-ui,sans-serif}#kaishu-findings[data-bad]{border-color:#c62828}#kaishu-findings p{margin:.3rem 0}#kaishu-findings summary{cursor:pointer;font-weight:600;min-height:0;padding:.2rem}");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const line = (text, bold) => {
    const p = document.createElement("p");
    const inner = document.createElement(bold ? "b" : "span");
    inner.textContent = text;
    p.append(inner);
    return p;
  };
  const show = (report) => {
    if (!report.items || (!report.items.length && report.whole)) { panel.remove(); return; }
    const summary = document.createElement("summary");
    summary.textContent = `${report.title} (${report.total})`;
    panel.replaceChildren(summary);
    panel.toggleAttribute("data-bad", !report.whole);
    if (!report.whole) { panel.open = true; panel.append(line(report.failed, true)); }
    for (const item of report.items) {
      panel.append(line(`${item.level_word} · ${item.message} [${item.code}]`, true));
      panel.append(line([item.place, item.subject, item.found].filter(Boolean).join(" · ")));
      panel.append(line(item.hint));
    }
    document.body.append(panel);
  };
  const ask = async () => {
    try {
      const state = await (await fetch("/__kaishu/state", { cache: "no-store" })).json();
      if (version !== null && version !== state.version) {
        if (state.report.whole) { location.reload(); return; }
      }
      if (version !== state.version) show(state.report);
      version = state.version;
    } catch { /* the preview has ended */ }
    setTimeout(ask, 300);
  };
  ask();
})();
