/* Unfold hides the page until its own script has run: should that fail, the page is shown all the same. */
setTimeout(() => document.documentElement.removeAttribute("x-cloak"), 4000);

/* Unfold answers clicks on things that no keyboard reaches and no screen reader names. This gives them both. */
(() => {
  const CLICKED = "a[x-on\\:click]:not([href]), span[x-on\\:click], h2[x-on\\:click], .cursor-pointer[x-on\\:click]:not(button, a[href], label)";
  const say = (what) => document.getElementById("page")?.dataset[`say${what}`] || "";

  const labelOf = (field) => field?.labels?.[0]?.textContent.trim().replace(/\s+/g, " ") || "";
  const nameOf = (element) => {
    const text = element.textContent.trim();
    const does = element.getAttribute("x-on:click") || "";
    if (text === "dock_to_right") return say("Menu");
    if (text === "close") return say("Close");
    if (text === "search") return say("Search");
    if (does.includes("openUserLinks")) return say("Person");
    if (does.includes("showActions")) return say("Actions");
    if (does.includes("openRelatedWidgetWrapper")) return `${say("Actions")}: ${labelOf(element.closest(".related-widget-wrapper")?.querySelector("select"))}`;
    if (does.includes("openTabsDropdown")) return say("Menu");
    return "";
  };
  const isOnlyIcon = (element) => [...element.childNodes].every((node) => node.nodeType !== Node.TEXT_NODE || !node.textContent.trim())
    && [...element.children].every((child) => child.matches(".material-symbols-outlined"));

  const repair = (root) => {
    root.querySelectorAll(CLICKED).forEach((element) => {
      if (element.dataset.repaired) return;
      element.dataset.repaired = "yes";
      if (element.tagName !== "H2") element.setAttribute("role", "button");
      element.tabIndex = 0;
      const name = nameOf(element);
      if (name) element.setAttribute("aria-label", name);
      element.addEventListener("keydown", (event) => {
        if (event.target !== element || (event.key !== "Enter" && event.key !== " ")) return;
        event.preventDefault();
        element.click();
      });
    });
    root.querySelectorAll("button:not([aria-label], [title]), a[href]:not([aria-label], [title])").forEach((element) => {
      const name = isOnlyIcon(element) && nameOf(element);
      if (name) element.setAttribute("aria-label", name);
    });
    // The name of an icon is not a word.
    root.querySelectorAll(".material-symbols-outlined:not([role=button])").forEach((icon) => icon.setAttribute("aria-hidden", "true"));
    // In a table of rows to fill in, each field is called as its column.
    root.querySelectorAll("[data-inline-type=tabular] table").forEach((table) => {
      const heads = [...table.querySelectorAll("thead th")];
      heads.filter((head) => !head.textContent.trim()).forEach((head) => {
        const words = document.createElement("span");
        words.className = "vc-unseen";
        words.textContent = say("Remove");
        head.append(words);
      });
      table.querySelectorAll("tbody td").forEach((cell) => {
        const head = heads[cell.cellIndex]?.textContent.trim().replace(/\s+/g, " ");
        cell.querySelectorAll("input:not([type=hidden]), select, textarea").forEach((field) => {
          if (head && !field.labels?.length && !field.hasAttribute("aria-label")) field.setAttribute("aria-label", head);
        });
      });
    });
    // A field that searches hides the field it stands for, and its name with it.
    root.querySelectorAll(".select2-selection__rendered:not([aria-label])").forEach((shown) => {
      const name = labelOf(shown.closest(".select2-container").previousElementSibling);
      if (name) shown.setAttribute("aria-label", name);
    });
    // A page with tabs has two navigations: the menu is told from them by its name.
    root.querySelector("#nav-sidebar-inner:not([aria-label])")?.setAttribute("aria-label", say("Menu"));
    // Boxes that scroll are regions, and a region needs a name of its own.
    root.querySelectorAll(".simplebar-content-wrapper[aria-label='scrollable content']").forEach((box, index) => {
      const name = box.closest("#changelist-filter") ? say("Filters") : say("Table");
      box.setAttribute("aria-label", index ? `${name} ${index + 1}` : name);
    });
    root.querySelectorAll("#changelist-filter h3").forEach((title) => title.setAttribute("aria-level", "2"));
  };

  document.addEventListener("DOMContentLoaded", () => {
    repair(document);
    new MutationObserver((changes) => { if (changes.some((change) => change.addedNodes.length)) repair(document); })
      .observe(document.body, { childList: true, subtree: true });
  });

  // Unfold writes the name of a chosen file into a text field of its own. Beside ours there is none: its script would break, or
  // write the name into the first text field of our form.
  document.addEventListener("change", (event) => {
    if (!event.target.matches("input[type=file]")) return;
    const place = event.target.parentNode.parentNode.parentNode;
    if (event.target.closest(".vc-command-form") || !place.querySelector("input[type=text]")) event.stopPropagation();
  }, true);

  // Where the tabs of a list are wider than a phone, the one that is open is in sight.
  document.addEventListener("DOMContentLoaded", () => document.querySelector(".vc-tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }));

  // Filters above a list are sent when one is chosen; their button is for who has no JavaScript.
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-sends-itself] button").forEach((button) => { button.hidden = true; }));
  document.addEventListener("change", (event) => { if (event.target.matches("[data-sends-itself] select")) event.target.form.requestSubmit(); });
})();
