/* A browser's side of a worker, for tests: the worker is run, the events of a script are sent to it, and what came of each is
   printed as JSON. `node worker_world.js` reads {worker, steps} from its input; a step is {event, …} or {network: bool}. */
const input = JSON.parse(require("fs").readFileSync(0, "utf8"));
const site = "https://care.example";
const handlers = {};
const stores = new Map();
const fetched = [];
let online = true;
let registered = true;
const shown = [];
const opened = [];
let windows = [];

class Request {
  constructor(address, options = {}) { Object.assign(this, { method: "GET", mode: "cors" }, options, { url: new URL(address, site).href }); }
}
const path = (request) => new URL(typeof request === "string" ? request : request.url, site).pathname;
const fetch = async (request) => {
  fetched.push({ path: path(request), credentials: request.credentials ?? "include" });
  if (!online) throw new TypeError("no network");
  return { body: `network:${path(request)}` };
};
const open = (name) => {
  if (!stores.has(name)) stores.set(name, new Map());
  const store = stores.get(name);
  return {
    match: async (request) => store.get(path(request)),
    put: async (request, answer) => { store.set(path(request), answer); },
    addAll: async (requests) => { for (const each of requests) store.set(path(each), await fetch(each)); },
  };
};
const caches = { open: async (name) => open(name), keys: async () => [...stores.keys()], delete: async (name) => stores.delete(name) };
const self = {
  location: { origin: site },
  clients: {
    claim: async () => {},
    matchAll: async () => windows.map((url) => ({ url, focus: async () => {}, navigate: async (to) => { opened.push(["navigate", to]); } })),
    openWindow: async (to) => { opened.push(["open", to]); },
  },
  registration: {
    unregister: async () => { registered = false; },
    showNotification: async (title, options) => { shown.push({ title, ...options }); },
  },
  skipWaiting: async () => {},
  addEventListener: (name, handler) => { handlers[name] = handler; },
};
const Response = { error: () => ({ body: "error" }) };
new Function("self", "caches", "fetch", "Request", "Response", input.worker)(self, caches, fetch, Request, Response);

(async () => {
  const answers = [];
  for (const step of input.steps) {
    if ("network" in step) { online = step.network; continue; }
    if ("windows" in step) { windows = step.windows; continue; }
    if ("earlier" in step) { open(step.earlier); continue; }
    const waits = [];
    let answer = null;
    const request = step.address && new Request(step.address, step);
    const pushed = "pushed" in step ? { json: () => JSON.parse(step.pushed) } : step.data;
    const notification = { close: () => {}, data: step.clicked };
    handlers[step.event]?.({ request, data: pushed, notification, waitUntil: (work) => waits.push(work), respondWith: (work) => { answer = work; } });
    await Promise.all(waits);
    answers.push(answer === null ? null : (await answer).body);
  }
  const kept = Object.fromEntries([...stores].map(([name, store]) => [name, [...store.keys()]]));
  console.log(JSON.stringify({ answers, kept, fetched, registered, shown, opened }));
})();
