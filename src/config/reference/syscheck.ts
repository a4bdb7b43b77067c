import type { SectionTexts } from "./option-text.ts";

/** `<syscheck>`; the two limits of speed are ours */
export const syscheckTexts = {
  disabled: { values: "yes, no", standard: "no", does: "no file is watched" },
  directories: {
    values: "absolute paths",
    does:
      "files and folders that are watched, with commas between them and `*` where you like; how says the element's attributes: " +
      "`check_all`, `check_sum`, `check_sha256sum`, `check_size`, `check_owner`, `check_group`, `check_perm`, `realtime`, " +
      "`report_changes`, `restrict`, `recursion_level`, `tags` (a line of the alert, and the field `tags` for rules). Without any, what [integrity.md](integrity.md) lists; repeat it for more",
  },
  ignore: {
    values: "how a path begins",
    does: 'what is not watched; `type="sregex"` matches anywhere in a path (OS_Match); what begins with `/bin/`, `/sbin/` or `/lib/` holds below `/usr` too; repeat it for more',
  },
  nodiff: {
    values: "how a path begins",
    does: "of these is never shown what changed in them; as `ignore`",
  },
  frequency: {
    values: "1 to 999999999 seconds",
    standard: "21600",
    does: "from one look at everything to the next; what changes is seen at once all the same",
  },
  scan_time: { values: "a time as 21:30, 9pm", does: "look at everything at this time instead" },
  scan_day: { values: "days of the week", does: "look at everything on these days instead" },
  scan_on_start: { values: "yes, no", standard: "yes", does: "look at everything after a start" },
  auto_ignore: {
    values: "yes, no",
    standard: "no",
    does:
      "a file that changed three times is told of no more, but counted; what packages did is not among the three. Told all the same are " +
      "the verdicts `differs`, `tools` and `unverified`, settings that decide who gets in or what runs, and a program that gives more rights",
  },
  alert_new_files: {
    values: "yes, no",
    standard: "yes",
    does:
      "tell of files that are new; with `no` they are counted, and told all the same are those that `auto_ignore` would tell: a new " +
      "setuid program, a new file of cron or in Stockade's own folders",
  },
  skip_nfs: { values: "yes, no", standard: "no", does: "leave out what is on another machine" },
  max_files_per_second: {
    values: "0 to 999999 files",
    standard: "2000",
    does: "how fast a scan reads; 0: as fast as it can",
  },
  max_megabytes_per_second: {
    values: "0 to 999999 megabytes",
    standard: "50",
    does: "how fast a scan reads; 0: as fast as it can",
  },
  prefilter_cmd: {
    values: "a program by its absolute path, and its arguments",
    does:
      "run with the path of a file that is not what its package recorded: it writes what the file held before prelink rewrote it. Without a " +
      "shell, without any right, and only while it is what its own package recorded. Where prelink is installed nobody has to name it",
  },
  windows_registry: { values: "any", does: "has no effect: there is no registry" },
  registry_ignore: { values: "any", does: "has no effect: there is no registry" },
} as const satisfies SectionTexts;
