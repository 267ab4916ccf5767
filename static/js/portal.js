/* The reserved area's small comforts; nothing depends on them. */
(() => {
  const rooms = document.querySelector(".rooms");
  if (!rooms) return;

  // What is typed is kept in this tab until the server has taken it, also when the session ended meanwhile.
  const key = (field) => `draft:${rooms.dataset.account}:${location.pathname}:${field.name}`;
  const taken = document.querySelector("main .notice-success");
  let asked = Date.now();
  document.querySelectorAll("main form textarea").forEach((field) => {
    if (taken) sessionStorage.removeItem(key(field));
    const kept = sessionStorage.getItem(key(field));
    if (kept && !field.value) field.value = kept;
    field.addEventListener("input", () => {
      sessionStorage.setItem(key(field), field.value);
      // Writing for long counts as doing something: every few minutes the server hears of it.
      if (Date.now() - asked < 5 * 60 * 1000) return;
      asked = Date.now();
      const token = field.form.querySelector("[name=csrfmiddlewaretoken]");
      fetch(rooms.dataset.present, { method: "POST", headers: { "X-CSRFToken": token.value } }).catch(() => {});
    });
  });
})();
