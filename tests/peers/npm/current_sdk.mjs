// Calls a server with the official TypeScript SDK, as current_sdk.py does in Python.
// Prints a line of JSON for each result.
import Anthropic from "@anthropic-ai/sdk";
import { VERSION } from "@anthropic-ai/sdk/version";

const baseURL = process.argv[2];
const turn = { role: "user", content: "Hello" };
const good = { model: "claude-2.1", max_tokens: 12, messages: [turn] };
const cached = { type: "text", text: "Be terse.", cache_control: { type: "ephemeral" } };
const turns = [{ role: "user", content: [cached] }, turn];

const report = (what, value) => console.log(JSON.stringify([what, value]));

async function errorOf(client, changes, fault) {
  const options = fault ? { headers: { "x-mock-fault": fault } } : {};
  try {
    await client.messages.create({ ...good, ...changes }, options);
  } catch (error) {
    return [error.constructor.name, error.status, error.error.error.type];
  }
  return null;
}

report("version", VERSION);
const client = new Anthropic({ baseURL, apiKey: "sk-test", maxRetries: 0 });
const message = await client.messages.create(good);
report("message", [message.content[0].text, message.stop_reason]);

const stream = client.messages.stream(good);
const pieces = [];
stream.on("text", (piece) => pieces.push(piece));
const final = await stream.finalMessage();
report("stream", [pieces, final.content[0].text, final.stop_reason]);

const events = [];
for await (const event of await client.messages.create({ ...good, stream: true })) {
  events.push(event.type);
}
report("events", events);

const blocks = await client.messages.create({ ...good, system: [cached], messages: turns });
report("blocks", blocks.content[0].text);
const bearer = new Anthropic({ baseURL, apiKey: null, authToken: "sk-test", maxRetries: 0 });
report("bearer", (await bearer.messages.create(good)).content[0].text);
const wrong = new Anthropic({ baseURL, apiKey: "wrong", maxRetries: 0 });
report("AuthenticationError", await errorOf(wrong, {}));
report("NotFoundError", await errorOf(client, { model: "claude-9" }));
report("BadRequestError", await errorOf(client, { max_tokens: 0 }));
report("RateLimitError", await errorOf(client, {}, "rate_limited"));
report("OverloadedError", await errorOf(client, {}, "overloaded"));
