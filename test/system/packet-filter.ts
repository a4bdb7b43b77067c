import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addresses, on, type Suite, start, tryOn, write } from "./hosts.ts";
import { killingClaims } from "./killing.ts";
import { reach } from "./site.ts";
import { stage, until } from "./until.ts";

const attacker = addresses.scanner;
const attacker6 = "2001:db8:24::241";
const server6 = "2001:db8:44::44";
/** The port 80 of a container behind the server. */
const forwarded = 8080;
/** Sends a line every tenth of a second. */
const slow = 8081;
/** It looks every 30 seconds. */
const repairSeconds = 35;

/** Real packets, and what other programs do to the packet filter. */
export function packetFilterClaims(suite: Suite): void {
  describe("the packet filter", () => claims(suite));
}

function claims(suite: Suite): void {
  const hasUfw = suite === "bookworm";
  beforeAll(async () => {
    await write("/root/ask.mjs", ask);
    await stage("a container, Docker's chains, packages", async () => {
      await on("server", "bash", "-ec", container);
      await on("server", "systemd-run", "--quiet", "--unit=slow", "python3", "-c", slowServer);
      const install = ["apt-get", "-qq", "install", "--yes", "--no-install-recommends"];
      await on("server", ...install, "nftables", ...(hasUfw ? ["ufw"] : []));
    });
    // Or wait for half a minute.
    await on("server", "stockade", "reload");
    await until("ours come first again", repairSeconds, async () =>
      /^-A FORWARD -j STOCKADE$/m.test(
        (await on("server", "iptables", "-S", "FORWARD")).split("\n")[1] ?? "",
      ),
    );
  }, 120_000);
  if (hasUfw) afterAll(async () => void (await tryOn("server", "ufw", "--force", "disable")));

  test("blocked means dropped, unblocked means answered: IPv4, IPv6, forwarded, established", async () => {
    await until("all is open", 10, async () => (await allReached()).every((one) => one === "open"));
    const lines = countLines();
    const established = ["ss", "-Hnt", "state", "established", "sport", "=", `:${slow}`];
    await until("a connection is open", 5, async () => (await on("server", ...established)) !== "");
    await block();
    expect(await allReached()).toEqual(["silent", "silent", "silent"]);
    // The connection that was open is cut: it got lines before and none for three seconds.
    expect(Number(await lines)).toBeGreaterThan(0);
    await unblock();
    expect(await allReached()).toEqual(["open", "open", "open"]);
  });

  if (hasUfw) test("with ufw", ufwClaim);

  const flush = suite === "trixie" ? "nft flush ruleset" : "iptables -F; ip6tables -F";
  test(`after \`${flush}\` and with a rule of somebody's above ours`, async () => {
    await block();
    await until("it is open, unless it was put right just then", 10, async () => {
      await on("server", "bash", "-ec", `${flush}; iptables -I INPUT -j ACCEPT`);
      return (await reach(attacker, 22)) === "open";
    });
    await stage("flushed → blocked again", () =>
      until("the block is back", repairSeconds, async () => {
        const found = [await reach(attacker, 22), await reach(attacker, 22, server6)];
        return found.every((one) => one === "silent");
      }),
    );
    expect(await on("server", "journalctl", "--unit=stockade-respond", "--no-pager")).toContain(
      "somebody changed this, put right: ",
    );
    await on("server", "bash", "-c", "while iptables -D INPUT -j ACCEPT; do :; done");
  });

  killingClaims();
}

async function ufwClaim(): Promise<void> {
  const rules = `ufw allow 22/tcp; ufw route allow proto tcp to any port 80; ufw --force enable`;
  await on("server", "bash", "-ec", rules);
  expect(await on("server", "ufw", "status")).toContain("Status: active");
  await block();
  expect(await reach(attacker, 22)).toBe("silent");
  expect(await reach(attacker, 22, server6)).toBe("silent");
  await unblock();
  expect(await reach(attacker, 22)).toBe("open");
  await on("server", "ufw", "--force", "disable");
}

/** As the last of all: what was started by hand does not come back. */
export function rebootClaims(): void {
  test("a block outlasts a reboot, and ends when it is lifted", async () => {
    await block();
    // The kernel of the test's machine goes on, so it is made to forget.
    const forget =
      "systemctl stop stockade.target; nft flush ruleset; ipset destroy; systemctl reboot";
    start("server", "bash", "-c", forget).catch(() => "it ends with the server");
    // Asked from outside: a command on the server would be in the way of its end.
    const isUp = async () => (await reach(addresses.client, 22)) === "open";
    await stage("reboot", async () => {
      await until("the server is down", 30, async () => !(await isUp()));
      await until("the server is up", 60, isUp);
    });
    await until("the responder knows", 20, async () =>
      (await on("server", "stockade", "bans")).includes(attacker),
    );
    expect(await reach(attacker, 22)).toBe("silent");
    expect(await reach(addresses.client, 22)).toBe("open");
    await unblock();
    await until("it is answered", 10, async () => (await reach(attacker, 22)) === "open");
  });
}

async function allReached() {
  return await Promise.all([
    reach(attacker, 22),
    reach(attacker, 22, server6),
    reach(attacker, forwarded),
  ]);
}

async function block(): Promise<void> {
  for (const address of [attacker, attacker6])
    await on("server", "/usr/lib/stockade/node", "/root/ask.mjs", "block", address);
}

async function unblock(): Promise<void> {
  for (const address of [attacker, attacker6]) await on("server", "stockade", "unban", address);
}

/** Resolves, when no line has come for three seconds, to how many there were. */
async function countLines(): Promise<string> {
  const script = `exec 3<>/dev/tcp/${addresses.server}/${slow}; n=0; while read -t 3 -u 3 line; do n=$((n+1)); done; echo $n`;
  const { stdout } = await tryOn("attacker", "timeout", "20", "bash", "-c", script);
  return stdout;
}

/** A block of ten minutes, as the daemon asks for it. */
const ask = `
import { connect } from "node:net";
const [verb, address] = process.argv.slice(2);
const socket = connect("/run/stockade/respond.sock");
const block = { verb, request: 1, response: "firewall-drop", address, seconds: 600, rule: 5712, alert: "1.1" };
socket.write(JSON.stringify(block) + "\\n");
socket.on("data", (data) => {
  const reply = JSON.parse(data);
  if (!reply.ok) console.error(reply.reason);
  process.exit(reply.ok ? 0 : 1);
});
`;

/** What \`docker run --publish 8080:80\` leaves in the kernel, as iptables-save shows it. */
const container = `
ip netns add box
ip link add docker0 type veth peer name eth0 netns box
ip addr add 172.17.0.1/24 dev docker0
ip link set docker0 up
ip -n box addr add 172.17.0.2/24 dev eth0
ip -n box link set eth0 up
ip -n box route add default via 172.17.0.1
sysctl -qw net.ipv4.ip_forward=1
iptables -N DOCKER
iptables -N DOCKER-USER
iptables -A DOCKER-USER -j RETURN
iptables -I FORWARD -o docker0 -j DOCKER
iptables -I FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -I FORWARD -j DOCKER-USER
iptables -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp --dport 80 -j ACCEPT
iptables -t nat -A PREROUTING -p tcp --dport ${forwarded} -j DNAT --to-destination 172.17.0.2:80
systemd-run --quiet --unit=box ip netns exec box python3 -m http.server 80
`;

const slowServer = `
import socketserver, time
class Slow(socketserver.BaseRequestHandler):
    def handle(self):
        while True:
            self.request.sendall(b"line\\n")
            time.sleep(0.1)
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
Server(("", ${slow}), Slow).serve_forever()
`;
