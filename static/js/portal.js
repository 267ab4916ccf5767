/* On a narrow screen the menu of the rooms slides: bring the room one is in into sight. */
(() => {
  const here = document.querySelector(".rooms [aria-current]");
  if (here) here.closest("ul").scrollLeft = here.offsetLeft - 24;
})();
