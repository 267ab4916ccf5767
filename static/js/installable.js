/* Registers the worker of the reserved area, and lets it keep its page again after a sign-out. Nothing depends on it. */
(() => {
  const worker = document.currentScript?.dataset.worker;
  if (!worker || !("serviceWorker" in navigator)) return;
  window.addEventListener("load", async () => {
    try {
      await navigator.serviceWorker.register(worker, { scope: "/", updateViaCache: "none" });
      (await navigator.serviceWorker.ready).active?.postMessage("fill");
    } catch { /* no worker: everything goes on as before */ }
  });
})();
