import { bit } from "./facts.ts";

/** What the options of a signature say. */
export interface Said {
  gid: number;
  /** 0 when there is none. */
  sid: number;
  /** Who sent the packet by `flow`, and whether in an established connection; bits of `SignatureFacts`. */
  flow: number;
  /** Keywords for what only clients send. */
  isClients: boolean;
  /** It says that it looks at packets outside of established connections, too. */
  isLoose: boolean;
}

/** Reads "keyword:value; keyword; …". As Suricata has it, an option ends at a semicolon without a backslash in front, in quotes too. */
export function readOptions(line: string, from: number): Said {
  const said: Said = { gid: 1, sid: 0, flow: 0, isClients: false, isLoose: false };
  let start = from;
  for (let end = line.indexOf(";", from); end >= 0; end = line.indexOf(";", end + 1)) {
    if (line[end - 1] === "\\") continue;
    const colon = line.indexOf(":", start);
    const hasValue = colon >= 0 && colon < end;
    const read = readers.get(line.slice(start, hasValue ? colon : end).trim());
    read?.(said, hasValue ? line.slice(colon + 1, end) : "");
    start = end + 1;
  }
  return said;
}

const clientSays = (said: Said) => {
  said.isClients = true;
};

const readers: ReadonlyMap<string, (said: Said, value: string) => void> = new Map([
  ["flow", readFlow],
  ["flags", readFlags],
  ["dns.query", clientSays],
  ["dns_query", clientSays],
  ["tls.sni", clientSays],
  ["tls_sni", clientSays],
  [
    "sid",
    (said, value) => {
      said.sid = numberIn(value) ?? said.sid;
    },
  ],
  [
    "gid",
    (said, value) => {
      said.gid = numberIn(value) ?? said.gid;
    },
  ],
]);

const maxNumber = 2 ** 32;

function numberIn(value: string): number | undefined {
  const number = /^\s*\d{1,10}\s*$/.test(value) ? Number(value) : maxNumber;
  return number < maxNumber ? number : undefined;
}

const flowWords: Readonly<Record<string, number>> = {
  to_server: bit.byClient,
  from_client: bit.byClient,
  to_client: bit.byServer,
  from_server: bit.byServer,
  established: bit.established,
  only_stream: bit.established,
};

function readFlow(said: Said, value: string): void {
  for (const word of value.split(",")) {
    const name = word.trim();
    said.flow |= flowWords[name] ?? 0;
    if (name === "stateless" || name === "not_established") said.isLoose = true;
  }
}

/** SYN alone begins a call. */
function readFlags(said: Said, value: string): void {
  if (/^\s*S\s*(?:,|$)/.test(value)) said.isClients = true;
}
