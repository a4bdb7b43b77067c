import { execa } from "execa";
import type { Place, Target } from "./orders.ts";

/** sshd takes ten at once before it begins to refuse, and eight wrong names are what the rule counts to. */
const connections = 9;
const seconds = 20;

/** `nmap -A` at one port. Resolves when it has ended, or was cut short. */
export async function nmap({ address, port }: Place, ending: AbortSignal): Promise<void> {
  // By the kernel's own table of neighbours, and by the first address there is.
  const options = ["-Pn", "-n", "-A", "--send-ip", "-p", `${port}`];
  await attackWith(["nmap", ...options, "--host-timeout", `${seconds}s`, address], ending);
}

/** Guesses passwords of somebody whom nobody knows, over several connections at once. */
export async function guessPasswords(target: Target, ending: AbortSignal): Promise<void> {
  const { from, address, port } = target;
  const options = [
    `BindAddress=${from}`,
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "GlobalKnownHostsFile=/dev/null",
    "PreferredAuthentications=password,keyboard-interactive",
    "PubkeyAuthentication=no",
    "NumberOfPasswordPrompts=1",
    "ConnectTimeout=5",
    "LogLevel=ERROR",
  ].flatMap((option) => ["-o", option]);
  const whom = [`stockade-selftest@${address}`, "true"];
  const ssh = ["ssh", "-F", "none", "-p", `${port}`, ...options, ...whom];
  await Promise.all(Array.from({ length: connections }, () => attackWith(ssh, ending)));
}

/** Left alone an attacker goes on for long once its packets are dropped. */
async function attackWith(command: readonly string[], ending: AbortSignal): Promise<void> {
  const [program = "", ...args] = command;
  await execa(program, args, {
    reject: false,
    cancelSignal: ending,
    timeout: seconds * 1000,
    killSignal: "SIGKILL",
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    env: { SSH_ASKPASS: "/bin/echo", SSH_ASKPASS_REQUIRE: "force", LC_ALL: "C" },
  });
}
