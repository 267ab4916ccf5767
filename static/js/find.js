/* The search over everything: Ctrl+K (Cmd+K) opens it on every page of the back office, and it works by keyboard.
   The page below is not touched: what is being written there remains, and the focus goes back to it. */
(() => {
  const WAIT = 180;  // milliseconds without a key before it is asked
  const LEAST = 2;  // characters
  let asked = null;  // what is under way
  let timer = 0;
  let shownFor = "";  // the text that the results are of
  let opensFirst = false;  // Enter was pressed before the answer came

  const box = () => document.getElementById("find");
  const field = () => document.getElementById("find-q");
  const list = () => document.getElementById("find-results");
  const typed = () => field().value.trim();
  const options = () => [...list().querySelectorAll("[role=option]")];
  const chosen = () => list().querySelector("[aria-selected=true]");

  const say = (words) => {
    const line = document.getElementById("find-say");
    if (line.textContent !== words) line.textContent = words;
  };
  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    if (!option) { field().removeAttribute("aria-activedescendant"); return; }
    option.setAttribute("aria-selected", "true");
    field().setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const show = (html, words) => {
    list().innerHTML = html;
    const isFull = options().length > 0;
    list().hidden = !isFull;
    field().setAttribute("aria-expanded", String(isFull));
    say(words);
    choose(options()[0]);
  };

  // --- Asking
  const stop = () => { clearTimeout(timer); asked?.abort(); asked = null; };
  const ask = async (text) => {
    stop();
    const mine = asked = new AbortController();
    try {
      const answer = await fetch(`${box().dataset.page}?${new URLSearchParams({ q: text })}`, {
        headers: { "HX-Request": "true", Accept: "text/html" }, redirect: "manual", signal: mine.signal,
      });
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) { shownFor = ""; show("", box().dataset.sayOut); return; }
      if (!answer.ok && answer.status !== 429) throw new Error(String(answer.status));
      const made = document.createElement("template");
      made.innerHTML = await answer.text();
      if (mine !== asked) return;
      const found = made.content.querySelector("[data-say]");
      shownFor = text;
      show(found.innerHTML, found.dataset.say);
      if (opensFirst) go(chosen(), false);
    } catch (error) {
      if (error.name === "AbortError") return;
      shownFor = "";
      show("", box().dataset.sayFailed);
    } finally {
      if (mine === asked) asked = null;
    }
  };
  const askSoon = () => {
    stop();
    opensFirst = false;
    const text = typed();
    if (text.length < LEAST) { shownFor = ""; show("", ""); return; }
    timer = setTimeout(() => ask(text), WAIT);
  };
  const go = (option, elsewhere) => {
    opensFirst = false;
    if (!option) return;
    if (elsewhere) window.open(option.href, "_blank", "noopener"); else location.assign(option.href);
  };

  // --- The box
  const open = () => {
    if (!box() || box().open) return;
    box().showModal();
    field().select();
  };
  const pressed = (event) => {
    const all = options();
    const place = all.indexOf(chosen());
    if (event.key === "ArrowDown") choose(all[(place + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(all[(place - 1 + all.length) % all.length] ?? all.at(-1));
    else if (event.key === "Enter") {
      if (shownFor === typed() && chosen()) go(chosen(), event.ctrlKey || event.metaKey);
      else if (typed().length >= LEAST) { stop(); ask(typed()); opensFirst = true; }
    } else return;
    event.preventDefault();
  };

  document.addEventListener("keydown", (event) => {
    if (event.key?.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !box()) return;
    event.preventDefault();
    open();
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-find]");
    if (!link || !box() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("DOMContentLoaded", () => {
    if (!box()) return;
    if (/Mac|iP/.test(navigator.platform)) document.querySelectorAll(".vc-find-open kbd").forEach((key) => { key.textContent = "⌘ K"; });
    field().addEventListener("input", askSoon);
    field().addEventListener("keydown", pressed);
    box().addEventListener("keydown", (event) => event.stopPropagation());  // the keys of the page below are not meant
    box().addEventListener("click", (event) => { if (event.target === box()) box().close(); });
    box().addEventListener("close", () => { stop(); opensFirst = false; });
    box().querySelector("form").addEventListener("submit", (event) => event.preventDefault());
    box().querySelector(".vc-find-close").addEventListener("click", () => box().close());
  });
})();
