import type { Event } from "../core/event.ts";
import type { AlertVerdict } from "../core/verdict.ts";
import type { IsOurs } from "./home.ts";

type Told = Pick<Event, "srcip" | "dstip" | "category" | "decoder" | "program" | "fields">;

/**
 * Judges a line of a log that names a source address. A service that speaks TCP knows its client only after a handshake, so
 * the client is whose the address is. What name servers and others write of single packets, whoever sent them can forge.
 */
export function logVerdict(event: Told, isOurs: IsOurs): AlertVerdict | undefined {
  const { srcip, dstip } = event;
  if (!srcip) return undefined;
  const local = dstip && isOurs(dstip) ? dstip : undefined;
  if (isOurs(srcip)) {
    const reason = "its source is an address of ours";
    return { class: "unproven", reason, remote: undefined, local: srcip };
  }
  const doubt = doubtOf(event);
  if (doubt !== undefined) return { class: "unproven", reason: doubt, remote: srcip, local };
  const reason = "a service wrote it of a client that had completed a connection";
  return { class: "attacked-by", reason, remote: srcip, local };
}

function doubtOf({ category, decoder = "", program = "", fields }: Told): string | undefined {
  const named = proven.has(category)
    ? undefined
    : `a line of the kind ${category} proves no connection`;
  if (named) return named;
  if (ofPackets.has(decoder) || ofPackets.has(program)) {
    return `${decoder || program} writes of single packets, whose source can be forged`;
  }
  const protocol = fields["protocol"] ?? fields["proto"] ?? "";
  return withoutHandshake.test(protocol)
    ? `the source of ${protocol} packets can be forged`
    : undefined;
}

const proven: ReadonlySet<string> = new Set(["syslog", "web-log", "squid", "windows"]);

const withoutHandshake = /^(?:udp|icmp|icmpv6|ipv6-icmp|igmp|gre|esp|1|2|17|47|50|58)$/i;

/**
 * Decoders, ours and OSSEC's, and programs that write of UDP, of packets or of broken-off connections. OpenVPN is none of them: what
 * its rules count comes after its own handshake.
 */
const ofPackets: ReadonlySet<string> = new Set(
  (
    "named unbound dnsmasq nsd knotd coredns pdns_server pdns_recursor systemd-resolved avahi-daemon " +
    "time ntpd chronyd snmpd in.tftpd tftpd dhcpd kernel portsentry arpwatch rpcbind portmap " +
    "asterisk kamailio opensips charon pluto racoon radiusd freeradius"
  ).split(" "),
);
