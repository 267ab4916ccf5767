/* A slider beside a number: each follows the other. What is sent is the number; without this script there is no slider. */
(() => {
  document.querySelectorAll("[data-slider]").forEach((slider) => {
    const number = document.getElementById(slider.dataset.slider);
    if (!number) return;
    slider.hidden = false;
    slider.value = number.value;
    slider.addEventListener("input", () => { number.value = slider.value; });
    number.addEventListener("input", () => { slider.value = number.value; });
  });
})();
