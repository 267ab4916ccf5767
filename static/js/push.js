/* Notifications on this device: says how things stand, asks the browser when the button is pressed and not before, and gives
   its subscription to the server. Without this script, or where the browser cannot, the page says what to do instead. */
(() => {
  const part = document.querySelector("[data-push]");
  if (!part) return;
  const known = JSON.parse(document.getElementById("push-known").textContent);
  const token = part.querySelector("[name=csrfmiddlewaretoken]").value;
  const show = (state) => part.querySelectorAll("[data-state]").forEach((each) => { each.hidden = each.dataset.state !== state; });
  const problem = part.querySelector("[data-problem]");
  const say = (words) => { problem.textContent = words; problem.hidden = !words; };
  const can = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const digest = async (words) => {
    const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(words));
    return [...new Uint8Array(sum)].map((each) => each.toString(16).padStart(2, "0")).join("");
  };
  const post = (address, fields) => fetch(address, {
    method: "POST", body: new URLSearchParams(fields), headers: { "X-CSRFToken": token }, redirect: "manual",
  });
  const manager = async () => (await navigator.serviceWorker.ready).pushManager;

  async function look() {
    if (!can) return show("cannot");
    if (Notification.permission === "denied") return show("denied");
    const subscription = await (await manager()).getSubscription();
    const isOn = Boolean(subscription) && Notification.permission === "granted" && (await digest(subscription.endpoint)) in known;
    return show(isOn ? "on" : "off");
  }

  async function switchOn() {
    say("");
    if ((await Notification.requestPermission()) !== "granted") { await look(); return; }
    const push = await manager();
    // One that was made with another key of ours, or that the server does not know, is made again.
    await (await push.getSubscription())?.unsubscribe();
    let subscription;
    try {
      subscription = await push.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(part.dataset.key) });
    } catch { say(part.dataset.sayUnreachable); return; }
    const answer = await post(part.dataset.on, {
      endpoint: subscription.endpoint, p256dh: text(subscription.getKey("p256dh")), auth: text(subscription.getKey("auth")),
    });
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) { window.location.assign(said.to); return; }
    await subscription.unsubscribe();
    say(said.problem || part.dataset.sayFailed);
  }

  async function switchOff() {
    say("");
    const subscription = await (await manager()).getSubscription();
    const address = known[await digest(subscription.endpoint)];
    await subscription.unsubscribe();
    await post(address, {});
    window.location.reload();
  }

  const pressed = (name, work) => {
    const button = part.querySelector(`[data-press=${name}]`);
    button.addEventListener("click", async () => {
      button.disabled = true;
      try { await work(); } catch { say(part.dataset.sayFailed); } finally { button.disabled = false; }
    });
  };
  pressed("on", switchOn);
  pressed("off", switchOff);
  look().catch(() => show("cannot"));
})();
