"use strict";
// Lines come as columns, a row for every point is made here; null is no point.
for (const figure of figures.filter(one => one.points.length)) {
  const values = [];
  for (const series of figure.points) {
    const x = typeof series.x === "number" ? figure.points[series.x].x : series.x;
    x.forEach((at, i) => {
      if (at === null || series.y[i] === null) return;
      const point = {s: series.s, x: at, y: series.y[i]};
      if (series.l && series.l[i] !== null && series.h[i] !== null) Object.assign(point, {l: series.l[i], h: series.h[i]});
      values.push(point);
    });
  }
  figure.spec.data = {values};
}
// Figures, in the colours of the page; drawn again when the reader changes between light and dark.
const dark = matchMedia("(prefers-color-scheme: dark)");
function draw() {
  const text = getComputedStyle(document.documentElement).getPropertyValue("--text").trim();
  const line = getComputedStyle(document.documentElement).getPropertyValue("--line").trim();
  const config = {
    background: "transparent", view: {stroke: line},
    axis: {labelColor: text, titleColor: text, gridColor: line, domainColor: line, tickColor: line, labelOverlap: true},
    legend: {labelColor: text, titleColor: text},
  };
  for (const figure of figures) {
    vegaEmbed("#" + figure.id, figure.spec, {config, renderer: "svg", actions: {export: true, source: false, compiled: false, editor: false}})
      .catch(error => { document.getElementById(figure.id).textContent = "cannot be drawn: " + error; });
  }
}
dark.addEventListener("change", draw);
draw();
// Tables sort by any column; numbers by value, with what is no number last.
for (const table of document.querySelectorAll("table")) {
  table.querySelectorAll("th").forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    table.querySelectorAll("th").forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const numeric = head.classList.contains("number");
    const key = row => row.cells[column].textContent;
    const compare = (a, b) => {
      if (!numeric) return key(a).localeCompare(key(b));
      const x = parseFloat(key(a).replace(/,/g, "")), y = parseFloat(key(b).replace(/,/g, ""));
      return (Number.isNaN(x) ? Infinity : x) - (Number.isNaN(y) ? Infinity : y) || 0;
    };
    const rows = [...table.tBodies[0].rows].sort((a, b) => up ? compare(a, b) : compare(b, a));
    table.tBodies[0].append(...rows);
  }));
}
for (const cell of document.querySelectorAll("td")) {
  if (/^better\b/.test(cell.textContent)) cell.className = "better";
  if (/^worse\b/.test(cell.textContent)) cell.className = "worse";
}
