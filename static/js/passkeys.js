/* Passkeys: asks the browser for one, writes its answer into the form and sends it. Without this the other ways in remain. */
(() => {
  const forms = document.querySelectorAll("form[data-passkey]");
  const offer = document.querySelector("[data-passkey-offer]");
  const knows = Boolean(window.PublicKeyCredential && navigator.credentials);

  // An offer is shown on a device that can keep a passkey itself.
  if (offer && knows && PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable) {
    PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().then((can) => { offer.hidden = !can; }, () => {});
  }

  // --- The server writes bytes as base64url; the browser takes and gives buffers.
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const keys = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const asked = ({ publicKey }) => {
    const wanted = { ...publicKey, challenge: bytes(publicKey.challenge) };
    if (publicKey.user) wanted.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
    if (publicKey.excludeCredentials) wanted.excludeCredentials = keys(publicKey.excludeCredentials);
    if (publicKey.allowCredentials) wanted.allowCredentials = keys(publicKey.allowCredentials);
    return { publicKey: wanted };
  };

  const answered = (key) => {
    const given = key.response;
    const response = { clientDataJSON: text(given.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (given[name]) response[name] = text(given[name]);
    }
    if (given.getTransports) response.transports = given.getTransports();
    return {
      id: key.id,
      rawId: text(key.rawId),
      type: key.type,
      response,
      clientExtensionResults: key.getClientExtensionResults(),
    };
  };

  // --- A form
  const options = async (form) => {
    const given = document.getElementById("passkey-options");
    if (form.dataset.passkey !== "login") return JSON.parse(given.textContent);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" }, redirect: "error" });
    if (!answer.ok) throw new TypeError("no options");
    return (await answer.json()).request_options;
  };

  const whatIsWrong = (form, error) => {
    const { sayGivenUp, sayHereAlready, sayElsewhere, sayFailed } = form.dataset;
    if (error.name === "InvalidStateError") return sayHereAlready;
    if (error.name === "SecurityError") return sayElsewhere;
    return error instanceof DOMException ? sayGivenUp : sayFailed;
  };

  const say = (form, sentence) => {
    const place = form.querySelector("[role=alert]");
    place.textContent = sentence;
    place.hidden = !sentence;
  };

  for (const form of forms) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("button");
      say(form, knows ? "" : window.isSecureContext ? form.dataset.sayNone : form.dataset.sayElsewhere);
      if (!knows || button.disabled) return;
      button.disabled = true;
      try {
        const wanted = asked(await options(form));
        const key = await navigator.credentials[form.dataset.passkey === "create" ? "create" : "get"](wanted);
        form.elements.credential.value = JSON.stringify(answered(key));
        form.submit();
      } catch (error) {
        say(form, whatIsWrong(form, error));
        button.disabled = false;
      }
    });
  }
})();
