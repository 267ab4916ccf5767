/* What is being written stays in this tab until the server has taken it: a session that ended, an error or a lost
   connection cost no word. A form is known by its address, so the text is found again on whatever page has that form. */
(() => {
  const AREAS = "form[method=post] textarea[data-keep], .vc-command-form textarea, form[data-draft] textarea";
  const keyOf = (area) => `draft:${new URL(area.form.getAttribute("action") || location.href, location.href).pathname}:${area.name}`;
  const read = (key) => { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } };
  const write = (key, draft) => { try { sessionStorage.setItem(key, JSON.stringify(draft)); } catch { /* full: nothing better to do */ } };
  const wasTaken = (id) => document.cookie.split("; ").includes(`taken-${id}=1`);
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const forgetTaken = () => Object.keys(sessionStorage).filter((key) => key.startsWith("draft:")).forEach((key) => {
    const draft = read(key);
    if (!draft || !draft.text) sessionStorage.removeItem(key);
    else if (wasTaken(draft.id)) {
      document.cookie = `taken-${draft.id}=; Max-Age=0; path=/; SameSite=Strict`;
      sessionStorage.removeItem(key);
    }
  });

  const say = (area) => {
    const words = document.getElementById("page")?.dataset.sayDraft;
    if (!words || area.parentElement.querySelector(".vc-draft-back")) return;
    const line = document.createElement("span");
    line.className = "vc-draft-back";
    line.setAttribute("role", "status");
    line.textContent = words;
    area.after(line);
  };
  const restore = () => document.querySelectorAll(AREAS).forEach((area) => {
    const draft = read(keyOf(area));
    if (!draft?.text || area.value) return;
    area.value = draft.text;
    area.closest("details")?.setAttribute("open", "");
    say(area);
  });

  document.addEventListener("input", (event) => {
    const area = event.target;
    if (!area.matches?.(AREAS)) return;
    const key = keyOf(area);
    if (area.value) write(key, { text: area.value, id: read(key)?.id || newId() }); else sessionStorage.removeItem(key);
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;  // a second press: the first one is under way, with its own key
    const areas = [...event.target.querySelectorAll("textarea")].filter((area) => area.matches(AREAS) && area.value);
    if (!areas.length) return;
    const id = newId();
    areas.forEach((area) => write(keyOf(area), { text: area.value, id }));
    const field = event.target.querySelector("input[name=draft]") || document.createElement("input");
    Object.assign(field, { type: "hidden", name: "draft", value: id });
    event.target.append(field);
  });

  const begin = () => { forgetTaken(); restore(); };
  document.addEventListener("DOMContentLoaded", begin);
  document.addEventListener("vc:shown", restore);  // a part of a page was put in place
  window.addEventListener("pageshow", (event) => {  // by the browser's way back
    if (!event.persisted) return;
    forgetTaken();
    document.querySelectorAll(AREAS).forEach((area) => { if (!read(keyOf(area))) area.value = area.defaultValue; });
    restore();
  });
})();
