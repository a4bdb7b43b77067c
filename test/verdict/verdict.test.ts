import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { responsesTo } from "../../src/analyse/active-response.ts";
import { parseAddress } from "../../src/core/address.ts";
import type { Category, Event, VerdictOf } from "../../src/core/event.ts";
import { networkOf, overlaps, parseNetwork } from "../../src/core/network.ts";
import { verdictClasses } from "../../src/core/verdict.ts";
import { eventAt } from "../analyse/build.ts";
import { ours, verdictOfTests } from "./ground.ts";

const verdictOf = verdictOfTests(["10.1.0.0/16", "2001:db8:44::/48"]);

const [us, them] = ["198.51.100.44", "192.0.2.241"];

function eventOf(from: string, to: string, more: Partial<Event> = {}): Event {
  const ends = { dstip: parseAddress(to), category: "ids" } as const;
  return eventAt(1000, from, { ...ends, verdict: undefined, ...more });
}

const alertOf = (sid: number, protocol: string, from: string, to: string, more = {}) =>
  eventOf(from, to, { fields: { gid: "1", sid: String(sid), protocol, ...more } });

describe("an alert of the network", () => {
  test.each([
    ["a client over an established connection", 1001, "TCP", them, us, "attacked-by"],
    ["what is found in a stream only", 1012, "TCP", them, us, "attacked-by"],
    ["a bare SYN", 2_010_937, "TCP", them, us, "unproven"],
    ["a packet outside of any connection", 1011, "TCP", them, us, "unproven"],
    ["a datagram from a resolver", 1005, "UDP", "8.8.8.8", us, "unproven"],
    [
      "a flow of datagrams, to which a service answers whoever is named",
      1006,
      "UDP",
      them,
      us,
      "unproven",
    ],
    ["an address on a list", 1008, "TCP", them, us, "unproven"],
    ["what the kind of connection does not tell", 1009, "TCP", them, us, "unproven"],
    ["a client, by the ports", 1014, "TCP", them, us, "attacked-by"],
    ["a server, by the ports", 1015, "TCP", them, us, "answered"],
    ["a server that answered our call", 1003, "TCP", them, us, "answered"],
    ["our call", 1002, "TCP", us, them, "called-out"],
    ["the beginning of our call", 1016, "TCP", us, them, "called-out"],
    ["our question to a name server", 1007, "UDP", us, them, "called-out"],
    ["a packet of ours, perhaps an answer to a forged one", 1013, "TCP", us, them, "unproven"],
    ["our server's answer", 1004, "TCP", us, them, "unproven"],
    ["a signature that is not known", 77, "TCP", them, us, "unproven"],
    ["ICMP", 1001, "ICMP", them, us, "unproven"],
    ["IPv6", 1001, "TCP", "2001:db8:9::9", "2001:db8::1", "attacked-by"],
    ["a network of ours", 1010, "TCP", them, "10.1.2.3", "attacked-by"],
    ["a header that says which end is ours", 1001, "TCP", them, "203.0.113.77", "attacked-by"],
  ])("%s", (_title, sid, protocol, from, to, expected) => {
    const verdict = verdictOf(alertOf(sid, protocol, from, to));
    expect(verdict).toMatchObject({ class: expected });
    expect(verdict?.reason).not.toBe("");
    expect(verdict).toMatchObject(
      from === us ? { remote: them, local: us } : { remote: from, local: to },
    );
  });

  test.each([
    ["both ends are ours", 1001, us, "10.1.2.3"],
    ["loopback", 1001, "127.0.0.1", us],
    ["neither end is", 1010, them, "203.0.113.77"],
  ])("%s: nobody is the offender", (_title, sid, from, to) => {
    const verdict = verdictOf(alertOf(sid, "TCP", from, to));
    expect(verdict).toMatchObject({ class: "unproven", remote: undefined });
  });

  test("eve.json proves what an unknown signature does not, by what was spoken and who sent it", () => {
    const seen = (more: object) => verdictOf(alertOf(77, "TCP", them, us, more))?.class;
    expect(seen({ app_proto: "http", direction: "to_server" })).toBe("attacked-by");
    expect(seen({ app_proto: "http", direction: "to_client" })).toBe("answered");
    expect(seen({ app_proto: "http" })).toBe("unproven");
    expect(seen({ direction: "to_server" })).toBe("unproven");
    expect(seen({ app_proto: "failed", direction: "to_server" })).toBe("unproven");
    // Forged packets count as well.
    const counted = {
      "flow.pkts_toserver": "9",
      "flow.pkts_toclient": "9",
      direction: "to_server",
    };
    expect(seen(counted)).toBe("unproven");
  });

  test("Snort's, read by OSSEC's decoder: the signature's header says what the line does not", () => {
    const fields = (id: string) => eventOf(them, us, { decoder: "snort", fields: { id } });
    expect(verdictOf(fields("1:1001:1"))?.class).toBe("attacked-by");
    expect(verdictOf(fields("1:1008:1"))?.class).toBe("unproven");
  });

  test("eve.json as plain JSON is one, too", () => {
    const event = eventOf(them, us, {
      category: "syslog",
      fields: { "alert.signature_id": "1005", proto: "UDP" },
    });
    expect(verdictOf(event)?.class).toBe("unproven");
  });
});

describe("a line of a log", () => {
  const lineOf = (decoder: string, more: Partial<Event> = {}) =>
    verdictOf(eventOf(them, us, { category: "syslog", decoder, fields: {}, ...more }));

  test.each(["sshd", "postfix", "dovecot", "web-accesslog", "proftpd", "openvpn", "local"])(
    "of %s proves its client",
    (decoder) => {
      expect(lineOf(decoder)).toMatchObject({ class: "attacked-by", remote: them, local: us });
    },
  );
  test.each(["named", "unbound", "dnsmasq", "kernel", "asterisk"])("of %s does not", (decoder) => {
    expect(lineOf(decoder)?.class).toBe("unproven");
  });
  test("of a packet filter, or one that names UDP, does not", () => {
    expect(lineOf("netfilter", { category: "firewall" })?.class).toBe("unproven");
    expect(lineOf("local", { fields: { protocol: "UDP" } })?.class).toBe("unproven");
    expect(lineOf("local", { fields: { protocol: "ESMTP" } })?.class).toBe("attacked-by");
  });
  test("about an address of ours has no offender", () => {
    expect(verdictOf(eventOf(us, us, { category: "syslog" }))).toMatchObject({
      class: "unproven",
      remote: undefined,
    });
  });
  test("without an address has no verdict", () => {
    expect(verdictOf(eventOf("host.example", us, { category: "syslog" }))).toBeUndefined();
  });
});

const octet = fc.integer({ min: 0, max: 255 });
const anyAddress = fc.oneof(
  fc.constantFrom(...ours, "127.0.0.1", "10.1.0.0", "10.1.255.255", "10.2.0.0", "2001:db8:44::9"),
  fc.tuple(octet, octet, octet, octet).map((parts) => parts.join(".")),
  fc.tuple(octet, octet).map(([a, b]) => `10.1.${a}.${b}`),
  fc.ipV6(),
);
const anyNetwork = fc
  .tuple(anyAddress, fc.integer({ min: 1, max: 32 }))
  .map(([address, bits]) => `${address.includes("%") ? "::9" : address}/${bits}`);
const categories: Category[] = ["syslog", "ids", "firewall", "web-log", "squid", "ossec-alert"];
const anyEvent = fc.record({
  from: anyAddress,
  to: anyAddress,
  category: fc.constantFrom(...categories),
  sid: fc.constantFrom(0, 2_024_364, ...Array.from({ length: 18 }, (_, index) => 1001 + index)),
  protocol: fc.constantFrom("TCP", "UDP", "ICMP", undefined),
  direction: fc.constantFrom("to_server", "to_client", "x", undefined),
  app_proto: fc.constantFrom("http", undefined),
});

test("no address of ours is ever the offender, whatever the networks, the alert and the settings", () => {
  const all = verdictClasses;
  const property = fc.property(fc.array(anyNetwork), anyEvent, (homeNets, told) => {
    const judge = verdictOfTests(homeNets);
    const homes = [...homeNets, ...ours, "127.0.0.0/8"].flatMap((text) => parseNetwork(text) ?? []);
    for (const [address] of wishes(judge, told, all)) {
      const alone = networkOf(address, address.includes(":") ? 128 : 32);
      expect(homes.filter((home) => overlaps(home, alone))).toEqual([]);
    }
  });
  fc.assert(property, { numRuns: 300 });
});

test("without a handshake nobody is blocked, unless somebody wants that", () => {
  const property = fc.property(anyEvent, (told) => {
    const isForgeable = told.protocol !== "TCP" || told.sid === 2_010_937;
    if (told.category !== "ids" || !isForgeable || told.protocol === undefined) return;
    expect(wishes(verdictOf, told, ["attacked-by", "answered"])).toEqual([]);
  });
  fc.assert(property, { numRuns: 2000 });
});

type Told = typeof anyEvent extends fc.Arbitrary<infer T> ? T : never;

function wishes(
  judge: VerdictOf,
  told: Told,
  verdicts: readonly (typeof verdictClasses)[number][],
) {
  const { from, to, category, sid, ...named } = told;
  const fields = Object.fromEntries(
    Object.entries({ ...named, sid: `${sid}`, gid: "1" }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  const event = eventOf(from, to, { category, fields });
  const rule = { id: 1, level: 10, description: "d", groups: [] };
  const alert = { rule, event: { ...event, verdict: judge(event) }, previous: [] };
  const condition = {
    response: "firewall-drop",
    level: 1,
    ruleIds: [],
    ruleGroups: [],
    seconds: 1,
  };
  return responsesTo({ ...alert, log: true, mail: true, mayBlock: true }, [
    { ...condition, response: "firewall-drop", verdicts },
  ]).map(({ address }) => [address] as const);
}
