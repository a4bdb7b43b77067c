import { type Account, type Answer, type Door, tryRelay } from "../../report/relay.ts";

/** One door that was tried, and what was said there. */
export interface Tried extends Door {
  readonly answer: Answer;
}

/** In this order: clouds close 25, some close 587; Mailgun and others answer on 2525 too, and on 465 by TLS from the start. */
const usualPorts = [587, 2525, 465] as const;
const regions = ["smtp.mailgun.org", "smtp.eu.mailgun.org"] as const;

/** What a wanted relay means: its ports in order, those that are `known` to have worked first. */
export function doorsOf(host: string, port?: number, known?: Door): Door[] {
  if (port !== undefined) return [{ host, port }];
  const first = known?.host === host ? [known.port] : [];
  return [...new Set([...first, ...usualPorts])].map((one) => ({ host, port: one }));
}

/**
 * Tries the doors in order until one works. Where Mailgun refuses the login its other region is asked once: an account is
 * known in one of them only. The last of what is returned is the one to go by.
 */
export async function searchRelay(
  doors: readonly Door[],
  account: Account | undefined,
  attempt: typeof tryRelay = tryRelay,
): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const door of doors) {
    const answer = await attempt(door, account);
    tried.push({ ...door, answer });
    if (answer.kind === "works") return tried;
    if (answer.kind === "refuses") return [...tried, ...(await elsewhere(door, account, attempt))];
  }
  return tried;
}

async function elsewhere(
  { host, port }: Door,
  account: Account | undefined,
  attempt: typeof tryRelay,
): Promise<Tried[]> {
  const other = otherRegion(host);
  if (other === undefined) return [];
  const answer = await attempt({ host: other, port }, account);
  return answer.kind === "works" ? [{ host: other, port, answer }] : [];
}

function otherRegion(host: string): string | undefined {
  return regions.find((name) => name === host) && regions.find((name) => name !== host);
}

/** "[smtp.mailgun.org]:587", "smtp.mailgun.org" and their like. Undefined for what is none. */
export function readRelay(
  text: string,
): { readonly host: string; readonly port?: number } | undefined {
  const found = /^\[?(?<host>[A-Za-z\d][\w.-]*)\]?(?::(?<port>\d{1,5}))?$/.exec(text)?.groups;
  if (!found?.["host"]) return undefined;
  const port = found["port"] === undefined ? {} : { port: Number(found["port"]) };
  return { host: found["host"], ...port };
}
