/* Files of a claim report, sent one by one: on a slow network each one that has arrived is kept. Without this they go together. */
(() => {
  const send = async (form, file) => {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    body.append("files", file, file.name);
    const answer = await fetch(location.href, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.redirected || !answer.headers.get("Content-Type")?.includes("json")) throw new Error(answer.status);
    return answer.json();
  };

  document.addEventListener("submit", async (event) => {  // of the document: the form is replaced with its page
    const form = event.target;
    if (!form.matches("form[data-one-by-one]")) return;
    const line = form.querySelector(".report-sending");
    const files = [...form.querySelector("input[type=file]").files];
    if (files.length < 2) return;  // one goes as any form
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    line.hidden = false;
    const refused = [];
    let lost = false;
    for (const [place, file] of files.entries()) {
      line.textContent = form.dataset.saySending.replace("{number}", place + 1).replace("{all}", files.length).replace("{name}", file.name);
      try {
        refused.push(...(await send(form, file)).refused);
      } catch {
        lost = true;
        break;
      }
    }
    if (!lost) form.dispatchEvent(new Event("vc:sent", { bubbles: true }));
    // The page as it is now, in place of this one; then what was refused, above it.
    const lines = lost ? [...refused, form.dataset.sayLost] : refused;
    try {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      document.querySelector("main").replaceWith(page.querySelector("main"));
    } catch { /* no connection: what is shown remains */ }
    const place = document.getElementById("files-said");
    if (lines.length) {
      const box = document.createElement("div");
      box.className = "notice notice-error vc-refusal";
      box.setAttribute("role", "alert");
      const list = document.createElement("ul");
      lines.forEach((each) => {
        const item = document.createElement("li");
        item.textContent = each;
        list.append(item);
      });
      box.append(list);
      place.replaceChildren(box);
    }
    place.scrollIntoView({ block: "center" });
  });
})();
