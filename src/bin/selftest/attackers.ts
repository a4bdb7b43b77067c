import { execa } from "execa";
import type { Arena } from "./arena.ts";

/** sshd takes ten at once before it begins to refuse, and eight wrong names are what the rule counts to. */
const connections = 9;
const seconds = 20;

interface Target {
  readonly from: string;
  readonly address: string;
  readonly port: number;
}

/** `nmap -A` at one port. Resolves when it has ended, or was cut short. */
export async function nmap(arena: Arena, { address, port }: Target): Promise<void> {
  // By the kernel's own table of neighbours, and by the first address of the namespace.
  const options = [
    "-Pn",
    "-n",
    "-A",
    "--send-ip",
    "-p",
    `${port}`,
    "--host-timeout",
    `${seconds}s`,
  ];
  await inside(arena, ["nmap", ...options, address]);
}

/** Guesses passwords of somebody whom nobody knows, over several connections at once. */
export async function guessPasswords(arena: Arena, { from, address, port }: Target): Promise<void> {
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
  const ssh = [
    "ssh",
    "-F",
    "none",
    "-p",
    `${port}`,
    ...options,
    `stockade-selftest@${address}`,
    "true",
  ];
  await Promise.all(Array.from({ length: connections }, () => inside(arena, ssh)));
}

/** Left alone an attacker goes on for long once its packets are dropped. */
async function inside(arena: Arena, command: readonly string[]): Promise<void> {
  const [program, ...args] = arena.enter;
  await execa(program, [...args, ...command], {
    reject: false,
    timeout: seconds * 1000,
    killSignal: "SIGKILL",
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    env: { SSH_ASKPASS: "/bin/echo", SSH_ASKPASS_REQUIRE: "force", LC_ALL: "C" },
  });
}
