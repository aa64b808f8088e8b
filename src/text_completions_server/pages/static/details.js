// One request and its response.
import { brokenBound } from "./bounds.js";
import { bytes, clockTime, indented, milliseconds } from "./format.js";
import { html } from "./html.js";
import { plot } from "./plot.js";
import { statusClass, statusText } from "./table.js";

export function details({ request, api, onClose }) {
  return html`
    <section class="details card" aria-labelledby="details-title">
      <header>
        <h2 id="details-title" tabindex="-1">${request.method} ${request.path}</h2>
        <button onClick=${onClose}>Close</button>
      </header>
      ${facts(request)} ${refusal(api, request)} ${events(request)}
      <h3>Request</h3>
      ${headers(request.headers)} ${text("Request body", request.body)}
      <h3>Response</h3>
      ${headers(request.response_headers)}
      ${text("Response body", request.response_body)}
      ${command("As curl", request.curl)} ${command("As Python", request.python)}
    </section>
  `;
}

function facts(request) {
  const known = [
    ["Status", html`<span class=${statusClass(request)}>${statusText(request)}</span>`],
    ["Time", clockTime(request.started)],
    ["Query", request.query],
    ["Version", request.version],
    ["Model", request.model],
    ["First byte", milliseconds(request.first_byte_ms)],
    ["First event", milliseconds(request.first_event_ms)],
    ["Total", milliseconds(request.milliseconds) || "under way"],
    ...Object.entries(request.notes),
  ];
  return pairs(known.filter(([, value]) => value !== ""));
}

function refusal(api, request) {
  const message = errorMessage(request);
  if (!message) {
    return null;
  }
  const bound = brokenBound(api, request, message);
  return html`
    <h3 class="bad">${request.status < 500 ? "Refused" : "Failed"}</h3>
    ${pairs([["Why", message], ...(bound ? boundFacts(bound) : [])])}
  `;
}

function errorMessage({ response_body: body }) {
  try {
    return String(JSON.parse(body.text).error.message);
  } catch {
    return "";
  }
}

function boundFacts({ place, sent, schema }) {
  const { description, example, examples, ...bounds } = schema;
  return [
    ["Where", html`<code>${place}</code>`],
    ["Sent", sent === undefined ? "nothing" : html`<code>${sent}</code>`],
    ["The contract", html`<code>${JSON.stringify(bounds, null, 1)}</code>`],
  ];
}

function headers(list) {
  if (list.length === 0) {
    return null;
  }
  return html`
    <details>
      <summary>Headers (${list.length})</summary>
      ${pairs(list)}
    </details>
  `;
}

function pairs(list) {
  const items = list.map(
    ([name, value]) => html`<dt>${name}</dt>
      <dd>${value}</dd>`,
  );
  return html`<dl>${items}</dl>`;
}

function text(name, { text: content, size }) {
  if (size === 0) {
    return null;
  }
  const isCut = new TextEncoder().encode(content).length < size;
  return html`
    <pre tabindex="0" role="group" aria-label=${name}>${indented(content)}</pre>
    ${isCut && html`<p class="soft">Cut; the whole has ${bytes(size)}.</p>`}
  `;
}

function events(request) {
  const { events: sent, event_count: count, milliseconds: total } = request;
  if (sent.length === 0) {
    return null;
  }
  const first = sent.length < count ? `, the last ${sent.length} of them` : "";
  return html`
    <h3>Events: ${count}${first}</h3>
    ${plot({ events: sent, total })}
    <ol class="events" tabindex="0" aria-label="Events">
      ${sent.map(
        (event) => html`
          <li>
            <span class="soft">${milliseconds(event.milliseconds)}</span>
            <code>${event.text.trimEnd()}</code>
          </li>
        `,
      )}
    </ol>
  `;
}

// A browser has no clipboard on a page that came over plain HTTP from another machine.
const canCopy = navigator.clipboard !== undefined;

function command(name, content) {
  const copy = async ({ target }) => {
    await navigator.clipboard.writeText(content);
    target.textContent = "Copied";
  };
  return html`
    <h3>${name} ${canCopy && html`<button onClick=${copy}>Copy</button>`}</h3>
    <pre tabindex="0" role="group" aria-label=${name}>${content}</pre>
  `;
}
