import type { SectionTexts } from "./option-text.ts";

/** `<rootcheck>` */
export const rootcheckTexts = {
  disabled: { values: "yes, no", standard: "no", does: "no rootkits are looked for" },
  frequency: {
    values: "1 to 999999999 seconds",
    standard: "21600",
    does: "from one search to the next",
  },
  check_files: {
    values: "yes, no",
    standard: "yes",
    does: "files that known rootkits leave behind",
  },
  check_trojans: {
    values: "yes, no",
    standard: "yes",
    does: "programs that are not what their package recorded, and hold what trojans hold",
  },
  check_dev: { values: "yes, no", standard: "yes", does: "plain files in /dev" },
  check_sys: {
    values: "yes, no",
    standard: "yes",
    does:
      "setuid files of no package, what everybody may write, cron entries, preloaded libraries, deleted programs, the " +
      "kernel's taint and helpers",
  },
  check_pids: { values: "yes, no", standard: "yes", does: "hidden processes" },
  check_ports: { values: "yes, no", standard: "yes", does: "hidden ports" },
  check_if: { values: "yes, no", standard: "yes", does: "interfaces that take every packet" },
  check_unixaudit: {
    values: "yes, no",
    standard: "yes",
    does: "weak settings of sshd, sudo and the kernel, and the files of `system_audit`",
  },
  check_policy: { values: "yes, no", standard: "yes", does: "the same as `check_unixaudit`" },
  rootkit_files: {
    values: "a path",
    does: "more files of rootkits, in OSSEC's format (`rootkit_files.txt`); repeat it for more",
  },
  rootkit_trojans: {
    values: "a path",
    does: "more signs of trojans, in OSSEC's format (`rootkit_trojans.txt`); repeat it for more",
  },
  system_audit: {
    values: "a path",
    does: "an audit in OSSEC's format (`system_audit_rcl.txt`, `cis_debian_linux_rcl.txt`); repeat it for more",
  },
  scanall: {
    values: "yes, no",
    standard: "no",
    does: "look for setuid files in every folder, not in the usual ones",
  },
  skip_nfs: {
    values: "yes, no",
    standard: "yes",
    does: "leave out what is on another machine",
  },
  ignore: {
    values: "how a path begins",
    does: 'what the search for files leaves out; `type="sregex"` matches anywhere in a path (OS_Match); repeat it for more',
  },
  base_directory: { values: "a path", does: "has no effect: this server is looked at" },
  readall: { values: "yes, no", does: "has no effect: `<syscheck>` reads files" },
  windows_audit: { values: "any", does: "has no effect: this is no Windows" },
  windows_apps: { values: "any", does: "has no effect: this is no Windows" },
  windows_malware: { values: "any", does: "has no effect: this is no Windows" },
  check_winapps: { values: "any", does: "has no effect: this is no Windows" },
  check_winaudit: { values: "any", does: "has no effect: this is no Windows" },
  check_winmalware: { values: "any", does: "has no effect: this is no Windows" },
} as const satisfies SectionTexts;
