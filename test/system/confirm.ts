import { expect, test } from "vitest";
import { on, tryOn, write } from "./hosts.ts";
import { read } from "./records.ts";
import { stage, until } from "./until.ts";

const settings = "/etc/stockade/stockade.conf";
const observe = "<active-response><observe>yes</observe></active-response>\n";

/** Settings that nobody confirms go by systemd's timer, whatever runs then. */
export function confirmClaims(): void {
  test("`stockade reload --confirm`: those of before come back by themselves, unless confirmed", async () => {
    const before = await read(settings);
    const changed = before.replace("</stockade_config>", `${observe}</stockade_config>`);
    const reload = async (time: string) => {
      await write(settings, changed);
      await on("server", "stockade", "reload", "--confirm", time);
    };
    const areBack = () =>
      until("the settings of before are back", 15, async () => (await read(settings)) === before);

    await reload("5s");
    await until("the daemon only observes", 5, isObserving);
    await stage("reload --confirm 5s → those of before", async () => {
      await areBack();
      await until("the daemon has them", 5, async () => !(await isObserving()));
    });

    await reload("7s");
    await on("server", "stockade", "stop");
    await stage("stopped meanwhile → those of before", areBack);
    await until("nothing is left to be done", 5, async () => !(await isTimed()));
    expect(await stateOf("stockaded.service")).toBe("inactive");
    expect(await stateOf("stockade-respond.service")).toBe("inactive");
    await on("server", "stockade", "start");

    await reload("5m");
    expect(await stateOf("stockade-unconfirmed.timer")).toBe("active");
    await on("server", "stockade", "confirm");
    expect(await isTimed()).toBe(false);
    expect(await read(settings)).toBe(changed);
    await write(settings, before);
    await on("server", "stockade", "reload");
  });
}

async function isObserving(): Promise<boolean> {
  const { stdout } = await tryOn("server", "stockade", "status", "--json");
  return JSON.parse(stdout).daemon?.observing.all === true;
}

async function isTimed(): Promise<boolean> {
  const states = [
    await stateOf("stockade-unconfirmed.timer"),
    await stateOf("stockade-unconfirmed.service"),
  ];
  return states.some((state) => state !== "inactive");
}

async function stateOf(unit: string): Promise<string> {
  return (await tryOn("server", "systemctl", "is-active", unit)).stdout;
}
