/* Answering a contact: the draft on the server, the files as soon as they are chosen, colleagues after an @.
   All of it works without: the draft has a button, the files go with the form, a mention is typed. */
(() => {
  const PAUSE = 2000;  // after the last key, until the draft is sent
  const AGAIN = 5000;  // after the server could not be reached

  // One draft for the page: its parts take turns, and each knows the version that the other made.
  const parts = [];
  let underWay = Promise.resolve();

  const partOf = (form) => {
    const button = form.querySelector("[data-draft-url]");
    const state = form.querySelector("[role=status][data-kept]");
    const area = form.querySelector("textarea[name=text]");
    const version = form.elements.draft_version;
    if (!button || !state || !area || !version) return null;
    const files = form.querySelector("input[type=file]");
    const list = form.querySelector("#reply-kept");
    let owed = 0;
    let stop = new AbortController();

    const show = (kept, text) => {
      parts.forEach((part) => { part.version.value = kept.version; });
      state.textContent = state.dataset.kept.replace("{time}", kept.kept_at);
      area.dispatchEvent(new CustomEvent("vc:kept", { bubbles: true, detail: text }));
      if (!list) return;
      list.replaceChildren(...kept.files.map((file) => {
        const item = document.createElement("li");
        const label = document.createElement("label");
        const box = document.createElement("input");
        const words = document.createElement("span");
        label.className = "choice";
        Object.assign(box, { type: "checkbox", name: "kept", value: file.key, checked: true });
        words.textContent = file.words;
        label.append(box, words);
        item.append(label);
        return item;
      }));
    };
    const send = async (withFiles) => {
      const body = new FormData(form);
      const text = area.value;
      if (!withFiles) body.delete("files");
      body.delete("then");
      try {
        const answer = await fetch(button.dataset.draftUrl, { method: "POST", body, redirect: "error", signal: stop.signal, headers: { "X-Requested-With": "fetch" } });
        const kept = await answer.json();
        if (answer.ok) {
          if (withFiles) files.value = "";
          show(kept, text);
        } else state.textContent = kept.problem;
      } catch {
        if (form.dataset.sent) return;
        state.textContent = state.dataset.lost;
        later(AGAIN);
      }
    };
    const store = (withFiles = false) => {
      clearTimeout(owed);
      underWay = underWay.then(() => (form.dataset.sent ? null : send(withFiles)));
    };
    const later = (pause) => { clearTimeout(owed); owed = setTimeout(store, pause); };

    form.addEventListener("input", (event) => {  // of a file as well: static/js/backoffice.js keeps its "change" from us
      if (event.target === files) { if (files.files.length) store(true); } else if (event.target.name) later(PAUSE);
    });
    form.addEventListener("vc:text-back", () => later(0));
    form.addEventListener("vc:other-text", (event) => offer(event.detail));
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      clearTimeout(owed);
      form.dataset.sent = "yes";
      stop.abort();
    });
    window.addEventListener("pageshow", () => { delete form.dataset.sent; stop = new AbortController(); });
    button.addEventListener("click", (event) => { event.preventDefault(); store(files?.files.length > 0); });

    const offer = (text) => {
      const take = document.createElement("button");
      Object.assign(take, { type: "button", className: "vc-command", textContent: state.dataset.take });
      take.addEventListener("click", () => {
        area.value = text;
        take.remove();
        later(0);
      });
      state.textContent = state.dataset.own;
      state.after(take);
    };
    return { version };
  };
  document.querySelectorAll("form.vc-answer, form.vc-note, .vc-command-form:has(.vc-answer)").forEach((form) => {
    const part = partOf(form);
    if (part) parts.push(part);
  });

  // --- Colleagues after an @
  const area = document.querySelector("textarea[data-colleagues]");
  if (!area) return;
  const BEGUN = /(?:^|[^\p{L}\p{N}_.@])@([\p{L}\p{N}_][\p{L}\p{N}_ .'’-]{0,40})$/u;
  const list = document.createElement("ul");
  Object.assign(list, { id: "colleagues", className: "vc-colleagues", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", area.dataset.sayColleagues);
  area.setAttribute("aria-controls", list.id);
  area.after(list);
  let asked = 0;
  let chosen = -1;

  const close = () => { list.hidden = true; list.replaceChildren(); chosen = -1; area.removeAttribute("aria-activedescendant"); };
  const begun = () => BEGUN.exec(area.value.slice(0, area.selectionStart))?.[1];
  const take = (option) => {
    const word = begun();
    if (word === undefined) return close();
    const end = area.selectionStart;
    area.setRangeText(`${option.dataset.code} `, end - word.length, end, "end");
    close();
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const mark = (step) => {
    const options = [...list.children];
    if (!options.length) return;
    chosen = (chosen + step + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", index === chosen));
    area.setAttribute("aria-activedescendant", options[chosen].id);
  };
  const ask = async () => {
    const word = begun();
    if (word === undefined) return close();
    const mine = ++asked;
    try {
      const answer = await fetch(`${area.dataset.colleagues}?q=${encodeURIComponent(word)}`, { redirect: "error" });
      if (!answer.ok || mine !== asked) return;
      const { agents } = await answer.json();
      list.replaceChildren(...agents.map((agent, index) => {
        const option = document.createElement("li");
        option.id = `colleague-${index}`;
        option.dataset.code = agent.code;
        option.setAttribute("role", "option");
        option.textContent = [agent.name, agent.code, agent.team].filter(Boolean).join(" · ");
        option.addEventListener("mousedown", (event) => { event.preventDefault(); take(option); });
        return option;
      }));
      list.hidden = !agents.length;
      chosen = -1;
    } catch { /* it is typed whole, then */ }
  };
  let asking = 0;
  area.addEventListener("input", () => { clearTimeout(asking); asking = setTimeout(ask, 200); });
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); mark(event.key === "ArrowDown" ? 1 : -1); }
    else if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); take(list.children[chosen]); }
    else if (event.key === "Escape") { event.preventDefault(); close(); }
  });
})();
