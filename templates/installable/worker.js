{% autoescape off %}/* The worker of the reserved area. It keeps static files and one page about nobody; every page about a person comes from the
   network or not at all. Signing out empties it. It shows what is pushed to this device, and keeps none of it. */
const PREFIX = "vittoria-care-";
const CACHE = PREFIX + "{{ version }}";
const SHELL = {{ shell }};
const OFFLINE = {{ offline }};
const SIGN_OUT = {{ sign_out }};
const PLACES = {{ places }};
const HOME = PLACES[0];
const ICON = {{ icon }};

const ours = (names) => names.filter((name) => name.startsWith(PREFIX));
const empty = async (keep = "") => {
  const names = ours(await caches.keys()).filter((name) => name !== keep);
  await Promise.all(names.map((name) => caches.delete(name)));
};
// Without cookies: whoever is signed in, the page that is kept is everybody's.
const fill = async () => {
  const cache = await caches.open(CACHE);
  if (await cache.match(OFFLINE)) return;
  await cache.addAll(SHELL.map((address) => new Request(address, { credentials: "omit" })));
};
const kept = async (address) => (await caches.open(CACHE)).match(address);

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(empty(CACHE).then(() => self.clients.claim())));
self.addEventListener("message", (event) => { if (event.data === "fill") event.waitUntil(fill()); });

// A browser that lets us push wants something shown each time, also of what cannot be read.
self.addEventListener("push", (event) => {
  let given = {};
  try { given = event.data.json(); } catch { /* nothing that we sent */ }
  const { title = "Vittoria Care", text = "", tag = "", link = HOME } = given;
  event.waitUntil(self.registration.showNotification(title, {
    body: text, tag, data: { link }, icon: ICON, badge: ICON,
  }));
});
// Its page, in a window that is open already or a new one; an address that is not ours is never opened.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const wanted = new URL(event.notification.data?.link || HOME, self.location.origin);
  const address = wanted.origin === self.location.origin ? wanted.href : new URL(HOME, self.location.origin).href;
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const window = open.find((each) => PLACES.some((place) => new URL(each.url).pathname.startsWith(place)));
    if (!window) return self.clients.openWindow(address);
    await window.focus();
    return window.navigate(address);
  })());
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin) return;
  if (request.method === "POST" && address.pathname === SIGN_OUT) { event.waitUntil(empty()); return; }
  if (request.method !== "GET") return;
  if (address.pathname !== OFFLINE && !address.search && SHELL.includes(address.pathname)) {
    event.respondWith(kept(address.pathname).then((found) => found || fetch(request)));
    return;
  }
  if (request.mode === "navigate" && PLACES.some((place) => address.pathname.startsWith(place))) {
    event.respondWith(fetch(request).catch(async () => (await kept(OFFLINE)) || Response.error()));
  }
});
{% endautoescape %}
