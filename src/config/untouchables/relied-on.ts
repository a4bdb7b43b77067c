import { isIP } from "node:net";

/** An address, a network or a name that is never blocked, and why. */
export interface Item {
  readonly text: string;
  readonly reason: string;
  /** Whether somebody wrote it for us to keep, and so wants to hear when it does not resolve. */
  readonly isWanted: boolean;
}

/** A configuration file of another program's, by the kind of its language. */
export interface OtherFile {
  readonly kind: "apt" | "timesyncd" | "ntp" | "postfix" | "suricata-update" | "cloud-init";
  readonly text: string;
}

/**
 * The servers that this machine itself calls, from what their clients are told in /etc: package mirrors and proxies
 * (sources.list(5), apt.conf(5)), time servers (timesyncd.conf(5), chrony.conf(5), ntp.conf(5)), the mail relay
 * (postconf(5)), where Suricata's rules come from; and the address that this machine has for others, when cloud-init knows
 * it. Their answers come from these addresses. What cannot be understood is left out.
 */
export function reliedOn(files: readonly OtherFile[]): Item[] {
  return files.flatMap(({ kind, text }) => {
    const { reason, hosts } = readers[kind];
    return [...new Set(hosts(text))].filter(isHost).map((host) => ({
      text: host,
      reason: reason(host),
      isWanted: false,
    }));
  });
}

interface Reader {
  readonly reason: (host: string) => string;
  readonly hosts: (text: string) => string[];
}

const readers: Readonly<Record<OtherFile["kind"], Reader>> = {
  apt: { reason: (host) => `package mirror: ${host}`, hosts: (text) => hostsOfUrls(text) },
  "suricata-update": {
    reason: (host) => `source of Suricata's rules: ${host}`,
    hosts: (text) => hostsOfUrls(text),
  },
  timesyncd: {
    reason: (host) => `time server: ${host}`,
    hosts: (text) => words(text, /^\s*(?:Fallback)?NTP\s*=(.*)$/gm),
  },
  ntp: {
    reason: (host) => `time server: ${host}`,
    hosts: (text) =>
      [...text.matchAll(/^\s*(?:server|pool|peer|servers)\s+(\S+)/gm)].map(
        ([, host]) => host ?? "",
      ),
  },
  postfix: {
    reason: (host) => `mail relay: ${host}`,
    hosts: (text) =>
      [...text.matchAll(/^relayhost\s*=\s*\[?([^\]\s,]+)/gm)].map(([, host = ""]) =>
        isIP(host) === 6 ? host : host.replace(/:.*$/, ""),
      ),
  },
  "cloud-init": { reason: () => "this server's public address", hosts: publicAddresses },
};

function words(text: string, line: RegExp): string[] {
  return [...text.matchAll(line)].flatMap(([, list = ""]) => list.trim().split(/\s+/));
}

/** Not in comments. A user's name and password may stand before the host. */
function hostsOfUrls(text: string): string[] {
  const lines = text.split("\n").filter((line) => !/^\s*(?:#|\/\/)/.test(line));
  const urls = lines
    .join("\n")
    .matchAll(/\b[a-z+]+:\/\/(?:[^@\s/]*@)?(\[[^\]\s]+\]|[^\s/:"';?#]+)/gi);
  return [...urls].map(([, host = ""]) => host.replace(/^\[|\]$/g, ""));
}

/** Values of keys like "public-ipv4" and "public_ip", wherever they stand; see cloud-init's instance-data.json. */
function publicAddresses(text: string): string[] {
  try {
    return publicIn(JSON.parse(text), false);
  } catch {
    // Half written, or not JSON: the next look will tell.
    return [];
  }
}

function publicIn(value: unknown, isPublic: boolean): string[] {
  if (typeof value === "string") return isPublic && isIP(value) !== 0 ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    publicIn(inner, isPublic || /^public[-_]?ip/i.test(key)),
  );
}

/** An address or a name in its usual letters: nothing else is worth asking a resolver for. */
function isHost(text: string): boolean {
  return (
    isIP(text) !== 0 || (/^[a-z\d](?:[a-z\d.-]{0,252})$/i.test(text) && !/^[\d.]+$/.test(text))
  );
}
