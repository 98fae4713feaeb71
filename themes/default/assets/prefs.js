// Sets the stored display choices before the first paint. No cookie; nothing leaves the browser.
for (const name of ["large", "contrast"]) {
  try { if (localStorage.getItem("kaishu-" + name)) document.documentElement.dataset[name] = ""; } catch { /* storage is off */ }
}
