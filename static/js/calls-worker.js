/* Asks the server for news of an agent's calls and state, once for all tabs of the browser (as a SharedWorker), or for one tab
   where there is no such thing (as a Worker). Timers of a worker are not slowed down in a tab that nobody looks at. */
(() => {
  const EVERY = 700;  // milliseconds; the server answers “nothing new” from its cache
  const LONGEST_WAIT = 10_000;  // between two questions that found nobody
  const TRIES = 3;  // in vain, before the pages say so
  const ports = new Set();
  let address = "";
  let who = "";
  let language = "it";
  let version = "";
  let news = null;
  let receivedAt = 0;
  let trouble = "";
  let misses = 0;
  let notBefore = 0;
  let asking = false;

  const tellAll = (message) => ports.forEach((port) => port.postMessage(message));
  const tellTrouble = (word) => { if (word !== trouble) { trouble = word; tellAll({ trouble }); } };
  const told = () => ({ news, age: performance.now() - receivedAt, trouble });
  const wait = () => { misses += 1; notBefore = Date.now() + Math.min(LONGEST_WAIT, 1000 * 2 ** misses); };
  const ask = async () => {
    if (asking || !address || Date.now() < notBefore) return;
    asking = true;
    try {
      const answer = await fetch(`${address}?v=${encodeURIComponent(version)}&brief=1`, { headers: { Accept: "application/json", "Accept-Language": language }, redirect: "manual", signal: AbortSignal.timeout(10_000) });
      if (answer.status === 403 || answer.status === 404) { notBefore = Infinity; tellTrouble(""); return; }  // answers no calls
      if (answer.status === 401 || answer.type === "opaqueredirect") { wait(); tellTrouble("out"); return; }
      if (answer.status !== 200 && answer.status !== 204) throw new Error(String(answer.status));
      const got = answer.status === 200 ? await answer.json() : null;
      if (got && String(got.user) !== who) { wait(); tellTrouble("out"); return; }  // somebody else has signed in
      misses = 0;
      tellTrouble("");
      if (!got) return;
      ({ version } = got);
      news = got;
      receivedAt = performance.now();
      tellAll(told());
    } catch {
      wait();
      if (misses >= TRIES) tellTrouble("lost");
    } finally { asking = false; }
  };
  const heard = (port, message) => {
    if (message.leaves) { ports.delete(port); return; }
    if (message.address) {
      ({ address, who, language } = message);
      ports.add(port);
      if (news || trouble) port.postMessage(told());
    }
    notBefore = 0;  // somebody looks, or has just signed in
    ask();
  };

  if ("onconnect" in self) self.onconnect = (event) => {
    const [port] = event.ports;
    port.onmessage = ({ data }) => heard(port, data);
  }; else self.onmessage = ({ data }) => heard(self, data);
  setInterval(ask, EVERY);
})();
