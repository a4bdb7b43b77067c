export type JsonObject = Readonly<Record<string, unknown>>;

/** An object of a JSON text; `undefined` for any other text. Never throws. */
export function objectIn(text: string): JsonObject | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // No JSON, or the end of it is missing: the line is read as plain text.
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The texts, numbers and truths in an object, named by their way in it: "a.b.c", and "a.0" in a list. What is deeper,
 * longer or more than anybody reads is left out; of two equal names the first one stands.
 */
export function flattened(object: JsonObject): Record<string, string> {
  const found: Found = { fields: {}, room: mostFields };
  walk(object, "", 1, found);
  return found.fields;
}

interface Found {
  readonly fields: Record<string, string>;
  room: number;
}

function walk(inside: object, path: string, depth: number, found: Found): void {
  for (const [key, value] of Object.entries(inside)) {
    if (found.room === 0) return;
    const name = path + key;
    if (value === null || key === "__proto__" || name.length > longestName) continue;
    if (typeof value !== "object") add(name, value, found);
    else if (depth < mostDepth) walk(value, `${name}.`, depth + 1, found);
  }
}

function add(name: string, value: unknown, found: Found): void {
  if (Object.hasOwn(found.fields, name)) return;
  found.fields[name] = String(value).slice(0, longestValue);
  found.room -= 1;
}

const mostFields = 200;
const mostDepth = 8;
const longestName = 200;
const longestValue = 4096;
