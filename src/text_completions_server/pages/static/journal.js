// The journal page: what it shows, drawn again whenever something changes.
import { get, post } from "./api.js";
import { details } from "./details.js";
import { Feed } from "./feed.js";
import { faultForm, replyForm } from "./forms.js";
import { html, render } from "./html.js";
import { statusClass, table } from "./table.js";

const feed = new Feed();
const page = {
  filter: "",
  selected: null, // the number of the request that is shown
  request: null, // its details
  epoch: null, // when they were asked for
  faults: { known: {}, planned: [] },
  replies: { scripts: [] },
  message: "",
  api: null, // the contract
};

function draw() {
  render(
    html`
      <header>
        <h1>Journal</h1>
        ${counts()}
        <p role="status" class=${feed.error ? "bad" : "soft"}>
          ${feed.error || page.message}
        </p>
        ${controls()}
        ${faultForm({ faults: page.faults, act })}
        ${replyForm({ replies: page.replies, act })}
      </header>
      <main id="columns" class=${page.request ? "open" : ""}>
        <section aria-label="Requests">
          ${table({ ...page, rows: feed.rows, onSelect: select })}
        </section>
        ${page.request && details({ ...page, onClose: close })}
      </main>
    `,
    document.body,
  );
}

function counts() {
  const statuses = Object.entries(feed.statuses).map(
    ([status, count]) => html`
      <li class=${statusClass({ status: Number(status) })}>${status}: ${count}</li>
    `,
  );
  const noun = feed.total === 1 ? "request" : "requests";
  return html`<ul class="counts"><li>${feed.total} ${noun}</li>${statuses}</ul>`;
}

function controls() {
  const filter = (event) => change({ filter: event.target.value });
  const pause = () => {
    feed.isPaused = !feed.isPaused;
    draw();
  };
  const reset = () => {
    close();
    act(() => post("reset"), "The mock is as it was at its start.");
  };
  return html`
    <div class="bar">
      <label class="grow">
        Filter by path, version, model, status or fault
        <input type="search" onInput=${filter} autocomplete="off" />
      </label>
      <button aria-pressed=${feed.isPaused} onClick=${pause}>Pause</button>
      <button onClick=${reset}>Clear all and start anew</button>
    </div>
  `;
}

function change(values) {
  Object.assign(page, values);
  draw();
}

// Does something on the server, and says that it is done or what failed.
async function act(action, done) {
  try {
    await action();
    page.message = done;
  } catch (error) {
    page.message = error.message;
  }
  await refresh();
}

async function select(number) {
  page.selected = number;
  await refresh();
  document.getElementById("details-title")?.focus();
}

function close() {
  const button = document.querySelector("tr.selected button");
  change({ selected: null, request: null });
  button?.focus();
}

// Asks for what stands beside the table.
async function refresh() {
  try {
    page.faults = await get("faults");
    page.replies = await get("replies");
    page.request = await selectedRequest();
  } catch (error) {
    feed.error = error.message; // until the feed can ask again
  }
  draw();
}

// The details of the selected request; null once the journal begins anew.
async function selectedRequest() {
  const isKept = feed.rows.some((row) => row.number === page.selected);
  if (!isKept || page.epoch !== feed.epoch) {
    page.selected = null;
  }
  page.epoch = feed.epoch;
  return page.selected && get(`requests/${page.selected}`);
}

document.body.replaceChildren();
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    close();
  }
});
draw();
feed.follow(refresh);
change({ api: await get("../openapi.json") });
