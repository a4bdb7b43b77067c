/** What Postfix's log says became of a mail, as far as it is known. */
export interface Fate {
  /** Postfix's own names for it: a filter or an alias may have given it a second one. */
  readonly queueIds: readonly string[];
  /** The latest word for each recipient. */
  readonly recipients: readonly Delivered[];
}

export interface Delivered {
  readonly to: string;
  /** "sent", "deferred", "bounced" or "expired". */
  readonly status: string;
  /** "smtp.mailgun.org[192.0.2.1]:587", "local", "none". */
  readonly relay: string;
  /** What the other side said. */
  readonly reason: string;
}

const named = /postfix[\w/-]*(?:\[\d+\])?: (?<id>[\dA-Za-z]{5,20}): message-id=<(?<message>[^>]+)>/;
const delivered =
  /: (?<id>[\dA-Za-z]{5,20}): to=<(?<to>[^>]*)>,.*? relay=(?<relay>[^,]+),.*? status=(?<status>\w+) \((?<reason>.*)\)$/;
/** Handed on to this machine's own queue: the next queue id has the last word. */
const handedOn = /^(?:forwarded as |.*\bqueued as )(?<id>[\dA-Za-z]{5,20})\b/;

/** Follows the mails whose Message-ID (without "<>") is ours through the lines of Postfix's log. */
export function fateIn(log: string, isOurs: (messageId: string) => boolean): Fate {
  const ids = new Set<string>();
  const latest = new Map<string, Delivered>();
  for (const line of log.split("\n")) {
    const { id = "", message = "" } = named.exec(line)?.groups ?? {};
    if (message !== "" && isOurs(message)) ids.add(id);
    const word = deliveredIn(line, ids);
    if (!word) continue;
    const next = nextIdIn(word);
    if (next === undefined) latest.set(word.to, word);
    else ids.add(next);
  }
  return { queueIds: [...ids], recipients: [...latest.values()] };
}

function deliveredIn(line: string, ids: ReadonlySet<string>): Delivered | undefined {
  const found = delivered.exec(line)?.groups;
  if (!found || !ids.has(found["id"] ?? "")) return undefined;
  const { to = "", relay = "", status = "", reason = "" } = found;
  return { to, relay, status, reason };
}

function nextIdIn({ relay, reason }: Delivered): string | undefined {
  if (!/^(?:local|127\.0\.0\.1|localhost)\b/.test(relay)) return undefined;
  return handedOn.exec(reason)?.groups?.["id"];
}
