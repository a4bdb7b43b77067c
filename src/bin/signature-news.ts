import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { printable } from "../core/printable.ts";

const day = 86_400_000;
/** A network that is down for a night is no news; one for longer is. */
const oldMilliseconds = 3 * day;
const lookMilliseconds = 10_000;
/** Longer ago than this, the daemon that ran then has told it. */
const freshMilliseconds = 120_000;

/**
 * Tells what became of each update of Suricata's rules, by the words that `update-rules` leaves in a file (NAME=VALUE), and every
 * day that they are more than three days old. Looks every ten seconds; `clock` in milliseconds since 1970.
 */
export function openSignatureNews(path: string, clock: () => number): () => string[] {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let toldOf = clock() - freshMilliseconds;
  let told: Status | undefined;
  const ageOf = openAge();
  return () => {
    const now = clock();
    if (Math.abs(now - lookedAt) < lookMilliseconds) return [];
    lookedAt = now;
    const status = readStatus(path);
    if (!status) return [];
    // Two updates may end in one second.
    const isNew = status.tried > toldOf || (told && !isDeepStrictEqual(status, told));
    const news = isNew ? newsOf(status) : [];
    toldOf = Math.max(toldOf, status.tried);
    told = status;
    return [...news, ...ageOf(status, now)];
  };
}

/** Says once a day that the rules are old, while they are. */
function openAge(): (status: Status, now: number) => string[] {
  let toldAt = Number.NEGATIVE_INFINITY;
  return ({ source, updated, problem }, now) => {
    const age = now - updated;
    if (source !== "fetched" || age <= oldMilliseconds || now - toldAt < day) return [];
    toldAt = now;
    const because = problem || "no update was tried";
    return [`stockade: Suricata's rules are ${Math.floor(age / day)} days old: ${because}`];
  };
}

interface Status {
  readonly source: string;
  /** Milliseconds since 1970. */
  readonly updated: number;
  readonly tried: number;
  readonly problem: string;
  readonly rules: string;
  readonly came: string;
  readonly went: string;
  readonly leftOut: string;
}

function readStatus(path: string): Status | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    // No update has ended yet, or Suricata is somebody else's here.
    return undefined;
  }
  const word = (name: string) => printable(new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1] ?? "");
  const time = (name: string) => (Number(word(name)) || 0) * 1000;
  // Half of a file says nothing.
  if (time("tried") === 0 || time("updated") === 0) return undefined;
  return {
    source: word("source"),
    updated: time("updated"),
    tried: time("tried"),
    problem: word("problem"),
    rules: word("rules"),
    came: word("came"),
    went: word("went"),
    leftOut: word("left_out"),
  };
}

function newsOf({ problem, rules, came, went, leftOut, source }: Status): string[] {
  if (problem !== "") {
    const stay =
      source === "fetched"
        ? "those of before stay in use"
        : "those that came with Stockade are in use";
    return [`stockade: Suricata's rules could not be updated: ${problem}; ${stay}`];
  }
  const news = [];
  if (came !== "0" || went !== "0") {
    news.push(`stockade: Suricata has new rules: ${rules} in all, ${came} came, ${went} went`);
  }
  if (leftOut !== "") {
    news.push(
      `stockade: signatures that this Suricata does not understand were left out: ${leftOut}`,
    );
  }
  return news;
}
