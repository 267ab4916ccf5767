/* On every page of the back office, for agents: the call that reached them, or the call-back whose hour has come (a banner, the tab's
   title, a sound, how many calls wait beside the desk's name in the menu), and their state in the header. One worker asks for all tabs (calls-worker.js).
   Nothing on the page is reloaded or replaced, and nothing takes the focus. The desk has the call itself: there only call-backs
   have a banner. */
(() => {
  const KEY = "Alt+Shift+D";
  const DISMISSED = "vc-dismissed-calls";
  const MOST_DISMISSED = 50;
  const followers = [];
  let latest = null;
  let send = () => {};
  // For the desk: what is new, and how to ask at once.
  window.vcCalls = { follow: (follower) => { followers.push(follower); if (latest) follower(latest); }, look: () => send({}) };

  const connect = (page) => {
    const hear = ({ data }) => { latest = data; followers.forEach((follower) => follower(data)); };
    const hello = { address: page.dataset.rings, who: page.dataset.who, language: document.documentElement.lang };
    const alone = () => {
      const worker = new Worker(page.dataset.clock);
      worker.onmessage = hear;
      return worker;
    };
    let port;
    try {
      const shared = new SharedWorker(page.dataset.clock, { name: `calls-${hello.who}-${hello.language}` });
      shared.port.onmessage = hear;
      shared.onerror = () => { port = alone(); port.postMessage(hello); };
      port = shared.port;
    } catch {
      try { port = alone(); } catch { return; }
    }
    send = (message) => port.postMessage(message);
    send(hello);
    window.addEventListener("pagehide", () => send({ leaves: true }));
    window.addEventListener("pageshow", (event) => { if (event.persisted) send(hello); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) send({}); });
  };

  const make = (name, className, parent) => {
    const element = document.createElement(name);
    element.className = className;
    parent.append(element);
    return element;
  };
  const write = (element, words) => { if (element.textContent !== words) element.textContent = words; };

  // --- The call
  const dismissed = () => { try { return JSON.parse(localStorage.getItem(DISMISSED)) || []; } catch { return []; } };
  const banner = (page, isDesk) => {
    const title = document.title;
    const bar = make("div", "vc-ringing", document.body);
    bar.hidden = true;
    bar.setAttribute("role", "status");
    bar.setAttribute("aria-live", "polite");
    const words = make("p", "", bar);
    const buttons = make("span", "vc-ringing-buttons", bar);
    const link = make("a", "vc-command", buttons);
    link.dataset.tone = "primary";
    link.setAttribute("aria-keyshortcuts", KEY);
    const label = make("span", "", link);
    make("kbd", "", link).textContent = KEY;
    const button = make("button", "vc-command", buttons);
    button.type = "button";
    button.textContent = page.dataset.sayDismiss;
    let calls = [];
    let newest = null;
    let announced = null;  // the call-backs that were shown already
    let shown = null;
    let titled = false;
    const makeRoom = () => { document.body.style.paddingTop = bar.hidden ? "" : `${bar.offsetTop + bar.offsetHeight}px`; };  // it covers nothing
    window.addEventListener("resize", makeRoom);
    const show = () => {
      const gone = dismissed();
      const open = calls.filter((call) => !gone.includes(call.pk));  // calls first, then call-backs
      shown = open.find((call) => call.words) || null;
      bar.hidden = !shown;
      const more = open.length > 1 ? ` ${page.dataset.sayMore.replace("{number}", String(open.length - 1))}` : "";
      write(words, shown ? shown.words + more : "");
      if (shown || !isDesk || titled) document.title = shown ? `● ${shown.words} – ${title}` : title;  // the desk has words of its own
      titled = !!shown;
      if (shown) {
        link.href = shown.url || `${page.dataset.desk}?contact=${shown.pk}`;
        write(label, `${shown.url ? page.dataset.sayCallBack : page.dataset.sayDesk} `);
      }
      makeRoom();
    };
    button.addEventListener("click", () => {
      if (!shown) return;
      try { localStorage.setItem(DISMISSED, JSON.stringify([shown.pk, ...dismissed()].slice(0, MOST_DISMISSED))); } catch { /* shown until it is coded */ }
      show();
    });
    window.addEventListener("storage", (event) => { if (event.key === DISMISSED) show(); });
    document.addEventListener("keydown", (event) => {
      if (!shown || event.repeat || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || event.code !== "KeyD") return;
      event.preventDefault();
      location.assign(link.href);
    });
    return (news) => {
      const callBacks = (news.call_backs || []).map(({ key, words: text, url }) => ({ pk: key, words: text, url }));
      calls = [...(isDesk ? [] : news.calls), ...callBacks];
      const isNew = !isDesk && newest !== null && news.newest > newest;
      newest = Math.max(newest || 0, news.newest);
      const isDue = announced !== null && callBacks.some((each) => !announced.has(each.pk));
      announced = new Set(callBacks.map((each) => each.pk));
      show();
      if ((isNew && shown?.pk === news.newest) || (isDue && shown)) window.vcRing();
    };
  };
  const badge = (page, waiting) => {
    const entry = document.querySelector(`#nav-sidebar-apps a[href="${page.dataset.desk}"]`);
    if (!entry) return;
    const count = entry.querySelector(".vc-count") || (waiting ? make("span", "vc-count", entry) : null);
    if (count) { count.textContent = waiting || ""; count.hidden = !waiting; }
  };

  // --- The state
  const stateControl = (page) => {
    const control = document.getElementById("agent-state");
    if (!control) return () => {};
    const [name, lasted, menu] = ["name", "lasted", "menu"].map((part) => control.querySelector(`[data-${part}]`));
    const refusal = make("p", "vc-state-refusal", menu);
    refusal.setAttribute("role", "alert");
    let began = null;
    const tell = () => {
      if (began === null) return;
      const seconds = Math.max(0, Math.floor((performance.now() - began) / 1000));
      const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(String);
      write(lasted, hours === "0" ? `${minutes}:${rest.padStart(2, "0")}` : `${hours}:${minutes.padStart(2, "0")}:${rest.padStart(2, "0")}`);
    };
    const report = async (value) => {
      const data = new FormData();
      data.set("csrfmiddlewaretoken", page.dataset.token);
      data.set("state", value);
      write(refusal, "");
      try {
        const answer = await fetch(page.dataset.state, { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "manual" });
        if (answer.status === 204) { control.open = false; send({}); return; }
        if (answer.status === 409) { write(refusal, (await answer.json()).words); return; }
        if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) { write(refusal, page.dataset.sayOver); return; }
      } catch { /* as below */ }
      write(refusal, page.dataset.sayLost);
    };
    setInterval(tell, 1000);
    control.addEventListener("keydown", (event) => { if (event.key === "Escape" && control.open) { control.open = false; control.querySelector("summary").focus(); } });
    document.addEventListener("click", (event) => { if (control.open && !control.contains(event.target)) control.open = false; });
    return (news, age) => {
      control.hidden = false;
      control.dataset.tone = news.state.tone;
      write(name, news.state.name);
      began = performance.now() - age - 1000 * news.state.seconds;
      tell();
      const chosen = document.activeElement?.closest?.("#agent-state button")?.value;
      menu.replaceChildren(refusal, ...news.choices.map(([value, words, isHeld]) => {
        const button = document.createElement("button");
        Object.assign(button, { type: "button", className: "vc-command", value, textContent: words });
        button.setAttribute("aria-pressed", String(isHeld));
        button.addEventListener("click", () => report(value));
        return button;
      }));
      if (chosen) menu.querySelector(`button[value="${CSS.escape(chosen)}"]`)?.focus();
    };
  };

  // --- No news
  const troubleLine = (page) => {
    const line = make("p", "vc-no-news", document.body);
    line.setAttribute("role", "status");
    line.hidden = true;
    return (trouble) => {
      const saysItself = page.dataset.idle !== "0";  // session.js, with the way back
      if (trouble === "out") document.dispatchEvent(new Event("vc:out"));
      if (!trouble) document.dispatchEvent(new Event("vc:in"));
      const words = trouble === "lost" ? page.dataset.sayLost : trouble === "out" && !saysItself ? page.dataset.sayOver : "";
      write(line, words);
      line.hidden = !words;
    };
  };

  const begin = () => {
    const page = document.getElementById("page");
    if (!page?.dataset.rings) return;
    const isDesk = !!document.getElementById("desk");
    const showCalls = banner(page, isDesk);
    const showState = stateControl(page);
    const showTrouble = isDesk ? () => {} : troubleLine(page);
    let trouble = "";
    window.vcCalls.follow((told) => {
      if ("trouble" in told && told.trouble !== trouble) { ({ trouble } = told); showTrouble(trouble); }
      if (!told.news) return;
      badge(page, told.news.waiting);
      showCalls(told.news);
      showState(told.news, told.age);
    });
    connect(page);
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
