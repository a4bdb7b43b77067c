import { expect, test } from "vitest";
import { on, tryOn, write } from "./hosts.ts";
import { alerts } from "./records.ts";
import { stage } from "./until.ts";

interface Step {
  readonly name: string;
  readonly result: string;
  readonly text: string;
}

/** All that a server with sshd has to show. */
export const wholeSelftest = [
  "block",
  "arena",
  ...["scan", "passwords"].flatMap((attack) =>
    ["packets", "attack", "rule", "block", "dropped", "over", "passes"].map(
      (step) => `${attack}: ${step}`,
    ),
  ),
  "scan: signature",
  "mail",
  "traces",
];

interface Ran {
  readonly stdout: string;
  readonly exitCode?: number | undefined;
}

/** The server attacks itself, and looks after itself. `passes`: steps that must have gone well. */
export function selftestClaims(
  passes: readonly string[],
  run: () => Promise<Ran> = () =>
    tryOn("server", "timeout", "60", "stockade", "selftest", "--quick", "--json"),
): void {
  test("stockade selftest --quick attacks, sees, blocks, mails and leaves nothing behind", async () => {
    // As after a run that was killed.
    const left = ["sk-self-out", "type", "veth", "peer", "name", "sk-self-in"];
    await on("server", "ip", "link", "add", ...left);
    const ran = await stage("selftest --quick", run);
    const { steps }: { steps: Step[] } = JSON.parse(ran.stdout);
    expect(steps.filter(({ result }) => result === "failed")).toEqual([]);
    const passed = steps.filter(({ result }) => result === "passed").map(({ name }) => name);
    expect(passed).toEqual(expect.arrayContaining([...passes]));
    expect(ran.exitCode).toBe(steps.every(({ result }) => result === "passed") ? 0 : 2);

    expect(await on("server", "ip", "-o", "link")).not.toContain("sk-self");
    const attackers =
      steps.find(({ name }) => name === "arena")?.text.match(/[\d.]{7,}(?= )/g) ?? [];
    const bans = await on("server", "stockade", "bans");
    for (const attacker of attackers) expect(bans).not.toContain(attacker);
  });

  doctorClaims();
}

/** As the timer does, but for blocks that are ended by hand: in the unit's sandbox, with the attacker in one of his own. */
export async function runUnit(): Promise<Ran> {
  const unit = "stockade-selftest.service";
  const quick = "ExecStart=/usr/sbin/stockade selftest --alert --quick --json";
  const folder = `/run/systemd/system/${unit}.d`;
  await on("server", "mkdir", "-p", folder);
  await write(`${folder}/quick.conf`, `[Service]\nExecStart=\n${quick}\n`);
  await on("server", "systemctl", "daemon-reload");
  await tryOn("server", "systemctl", "start", unit);
  const said = await on("server", "journalctl", "--no-pager", "--output=cat", `--unit=${unit}`);
  const status = await on("server", "systemctl", "show", "--property=ExecMainStatus", unit);
  const stdout = said.split("\n").findLast((line) => line.startsWith('{"ok"')) ?? said;
  return { stdout, exitCode: Number(status.split("=")[1]) };
}

export function doctorClaims(): void {
  test("stockade doctor finds nothing wrong with Stockade on a server that works", async () => {
    const { stdout } = await tryOn("server", "stockade", "doctor", "--json");
    const { findings } = JSON.parse(stdout);
    const wrong = findings.filter(({ state }: { state: string }) => state === "wrong");
    // The machine that lends its disks and memory may be full, and it has no clock of its own to set.
    const own = wrong.filter(
      ({ check }: { check: string }) => !["disk", "memory", "clock"].includes(check),
    );
    expect(own).toEqual([]);
    // Nothing that lives is missed, nor is a disk of the machine that lends it ours to complain of.
    const missed = (await alerts()).filter((text) => /^Rule: 30903[234] /m.test(text));
    expect(missed).toEqual([]);
  });
}
