/* Ctrl+K (Cmd+K) on the managers' pages follows the link to the search over everything, which is a page of its own. */
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  const link = document.querySelector("a[data-keys]");
  if (!link) return;
  event.preventDefault();
  link.click();
});
