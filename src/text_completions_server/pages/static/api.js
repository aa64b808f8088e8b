// The admin endpoints of this server. Every failure is an Error with a message to show.

export async function get(path) {
  return (await send("GET", path)).json();
}

export async function post(path, body) {
  await send("POST", path, body);
}

export async function remove(path) {
  await send("DELETE", path);
}

async function send(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.headers = { "content-type": "application/json" };
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("The server does not answer. Is it still running?");
  }
  if (!response.ok) {
    throw new Error(await messageOf(response));
  }
  return response;
}

async function messageOf(response) {
  const text = await response.text();
  try {
    return `${response.status}: ${JSON.parse(text).error.message}`;
  } catch {
    return `${response.status}: ${text.slice(0, 200)}`;
  }
}
