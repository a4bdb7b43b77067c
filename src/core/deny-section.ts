import { parseNetwork } from "./network.ts";

/**
 * Returns the text of /etc/hosts.deny with our section holding exactly `networks` (canonical text), see
 * hosts_access(5). The section stands on top, where no unfinished or continued line of the admin's can run into it;
 * everything else stays as it was, byte for byte. Without networks there is no section. A section whose end is
 * missing, a second one or a stray end marker is healed: only lines that we could have written are taken away.
 */
export function withDenied(text: string, networks: readonly string[]): string {
  return sectionOf(networks) + withoutSections(text);
}

/** The networks in our lines. */
export function deniedIn(text: string): string[] {
  return text.split("\n").flatMap((line) => networkIn(line) ?? []);
}

const end = "# stockade end\n";

function sectionOf(networks: readonly string[]): string {
  if (networks.length === 0) return "";
  const begin = `# stockade begin ${networks.length} (lines up to "stockade end" come and go by themselves)\n`;
  return [begin, ...networks.map(lineFor), end].join("");
}

function lineFor(network: string): string {
  const [base = "", bits] = network.split("/");
  return `ALL: ${base.includes(":") ? `[${base}]${bits === undefined ? "" : `/${bits}`}` : network}\n`;
}

function withoutSections(text: string): string {
  const lines = text.split(/(?<=\n)/);
  const kept: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    const count = beginCount(line);
    if (count === undefined) {
      if (!isEnd(line)) kept.push(line);
      at += 1;
    } else {
      const own = sectionFrom(lines, at + 1, count);
      kept.push(...own.kept);
      at = own.next;
    }
  }
  return kept.join("");
}

/** What to keep of the section that begins at `from`, and where the text goes on after it. */
function sectionFrom(lines: readonly string[], from: number, count: number) {
  const stop = lines.findIndex((line, at) => at >= from && (isEnd(line) || isBegin(line)));
  const body = stop < 0 ? lines.slice(from) : lines.slice(from, stop);
  const isClosed = stop >= 0 && isEnd(lines[stop] ?? "");
  // Without an end marker the count in the begin marker says how many of the lines were ours.
  let ours = isClosed ? body.length : count;
  const kept = body.filter((line) => !isOurs(line) || ours-- <= 0);
  return { kept, next: from + body.length };
}

function beginCount(line: string): number | undefined {
  const match = /^# stockade begin (\d{1,9})\b/.exec(line);
  return match ? Number(match[1]) : undefined;
}

function isBegin(line: string): boolean {
  return beginCount(line) !== undefined;
}

function isEnd(line: string): boolean {
  return /^# stockade end\s*$/.test(line);
}

function isOurs(line: string): boolean {
  return networkIn(line) !== undefined;
}

function networkIn(line: string): string | undefined {
  const match = /^ALL: (?:(\d[\d.]*)|\[([\da-f:]+)\](\/\d+)?)\s*$/.exec(line);
  if (!match) return undefined;
  return parseNetwork(match[1] ?? `${match[2]}${match[3] ?? ""}`)?.text;
}
