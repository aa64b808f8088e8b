// The events of a stream on a time axis.
import { milliseconds } from "./format.js";
import { html } from "./html.js";

const WIDTH = 400;
const HEIGHT = 56;
const EDGE = 6;

export function plot({ events, total }) {
  const end = Math.max(total ?? 0, events.at(-1).milliseconds, 1);
  const x = (time) => EDGE + (time / end) * (WIDTH - 2 * EDGE);
  const summary =
    `${events.length} events, from ${milliseconds(events[0].milliseconds)} ` +
    `to ${milliseconds(events.at(-1).milliseconds)}`;
  return html`
    <svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${summary}>
      <line x1=${x(0)} x2=${x(end)} y1="36" y2="36" />
      ${events.map((event) => tick(event, x(event.milliseconds)))}
      <text x=${x(0)} y="51">0 ms</text>
      <text x=${x(end)} y="51" text-anchor="end">${milliseconds(end)}</text>
    </svg>
  `;
}

function tick({ text }, x) {
  const name = /^event: (ping|error)$/m.exec(text)?.[1] ?? "";
  return html`<line class="event ${name}" x1=${x} x2=${x} y1="8" y2="34" />`;
}
