// The events of a stream on a time axis.
import { milliseconds } from "./format.js";
import { html } from "./html.js";

const WIDTH = 1000; // of the drawing, which is stretched to the page

export function plot({ events, total }) {
  const first = events[0].milliseconds;
  const last = events.at(-1).milliseconds;
  const end = Math.max(total ?? 0, last, 1);
  const summary =
    `${events.length} events, from ${milliseconds(first)} to ${milliseconds(last)}`;
  return html`
    <svg
      class="plot"
      viewBox="0 0 ${WIDTH} 10"
      preserveAspectRatio="none"
      role="img"
      aria-label=${summary}
    >
      ${events.map((event) => tick(event, (event.milliseconds / end) * WIDTH))}
    </svg>
    <p class="axis soft"><span>0 ms</span><span>${milliseconds(end)}</span></p>
  `;
}

function tick({ text }, x) {
  const name = /^event: (ping|error)$/m.exec(text)?.[1] ?? "";
  return html`<line class="event ${name}" x1=${x} x2=${x} y1="1" y2="10" />`;
}
