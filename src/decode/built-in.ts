/**
 * What events call their decoder where no file has it: lines of formats that need none, our own messages, and what the
 * integrity process finds, by OSSEC's names where it has one. Nothing here is about a device without an agent; OSSEC's rules ask.
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
  "syscheck_agentless",
  "integrity_transaction",
  "integrity_maintenance",
  "listener",
  "kernel_module",
  "hostinfo",
  "hostinfo_new",
  "hostinfo_modified",
];
