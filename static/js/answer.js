/* Writing the answer to a complaint: the letter beside it, how it reads, and a draft on the server. The page works without.
   The rule of the figures is that of complaints/letters/readability.py; the server's figures take their place once they come. */
(() => {
  const form = document.querySelector(".vc-command-form");
  const keep = form?.querySelector("[data-draft-url]");
  const figures = document.getElementById("answer-figures");
  const live = document.getElementById("answer-live");
  const state = document.getElementById("answer-draft");
  const version = form?.querySelector("[name=draft_version]");
  if (!keep || !figures || !live || !state || !version) return;

  // --- How it reads
  const WORD = /\p{Nd}+(?:[.,]\p{Nd}+)+|[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu;
  const END = /(?<=[.!?…])[")»”’]*\s+(?=["«“‘(]*[A-ZÀ-ÖØ-Þ])|\n\s*\n/u;
  const SHORT = /(?<![\p{L}\p{N}_])(?:sig|sigg|dott|avv|ing|geom|prof|art|artt|n|nn|pag|all|cfr|ecc|es)\./giu;
  const meaningOf = (index) => figures.dataset[index >= 80 ? "easy" : index >= 60 ? "ordinary" : index >= 40 ? "hard" : "hardest"];
  const textOf = () => ["answer", "reasons"].map((name) => form.elements[name].value).filter(Boolean).join("\n\n");
  const count = () => {
    const text = textOf();
    const words = text.match(WORD) ?? [];
    if (!words.length) { figures.textContent = ""; return; }
    const letters = words.reduce((sum, word) => sum + [...word].filter((each) => /[\p{L}\p{N}]/u.test(each)).length, 0);
    const sentences = text.replace(SHORT, (short) => short.slice(0, -1)).split(END).filter((part) => part?.match(WORD)).length;
    const index = Math.max(0, Math.min(100, Math.floor(89.5 + (300 * sentences - 10 * letters) / words.length)));
    const said = { index, meaning: meaningOf(index), words: words.length, sentences, characters: [...text].length };
    figures.textContent = figures.dataset.figures.replace(/\{(\w+)\}/g, (_whole, name) => said[name]);
  };

  // --- The letter, and the draft: asked for once people pause; only the last answer is shown
  const send = (url) => fetch(url, { method: "POST", body: new FormData(form), redirect: "error", headers: { "X-Requested-With": "fetch" } });
  let asked = 0;
  const show = async () => {
    const mine = ++asked;
    try {
      const answer = await send(keep.dataset.liveUrl);
      if (!answer.ok || mine !== asked) return;
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      live.replaceChildren(...found.getElementById("answer-live").childNodes);
      figures.textContent = found.getElementById("answer-figures").textContent.trim();
    } catch { /* the next pause may be answered */ }
  };
  let isSending = false;
  let isOwed = false;
  const store = async () => {
    if (isSending) { isOwed = true; return; }
    isSending = true;
    isOwed = false;
    try {
      const answer = await send(keep.dataset.draftUrl);
      const said = await answer.json();
      if (answer.ok) {
        version.value = said.version;
        state.textContent = state.dataset.kept.replace("{time}", said.kept_at);
      } else state.textContent = said.problem;
    } catch {
      state.textContent = state.dataset.lost;
      isOwed = true;
    }
    isSending = false;
    if (isOwed) { clearTimeout(storing); storing = setTimeout(store, 5000); }
  };

  let showing = 0;
  let storing = 0;
  form.addEventListener("input", (event) => {
    if (!event.target.matches("[name=answer], [name=reasons], [name=outcome]")) return;
    count();
    clearTimeout(showing);
    clearTimeout(storing);
    showing = setTimeout(show, 600);
    storing = setTimeout(store, 1500);
  });
  form.addEventListener("submit", () => clearTimeout(storing));
  keep.addEventListener("click", (event) => {
    event.preventDefault();
    clearTimeout(storing);
    store();
  });
  // What the tab had kept for itself was put back without anybody typing: the letter is of that.
  window.addEventListener("pageshow", () => { count(); show(); });
})();
