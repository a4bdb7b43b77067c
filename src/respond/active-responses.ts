import { constants } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { Block } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { gather } from "./gather.ts";
import type { Run } from "./run.ts";

/** One line of the log of active responses. `at` in milliseconds since 1970. */
export interface Entry {
  readonly verb: "add" | "delete";
  readonly block: Block;
  readonly at: number;
}

/** The same of a command that was run. */
export interface ExecutedEntry extends Omit<Entry, "block"> {
  readonly block: Executed;
}

/** By the path of its program; "-" for what it was not told. */
interface Executed extends Pick<Block, "alert" | "rule"> {
  readonly script: string;
  readonly user: string;
  readonly address: string;
}

/** The local time zone's abbreviation at a time, as date(1) writes it. */
export type Zone = (at: number) => Promise<string>;

/**
 * Appends to active-responses.log in OSSEC's format. The file is opened for each write, so that logrotate may rename
 * it at any time. Trouble with it is logged once and never holds a block up.
 */
export function activeResponsesLog(path: string, group: number, zone: Zone, log: Log) {
  let trouble: string | undefined;
  const { ask } = gather<Entry | ExecutedEntry>(async (entries) => {
    try {
      const lines = await Promise.all(
        entries.map(async (entry) => line(entry, await zone(entry.at))),
      );
      await append(path, lines.join(""), group);
      trouble = undefined;
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== trouble) log.error(`cannot write "${path}": ${reason}`);
      trouble = reason;
    }
  });
  return { write: ask };
}

/**
 * "Sun May 17 21:11:31 UTC 2020 …/firewall-drop.sh add - 192.0.2.241 1589749891.52882 300011" and a newline. Rule 0 means by
 * hand, where a network may stand for the address.
 */
export function line({ verb, block, at }: Entry | ExecutedEntry, zone: string): string {
  const { alert, rule } = block;
  const isBlock = "response" in block;
  const script = isBlock
    ? `/usr/lib/stockade/active-response/bin/${block.response}.sh`
    : block.script;
  const user = isBlock ? "-" : block.user;
  const whom = isBlock && rule === 0 ? block.network : block.address;
  return `${dateText(new Date(at), zone)} ${script} ${verb} ${user} ${whom} ${alert} ${rule}\n`;
}

/**
 * Asks date(1), because Node knows the abbreviations of few zones. Asked again only when the offset from UTC
 * changes, which is when summer time begins or ends.
 */
export function zoneFrom(run: Run): Zone {
  const names = new Map<number, string>();
  return async (at) => {
    const offset = new Date(at).getTimezoneOffset();
    const known = names.get(offset);
    if (known !== undefined) return known;
    const ran = await run("/usr/bin/date", [`--date=@${Math.floor(at / 1000)}`, "+%Z"]);
    const name = ran.ok ? ran.output.trim() : numericZone(offset);
    names.set(offset, name);
    return name;
  };
}

function numericZone(offset: number): string {
  const minutes = Math.abs(offset);
  const digits = [Math.floor(minutes / 60), minutes % 60].map(twoDigits);
  return `${offset > 0 ? "-" : "+"}${digits.join("")}`;
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** date(1)'s "%a %b %e %H:%M:%S %Z %Y" of the C locale, in local time. */
function dateText(date: Date, zone: string): string {
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(":");
  const day = `${date.getDate()}`.padStart(2);
  const head = `${weekdays[date.getDay()]} ${months[date.getMonth()]} ${day}`;
  return `${head} ${time} ${zone} ${date.getFullYear()}`;
}

function twoDigits(number: number): string {
  return `${number}`.padStart(2, "0");
}

async function append(path: string, text: string, group: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o750 });
  // The folder may belong to the unprivileged daemon: a link put there must not lead us anywhere.
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
  const file = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o640);
  try {
    const { size, nlink } = await file.stat();
    if (nlink > 1) throw new Error("it has a second name, which may be somebody's trap");
    if (size === 0) await openToGroup(file, group);
    await file.appendFile(text);
  } finally {
    await file.close();
  }
}

/** The unit's umask lets nobody else in; the folder's group bit may have done one half already. */
async function openToGroup(file: FileHandle, group: number): Promise<void> {
  const { gid, mode } = await file.stat();
  if (gid !== group) await file.chown(process.geteuid?.() ?? 0, group);
  if ((mode & 0o777) !== 0o640) await file.chmod(0o640);
}
