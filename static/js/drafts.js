/* What is being written stays in this tab until the server has taken it: a session that ended, an error or a lost
   connection cost no word. A form is known by its address, so the text is found again on whatever page has that form.
   Of a form with `data-keep`, which names the person who writes, every answer is kept; elsewhere the texts alone. */
(() => {
  const AREAS = "form[method=post]:not([data-keep]) textarea[data-keep], .vc-command-form:not([data-keep]) textarea, form[data-draft] textarea";
  const FORMS = "form[data-keep]";
  const ANSWERS = "select, textarea, input:not([type=hidden], [type=password], [type=file], [type=submit], [autocomplete=one-time-code], [name=website])";
  const keyOf = (area) => `draft:${new URL(area.form.getAttribute("action") || location.href, location.href).pathname}:${area.name}`;
  const read = (key) => { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } };
  const write = (key, draft) => { try { sessionStorage.setItem(key, JSON.stringify(draft)); } catch { /* full: nothing better to do */ } };
  const wasTaken = (id) => document.cookie.split("; ").includes(`taken-${id}=1`);
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const forgetTaken = () => Object.keys(sessionStorage).filter((key) => key.startsWith("draft:")).forEach((key) => {
    const draft = read(key);
    if (!draft?.text && !draft?.answers) sessionStorage.removeItem(key);
    else if (wasTaken(draft.id)) {
      document.cookie = `taken-${draft.id}=; Max-Age=0; path=/; SameSite=Strict`;
      sessionStorage.removeItem(key);
    }
  });

  const wordsOf = (name) => document.querySelector("[data-say-draft]")?.dataset[name];
  const say = (area) => {
    const words = wordsOf("sayDraft");
    if (!words || area.parentElement.querySelector(".vc-draft-back")) return;
    const line = document.createElement("span");
    line.className = "vc-draft-back";
    line.setAttribute("role", "status");
    line.textContent = words;
    area.after(line);
  };
  // Where the server keeps a draft too, the version that was begun from says which is newer: what is still here of that same
  // version the server never got. Of an earlier version, the server has something newer, and this text is only offered.
  const versionOf = (area) => area.form?.elements.draft_version?.value;
  const restoreTexts = () => document.querySelectorAll(AREAS).forEach((area) => {
    const draft = read(keyOf(area));
    if (!draft?.text || area.value === draft.text) return;
    if (area.value && versionOf(area) === undefined) return;
    if (area.value && draft.base !== versionOf(area)) {
      area.dispatchEvent(new CustomEvent("vc:other-text", { bubbles: true, detail: draft.text }));
      return;
    }
    area.value = draft.text;
    area.dispatchEvent(new CustomEvent("vc:text-back", { bubbles: true }));
    area.closest("details")?.setAttribute("open", "");
    say(area);
  });

  // --- Whole forms
  const keyOfForm = (form) => {
    const address = new URL(form.getAttribute("action") || location.href, location.href);
    return `draft:form:${form.dataset.keep}:${address.pathname}${address.search}`;
  };
  const fieldsOf = (form) => [...form.elements].filter((field) => field.name && field.matches(ANSWERS));
  const isBox = (field) => field.type === "checkbox" || field.type === "radio";
  const answersOf = (form) => {
    const answers = {};
    fieldsOf(form).forEach((field) => {
      answers[field.name] ??= [];
      if (!isBox(field) || field.checked) answers[field.name].push(field.value);
    });
    return answers;
  };
  const hasFiles = (form) => [...form.querySelectorAll("input[type=file]")].some((field) => field.files.length);
  const keepForm = (form, id) => {
    const before = read(keyOfForm(form));
    // The page on which everything is confirmed has nothing to fill in: what was kept remains, under its new name.
    const answers = { ...before?.answers, ...answersOf(form) };
    write(keyOfForm(form), { id: id || before?.id || newId(), answers, files: hasFiles(form) });
  };
  const putBack = (field, kept) => {
    if (isBox(field)) {
      const isOn = kept.includes(field.value);
      if (field.checked === isOn) return false;
      field.checked = isOn;
    } else {
      if (field.value === (kept[0] ?? "")) return false;
      field.value = kept[0] ?? "";
    }
    if (field.value && (!isBox(field) || field.checked)) field.closest("details")?.setAttribute("open", "");
    return true;
  };
  const restoreForms = () => document.querySelectorAll(FORMS).forEach((form) => {
    const draft = read(keyOfForm(form));
    if (!draft?.answers) return;
    const changed = fieldsOf(form).filter((field) => draft.answers[field.name] && putBack(field, draft.answers[field.name]));
    if (changed.length) form.dispatchEvent(new Event("change", { bubbles: true }));  // for what one answer shows or hides
    // A browser keeps no files; where the page itself names what is wrong, it says so too.
    const lostFiles = draft.files && !hasFiles(form) && !document.querySelector("[role=alert]");
    const words = [changed.length && wordsOf("sayDraft"), lostFiles && wordsOf("sayFiles")].filter(Boolean);
    if (!words.length || form.querySelector(".vc-draft-back")) return;
    const line = document.createElement("p");
    line.className = "vc-draft-back notice";
    line.setAttribute("role", "status");
    line.textContent = words.join(" ");
    form.prepend(line);
  });
  const restore = () => { restoreTexts(); restoreForms(); };

  document.addEventListener("input", (event) => {
    const area = event.target;
    const form = area.closest?.(FORMS);
    if (form && (area.matches(ANSWERS) || area.type === "file")) keepForm(form);
    if (!area.matches?.(AREAS)) return;
    const key = keyOf(area);
    if (area.value) write(key, { text: area.value, id: read(key)?.id || newId(), base: versionOf(area) }); else sessionStorage.removeItem(key);
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;  // a second press: the first one is under way, with its own key
    const isWhole = event.target.matches(FORMS);
    const areas = [...event.target.querySelectorAll("textarea")].filter((area) => area.matches(AREAS) && area.value);
    if (!areas.length && !isWhole) return;
    const id = newId();
    if (isWhole) keepForm(event.target, id);
    areas.forEach((area) => write(keyOf(area), { text: area.value, id, base: versionOf(area) }));
    const field = event.target.querySelector("input[name=kept-as]") || document.createElement("input");
    Object.assign(field, { type: "hidden", name: "kept-as", value: id });
    event.target.append(field);
  });

  const begin = () => { forgetTaken(); restore(); };
  document.addEventListener("DOMContentLoaded", begin);
  document.addEventListener("vc:shown", restore);  // a part of a page was put in place
  document.addEventListener("htmx:afterSettle", restoreForms);
  document.addEventListener("vc:kept", (event) => {  // the server has it
    const area = event.target;
    if (read(keyOf(area))?.text === event.detail) sessionStorage.removeItem(keyOf(area));
  });
  document.addEventListener("vc:sent", (event) => sessionStorage.removeItem(keyOfForm(event.target)));  // by a script
  window.addEventListener("pageshow", (event) => {  // by the browser's way back
    if (!event.persisted) return;
    forgetTaken();
    document.querySelectorAll(AREAS).forEach((area) => { if (!read(keyOf(area))) area.value = area.defaultValue; });
    restore();
  });
})();
