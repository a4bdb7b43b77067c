import { z } from "zod";
import { maxBlockSeconds, ResponseName } from "../core/block.ts";

const Level = z.number().int().min(0).max(16);

/** `<global>`: who is told, and who is never blocked. Defaults are the ones of the shipped settings file. */
const Global = z.strictObject({
  emailNotification: z.boolean().default(true),
  emailTo: z.array(z.string()).default(["root@localhost"]),
  emailFrom: z.string().default("stockade@localhost"),
  smtpServer: z.string().default("localhost"),
  emailMaxPerHour: z.number().int().min(1).max(9999).default(6),
  /** Addresses, networks and names that are never blocked. */
  whiteList: z.array(z.string()).default([]),
});

const LocalFile = z.strictObject({
  location: z.string().min(1),
  logFormat: z.enum(["syslog", "snort-fast", "journald"]),
});
export type LocalFile = z.infer<typeof LocalFile>;

/** `<active-response>`: when an alert leads to a block. The three conditions are alternatives, as OSSEC has it. */
const ActiveResponse = z.strictObject({
  response: ResponseName,
  level: Level.optional(),
  ruleIds: z.array(z.number().int()).default([]),
  ruleGroups: z.array(z.string()).default([]),
  seconds: z.number().int().min(1).max(maxBlockSeconds),
});

export const Settings = z.strictObject({
  global: Global.prefault({}),
  alerts: z.strictObject({ logLevel: Level.default(1), emailLevel: Level.default(9) }).prefault({}),
  localFiles: z.array(LocalFile).default([]),
  activeResponses: z.array(ActiveResponse).default([]),
});
export type Settings = z.infer<typeof Settings>;

/** All the responder is told of the settings; root writes it, see `Paths.respondSettings`. */
export const RespondSettings = z.strictObject({ whiteList: z.array(z.string()) });
export type RespondSettings = z.infer<typeof RespondSettings>;
