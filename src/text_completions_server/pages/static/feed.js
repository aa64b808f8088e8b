// Follows the journal: asks again and again for the rows that are new or under way.
import { get } from "./api.js";

const PAUSE = 300; // milliseconds between two questions
const PAUSE_AFTER_ERROR = 1000;
const MAX_ROWS = 500;

export class Feed {
  rows = []; // oldest first
  total = 0;
  statuses = {};
  isPaused = false;
  error = "";
  epoch = null; // another one after each reset

  // Calls onChange after each response that brings something new. It never ends.
  async follow(onChange) {
    for (;;) {
      const before = this.error;
      let isChanged = false;
      try {
        isChanged = !this.isPaused && !document.hidden && (await this.#ask());
        this.error = "";
      } catch (error) {
        this.error = error.message;
      }
      if (isChanged || before !== this.error) {
        await onChange();
      }
      await sleep(this.error ? PAUSE_AFTER_ERROR : PAUSE);
    }
  }

  async #ask() {
    const running = this.rows.find((row) => row.milliseconds === null);
    const last = this.rows.at(-1)?.number ?? 0;
    const after = running ? running.number - 1 : last;
    let part = await get(`requests?after=${after}`);
    const isAnew = part.epoch !== this.epoch;
    if (isAnew) {
      this.epoch = part.epoch;
      this.rows = [];
      part = after === 0 ? part : await get("requests?after=0");
    }
    const rows = merged(this.rows, part.requests);
    const isChanged = isAnew || part.requests.length > 0;
    Object.assign(this, { rows, total: part.total, statuses: part.statuses });
    return isChanged;
  }
}

function merged(before, changed) {
  const rows = new Map(before.map((row) => [row.number, row]));
  changed.forEach((row) => rows.set(row.number, row));
  return [...rows.values()].slice(-MAX_ROWS);
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
