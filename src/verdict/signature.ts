import { bit } from "./facts.ts";
import { readOptions, type Said } from "./signature-options.ts";

/** One signature: its `gid` and `sid` in one number, see `signatureKey`, and its facts as bits, see `factsIn`. */
export interface Signature {
  readonly key: number;
  readonly bits: number;
}

/** A `gid` below 16,384 (real ones are below 4) and a `sid` of 32 bits, so that a double holds both and the facts. */
export function signatureKey(gid: number, sid: number): number {
  return (gid % 2 ** 14) * 2 ** 32 + sid;
}

/**
 * Reads one line of a rule file of Suricata: `action protocol source port -> target port (keyword:value; …)`. Undefined
 * for one that is none or has no sid. Takes time linear in the line's length.
 */
export function readSignature(line: string): Signature | undefined {
  const open = line.indexOf("(");
  if (open < 0) return undefined;
  const words = line.slice(0, open).trim().replaceAll(blanks, " ");
  const head = words.replaceAll(besideCommas, "").split(" ");
  if (head.length !== 7 || !arrows.includes(head[4] ?? "")) return undefined;
  const said = readOptions(line, open + 1);
  if (said.sid === 0) return undefined;
  return { key: signatureKey(said.gid, said.sid), bits: sidesOf(head, said) | proofOf(head, said) };
}

const blanks = /\s+/g;
/** Lists of addresses may have blanks in them. */
const besideCommas = /(?<=[,[]) | (?=[,\]])/g;
/** "=>" is Suricata 8's: request and answer at once. */
const arrows: readonly string[] = ["->", "<>", "=>"];

const senders = bit.byClient | bit.byServer;

/** Which ends are ours, and who sent it. Of a header that holds in both directions only the options say something. */
function sidesOf(head: readonly string[], { flow, isClients }: Said): number {
  const [, , source = "", fromPort = "", arrow, target = "", toPort = ""] = head;
  const sender = flow & senders || (isClients ? bit.byClient : 0);
  if (arrow !== "->") return sender;
  const home = (isHome(source) ? bit.fromHome : 0) | (isHome(target) ? bit.toHome : 0);
  return home | (sender || senderByPorts(fromPort, toPort));
}

function proofOf([, protocol = ""]: readonly string[], { flow, isLoose }: Said): number {
  const isEstablished = !isLoose && ((flow & bit.established) !== 0 || isOfStreams(protocol));
  return (isEstablished ? bit.established : 0) | (tcpOnly.has(protocol) ? bit.tcp : 0);
}

const ofPackets = new Set(
  "tcp tcp-pkt udp icmp icmpv4 icmpv6 ip ipv4 ip4 ipv6 ip6 pkthdr sctp ether arp".split(" "),
);

/** What Suricata finds in the stream of a connection, and that it reassembles once the connection is established. */
function isOfStreams(protocol: string): boolean {
  return !ofPackets.has(protocol);
}

const tcpOnly = new Set(
  "tcp tcp-pkt tcp-stream http http1 http2 tls ssl ssh smtp ftp ftp-data imap pop3 smb rdp rfb telnet mqtt modbus dnp3 pgsql websocket".split(
    " ",
  ),
);

/** HOME_NET itself, and Suricata's groups of our servers, which are HOME_NET unless somebody changed them. */
const homeVariables =
  /^\$(?:HOME_NET|(?:HTTP|SMTP|SQL|DNS|TELNET|MODBUS|DC|DNP3)_(?:SERVERS?|SERVER|CLIENT))$/;

function isHome(side: string): boolean {
  const members = side.replaceAll(/[[\]]/g, "").split(",");
  const wanted = members.filter((member) => !member.startsWith("!"));
  return (
    !side.startsWith("!") && wanted.length > 0 && wanted.every((one) => homeVariables.test(one))
  );
}

function senderByPorts(from: string, to: string): number {
  if (isService(to) && !isService(from)) return bit.byClient;
  return isService(from) && !isService(to) ? bit.byServer : 0;
}

/** Linux gives clients ports from here on. */
const firstOfClients = 32_768;

/** Whether these are ports that a server listens on, and no client has. */
function isService(ports: string): boolean {
  if (/^any$|!|SHELLCODE|:(?:[\],]|$)/.test(ports)) return false;
  const numbers = ports.match(/\d+/g) ?? [];
  return ports !== "" && numbers.every((number) => Number(number) < firstOfClients);
}
