/* Who is on duty: asks for news every two seconds. A figure older than it may be is a dash, never a number that was true once. */
(() => {
  const board = document.getElementById("board");
  if (!board) return;
  const EVERY = 2_000;  // milliseconds between two questions
  const OLDEST = 8;  // seconds after which nothing is known any more
  const lost = document.getElementById("board-lost");
  let asking = false;
  let receivedAt = performance.now();
  const age = () => Number(board.querySelector("[data-age]")?.dataset.age || 0) + (performance.now() - receivedAt) / 1000;
  const say = (words) => { lost.hidden = !words; if (lost.textContent !== words) lost.textContent = words; };
  const clock = (seconds) => {
    const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60].map(String);
    return hours === "0" ? `${minutes}:${rest.padStart(2, "0")}` : `${hours}:${minutes.padStart(2, "0")}:${rest.padStart(2, "0")}`;
  };
  const show = () => {
    const isStale = age() > OLDEST;
    board.classList.toggle("vc-stale", isStale);
    if (isStale) {
      board.querySelectorAll("[data-figure]").forEach((figure) => { figure.textContent = "–"; });
      say(board.dataset.sayLost);
    } else board.querySelectorAll("[data-lasts]").forEach((figure) => { figure.textContent = clock(Number(figure.dataset.lasts) + (performance.now() - receivedAt) / 1000); });
  };
  const ask = async () => {
    if (asking || document.hidden) return;
    asking = true;
    try {
      const answer = await fetch(board.dataset.now, { headers: { Accept: "text/html" }, redirect: "manual", signal: AbortSignal.timeout(5_000) });
      if (answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect") { say(board.dataset.sayOut); return; }
      if (!answer.ok) return;
      const part = await answer.text();
      receivedAt = performance.now();
      const active = document.activeElement?.getAttribute("aria-labelledby");  // a box that is being scrolled keeps place and focus
      const scrolled = [...board.querySelectorAll(".vc-state-scroll")].map((box) => box.scrollLeft);
      board.innerHTML = part;
      board.querySelectorAll(".vc-state-scroll").forEach((box, place) => { box.scrollLeft = scrolled[place] || 0; });
      if (active) board.querySelector(`[aria-labelledby="${CSS.escape(active)}"]`)?.focus({ preventScroll: true });
      say("");
    } catch { /* asked again; too old becomes a dash */ } finally { asking = false; show(); }
  };
  setInterval(ask, EVERY);
  setInterval(show, 1_000);
  document.addEventListener("visibilitychange", ask);
})();
