import * as z from "zod";

/** What of a file is watched; see `syscheck-directories.ts` for the names that the admin writes. */
const Checks = z.strictObject({
  sum: z.boolean(),
  size: z.boolean(),
  owner: z.boolean(),
  group: z.boolean(),
  /** With ACLs, capabilities and other extended attributes. */
  perm: z.boolean(),
  mtime: z.boolean(),
  inode: z.boolean(),
});

/** Folders and files that are watched, all in one way. */
const WatchedDirectory = z.strictObject({
  /** An absolute path, which may hold *, ? and [] between its slashes. */
  path: z.string(),
  checks: Checks,
  realtime: z.boolean(),
  reportChanges: z.boolean(),
  /** OS_Match on the whole path of a file: only such ones are watched. */
  restrict: z.string().optional(),
  /** How many folders deep; 0 is the files of the folder itself. */
  depth: z.number().int().min(0).max(4096),
  tags: z.array(z.string()),
  /** It says who may log in: told as loud as that, and known as one with all others of the kind. */
  keys: z.boolean().optional(),
});
export type WatchedDirectory = z.infer<typeof WatchedDirectory>;

/** Paths by how they begin, in either case (OSSEC: strncasecmp), or by OS_Match anywhere in them. */
export const PathPattern = z.strictObject({
  kind: z.enum(["prefix", "sregex"]),
  pattern: z.string(),
});
export type PathPattern = z.infer<typeof PathPattern>;

/** `<syscheck>`: which files are watched, and when. */
export const Syscheck = z.strictObject({
  disabled: z.boolean().default(false),
  directories: z.array(WatchedDirectory).default([]),
  /** Besides, the keys of accounts wherever /etc/passwd and sshd's settings have them. */
  accountKeys: z.boolean().default(false),
  ignore: z.array(PathPattern).default([]),
  nodiff: z.array(PathPattern).default([]),
  /** How often everything is looked at again. */
  frequencySeconds: z.number().int().min(1).default(21_600),
  /** Minutes since midnight. With a time or days, everything is looked at once on each such day instead. */
  scanTime: z.number().int().min(0).max(1439).optional(),
  /** 0 is Sunday. */
  scanDays: z.array(z.number().int().min(0).max(6)).optional(),
  scanOnStart: z.boolean().default(true),
  /** A file that changed three times is told of no more. OSSEC's default is yes, which hides what an attacker repeats. */
  autoIgnore: z.boolean().default(false),
  /** OSSEC's default is no: it would not tell of a new program. */
  alertNewFiles: z.boolean().default(true),
  /** A program and its arguments: shows what a file held before prelink or the like rewrote it. */
  prefilterCommand: z.array(z.string()).min(1).optional(),
  skipNfs: z.boolean().default(false),
  /** How fast it may go; 0 is as fast as possible. A file that is not read counts a tenth. */
  filesPerSecond: z.number().int().min(0).default(2000),
  megabytesPerSecond: z.number().int().min(0).default(50),
});
export type Syscheck = z.infer<typeof Syscheck>;
