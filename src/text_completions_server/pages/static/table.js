// The table of requests, newest first.
import { clockTime, milliseconds, shortened } from "./format.js";
import { html } from "./html.js";

const MAX_SHOWN = 200;

export function table({ rows, filter, selected, onSelect }) {
  const matching = rows.filter((row) => matches(row, filter)).reverse();
  const hidden = matching.length - MAX_SHOWN;
  return html`
    <table>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Operation</th>
          <th scope="col" class="wide rare">Version</th>
          <th scope="col" class="wide">Model</th>
          <th scope="col">Status</th>
          <th scope="col" class="number wide rare">Events</th>
          <th scope="col" class="number wide rare">First event</th>
          <th scope="col" class="number">Total</th>
        </tr>
      </thead>
      <tbody onKeyDown=${moveFocus}>
        ${matching.slice(0, MAX_SHOWN).map((row) => rowOf(row, selected, onSelect))}
      </tbody>
    </table>
    ${matching.length === 0 && html`<p class="soft">${emptyText(rows, filter)}</p>`}
    ${hidden > 0 && html`<p class="soft">${hidden} older ones match as well.</p>`}
  `;
}

function rowOf(row, selected, onSelect) {
  const isSelected = row.number === selected;
  const select = () => onSelect(row.number);
  return html`
    <tr key=${row.number} class=${isSelected ? "selected" : ""} onClick=${select}>
      <td>
        <button aria-expanded=${isSelected} aria-label="Request ${row.number}, ${clockTime(row.started)}">
          ${clockTime(row.started)}
        </button>
      </td>
      <td>${row.method} ${shortened(row.path)}</td>
      <td class="wide rare version">${row.version}</td>
      <td class="wide model">${shortened(row.model)}</td>
      <td class=${statusClass(row)}>${statusText(row)}</td>
      <td class="number wide rare">${row.event_count || ""}</td>
      <td class="number wide rare">${milliseconds(row.first_event_ms)}</td>
      <td class="number">${milliseconds(row.milliseconds) || "…"}</td>
    </tr>
  `;
}

export function statusText(row) {
  const status = row.status || (row.milliseconds === null ? "…" : "closed");
  return row.fault ? `${status} ${row.fault}` : String(status);
}

export function statusClass({ status, milliseconds: total }) {
  if (status === 0) {
    return total === null ? "" : "bad";
  }
  return status < 400 ? "good" : status < 500 ? "odd" : "bad";
}

function matches(row, filter) {
  const text = `${row.method} ${row.path} ${row.version} ${row.model} ${statusText(row)}`;
  const words = filter.toLowerCase().split(/\s+/);
  return words.every((word) => text.toLowerCase().includes(word));
}

function emptyText(rows, filter) {
  if (rows.length > 0) {
    return `No request matches “${filter}”.`;
  }
  return "No request has come yet. Send one, and it appears here.";
}

// Arrow keys go from row to row.
function moveFocus(event) {
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" };
  const row = event.target.closest("tr")?.[step[event.key]];
  if (row) {
    event.preventDefault();
    row.querySelector("button").focus();
  }
}
