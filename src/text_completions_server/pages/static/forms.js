// The forms that change what the mock does next.
import { post, remove } from "./api.js";
import { html } from "./html.js";

export function faultForm({ faults, act }) {
  const add = (form) => post("faults", { name: form.get("name"), ...numbers(form) });
  const clear = () => act(() => remove("faults"), "No fault is planned.");
  const planned = faults.planned.map(({ name, times }) => `${times} ${name}`);
  return html`
    <details class="card">
      <summary>Add a fault${planned.length > 0 && ` (planned: ${planned.join(", ")})`}</summary>
      <form class="bar" onSubmit=${submit(act, add, "The fault is planned.")}>
        <label class="grow">
          Fault
          <select name="name">
            ${Object.entries(faults.known).map(
              ([name, what]) => html`
                <option value=${name}>${name}: ${what.replaceAll("`", "")}</option>
              `,
            )}
          </select>
        </label>
        ${number("times", "Requests", "1")}${number("seconds", "Seconds")}
        ${number("after", "After events")}
        <button>Add</button>
        <button type="button" onClick=${clear}>Remove all</button>
      </form>
    </details>
  `;
}

export function replyForm({ replies, act }) {
  const script = (form) => {
    const rule = { replies: [form.get("text")], ...numbers(form) };
    return post("replies", optional(rule, "pattern", form.get("pattern")));
  };
  const clear = () => act(() => remove("replies"), "No reply is scripted.");
  const left = replies.scripts.filter(({ times, used }) => used !== times).length;
  return html`
    <details class="card">
      <summary>Script the next reply${left > 0 && ` (scripted: ${left})`}</summary>
      <form class="bar" onSubmit=${submit(act, script, "The reply is scripted.")}>
        <label class="grow">
          Text, as it is on the wire
          <textarea name="text" required></textarea>
        </label>
        <label class="grow">
          Only prompts with this pattern
          <input name="pattern" autocomplete="off" />
        </label>
        ${number("times", "Requests", "1")}
        <button>Script</button>
        <button type="button" onClick=${clear}>Remove all</button>
      </form>
    </details>
  `;
}

function submit(act, send, done) {
  return (event) => {
    event.preventDefault();
    act(() => send(new FormData(event.target)), done);
  };
}

function number(name, label, value = "") {
  return html`
    <label>
      ${label}
      <input type="number" name=${name} min="0" step="any" defaultValue=${value} />
    </label>
  `;
}

// The numbers that are filled in; the server checks their bounds.
function numbers(form) {
  return ["times", "seconds", "after"].reduce(
    (all, name) => optional(all, name, form.get(name), Number),
    {},
  );
}

function optional(values, name, text, convert = String) {
  return text ? { ...values, [name]: convert(text) } : values;
}
