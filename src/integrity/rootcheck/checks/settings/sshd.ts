import { nameShown } from "../../../name.ts";
import type { Check, Sign } from "../../check.ts";
import { type SshdSetting, sshdSettings } from "./sshd-settings.ts";
import { weakness } from "./weakness.ts";

interface Rule {
  readonly option: string;
  /** What sshd does when nothing is said. */
  readonly standard: string;
  readonly isWeak: (value: string, of: (option: string) => string) => boolean;
  readonly what: string;
}

const is = (weak: string) => (value: string) => value === weak;

const rules: readonly Rule[] = [
  {
    option: "permitrootlogin",
    standard: "prohibit-password",
    isWeak: (value, of) =>
      value === "yes" &&
      (of("passwordauthentication") !== "no" || of("kbdinteractiveauthentication") !== "no"),
    what: "sshd: root may log in with a password (PermitRootLogin yes)",
  },
  {
    option: "passwordauthentication",
    standard: "yes",
    isWeak: is("yes"),
    what: "sshd: passwords are taken, which can be guessed (PasswordAuthentication yes)",
  },
  {
    option: "permitemptypasswords",
    standard: "no",
    isWeak: is("yes"),
    what: "sshd: accounts without a password may log in (PermitEmptyPasswords yes)",
  },
  {
    option: "hostbasedauthentication",
    standard: "no",
    isWeak: is("yes"),
    what: "sshd: who comes from a trusted host needs no key (HostbasedAuthentication yes)",
  },
  {
    option: "ignorerhosts",
    standard: "yes",
    isWeak: is("no"),
    what: "sshd: users say themselves which hosts are trusted (IgnoreRhosts no)",
  },
  {
    option: "strictmodes",
    standard: "yes",
    isWeak: is("no"),
    what: "sshd: keys are taken from files that others may write (StrictModes no)",
  },
  {
    option: "permituserenvironment",
    standard: "no",
    isWeak: is("yes"),
    what: "sshd: users may set LD_PRELOAD and the like (PermitUserEnvironment yes)",
  },
  {
    option: "loglevel",
    standard: "info",
    isWeak: (value) => value === "quiet" || value === "fatal" || value === "error",
    what: "sshd: logins are not logged, so attacks are not seen (LogLevel)",
  },
  {
    option: "ciphers",
    standard: "",
    isWeak: (value) => !value.startsWith("-") && /arcfour|3des|blowfish|cast128/.test(value),
    what: "sshd: ciphers are allowed that can be broken (Ciphers)",
  },
];

/** Settings of sshd that let in whom they should not. */
export const sshdAudit: Check = async ({ root }) => {
  const settings = sshdSettings(root);
  return settings ? rules.flatMap((rule) => weaknessIn(rule, settings)) : [];
};

const main = "/etc/ssh/sshd_config";
/** Other names of the same: sshd_config(5). */
const formerNames: Readonly<Record<string, string>> = {
  kbdinteractiveauthentication: "challengeresponseauthentication",
};

function weaknessIn(rule: Rule, settings: ReadonlyMap<string, SshdSetting>): Sign[] {
  const setting = (option: string) =>
    settings.get(option) ?? settings.get(formerNames[option] ?? "");
  const of = (option: string) => setting(option)?.value.toLowerCase() ?? standardOf(option);
  const said = setting(rule.option);
  if (!rule.isWeak(said?.value.toLowerCase() ?? rule.standard, of)) return [];
  const detail = rule.option === "loglevel" ? ` ${nameShown(said?.value ?? "", 40)}` : "";
  return [weakness(`sshd ${rule.option}`, `${rule.what}${detail}`, said?.file ?? main)];
}

function standardOf(option: string): string {
  return rules.find((rule) => rule.option === option)?.standard ?? "yes";
}
