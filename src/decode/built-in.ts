/**
 * What events call their decoder where no file has it: lines of formats that need none, our own messages, and what OSSEC's
 * agents find on files (its rules ask for these, and no event here has them).
 */
export const builtInDecoders: readonly string[] = [
  "snort-fast",
  "json",
  "stockade",
  "rootcheck",
  "syscheck_integrity_changed",
  "syscheck_integrity_changed_2nd",
  "syscheck_integrity_changed_3rd",
  "syscheck_deleted",
  "syscheck_new_entry",
  "hostinfo",
  "hostinfo_new",
  "hostinfo_modified",
];
