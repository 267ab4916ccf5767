/* A call that reaches the agent is shown on every page of the back office: a banner, the tab's title, a sound, and how
   many calls wait for their code beside the desk's name in the menu. The desk itself has a script of its own. */
(() => {
  const EVERY_TICKS = 3;  // of 0.7 seconds
  const LONGEST_WAIT = 60_000;  // milliseconds between two questions that found nobody
  const begin = () => {
    const page = document.getElementById("page");
    if (!page?.dataset.rings || document.getElementById("desk")) return;
    const title = document.title;
    const bar = document.createElement("div");
    bar.className = "vc-ringing";
    bar.setAttribute("role", "status");
    bar.hidden = true;
    const words = document.createElement("p");
    const link = document.createElement("a");
    link.className = "vc-command";
    link.dataset.tone = "primary";
    link.textContent = page.dataset.sayDesk;
    bar.append(words, link);
    document.body.append(bar);
    let version = "";
    let newest = null;
    let asking = false;
    let misses = 0;
    let notBefore = 0;
    let ticks = EVERY_TICKS - 1;

    const badge = (waiting) => {
      const entry = document.querySelector(`#nav-sidebar-apps a[href="${page.dataset.desk}"]`);
      if (!entry) return;
      let count = entry.querySelector(".vc-count");
      if (!count && waiting) {
        count = document.createElement("span");
        count.className = "vc-count";
        entry.append(count);
      }
      if (count) { count.textContent = waiting || ""; count.hidden = !waiting; }
    };
    const wait = () => { misses += 1; notBefore = Date.now() + Math.min(LONGEST_WAIT, 1000 * 2 ** misses); };
    const ask = async () => {
      if (asking || Date.now() < notBefore) return;
      asking = true;
      try {
        const answer = await fetch(`${page.dataset.rings}?v=${encodeURIComponent(version)}&brief=1`, { headers: { Accept: "application/json" }, redirect: "manual" });
        if (answer.status === 403 || answer.status === 404) { notBefore = Infinity; return; }  // answers no calls
        if (answer.status !== 200 && answer.status !== 204) { wait(); return; }
        misses = 0;
        if (answer.status === 204) return;
        const news = await answer.json();
        version = news.version;
        const isNew = newest !== null && news.newest > newest;
        newest = Math.max(newest || 0, news.newest || 0);
        badge(news.waiting);
        bar.hidden = !news.live;
        document.title = news.live ? `● ${news.announce} – ${title}` : title;
        if (news.live) {
          words.textContent = news.announce;
          link.href = `${page.dataset.desk}?contact=${news.live}`;
          if (isNew) window.vcRing?.();
        }
      } catch { wait(); } finally { asking = false; }
    };
    const tick = () => { ticks += 1; if (ticks % EVERY_TICKS === 0) ask(); };
    try { new Worker(page.dataset.clock).onmessage = tick; } catch { setInterval(tick, 700); }
    document.addEventListener("visibilitychange", () => { if (!document.hidden && notBefore !== Infinity) { notBefore = 0; ask(); } });
  };
  window.vcRing = () => {
    try {
      const context = new AudioContext();
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.frequency.value = 660;
      volume.gain.setValueAtTime(0.06, context.currentTime);
      volume.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + 0.35);
      tone.connect(volume).connect(context.destination);
      tone.start();
      tone.stop(context.currentTime + 0.4);
      tone.onended = () => context.close();
    } catch { /* a browser that makes no sound still shows the call */ }
  };
  document.addEventListener("DOMContentLoaded", begin);
})();
