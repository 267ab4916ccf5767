/* The reserved area's small comforts; nothing depends on them. What is typed is kept by drafts.js. */
(() => {
  const rooms = document.querySelector(".rooms");
  if (!rooms) return;

  // Writing for long counts as doing something: every few minutes the server hears of it.
  let asked = Date.now();
  document.querySelector("main").addEventListener("input", (event) => {
    const token = event.target.form?.querySelector("[name=csrfmiddlewaretoken]");
    if (!token || Date.now() - asked < 5 * 60 * 1000) return;
    asked = Date.now();
    fetch(rooms.dataset.present, { method: "POST", headers: { "X-CSRFToken": token.value } }).catch(() => {});
  });
})();
