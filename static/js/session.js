/* Typing is being there: the server is asked to keep the session while somebody writes. Before it ends the page warns,
   and after it has ended it says so, with the way back to this very page; what was written is kept (drafts.js). */
(() => {
  const SEEN = "vc-seen-at";  // shared by all tabs: work in one keeps the others
  const WARN_SECONDS = 300;
  const TELL_EVERY = 60;  // seconds between two notes to the server
  const begin = () => {
    const page = document.getElementById("page");
    const limit = Number(page?.dataset.idle || 0);
    if (!limit) return;
    const warnAt = Math.max(limit - WARN_SECONDS, limit / 2);
    const now = () => Math.floor(Date.now() / 1000);
    const seen = () => Number(localStorage.getItem(SEEN) || 0);
    const mark = () => localStorage.setItem(SEEN, String(now()));
    let ended = false;
    mark();  // the page was asked for just now

    const bar = document.createElement("div");
    bar.className = "vc-session";
    bar.setAttribute("role", "alert");
    bar.hidden = true;
    const words = document.createElement("p");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "vc-command";
    const link = document.createElement("a");
    link.className = "vc-command";
    link.textContent = page.dataset.saySignIn;
    bar.append(words, button, link);
    document.body.append(bar);
    const show = (text, action) => {
      if (!bar.hidden && words.textContent === text) return;
      words.textContent = text;
      button.textContent = page.dataset.sayGoOn;
      button.hidden = action !== "go on";
      link.hidden = action !== "sign in";
      link.href = `${page.dataset.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`;
      bar.hidden = false;
    };
    const over = () => { ended = true; show(page.dataset.sayOver, "sign in"); };

    const tell = async () => {
      const data = new FormData();
      data.set("csrfmiddlewaretoken", page.dataset.token);
      try {
        const answer = await fetch(page.dataset.present, { method: "POST", body: data, redirect: "manual" });
        if (answer.status === 204) { mark(); bar.hidden = true; ended = false; } else if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) over();
      } catch { /* no connection: asked again at the next key */ }
    };
    let told = now();
    const active = () => {
      if (ended || now() - told < TELL_EVERY) return;
      told = now();
      tell();
    };
    document.addEventListener("vc:out", over);  // another part of the page was refused
    document.addEventListener("vc:in", () => { if (!ended) return; ended = false; mark(); bar.hidden = true; });
    document.addEventListener("input", active, true);
    document.addEventListener("keydown", active, true);
    button.addEventListener("click", () => { told = now(); tell(); });
    setInterval(() => {
      if (ended) return;
      const away = now() - seen();
      if (away > limit) over();
      else if (away > warnAt) show(page.dataset.sayEnding.replace("{minutes}", String(Math.max(1, Math.ceil((limit - away) / 60)))), "go on");
      else if (!bar.hidden) bar.hidden = true;
    }, 1000 * Math.max(1, Math.min(15, limit / 20)));
  };
  document.addEventListener("DOMContentLoaded", begin);
})();
