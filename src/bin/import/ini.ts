import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readText } from "../../config/load.ts";

/** A value with the place it comes from. */
export interface IniValue {
  readonly value: string;
  /** "file:line" */
  readonly at: string;
  /** Whether the admin wrote it: not the file that the package brings. */
  readonly isOwn: boolean;
}

export type Section = Map<string, IniValue>;

/**
 * The sections of fail2ban's jail files in the order of jail.conf(5): jail.conf, jail.d/*.conf, jail.local, jail.d/*.local; a later
 * value replaces an earlier one. Lines that begin with a blank go on with the value above.
 */
export function readJails(folder: string): Map<string, Section> {
  const inFolder = namesIn(join(folder, "jail.d")).map((name) => join("jail.d", name));
  const ending = (end: string) => inFolder.filter((name) => name.endsWith(end));
  const files = ["jail.conf", ...ending(".conf"), "jail.local", ...ending(".local")];
  const there = new Set([...namesIn(folder), ...inFolder]);
  const sections = new Map<string, Section>();
  for (const name of files.filter((one) => there.has(one))) {
    const isOwn = name !== "jail.conf" && name !== "jail.d/defaults-debian.conf";
    readInto(sections, readText(join(folder, name)), join(folder, name), isOwn);
  }
  return sections;
}

function readInto(
  sections: Map<string, Section>,
  text: string,
  file: string,
  isOwn: boolean,
): void {
  const place: Place = { section: new Map(), option: undefined };
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*[#;]/.test(line)) continue;
    const [, name] = /^\[([^\]]+)\]/.exec(line) ?? [];
    if (name === undefined) {
      readLine(place, line, { at: `${file}:${index + 1}`, isOwn });
      continue;
    }
    place.section = sections.get(name) ?? new Map();
    place.option = undefined;
    sections.set(name, place.section);
  }
}

/** Where a reader is. */
interface Place {
  section: Section;
  /** The option that a line with a blank in front goes on with. */
  option: string | undefined;
}

function readLine(place: Place, line: string, from: Omit<IniValue, "value">): void {
  const more = /^\s+(\S.*)$/.exec(line)?.[1];
  const before = place.option === undefined ? undefined : place.section.get(place.option);
  if (more !== undefined && place.option !== undefined && before) {
    const value = `${before.value} ${withoutComment(more)}`.trim();
    place.section.set(place.option, { ...before, value });
    return;
  }
  const [, key, value] = /^([A-Za-z_][\w.]*)\s*[=:]\s*(.*)$/.exec(line) ?? [];
  place.option = key?.toLowerCase();
  if (place.option === undefined || value === undefined) return;
  place.section.set(place.option, { value: withoutComment(value), ...from });
}

/** A semicolon or a hash behind a blank begins a comment. */
function withoutComment(value: string): string {
  return value.replace(/\s[;#].*$/, "").trim();
}

/** An option of a jail, or else of [DEFAULT], with `%(name)s` filled in. */
export function valueIn(
  jails: ReadonlyMap<string, Section>,
  jail: string,
  option: string,
): IniValue | undefined {
  const raw = jails.get(jail)?.get(option) ?? jails.get("DEFAULT")?.get(option);
  return raw && { ...raw, value: filled(jails, jail, raw.value, 0) };
}

const deepest = 10;

function filled(
  jails: ReadonlyMap<string, Section>,
  jail: string,
  value: string,
  depth: number,
): string {
  if (depth >= deepest) return value;
  return value.replace(/%\(([^)]+)\)s/g, (whole, name: string) => {
    const option = name.toLowerCase();
    const other = jails.get(jail)?.get(option) ?? jails.get("DEFAULT")?.get(option);
    return other ? filled(jails, jail, other.value, depth + 1) : whole;
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    // It is not there: then nothing is in it.
    return [];
  }
}

const unitSeconds: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  mo: 2_629_800,
  y: 31_557_600,
};

/** fail2ban's times: "600", "10m", "1w", "1d 12h"; negative for ever. Undefined for anything else. */
export function secondsIn(text: string): number | undefined {
  const value = text.trim();
  if (/^-\d+$/.test(value)) return Number.POSITIVE_INFINITY;
  const parts = [...value.matchAll(/(\d+)\s*([a-z]*)\s*/gi)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== value) return undefined;
  const seconds = parts.map(
    ([, count, unit = ""]) => Number(count) * secondsOf(unit.toLowerCase()),
  );
  return seconds.some(Number.isNaN) ? undefined : seconds.reduce((sum, one) => sum + one, 0);
}

function secondsOf(unit: string): number {
  if (unit === "") return 1;
  if (unit.startsWith("mo")) return unitSeconds["mo"] ?? Number.NaN;
  return unitSeconds[unit.charAt(0)] ?? Number.NaN;
}
