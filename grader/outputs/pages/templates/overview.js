const table = document.querySelector(".submissions");

function start() {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
  for (const hidden of document.querySelectorAll(".js, .show, #readout")) hidden.hidden = false;

  // Sorting: a second press turns the order; what is equal keeps the order it has.
  function keyOf(cell, kind) {
    const text = cell.textContent.trim();
    return kind === "text" ? text : text === "–" ? -1 : Number(text);
  }
  function sort(header) {
    const { cellIndex } = header, { kind } = header.dataset;
    const first = kind === "number" ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const order = header.getAttribute("aria-sort") === first ? other : first;
    for (const one of table.tHead.rows[0].cells) if (one.hasAttribute("aria-sort")) one.setAttribute("aria-sort", "none");
    header.setAttribute("aria-sort", order);
    const keys = new Map(rows.map((row) => [row, keyOf(row.cells[cellIndex], kind)]));
    const sign = order === "ascending" ? 1 : -1;
    const compare = kind === "text" ? collator.compare : (a, b) => a - b;
    // Nothing comes last in either order: who has no problem is not looked for among problems.
    rows.sort((a, b) => {
      const x = keys.get(a), y = keys.get(b);
      return (x === "") - (y === "") || sign * compare(x, y);
    });
    body.append(...rows);
  }
  for (const button of table.tHead.querySelectorAll("button")) {
    button.disabled = false;
    button.addEventListener("click", () => sort(button.parentElement));
  }

  // Filtering, by words and by a cause.
  const words = document.getElementById("words"), cause = document.getElementById("cause");
  const shown = document.getElementById("shown");
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  function filter() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const fits = wanted.every((word) => texts.get(row).includes(word))
        && (cause.value === "" || row.dataset.causes.split(" ").includes(cause.value));
      row.hidden = !fits;
      count += fits;
    }
    shown.textContent = {{ _("{count} of {total} shown")|tojson }}.replace("{count}", count).replace("{total}", rows.length);
  }
  words.addEventListener("input", filter);
  cause.addEventListener("change", filter);
  words.form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll(".show")) {
    button.addEventListener("click", () => {
      cause.value = button.dataset.cause;
      words.value = "";
      filter();
      document.getElementById("submissions").focus();
    });
  }

  // The heat map says whose column the pointer is on, and goes to that row when it is pressed.
  const ranked = new Map(rows.filter((row) => row.dataset.rank).map((row) => [Number(row.dataset.rank), row]));
  const readout = document.getElementById("readout");
  function rowAt(event) {
    const strip = event.target.closest(".heat .strip");
    if (!strip) return null;
    const box = strip.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * ranked.size);
    return ranked.get(Math.min(ranked.size - 1, Math.max(0, column)));
  }
  const heat = document.querySelector(".heat");
  heat?.addEventListener("pointermove", (event) => {
    const row = rowAt(event);
    readout.textContent = row ? `${row.cells[0].textContent.trim()}: ${row.cells[1].textContent}` + {{ _(" points")|tojson }} : "\u00a0";
  });
  heat?.addEventListener("click", (event) => {
    const row = rowAt(event);
    if (!row) return;
    if (row.hidden) {
      words.value = cause.value = "";
      filter();
    }
    for (const one of table.querySelectorAll(".found")) one.classList.remove("found");
    row.classList.add("found");
    row.scrollIntoView({ block: "center" });
    row.querySelector("a")?.focus({ preventScroll: true });
  });
}

if (table) start(); // else nobody has points
