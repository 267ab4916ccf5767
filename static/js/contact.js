/* The page of a contact. All of it works without: this saves keystrokes, and says who else is there. */
(() => {
  // Wrapping up: a digit chooses the code, Enter sends.
  const codes = document.querySelector("[data-codes]");
  if (codes) {
    const typing = (element) => element.matches("textarea, select, input:not([type=radio])");
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
      const chosen = [...codes.querySelectorAll("input[data-key]")].find((radio) => radio.dataset.key === event.key);
      if (!chosen) return;
      event.preventDefault();
      chosen.checked = true;
      chosen.focus();
    });
  }

  // One click is one command.
  document.querySelectorAll(".vc-contact form[method=post]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // Who else is on this page.
  const page = document.getElementById("contact");
  const strip = document.getElementById("presence");
  if (page?.dataset.presence) {
    const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
    const body = (more) => {
      const data = new FormData();
      data.set("csrfmiddlewaretoken", token);
      data.set("seen_version", page.dataset.version);
      if (more) data.set(more, "");
      return data;
    };
    const ask = async () => {
      if (document.hidden) return;
      try {
        const answer = await fetch(page.dataset.presence, { method: "POST", body: body(), redirect: "error" });
        const said = answer.ok ? await answer.text() : "";
        if (answer.ok && said.trim() !== strip.innerHTML.trim()) strip.innerHTML = said;
      } catch { /* the next question may be answered */ }
    };
    if (token) {
      setInterval(ask, Number(page.dataset.every) * 1000);
      document.addEventListener("visibilitychange", ask);
      window.addEventListener("pagehide", () => navigator.sendBeacon(page.dataset.presence, body("leaves")));
    }
  }
})();
