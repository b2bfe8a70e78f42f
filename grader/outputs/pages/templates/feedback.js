// Everything but the strength of the layers works without this.
const slider = document.getElementById("strength");
if (slider) {
  const said = slider.parentElement.querySelector("output");
  const show = () => {
    for (const layer of document.querySelectorAll(".layer")) layer.style.opacity = slider.value / 100;
    said.textContent = `${slider.value} %`;
    slider.setAttribute("aria-valuetext", said.textContent);
  };
  slider.parentElement.hidden = false;
  slider.addEventListener("input", show);
  show();
}
