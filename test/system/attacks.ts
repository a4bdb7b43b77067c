import { addresses, start, tryOn } from "./hosts.ts";

/** What an attacker types first. Left alone it goes on for minutes once its packets are dropped. */
export function scan(from: "attacker" | "client") {
  const running = start(from, "nmap", "-A", addresses.server);
  running.catch(() => "a scan that is cut short is none the worse");
  return running;
}

/** One web request with the user agent of nmap's scripts, from one of the attacker's addresses. */
export async function probe(from: string): Promise<void> {
  const agent = "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)";
  const options = ["--silent", "--max-time", "3", "--interface", from, "--user-agent", agent];
  await tryOn("attacker", "curl", ...options, `http://${addresses.server}/`);
}

/** Eighteen wrong passwords over three connections: more connections, and sshd itself refuses them for a while. */
export async function guessPasswords(from: string): Promise<void> {
  await Promise.all([1, 2, 3].map(() => failToLogIn(from, "admin", 6)));
}

/** Wrong passwords over one connection. */
export async function failToLogIn(from: string, user: string, times: number): Promise<void> {
  const options = [
    `BindAddress=${from}`,
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "PreferredAuthentications=password",
    `NumberOfPasswordPrompts=${times}`,
    "ConnectTimeout=5",
  ].flatMap((option) => ["-o", option]);
  const askpass = ["env", "SSH_ASKPASS=/bin/echo", "SSH_ASKPASS_REQUIRE=force", "timeout", "60"];
  const ssh = ["ssh", "-F", "none", ...options, `${user}@${addresses.server}`, "true"];
  await tryOn("attacker", ...askpass, ...ssh);
}
