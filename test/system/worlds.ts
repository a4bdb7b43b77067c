import { expect } from "vitest";
import { guessPasswords } from "./attacks.ts";
import { on, tryOn, write } from "./hosts.ts";
import { checkout, reach } from "./site.ts";
import { stage, until } from "./until.ts";

/** A bit of bash on the server. */
export const shell = (script: string) => on("server", "bash", "-ec", script);

/** Types the README's first command once more. */
export async function install() {
  const command = ["./installer/install.sh", "--answers", "/root/answers"];
  return await tryOn("server", "env", "-C", checkout, ...command);
}

/** That the rest works: wrong passwords lead to a block, seen from outside. */
export async function expectBlock(attacker: string): Promise<void> {
  // The device may have come up a moment ago, and a guesser does not try twice.
  await until(`${attacker} reaches sshd`, 30, async () => (await reach(attacker, 22)) === "open");
  const isBlocked = async () =>
    (await on("server", "stockade", "bans", "--address", attacker)).includes("firewall-drop");
  await whileGuessing(attacker, "wrong passwords → block", () =>
    until(`${attacker} is blocked`, 90, isBlocked),
  );
  expect(await reach(attacker, 22)).toBe("silent");
}

/** Guesses passwords until that is over. sshd itself may refuse some of the connections. */
export async function whileGuessing(
  attacker: string,
  title: string,
  wait: () => Promise<unknown>,
): Promise<void> {
  let isOver = false;
  const keepGuessing = async () => {
    // Once blocked they hang; they end with the hosts.
    while (!isOver) await guessPasswords(attacker);
  };
  void keepGuessing();
  await stage(title, wait).finally(() => {
    isOver = true;
  });
}

/** What `stockade status` says, and its exit code. */
export async function status(): Promise<{ readonly text: string; readonly isWell: boolean }> {
  const { exitCode, stdout } = await tryOn("server", "stockade", "status");
  return { text: stdout, isWell: exitCode === 0 };
}

export async function untilWell(): Promise<void> {
  await until("stockade status finds nothing wrong", 60, async () => (await status()).isWell);
}

/** As after a disk error: nothing can be written below /etc. */
export async function readOnlyEtc(): Promise<void> {
  await shell("mount --bind /etc /etc; mount -o remount,bind,ro /etc");
}

export const writableEtc = () => shell("umount --lazy /etc");

const folders = "/var/lib/stockade /var/log/stockade";

/** State and logs on disks of their own, each of 24 MB, and nothing left on them. */
export async function fullDisks(): Promise<void> {
  await shell(`systemctl stop stockaded stockade-respond
    for folder in ${folders}; do
      cp -a $folder /root/kept; mount -t tmpfs -o size=24m none $folder
      cp -a /root/kept/. $folder; chmod --reference=/root/kept $folder; chown --reference=/root/kept $folder; rm -rf /root/kept
    done
    systemctl start stockade-respond stockaded`);
  await untilWell();
  await shell(
    `for folder in ${folders}; do head -c 32M /dev/zero > $folder/full || true; done 2> /dev/null`,
  );
}

export const roomAgain = () => shell(`for folder in ${folders}; do rm $folder/full; done`);

const clock = "/etc/stockade/clock";
const preload = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

/**
 * From now on the daemon and the responder have a clock that `setClock` sets, while the lines of the journal keep the true time. The
 * monotonic clock is the kernel's.
 */
export async function ownClock(): Promise<void> {
  await shell("apt-get -qq install --yes --no-install-recommends libfaketime > /dev/null");
  await setClock("+0");
  const faketime = `FAKETIME_TIMESTAMP_FILE=${clock} FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1`;
  for (const unit of ["stockaded", "stockade-respond"]) {
    const folder = `/run/systemd/system/${unit}.service.d`;
    await on("server", "mkdir", "-p", folder);
    await write(
      `${folder}/clock.conf`,
      `[Service]\nEnvironment=LD_PRELOAD=${preload} ${faketime}\n`,
    );
  }
  await shell("systemctl daemon-reload; systemctl restart stockade-respond stockaded");
  await untilWell();
}

/** "+2h" */
export async function setClock(offset: string): Promise<void> {
  await write(`${clock}.new`, `${offset}\n`);
  await on("server", "mv", `${clock}.new`, clock);
}

export async function trueClock(): Promise<void> {
  await shell(
    "rm /run/systemd/system/stockade*.service.d/clock.conf; systemctl daemon-reload; systemctl restart stockade-respond stockaded",
  );
  await untilWell();
}

/** What the processes have written into the journal. */
export async function journal(): Promise<string> {
  return await on("server", "journalctl", "--no-pager", "--output=cat", "--unit=stockade*");
}
