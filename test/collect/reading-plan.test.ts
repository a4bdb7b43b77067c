import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isWanted } from "../../src/collect/logs/journal-selection.ts";
import { planReading } from "../../src/collect/reading-plan.ts";
import { loadSettings } from "../../src/config/load.ts";
import { type FollowedLog, isFollowedLog } from "../../src/config/local-file.ts";

const conf = join(import.meta.dirname, "../../config/stockade.conf");
const shipped = loadSettings(conf).settings.localFiles.filter(isFollowedLog);
const file = (location: string): FollowedLog => ({ location, logFormat: "syslog" });

const planOn = (
  logs: readonly FollowedLog[],
  { has, hasJournal = true }: { has: readonly string[]; hasJournal?: boolean },
) => planReading(logs, { isMissing: (path) => !has.includes(path), hasJournal: () => hasJournal });

describe("a message is read once, whoever keeps it", () => {
  const facilities = Array.from({ length: 24 }, (_, facility) => facility);
  const isSecret = (facility: number) => facility === 4 || facility === 10;
  const ownFiles: Readonly<Record<number, string>> = {
    0: "/var/log/kern.log",
    1: "/var/log/user.log",
    2: "/var/log/mail.log",
    9: "/var/log/cron.log",
  };
  /** Where rsyslog writes it, by the /etc/rsyslog.conf of Debian 12 and 13. */
  const filesOf = (facility: number) =>
    [isSecret(facility) ? "/var/log/auth.log" : "/var/log/syslog", ownFiles[facility]].flatMap(
      (path) => path ?? [],
    );
  const timesRead = (facility: number, { files, selection }: ReturnType<typeof planOn>) => {
    const inFiles = files.filter(({ location }) => filesOf(facility).includes(location)).length;
    const asked = { facility, identifier: "x", header: { program: "x" } };
    return inFiles + (selection && isWanted(asked, selection) ? 1 : 0);
  };
  const auth = "/var/log/auth.log";
  const syslog = "/var/log/syslog";
  const mail = "/var/log/mail.log";

  test.each<[string, string[], boolean]>([
    ["Debian as it is installed, with the journal only", [], true],
    ["rsyslog and the journal", [auth, syslog], true],
    ["rsyslog, the journal and a mail server", [auth, syslog, mail, "/var/log/kern.log"], true],
    ["rsyslog where nobody has logged in yet", [syslog], true],
    ["rsyslog where nothing but a login has happened", [auth], true],
    ["no journal", [auth, syslog, mail], false],
  ])("%s", (_, has, hasJournal) => {
    const plan = planOn(shipped, { has, hasJournal });
    expect(facilities.map((facility) => timesRead(facility, plan))).toEqual(
      facilities.map(() => 1),
    );
  });

  test("a mail.log that the admin names and that is not there yet is in syslog, and not in the journal", () => {
    const plan = planOn([...shipped, file(mail)], { has: [auth, syslog] });
    expect(plan.selection).toBeUndefined();
    expect(plan.replaced).toEqual([]);
  });

  test("without syslog the journal stands in for a mail.log that the admin names, too", () => {
    const plan = planOn([...shipped, file(mail)], { has: [] });
    expect(plan.replaced).toEqual([auth, syslog, mail]);
    expect(timesRead(2, plan)).toBe(1);
  });
});

test("what auditd keeps is left out of the journal, from the moment it is there", () => {
  const folder = mkdtempSync(join(tmpdir(), "collect-plan-"));
  const asked = { facility: 4, identifier: "audit", header: { program: "audit" } };
  try {
    for (const location of ["audit*/audit.log", "audit/audit.log"]) {
      const logs = [
        file("/var/log/auth.log"),
        { location: join(folder, location), logFormat: "audit" } as const,
      ];
      const { selection } = planOn(logs, { has: [] });
      if (!selection) throw new Error("no journal");
      expect(isWanted(asked, selection)).toBe(true);
      mkdirSync(join(folder, "audit"));
      writeFileSync(join(folder, "audit/audit.log"), "");
      expect(isWanted(asked, selection)).toBe(false);
      expect(isWanted({ ...asked, header: { program: "sshd" } }, selection)).toBe(true);
      rmSync(join(folder, "audit"), { recursive: true });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
