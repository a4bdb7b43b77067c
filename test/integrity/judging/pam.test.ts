import { afterEach, beforeEach, expect, test } from "vitest";
import { changesSince, judgeOf, looks, scratchSystem } from "../scratch-system.ts";

const path = "/etc/pam.d/common-auth";
const template = `# here are the per-package modules
$auth_primary
# here's the fallback if no module succeeds
auth	requisite			pam_deny.so
auth	required			pam_permit.so
$auth_additional
`;
const profile = (lines: string) => `Name: one
Default: yes
Priority: 256
Auth-Type: Primary
Auth:
${lines}
Account:
	required	pam_account.so
`;
const files = {
  "/usr/share/pam/common-auth": template,
  "/usr/share/pam/common-session": template.replaceAll("auth", "session"),
  "/usr/share/pam-configs/unix": profile(
    "\t[success=end default=ignore]\tpam_unix.so nullok try_first_pass",
  ),
  "/usr/share/pam-configs/sss": profile(
    "\t[success=end default=ignore]\tpam_sss.so use_first_pass retry=3",
  ),
};
const whole = `#
auth	[success=2 default=ignore]	pam_unix.so nullok try_first_pass
auth	[success=1 default=ignore]	pam_sss.so use_first_pass retry=3
# here's the fallback if no module succeeds
auth	requisite			pam_deny.so
auth	required			pam_permit.so
`;

let system: ReturnType<typeof scratchSystem>;
beforeEach(() => {
  system = scratchSystem();
});
afterEach(() => system.remove());

async function verdictOf(text: string, more = () => {}, at = path): Promise<string | undefined> {
  system.put(at, "auth required pam_deny.so\n");
  const before = looks(system, at);
  system.install({ name: "pam", version: "1", files });
  more();
  system.put(at, text);
  const { judge } = judgeOf(system);
  return (await judge.judge(changesSince(system, before))).judged[0]?.verdict;
}

test("what pam-auth-update puts together of packages' profiles", async () => {
  expect(await verdictOf(whole)).toBe("side-effect");
});

test("a session that no profile decides alone, which is no way in", async () => {
  const text = (type: string) =>
    `${type} [default=1] pam_permit.so\n${type} requisite pam_deny.so\n${type} required pam_permit.so\n`;
  const session = "/etc/pam.d/common-session";
  expect(await verdictOf(text("session"), () => {}, session)).toBe("side-effect");
  expect(await verdictOf(text("auth"))).toBe("unowned");
});

test.each([
  ["a module that no profile has", whole.replace("pam_sss.so", "pam_evil.so")],
  ["a number that no profile has", whole.replace("retry=3", "retry=9")],
  ["an option that no profile has", whole.replace("retry=3", "retry=3 debug")],
  ["a jump over the password", whole.replace("success=2", "success=3")],
  ["a jump to the refusal", whole.replace("success=1 ", "success=0 ")],
  ["no refusal", whole.replace(/^.*pam_deny.*\n/m, "")],
  ["two of them", `${whole}auth requisite pam_deny.so\n`],
  ["another kind's line", `${whole}auth required pam_account.so\n`],
  ["a file that is included", `${whole}@include evil\n`],
  ["nothing", ""],
])("%s is told", async (_, text) => {
  expect(await verdictOf(text)).toBe("unowned");
});

test("a profile that is not what its package recorded has no say", async () => {
  const forge = () =>
    system.put(
      "/usr/share/pam-configs/sss",
      profile("\t[success=end default=ignore]\tpam_evil.so use_first_pass retry=3"),
    );
  expect(await verdictOf(whole.replace("pam_sss.so", "pam_evil.so"), forge)).toBe("unowned");
});

test("nor has one that no package has", async () => {
  const plant = () => system.put("/usr/share/pam-configs/evil", profile("\trequired\tpam_evil.so"));
  expect(await verdictOf(`${whole}auth required pam_evil.so\n`, plant)).toBe("unowned");
});

test("other files of PAM are told whatever is in them", async () => {
  expect(await verdictOf(whole, () => {}, "/etc/pam.d/sshd")).toBe("unowned");
});
