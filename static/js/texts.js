/* Writing a text. All of it works without: this puts words where the cursor is, and keeps the preview beside what is typed. */
(() => {
  const form = document.querySelector(".vc-command-form");
  const body = form?.querySelector("[name=body]");
  const shown = document.getElementById("text-preview");
  const button = form?.querySelector("[data-preview]");
  if (!body || !shown || !button) return;

  // A word goes into the field that was written in last.
  let field = body;
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("[name=body], [name=subject]")) field = event.target;
  });
  document.querySelectorAll("[data-insert]").forEach((word) => {
    word.addEventListener("click", () => {
      field.setRangeText(word.dataset.insert, field.selectionStart, field.selectionEnd, "end");
      field.focus();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });

  // The preview: asked for once people pause, and only the last answer is shown.
  let waiting = 0;
  let asked = 0;
  const show = async () => {
    const mine = ++asked;
    try {
      const answer = await fetch(button.formAction, { method: "POST", body: new FormData(form), redirect: "error" });
      if (!answer.ok || mine !== asked) return;
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("text-preview");
      if (found) shown.replaceChildren(...found.childNodes);
    } catch { /* the next pause may be answered */ }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 700);
  });
  button.addEventListener("click", (event) => {
    event.preventDefault();
    show().then(() => shown.scrollIntoView({ block: "nearest" }));
  });
  show();
})();
