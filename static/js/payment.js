/* A payment that is not confirmed yet: asks every few seconds, for some minutes, and loads the page again once it is known.
   Without it the button "Check now" does the same. */
(() => {
  const form = document.querySelector("[data-payment-check]");
  if (!form) return;
  let left = 30;
  const ask = async () => {
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new FormData(form),
      });
      if (answer.ok && (await answer.json()).state !== "open") {
        location.reload();
        return;
      }
    } catch { /* the network comes back, or the button remains */ }
    left -= 1;
    if (left > 0) setTimeout(ask, left > 20 ? 3000 : 8000);
  };
  setTimeout(ask, 2000);
})();
