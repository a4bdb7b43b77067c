import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openAnalysis } from "../../src/analyse/analyse.ts";
import { compileRules } from "../../src/analyse/compile.ts";
import { placeRules } from "../../src/analyse/rules/place.ts";
import { readRules } from "../../src/analyse/rules/read.ts";
import type { Finding } from "../../src/core/finding.ts";
import { openCrowds } from "../../src/integrity/crowds/crowds.ts";
import { gathered } from "../../src/integrity/crowds/kind.ts";
import type { Change, Entry, IntegrityVerdict, JudgedChange } from "../../src/integrity/entry.ts";
import type { Transaction } from "../../src/integrity/packages/transaction.ts";
import { aclShown, capabilitiesShown } from "../../src/integrity/words/attributes.ts";
import { modeShown } from "../../src/integrity/words/mode.ts";
import { toFindings } from "../../src/integrity/words.ts";
import { judged } from "./made.ts";

/** The first two stand above: 0070 has rules for what they know. */
const rulesFiles = ["0050-stockade", "0065-commands", "0070-integrity"].map((name) =>
  join(import.meta.dirname, `../../rules/${name}.xml`),
);

const file: Entry = {
  path: "/etc/passwd",
  kind: "file",
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 10,
  mtime: 0,
  ctime: 0,
  inode: 1,
  device: 1,
  sha256: "a".repeat(64),
  target: undefined,
  attributes: undefined,
};

const names = {
  user: (uid: number) => (uid === 0 ? "root" : uid === 33 ? "www-data" : String(uid)),
  group: (gid: number) => (gid === 0 ? "root" : String(gid)),
};

const modified = (more: Partial<Entry>, path = file.path): Change => ({
  action: "modified",
  before: { ...file, path },
  after: { ...file, path, ...more },
});

const transaction: Transaction = {
  id: "apt-20261122-150955",
  from: 0,
  to: 1,
  running: false,
  askedBy: "apt-get install tool",
  packages: [
    { package: "tool", architecture: "all", action: "upgrade", from: "1", to: "2" },
    {
      package: "libc-bin",
      architecture: "amd64",
      action: "trigger",
      from: undefined,
      to: undefined,
    },
  ],
};

function told(
  judged: readonly (Partial<JudgedChange> & { change: Change })[],
  more = {},
): Finding[] {
  const all = judged.map((one) => ({
    verdict: "plain" as const,
    package: undefined,
    transaction: undefined,
    reason: "because",
    ...one,
  }));
  const judgement = {
    judged: all,
    wait: [],
    transactions: new Map([[transaction.id, transaction]]),
  };
  return toFindings(judgement, {
    at: 5,
    names,
    times: () => 1,
    isBack: () => false,
    accounts: () => ({ said: [], likeRoot: [] }),
    diff: () => undefined,
    ...more,
  });
}

const textOf = (change: Change, more: Partial<JudgedChange> = {}) =>
  told([{ change, ...more }])[0]!.text;

test("a change in OSSEC's words, then in ours", () => {
  const after = { size: 12, mode: 0o4666, uid: 33, sha256: "b".repeat(64) };
  const [finding] = told(
    [{ change: modified(after), verdict: "unowned", reason: "no package owns it" }],
    {
      diff: () => "@@ -1 +1 @@\n-old\n+new",
    },
  );
  expect(finding!.text.split("\n")).toEqual([
    "Integrity checksum changed for: '/etc/passwd'",
    "Size changed from '10' to '12'",
    "Permissions changed from 'rw-r--r--' to 'rwSrw-rw-'",
    "Ownership was '0', now it is '33'",
    `Old sha256sum was: '${"a".repeat(64)}'`,
    `New sha256sum is : '${"b".repeat(64)}'`,
    "now owned by www-data (was root)",
    "now setuid: whoever runs it runs as www-data",
    "now writable by everybody",
    "Verdict: no package's file, in a folder of packages: no package owns it",
    "What changed:",
    "@@ -1 +1 @@",
    "-old",
    "+new",
  ]);
  expect(finding).toMatchObject({
    at: 5,
    decoder: "syscheck_integrity_changed",
    location: "syscheck",
    fields: {
      filename: "/etc/passwd",
      status: "unowned",
      action: "modified",
      privileges: "setuid",
      concern: "accounts",
    },
  });
});

test("added, deleted, back again, and how often", () => {
  const added: Change = { action: "added", before: undefined, after: file };
  const deleted: Change = { action: "deleted", before: file, after: undefined };
  expect(textOf(added)).toMatch(
    /^New file '\/etc\/passwd' added to the file system\.\nNew sha256sum is : 'a+'\n/,
  );
  expect(textOf(deleted)).toMatch(
    /^File '\/etc\/passwd' was deleted\. Unable to retrieve checksum\.\n/,
  );
  expect(told([{ change: added }], { isBack: () => true })[0]!.text).toMatch(
    /^File '\/etc\/passwd' was re-added\.\n/,
  );
  const decoders = [1, 2, 3, 9].map(
    (count) => told([{ change: modified({}) }], { times: () => count })[0]!.decoder,
  );
  expect(decoders).toEqual([
    "syscheck_integrity_changed",
    "syscheck_integrity_changed_2nd",
    "syscheck_integrity_changed_3rd",
    "syscheck_integrity_changed_3rd",
  ]);
  expect([added, deleted].map((change) => told([{ change }])[0]!.decoder)).toEqual([
    "syscheck_new_entry",
    "syscheck_deleted",
  ]);
});

test("hostile names stay on their line", () => {
  const path = Buffer.from("/etc/a\n** Alert\u202e'\x1b[2J").toString("latin1");
  const change = modified({ kind: "link", target: "b\nc" }, path);
  const [finding] = told([{ change }]);
  expect(finding!.text.split("\n")[0]).toBe(
    "Integrity checksum changed for: '/etc/a\\x0a** Alert\\u202e'\\x1b[2J'",
  );
  expect(finding!.text).toContain("It was a file, now it is a link to 'b\\x0ac'");
  expect(finding!.fields["filename"]).toBe("/etc/a\\x0a** Alert\\u202e'\\x1b[2J");
});

test("capabilities and access lists in words", () => {
  // As setcap cap_net_raw+ep and setfacl -m u:33:rwx write them.
  expect(capabilitiesShown("0100000200200000000000000000000000000000")).toBe("cap_net_raw=ep");
  expect(capabilitiesShown("0000000200000000000000000100000000000000")).toBe("cap_mac_override=p");
  expect(capabilitiesShown("01")).toBe("0x01");
  const acl =
    "02000000010006 00ffffffff 02000700 21000000 04000400 ffffffff 10000700 ffffffff 20000400 ffffffff".replaceAll(
      " ",
      "",
    );
  expect(aclShown(acl, names)).toBe("user::rw- user:www-data:rwx group::r-- mask::rwx other::r--");
  expect(aclShown("ff", names)).toBe("0xff");
  const change = modified({
    attributes: { "security.capability": "0100000200200000000000000000000000000000" },
  });
  expect(textOf(change)).toContain("Capabilities changed from 'none' to 'cap_net_raw=ep'");
  expect(told([{ change }])[0]!.fields["privileges"]).toBe("capabilities");
});

test.each([
  [0o755, "rwxr-xr-x"],
  [0o4755, "rwsr-xr-x"],
  [0o2644, "rw-r-Sr--"],
  [0o1777, "rwxrwxrwt"],
])("mode %o is %s", (mode, shown) => {
  expect(modeShown(mode)).toBe(shown);
});

describe("a transaction", () => {
  const explained = (path: string, more: Partial<Entry> = {}) => ({
    change: modified(more, path),
    verdict: "explained" as const,
    package: "tool",
    transaction: transaction.id,
  });

  test("is one finding, whatever it changed", () => {
    const changes = Array.from({ length: 60 }, (_, index) => explained(`/usr/bin/tool${index}`));
    const effect = {
      ...explained("/etc/ld.so.cache"),
      verdict: "side-effect" as const,
      reason: "the linker's cache",
    };
    const findings = told([effect, ...changes]);
    expect(findings).toHaveLength(1);
    expect(findings[0]!.text.split("\n").slice(0, 6)).toEqual([
      "61 files changed by apt-get install tool (apt-20261122-150955)",
      "60 files as the packages recorded",
      "1 side effect of what ran with them",
      "Packages: tool 1 -> 2",
      " modified /etc/ld.so.cache: the linker's cache",
      " modified /usr/bin/tool0",
    ]);
    expect(findings[0]!.text).toMatch(
      /… and 21 more: stockade integrity history --transaction \S+$/,
    );
    expect(findings[0]).toMatchObject({
      decoder: "integrity_transaction",
      fields: { status: "explained", id: "61" },
    });
  });

  test("what prelink rewrote is one line", () => {
    const rewritten = (path: string) => ({
      change: modified({ size: 11 }, path),
      verdict: "prefiltered" as const,
      reason: "it was rewritten, and undone it is what tool 1 recorded",
    });
    const findings = told([rewritten("/usr/bin/a"), rewritten("/usr/bin/b")]);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.text.split("\n")).toEqual([
      "2 files rewritten, as prelink does: undone, they are what their packages recorded",
      " modified /usr/bin/a: it was rewritten, and undone it is what tool 1 recorded",
      " modified /usr/bin/b: it was rewritten, and undone it is what tool 1 recorded",
    ]);
  });

  test("what gives rights is told by itself", () => {
    const findings = told([explained("/usr/bin/a"), explained("/usr/bin/b", { mode: 0o4755 })]);
    expect(findings.map(({ decoder }) => decoder)).toEqual([
      "syscheck_integrity_changed",
      "integrity_transaction",
    ]);
    expect(findings[0]!.text).toContain(
      "Transaction: apt-20261122-150955, asked for by: apt-get install tool",
    );
  });
});

describe("rules", () => {
  const { judge } = openAnalysis(
    compileRules(
      placeRules([rulesFiles.flatMap((file) => readRules(readFileSync(file, "utf8"), file))]),
      { logLevel: 1, emailLevel: 9 },
    ),
  );
  const ruleOf = (finding: Finding) =>
    judge({
      at: finding.at,
      host: "web1",
      program: undefined,
      location: finding.location,
      log: finding.text,
      fullLog: finding.text,
      decoder: finding.decoder,
      category: "ossec",
      fields: finding.fields,
      srcip: undefined,
      dstip: undefined,
    }).rule;

  const rows: [IntegrityVerdict, Partial<Entry>, string, Partial<JudgedChange>, number, number][] =
    [
      ["plain", { size: 1 }, "/srv/a", {}, 550, 7],
      ["plain", { size: 1 }, "/etc/ssh/sshd_config", {}, 309070, 10],
      ["plain", { mode: 0o4755 }, "/srv/a", {}, 309071, 11],
      ["conffile", { size: 1 }, "/etc/tool.conf", {}, 309063, 7],
      ["conffile", { size: 1 }, "/etc/ssh/sshd_config", {}, 309070, 10],
      ["differs", { size: 1 }, "/usr/bin/ssh", {}, 309064, 12],
      ["differs", { mode: 0o4755 }, "/usr/bin/ssh", {}, 309064, 12],
      ["matches", { size: 1 }, "/usr/bin/ssh", {}, 309065, 7],
      ["matches", { mode: 0o4755 }, "/usr/bin/ssh", {}, 309071, 11],
      ["unowned", { size: 1 }, "/usr/bin/x", {}, 309066, 8],
      ["unowned", { size: 1 }, "/etc/cron.d/x", {}, 309070, 10],
      ["unowned", { mode: 0o4755 }, "/usr/bin/x", {}, 309071, 11],
      ["tools", { size: 1 }, "/usr/bin/dpkg", { otherwise: "explained" }, 309067, 10],
      ["tools", { size: 1 }, "/usr/bin/dpkg", { otherwise: "differs" }, 309068, 13],
      ["unverified", { size: 1 }, "/usr/bin/x", {}, 309069, 10],
      ["prefiltered", { size: 1 }, "/usr/bin/x", {}, 309091, 3],
      ["prefiltered", { mode: 0o4755 }, "/usr/bin/x", {}, 309072, 7],
      ["explained", { mode: 0o4755 }, "/usr/bin/x", { transaction: transaction.id }, 309072, 7],
      ["explained", { size: 1 }, "/etc/cron.d/x", {}, 309062, 3],
      ["explained", { size: 1 }, "/usr/bin/x", { transaction: transaction.id }, 309060, 3],
      ["side-effect", { size: 1 }, "/usr/bin/x", { transaction: transaction.id }, 309061, 3],
    ];
  test.each(rows)("%s %j of %s %j: %i level %i", (verdict, more, path, rest, id, level) => {
    const [finding] = told([{ change: modified(more, path), verdict, ...rest }]);
    expect(ruleOf(finding!)).toMatchObject({ id, level });
  });

  test.each(gathered)("many of %s at once are told by the rule of each", (verdict) => {
    const one = { change: modified({ size: 1 }, "/etc/app/one"), verdict };
    const many = Array.from({ length: 30 }, (_, n) =>
      judged(modified({ size: 1 }, `/etc/app/${n}`), verdict),
    );
    let now = 0;
    const crowds = openCrowds(
      [],
      () => {},
      () => now,
    );
    crowds.keep(crowds.sort(many, () => 1));
    now = 3000;
    const rule = ruleOf(told([one])[0]!);
    const rules: unknown[] = [];
    crowds.tellDue((findings) => rules.push(...findings.map((finding) => ruleOf(finding))));
    expect(rules).toEqual([rule]);
    expect(rule?.level).toBeLessThan(10);
  });

  test("OSSEC's ids for what no package has anything to say of", () => {
    const added: Change = {
      action: "added",
      before: undefined,
      after: { ...file, path: "/srv/a" },
    };
    const deleted: Change = {
      action: "deleted",
      before: { ...file, path: "/srv/a" },
      after: undefined,
    };
    expect(ruleOf(told([{ change: added }])[0]!)).toMatchObject({ id: 554, level: 5 });
    expect(ruleOf(told([{ change: deleted }])[0]!)).toMatchObject({ id: 553, level: 7 });
    const times = (count: number) =>
      told([{ change: modified({ size: 1 }, "/srv/a") }], { times: () => count });
    expect([2, 3].map((count) => ruleOf(times(count)[0]!)?.id)).toEqual([551, 552]);
  });
});

test("a backup alone is told as any file", () => {
  const [finding] = told([{ change: modified({ size: 9 }, "/etc/passwd-"), verdict: "unowned" }]);
  expect(finding!.text).toMatch(/^Integrity checksum changed for: '\/etc\/passwd-'\nSize/);
});

test("what happened to accounts is told at once, of however many files, in words", () => {
  const shadow = modified({ size: 12 }, "/etc/shadow");
  const passwd = modified({ size: 13 });
  const toor = { said: ["new account toor: uid 0"], likeRoot: ["toor"] };
  const password = { said: ["the password of root was changed"], likeRoot: [] };
  const known = new Map([
    ["/etc/passwd", toor],
    ["/etc/shadow", password],
  ]);
  const changed = (path: string) => known.get(path) ?? { said: [], likeRoot: [] };
  const sudoers = modified({ size: 14 }, "/etc/sudoers");
  const backup = modified({ size: 9 }, "/etc/passwd-");
  const opened = modified({ mode: 0o666 }, "/etc/shadow-");
  const all = [shadow, backup, passwd, sudoers, opened].map((change) => ({
    change,
    verdict: "unowned" as const,
  }));
  const findings = told(all, { accounts: changed });
  expect(findings).toHaveLength(2);
  expect(findings[0]!.text.split("\n").slice(0, 3)).toEqual([
    "Integrity checksum changed for: '/etc/passwd'",
    "Accounts: the password of root was changed; new account toor: uid 0",
    "Size changed from '10' to '13'",
  ]);
  expect(findings[0]!.text).toContain("Integrity checksum changed for: '/etc/shadow'");
  expect(findings[0]!.text).toMatch(/\nBackups that were made: \/etc\/passwd-$/);
  expect(findings[0]!.text).toContain("Integrity checksum changed for: '/etc/shadow-'");
  expect(findings[0]!.fields).toMatchObject({ filename: "/etc/passwd", likeroot: "toor" });
  expect(findings[1]!.fields["filename"]).toBe("/etc/sudoers");
});

test("tags are a line and a field that rules ask for, also where many changes are one finding", () => {
  const tagged = (change: Change, ...tags: string[]) => Object.assign(change, { tags });
  const [one] = told([{ change: tagged(modified({ size: 12 }, "/srv/a"), "shop", "web") }]);
  expect(one).toMatchObject({ fields: { tags: "shop,web" } });
  expect(one!.text.split("\n")).toContain("Tags: shop,web");
  const explained = { verdict: "explained", transaction: transaction.id } as const;
  const [all] = told([
    { change: tagged(modified({ size: 12 }, "/usr/bin/a"), "web"), ...explained },
    { change: tagged(modified({ size: 12 }, "/usr/bin/b"), "web", "shop"), ...explained },
  ]);
  expect(all).toMatchObject({ fields: { id: "2", tags: "web,shop" } });
  expect(all!.text.split("\n")).toContain("Tags: web,shop");
  const [accounts] = told([
    { change: tagged(modified({ size: 12 }, "/etc/shadow"), "who") },
    { change: tagged(modified({ size: 12 }, "/etc/passwd"), "where") },
  ]);
  expect(accounts).toMatchObject({ fields: { filename: "/etc/passwd", tags: "who,where" } });
  const [none] = told([{ change: modified({ size: 12 }) }]);
  expect(none!.fields).not.toHaveProperty("tags");
  expect(none!.text).not.toContain("Tags:");
});
