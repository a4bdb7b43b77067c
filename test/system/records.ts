import { on, tryOn } from "./hosts.ts";
import { until } from "./until.ts";

const alertsLog = "/var/log/stockade/alerts/alerts.log";
const responsesLog = "/var/log/stockade/active-responses.log";

/** A line of active-responses.log, in the words of the article's sample. */
export interface Action {
  readonly script: string;
  readonly verb: string;
  readonly address: string;
  readonly rule: string;
}

const format =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ \d{4} \/\S+\/(?<script>[a-z-]+\.sh) (?<verb>add|delete) \S+ (?<address>\S+) \d+\.\d+ (?<rule>\d+)$/;

/** A file of the server; empty where there is none. */
export async function read(path: string): Promise<string> {
  const { exitCode, stdout } = await tryOn("server", "cat", path);
  return exitCode === 0 ? stdout : "";
}

/** What was done to an address, oldest first. Throws on a line that is not in the format. */
export async function actionsOn(address: string): Promise<Action[]> {
  const lines = (await read(responsesLog)).split("\n").filter((line) => line !== "");
  return lines.map(parseAction).filter((action) => action.address === address);
}

function parseAction(line: string): Action {
  const { script = "", verb = "", address = "", rule = "" } = format.exec(line)?.groups ?? {};
  if (!verb) throw new Error(`not a line of active-responses.log: ${line}`);
  return { script, verb, address, rule };
}

/** Waits until both responses have done `verb` to the address, and returns all that either of them did so. */
export async function untilBoth(
  verb: "add" | "delete",
  address: string,
  seconds: number,
): Promise<Action[]> {
  return await until(`${address}: ${verb} by both responses`, seconds, async () => {
    const done = (await actionsOn(address)).filter((action) => action.verb === verb);
    const by = new Set(done.map(({ script }) => script));
    return by.has("firewall-drop.sh") && by.has("host-deny.sh") && done;
  });
}

/** The records of alerts.log: blocks of lines with an empty line between them. */
export async function alerts(): Promise<string[]> {
  return (await read(alertsLog))
    .split(/\n{2,}/)
    .map((record) => record.trim())
    .filter(Boolean);
}

/** Process ids by command line pattern, on the server. */
export async function pidsOf(pattern: string): Promise<string[]> {
  const { stdout } = await tryOn("server", "pgrep", "-f", pattern);
  return stdout.split("\n").filter(Boolean);
}

export async function statusOf(pid: string): Promise<string> {
  return await on("server", "cat", `/proc/${pid}/status`);
}
