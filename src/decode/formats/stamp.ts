const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))? ?(Z|[+-]\d\d)?:?(\d\d)?$/;

/**
 * The time a JSON value gives, in milliseconds since 1970: ISO 8601 as everybody writes it, or a number of seconds,
 * milli-, micro- or nanoseconds. A time without a zone is this server's own. Undefined for anything else.
 */
export function stampIn(value: unknown): number | undefined {
  if (typeof value === "number") return scaled(value);
  if (typeof value !== "string" || value.length > longest) return undefined;
  if (/^\d{9,20}$/.test(value)) return scaled(Number(value));
  const [, date, time, fraction = "0", zone = "", minutes = "00"] = iso.exec(value) ?? [];
  if (date === undefined) return undefined;
  const offset = zone === "" || zone === "Z" ? zone : `${zone}:${minutes}`;
  const at = Date.parse(`${date}T${time}.${fraction.slice(0, 3)}${offset}`);
  return Number.isNaN(at) ? undefined : at;
}

const longest = 40;

/** Any of these units tells itself: today's date in one is far from today's in another. */
function scaled(value: number): number | undefined {
  if (!(value > 0 && value < 1e20)) return undefined;
  if (value < 1e11) return Math.floor(value * 1000);
  if (value < 1e14) return Math.floor(value);
  return Math.floor(value < 1e17 ? value / 1000 : value / 1_000_000);
}
