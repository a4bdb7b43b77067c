import { addresses, type Host, on, start, tryOn } from "./hosts.ts";

/** What an attacker types first. Left alone it goes on for minutes once its packets are dropped. */
export function scan(from: "attacker" | "client") {
  const running = start(from, "nmap", "-A", addresses.server);
  running.catch(() => "a scan that is cut short is none the worse");
  return running;
}

/** One web request with the user agent of nmap's scripts. */
export async function probe(from: Host): Promise<void> {
  const agent = "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)";
  await tryOn(
    from,
    "curl",
    "--silent",
    "--max-time",
    "3",
    "--user-agent",
    agent,
    `http://${addresses.server}/`,
  );
}

/** Eighteen wrong passwords over three connections: more connections, and sshd itself refuses them for a while. */
export async function guessPasswords(from: Host): Promise<void> {
  const options = [
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "PreferredAuthentications=password",
    "NumberOfPasswordPrompts=6",
    "ConnectTimeout=5",
  ].flatMap((option) => ["-o", option]);
  const askpass = ["env", "SSH_ASKPASS=/bin/echo", "SSH_ASKPASS_REQUIRE=force"];
  const ssh = [
    "timeout",
    "60",
    "ssh",
    "-F",
    "none",
    ...options,
    `admin@${addresses.server}`,
    "true",
  ];
  await Promise.all([1, 2, 3].map(() => tryOn(from, ...askpass, ...ssh)));
}

/** Lifts the block, whatever there is. */
export async function forgive(address: string): Promise<string> {
  return await on("server", "stockade", "unban", address);
}
