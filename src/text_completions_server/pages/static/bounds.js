// Finds in the document which bound a refused request broke.

// A refusal says "stop_sequences.0: reason". Returns what was sent there and what the
// document says about it; null for a message that names no place.
export function brokenBound(api, request, message) {
  const [, place] = /^([\w.-]+): /.exec(message) ?? [];
  const operation = api?.paths?.[request.path]?.[request.method.toLowerCase()];
  if (!place || !operation) {
    return null;
  }
  const parameter = operation.parameters
    ?.map((each) => resolved(api, each))
    .find((each) => each.name.toLowerCase() === place);
  if (parameter) {
    const schema = resolved(api, parameter.schema);
    return { place, schema, sent: sentAs(request, parameter) };
  }
  const keys = place.split(".");
  const schema = memberAt(api, bodySchema(api, operation), keys);
  return schema && { place, schema, sent: valueAt(request.body.text, keys) };
}

function bodySchema(api, operation) {
  const body = resolved(api, operation.requestBody);
  return body?.content?.["application/json"]?.schema;
}

function memberAt(api, schema, keys) {
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

// Follows `$ref`s; what stands beside one counts as well.
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

function sentAs({ headers, query }, { name, in: location }) {
  if (location === "header") {
    return headers.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];
  }
  return new URLSearchParams(query).get(name) ?? undefined;
}

function valueAt(text, keys) {
  try {
    const value = keys.reduce((here, key) => here?.[key], JSON.parse(text));
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
