/* Small comforts of every page; nothing depends on them. */
(() => {
  // Menus are <details>: close them on Escape, and when the reader goes elsewhere.
  const close = (menu) => { menu.open = false; };
  const openMenus = () => document.querySelectorAll("details.menu[open], details.definition[open]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openMenus().forEach((menu) => {
      const hadFocus = menu.contains(document.activeElement);
      close(menu);
      if (hadFocus) menu.querySelector("summary").focus();
    });
  });
  const closeOthers = (event) => openMenus().forEach((menu) => { if (!menu.contains(event.target)) close(menu); });
  document.addEventListener("click", closeOthers);
  document.addEventListener("focusin", closeOthers);

  // "Slide sideways" is said only of tables that do not fit.
  const hints = () => document.querySelectorAll(".scroll-hint").forEach((hint) => {
    const box = hint.nextElementSibling;
    const needed = box.scrollWidth > box.clientWidth + 1;
    hint.hidden = !needed;
    hint.classList.toggle("is-needed", needed);
  });
  document.fonts.ready.then(hints);
  window.addEventListener("resize", hints);

  // Where a row of tabs or of ready periods slides, the one that is open is in sight.
  document.querySelectorAll(".managers-tabs [aria-current], .filter-bar .pills [aria-current]").forEach((one) => {
    const row = one.closest("ul");
    row.scrollLeft = one.offsetLeft - row.offsetLeft - (row.clientWidth - one.offsetWidth) / 2;
  });

  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
  document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; });
})();
