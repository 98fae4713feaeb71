// Answers a page that cannot be fetched with the page that says so. That page and what it is made of are all that is kept:
// data that was taken offline must not be shown from a copy.
const asked = new URL(location.href).searchParams, paths = (name) => asked.getAll(name).map((path) => new URL(path, location.href).pathname);
const pages = paths("page"), kept = [...pages, ...paths("file")];
const family = `kaishu-offline ${registration.scope} `, name = family + location.search;

addEventListener("install", (event) => event.waitUntil(caches.open(name).then((cache) => cache.addAll(kept.map((path) => new Request(path, { cache: "reload" }))))));

addEventListener("activate", (event) => event.waitUntil(caches.keys().then((all) => Promise.all(
  all.filter((other) => other.startsWith(family) && other !== name).map((other) => caches.delete(other))))));

addEventListener("fetch", (event) => {
  const { mode, method, url } = event.request, { pathname } = new URL(url);
  if (method !== "GET") return;
  if (mode === "navigate" && /(\/|\.html)$/.test(pathname)) {
    // The page in the language of the address: the one in the deepest folder above it.
    const folder = (page) => page.slice(0, page.lastIndexOf("/") + 1);
    const [page] = pages.filter((page) => pathname.startsWith(folder(page))).sort((a, b) => folder(b).length - folder(a).length);
    event.respondWith(fetch(event.request).catch(async () => (await caches.match(page ?? pages[0], { cacheName: name })) ?? Response.error()));
  } else if (kept.includes(pathname)) {
    event.respondWith(fetch(event.request).catch(async () => (await caches.match(pathname, { cacheName: name })) ?? Response.error()));
  }
});
