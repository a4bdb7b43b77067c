import { expect, test } from "vitest";
import { on, tryOn, write } from "./hosts.ts";
import { type Mail, mailsIn } from "./mails.ts";
import { prelinkAtWork } from "./prelink.ts";
import { alerts } from "./records.ts";
import { stage, until } from "./until.ts";

/** `name`: what other tools may call it by. */
interface Mischief {
  readonly what: string;
  readonly name: RegExp;
  readonly does: string;
  readonly told: readonly RegExp[];
}

/** What an attacker with root's rights changes, as commands of a shell, and what is told of it. */
export const mischief: readonly Mischief[] = [
  {
    what: "a byte of /usr/bin/ssh",
    name: /\/usr\/bin\/ssh\b(?!-)/,
    does: "printf x | dd of=/usr/bin/ssh bs=1 seek=5000 conv=notrunc status=none",
    told: [
      /^Rule: 309064 /m,
      /changed for: '\/usr\/bin\/ssh'/,
      /not what openssh-client \S+ recorded/,
    ],
  },
  {
    what: "a new setuid file in /usr/bin",
    name: /rootid/,
    does: "cp /usr/bin/id /usr/bin/rootid; chmod 4755 /usr/bin/rootid",
    told: [
      /^Rule: 309071 /m,
      /New file '\/usr\/bin\/rootid'/,
      /setuid: .* root$/m,
      /no package owns it/,
    ],
  },
  {
    what: "a line in sshd_config",
    name: /sshd_config/,
    does: "echo 'PermitRootLogin yes' >> /etc/ssh/sshd_config",
    told: [
      /^Rule: 309070 /m,
      /'\/etc\/ssh\/sshd_config'/,
      /setting, edited here/,
      /^\+PermitRootLogin yes$/m,
    ],
  },
  {
    what: "a key in authorized_keys",
    name: /authorized_keys/,
    does: "mkdir -p /root/.ssh; echo 'ssh-ed25519 AAAAC3 evil' >> /root/.ssh/authorized_keys",
    told: [/^Rule: 309070 /m, /'\/root\/\.ssh\/authorized_keys'/, /^\+ssh-ed25519 AAAAC3 evil$/m],
  },
  {
    what: "a file in /etc/cron.d",
    name: /cron\.d\/evil/,
    does: "mkdir -p /etc/cron.d; echo '* * * * * root true' > /etc/cron.d/evil",
    told: [/^Rule: 309070 /m, /New file '\/etc\/cron\.d\/evil'/, /^\+\* \* \* \* \* root true$/m],
  },
  {
    what: "a port opened by /tmp/x",
    name: /\b4444\b/,
    does: "cp $(realpath /usr/bin/python3) /tmp/x; systemd-run -q --unit=evil /tmp/x -m http.server 4444",
    told: [/^Rule: 309081 /m, /^opened: tcp 0\.0\.0\.0:4444 by \/tmp\/x \(no package\), as root/m],
  },
  {
    what: "/usr/sbin/sendmail replaced",
    name: /\/usr\/sbin\/sendmail/,
    does: "cp /usr/bin/true /usr/sbin/.new; mv /usr/sbin/.new /usr/sbin/sendmail",
    told: [/^Rule: 309068 /m, /'\/usr\/sbin\/sendmail'/, /not what postfix \S+ recorded/],
  },
];

const settings = "/etc/stockade/stockade.conf";
const isListening = "until ss -ltn | grep -q :4444; do sleep 0.1; done";

const undone = [
  "tar -C / -xpf /root/good.tar; rm /root/good.tar",
  "rm -rf /usr/bin/rootid /root/.ssh/authorized_keys /etc/cron.d/evil /tmp/x",
  "rmdir --ignore-fail-on-non-empty /etc/cron.d",
  "systemctl stop evil",
].join("; ");

/** What became of files, packages and sockets is told as what it is. `mails`: where the relay puts them. */
export function integrityClaims(mails: () => string): void {
  test("a package's upgrade is one line, and no mail", async () => {
    // Half a minute later it is told, at the end of the next test.
    await prelinkAtWork();
    await stage("older ssh", () =>
      sh(`apt-get -qq --yes --allow-downgrades --no-install-recommends install ${older}`),
    );
    await untilTransaction(1);
    await stage("upgrade", () => sh(`apt-get -qq --yes install --only-upgrade ${names.join(" ")}`));
    await untilTransaction(2);
    const isOfIt = (text: string) =>
      /openssh|\/ssh|nginx/.test(text) && !/'\/usr\/sbin\/prelink'/.test(text);
    const told = (await ofFiles()).filter(isOfIt);
    expect(told.map((text) => /Rule: (\d+)/.exec(text)?.[1])).toEqual(["309060", "309060"]);
    expect(told.filter((text) => /^\*\* Alert \S+: mail /.test(text))).toEqual([]);
    expect(told[0]).toMatch(/^\d\d+ files changed by apt-get .*--allow-downgrades/m);
    expect(told[1]).toMatch(/^\d+ files changed by apt-get .*--only-upgrade/m);
  });

  test("each change of an attacker is told within five seconds, with its verdict, by mail too", async () => {
    await sh("tar -C / -cf /root/good.tar usr/bin/ssh etc/ssh/sshd_config usr/sbin/sendmail");
    await doMischief();
    await stage("changes → alerts", () => until("all are told", 5, allAreTold));
    await stage("alerts → mail", () => until("all are in mails", 60, () => allAreMailed(mails())));
    const { exitCode, stdout } = await tryOn("server", "stockade", "integrity", "status");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/modified +differs +\/usr\/bin\/ssh$/m);
    const diff = await tryOn("server", "stockade", "integrity", "diff", "/etc/ssh/sshd_config");
    expect(diff.stdout).toMatch(/^\+PermitRootLogin yes$/m);
    expect(await on("server", "stockade", "integrity", "verify")).toMatch(
      /^the baseline is as it was written: \d+ rows/,
    );
    await sh(
      "stockade integrity export /root/baseline; stockade integrity verify /root/baseline --key /root/baseline",
    );
    const rewritten = [/^Rule: 309091 /m, /^2 files rewritten/m, "/usr/bin/nohup", "/usr/bin/wc"];
    await until("prelink is told", 60, async () => (await told(rewritten)).length > 0);
    expect((await ofFiles()).filter((text) => /'\/usr\/bin\/(?:nohup|wc)'/.test(text))).toEqual([]);
  });

  test("what was put back is as it was, and nothing is outstanding once the admin says so", async () => {
    await sh(undone);
    await sh("apt-get -qq --yes purge nginx-common; rm -rf /var/www");
    await until(
      "it is told",
      10,
      async () => (await told([/deleted/, /'\/etc\/cron\.d\/evil'/])).length > 0,
    );
    const ignoring = "s#</stockade_config>#<syscheck><ignore>/etc/quiet</ignore></syscheck>\\n&#";
    await sh(`cp -a ${settings} /root/before; sed -i '${ignoring}' ${settings}; stockade reload`);
    let time = 0;
    await until("other settings are in force", 30, async () => {
      time += 1;
      await sh(`date > /etc/quiet${time}; date > /etc/loud${time}`);
      await until("one is told", 10, async () => (await told([`/etc/loud${time}'`])).length > 0);
      const quiet = ["stockade", "integrity", "history", `/etc/quiet${time}`];
      return (await tryOn("server", ...quiet)).exitCode === 1;
    });
    await sh("rm /etc/quiet* /etc/loud*");
    await sh(`cp -a /root/before ${settings}; rm /root/before; stockade reload`);
    // What dpkg knew of nginx-common went with it.
    const records = await told(["/var/lib/dpkg/info/"]);
    expect(records.filter((text) => !/^Rule: 30906[01] /m.test(text))).toEqual([]);
    await on("server", "stockade", "integrity", "accept", "/");
    expect(await on("server", "stockade", "integrity", "status")).toContain(
      "every file is as it was accepted",
    );
  });
}

/** All of it, one after the other, at once. */
export async function doMischief(): Promise<void> {
  const script = ["set -eu", ...mischief.map(({ does }) => does), isListening];
  await write("/root/mischief", script.join("\n"));
  await on("server", "bash", "/root/mischief");
}

const names = ["openssh-client", "openssh-server", "openssh-sftp-server", "nginx-common"];
/** The oldest version that the archive has. */
const older = `$(for p in ${names.join(" ")}; do echo $p=$(apt-cache madison $p | awk -F'|' 'END {gsub(/ /, "", $2); print $2}'); done)`;

async function untilTransaction(count: number): Promise<void> {
  await until(`${count} transactions are told`, 60, async () => {
    const found = await told([/^Rule: 309060 /m, /openssh-client/]);
    return found.length >= count;
  });
}

async function allAreTold(): Promise<boolean> {
  const records = await alerts();
  return mischief.every(({ told }) => records.some((text) => told.every((one) => one.test(text))));
}

async function allAreMailed(folder: string): Promise<boolean> {
  const mails: Mail[] = await mailsIn(folder);
  return mischief.every(({ told }) =>
    mails.some(({ body }) => told.every((one) => one.test(mailed(body)))),
  );
}

/** In a mail the rule stands with its level in other words. */
function mailed(body: string): string {
  return body.replaceAll(/^Rule: (\d+) fired /gm, "Rule: $1 ");
}

async function told(patterns: readonly (RegExp | string)[]): Promise<string[]> {
  return (await ofFiles()).filter((text) => patterns.every((one) => text.match(one)));
}

async function ofFiles(): Promise<string[]> {
  return (await alerts()).filter((text) => /^\*\* Alert .* - syscheck,/.test(text));
}

async function sh(command: string): Promise<string> {
  const { exitCode, stdout, all } = await tryOn(
    "server",
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    "bash",
    "-ec",
    command,
  );
  if (exitCode !== 0) throw new Error(`${command}: ${all}`);
  return stdout;
}
