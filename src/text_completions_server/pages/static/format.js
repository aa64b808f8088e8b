// Texts for people.

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

export function milliseconds(value) {
  if (value === null || value === undefined) {
    return "";
  }
  return value < 100 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

export function clockTime(iso) {
  const date = new Date(iso);
  const time = date.toLocaleTimeString("en-GB");
  return `${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

export function shortened(text) {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

export function bytes(size) {
  return size === 1 ? "1 byte" : `${size.toLocaleString("en")} bytes`;
}

// Indents JSON without decoding it, so that 16.0 stays 16.0 and a name that is there
// twice stays there twice. What is not JSON is returned as it is.
export function indented(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  let depth = 0;
  let result = "";
  const tokens = text.match(TOKEN) ?? [];
  tokens.forEach((token, index) => {
    const next = tokens[index + 1];
    if (token === "{" || token === "[") {
      const isEmpty = next === "}" || next === "]";
      depth += 1;
      result += isEmpty ? token : token + line(depth);
    } else if (token === "}" || token === "]") {
      depth -= 1;
      const isEmpty = ["{", "["].includes(tokens[index - 1]);
      result += isEmpty ? token : line(depth) + token;
    } else if (token === ",") {
      result += token + line(depth);
    } else {
      result += token === ":" ? ": " : token;
    }
  });
  return result;
}

function line(depth) {
  return `\n${"  ".repeat(depth)}`;
}
