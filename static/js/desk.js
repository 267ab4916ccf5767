/* The agent's desk: asks all the time whether something has changed, shows a new call at once, and works by keyboard.
   What is being typed is never replaced, and never loses the focus. */
(() => {
  const desk = document.getElementById("desk");
  if (!desk) return;
  const part = (name) => document.getElementById(`desk-${name}`);
  const title = document.title;
  const shown = () => part("main").querySelector("[data-contact]")?.dataset.contact || "";
  let { version } = desk.dataset;
  let newest = Number(desk.dataset.newest);
  let asking = false;
  let failures = 0;
  let notBefore = 0;
  const wait = () => { failures += 1; notBefore = Date.now() + Math.min(60_000, 500 * 2 ** failures); };  // longer each time

  // --- What is typed (kept by drafts.js)
  const isTyping = () => {
    const active = document.activeElement;
    return !!active && part("main").contains(active) && active.matches("input:not([type=radio], [type=checkbox], [type=hidden]), textarea, select");
  };
  const isBusy = () => isTyping() || !!part("main").querySelector("[name=code]:checked, details[open], .vc-identity-asked")
    || [...part("main").querySelectorAll("textarea, #desk-q")].some((field) => field.value.trim() && field.value !== field.defaultValue);

  // --- News
  const ask = async (contact, since) => {
    const asked = new URLSearchParams({ v: since });
    if (contact) asked.set("contact", contact);
    return fetch(`${desk.dataset.state}?${asked}`, { headers: { Accept: "application/json" }, redirect: "manual" });
  };
  const lost = (words) => {
    const line = part("lost");
    line.hidden = !words;
    if (line.textContent !== words) line.textContent = words;
  };
  const show = (news, withMain) => {
    part("calls").innerHTML = news.calls;
    if (!withMain) { followCall(news); return; }
    part("main").innerHTML = news.main;
    document.dispatchEvent(new Event("vc:shown"));
    const address = news.contact ? `${desk.dataset.page}?contact=${news.contact}` : desk.dataset.page;
    if (location.pathname + location.search !== address) history.replaceState(null, "", address);
  };
  const followCall = (news) => {  // beside what is being typed: whether the caller is still on the line
    if (String(news.contact) !== shown()) return;
    const made = document.createElement("template");
    made.innerHTML = news.main;
    part("main").querySelector(".vc-caller")?.replaceWith(made.content.querySelector(".vc-caller"));
  };
  const look = async () => {
    if (asking || Date.now() < notBefore) return;
    asking = true;
    try {
      const answer = await ask(shown(), version);
      if (answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect") { lost(desk.dataset.sayOut); wait(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      failures = 0;
      lost("");
      if (answer.status === 204) return;
      let news = await answer.json();
      version = news.version;
      const isNew = news.newest > newest;
      const busy = isBusy();
      if (isNew && !busy && String(news.contact) !== String(news.newest)) {
        const again = await ask(news.newest, "");
        if (again.status === 200) { news = await again.json(); version = news.version; }
      }
      show(news, !isBusy());  // somebody may have begun meanwhile
      if (isNew) {
        newest = news.newest;
        part("say").textContent = news.announce;
        document.title = `● ${desk.dataset.sayNew} – ${title}`;
        window.vcRing?.();
      } else if (!news.waiting) document.title = title;
    } catch {
      wait();
      setTimeout(look, notBefore - Date.now() + 50);
      if (failures >= 3) lost(desk.dataset.sayLost);
    } finally { asking = false; }
  };

  // --- How long the call has lasted
  const tell = () => part("main").querySelectorAll("[data-since]").forEach((element) => {
    const seconds = Math.max(0, Math.round((Date.now() - Date.parse(element.dataset.since)) / 1000));
    element.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  });

  // --- By keyboard
  const save = () => part("main").querySelector("form[data-draft]")?.requestSubmit();
  const focus = (selector) => { const field = part("main").querySelector(selector); field?.focus(); field?.select?.(); return !!field; };
  const pressed = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = document.activeElement?.closest("#desk-main form");
      if (form?.method === "post") form.requestSubmit(); else save();
      return true;
    }
    if (event.key === "Escape" && isTyping()) { document.activeElement.blur(); return true; }
    if (event.ctrlKey || event.metaKey || event.altKey || document.activeElement?.matches("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]")) return false;
    const choice = part("main").querySelector(`[type=radio][data-key="${CSS.escape(event.key)}"]`);
    if (choice) {
      choice.checked = true;
      const topic = choice.form.elements.topic;
      if (topic.value || choice.hasAttribute("data-no-topic")) choice.form.querySelector(".vc-save").focus(); else topic.focus();
      return true;
    }
    switch (event.key.toLowerCase()) {
      case "t": return focus("form[data-draft] [name=topic]");
      case "n": return focus("form[data-draft] [name=note]");
      case "s": return focus("#desk-q");
      case "p": { const details = part("main").querySelector(".vc-pass"); if (!details) return false; details.open = true; return focus(".vc-pass select"); }
      default: {  // confirm the person, ask and judge, join, report: what a button or link of the page says it answers to
        if (event.key.length !== 1) return false;
        const button = part("main").querySelector(`:is(button, a)[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
        button?.click();
        return !!button;
      }
    }
  };
  document.addEventListener("keydown", (event) => { if (!event.repeat && pressed(event)) event.preventDefault(); });
  desk.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) { event.preventDefault(); return; }  // a second press of the same button
    if (event.target.method === "post") event.target.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => desk.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));  // by the browser's way back
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    document.title = title;
    notBefore = 0;
    if (!isBusy()) version = "";  // looked at again: whatever another page did is asked for anew
    look();
  });

  tell();
  setInterval(tell, 1000);
  // The worker of all tabs asks whether there is news (ringing.js); the desk asks what it is.
  window.vcCalls.follow(({ news, trouble }) => {
    if (trouble !== undefined) lost(trouble === "out" ? desk.dataset.sayOut : trouble === "lost" ? desk.dataset.sayLost : "");
    if (news && news.version !== version) { notBefore = 0; look(); }
  });
})();
