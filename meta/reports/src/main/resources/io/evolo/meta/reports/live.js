"use strict";
// One chart per number of metrics.jsonl; lines arrive as server-sent events and are drawn together, a few times a second at most.
const shown = [["metaLoss", "Meta-loss"], ["signalToNoise", "Signal-to-noise ratio of the meta-gradient"],
  ["gradientNorm", "Norm of the meta-gradient"], ["diverged", "Diverged lanes"], ["pace", "Lane-steps per second"]];
const steps = [], values = shown.map(() => []), charts = [];
const style = getComputedStyle(document.documentElement);
const colour = name => style.getPropertyValue(name).trim();
const axis = () => ({stroke: colour("--text"), grid: {stroke: colour("--line")}, ticks: {stroke: colour("--line")}});
let last = null, due = false;
shown.forEach(([key, title], i) => {
  const place = document.getElementById("chart-" + key);
  charts[i] = new uPlot({width: place.clientWidth, height: 220, scales: {x: {time: false}}, axes: [axis(), {...axis(), size: 70}],
    series: [{label: "outer step"}, {label: title, stroke: colour("--accent"), width: 2}]}, [steps, values[i]], place);
});
addEventListener("resize", () => charts.forEach((chart, i) =>
  chart.setSize({width: document.getElementById("chart-" + shown[i][0]).clientWidth, height: 220})));
function draw() {
  due = false;
  charts.forEach((chart, i) => chart.setData([steps, values[i]]));
  document.getElementById("state").textContent =
    `outer step ${last.outerStep}, ${last.laneSteps.toLocaleString("en")} lane-steps, ${Math.round(last.seconds).toLocaleString("en")} seconds`;
}
const events = new EventSource("events");
events.addEventListener("begin", () => { steps.length = 0; values.forEach(list => list.length = 0); last = null; });
events.addEventListener("line", event => {
  const line = JSON.parse(event.data);
  line.pace = last && line.seconds > last.seconds ? (line.laneSteps - last.laneSteps) / (line.seconds - last.seconds) : null;
  steps.push(line.outerStep);
  shown.forEach(([key], i) => values[i].push(line[key] ?? null));
  last = line;
  if (!due) { due = true; setTimeout(draw, 250); }
});
events.onerror = () => {
  const state = document.getElementById("state");
  const lost = " (connection lost, trying again)";
  if (!state.textContent.endsWith(lost)) { state.textContent += lost; }
};
