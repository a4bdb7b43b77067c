import * as z from "zod";
import { PathPattern } from "./syscheck-settings.ts";

/** The options that switch checks, by OSSEC's names. */
export const rootcheckSwitches = [
  "check_files",
  "check_trojans",
  "check_dev",
  "check_sys",
  "check_pids",
  "check_ports",
  "check_if",
  "check_unixaudit",
] as const;
export type RootcheckSwitch = (typeof rootcheckSwitches)[number];

/** A file of signs, with the option that names it and where: "file:line". The last is no part of `Rootcheck`: it moves with every edit. */
export const SignFile = z.strictObject({
  option: z.enum(["rootkit_files", "rootkit_trojans", "system_audit"]),
  path: z.string(),
  at: z.string(),
});
export type SignFile = z.infer<typeof SignFile>;

/** `<rootcheck>`: which signs of rootkits and weak settings are looked for, and when. */
export const Rootcheck = z.strictObject({
  disabled: z.boolean().default(false),
  frequencySeconds: z.number().int().min(1).default(21_600),
  /** What is switched off. */
  off: z.array(z.enum(rootcheckSwitches)).default([]),
  /** Whether every folder of this machine is looked into, or the usual ones. */
  scanAll: z.boolean().default(false),
  skipNfs: z.boolean().default(true),
  /** What the search for files leaves out. */
  ignore: z.array(PathPattern).default([]),
  /** Files in OSSEC's formats, besides what Stockade knows by itself. */
  rootkitFiles: z.array(z.string()).default([]),
  rootkitTrojans: z.array(z.string()).default([]),
  systemAudits: z.array(z.string()).default([]),
});
export type Rootcheck = z.infer<typeof Rootcheck>;
