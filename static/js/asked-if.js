/* A question that is asked only with a certain answer to another (data-only-if="name=answer") is hidden until then, and not
   sent. Without this it stands there with its condition in words. */
(() => {
  const isOn = (form, name, value) => [...form.elements].some((field) =>
    field.name === name && field.value === value && (field.checked || !["radio", "checkbox"].includes(field.type)));
  const show = () => document.querySelectorAll("form [data-only-if]").forEach((box) => {
    const [name, value] = box.dataset.onlyIf.split("=");
    const isAsked = isOn(box.closest("form"), name, value);
    box.hidden = !isAsked;
    box.querySelectorAll("input, select, textarea").forEach((field) => { field.disabled = !isAsked; });
    box.querySelectorAll(".only-if").forEach((words) => { words.hidden = true; });
  });
  document.addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", show);
  window.addEventListener("pageshow", show);  // by the browser's way back, with what was chosen
})();
