// Finds in the document which bound a refused request broke.

// A refusal says "stop_sequences.0: reason". Returns where that is, what was sent
// there and what the document says about it; null for other messages.
export function brokenBound(api, { method, path, body, response_body: answer }) {
  const message = parsed(answer.text)?.error?.message;
  const [, place, reason] = /^([\w.-]+): (.*)$/s.exec(message ?? "") ?? [];
  const operation = api?.paths?.[path]?.[method.toLowerCase()];
  if (!place || !operation) {
    return null;
  }
  const keys = place.split(".");
  const schema =
    ofHeader(api, operation, place) ?? ofMember(api, bodySchema(api, operation), keys);
  return schema && { place, reason, sent: sentAt(parsed(body.text), keys), schema };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function bodySchema(api, operation) {
  const body = resolved(api, operation.requestBody);
  return body?.content?.["application/json"]?.schema;
}

function ofHeader(api, operation, name) {
  const parameters = operation.parameters?.map((each) => resolved(api, each));
  const found = parameters?.find((each) => each.name.toLowerCase() === name);
  return resolved(api, found?.schema);
}

function ofMember(api, schema, keys) {
  let here = resolved(api, schema);
  for (const key of keys) {
    const branches = [here, ...(here?.anyOf ?? []), ...(here?.oneOf ?? [])];
    here = branches
      .map((each) => resolved(api, each))
      .map((each) => (/^\d+$/.test(key) ? each?.items : each?.properties?.[key]))
      .map((each) => resolved(api, each))
      .find(Boolean);
  }
  return here;
}

function resolved(api, node) {
  for (let hops = 0; node?.$ref?.startsWith("#/") && hops < 20; hops += 1) {
    const { $ref, ...beside } = node;
    const target = $ref.slice(2).split("/").map(unescaped);
    node = { ...target.reduce((value, key) => value?.[key], api), ...beside };
  }
  return node;
}

function unescaped(part) {
  return decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
}

function sentAt(value, keys) {
  const sent = keys.reduce((here, key) => here?.[key], value);
  return sent === undefined ? undefined : JSON.stringify(sent);
}
