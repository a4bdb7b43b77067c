import * as z from "zod";
import { maxBlockSeconds, ResponseName } from "../core/block.ts";
import { CommandName, ExecutableName, Expected } from "../core/order.ts";
import { verdictClasses } from "../core/verdict.ts";
import { LocalFile } from "./local-file.ts";
import { Rootcheck, SignFile } from "./rootcheck-settings.ts";
import { Syscheck } from "./syscheck-settings.ts";

const Level = z.number().int().min(0).max(16);

/** `<global>`: who is told, and who is never blocked. Defaults are the ones of the shipped settings file. */
const Global = z.strictObject({
  /** Whether rules are read and counted as OSSEC does it, oddities included. */
  ossecCompatible: z.boolean().default(false),
  /** How many events OSSEC's way of counting looks back on. */
  memorySize: z.number().int().min(2048).default(8192),
  /** Whether alerts.json is written besides alerts.log. OSSEC's default is no. */
  jsonOutput: z.boolean().default(true),
  emailNotification: z.boolean().default(true),
  emailTo: z.array(z.string()).default(["root@localhost"]),
  emailFrom: z.string().default("stockade@localhost"),
  smtpServer: z.string().default("localhost"),
  emailMaxPerHour: z.number().int().min(1).max(9999).default(6),
  /** Addresses, networks and names that are never blocked. */
  whiteList: z.array(z.string()).default([]),
  /** Networks that are ours besides this machine's own addresses. */
  homeNets: z.array(z.string()).default([]),
  /** Files of Suricata's signatures, or folders of them, in place of the usual one. */
  signatures: z.array(z.string()).default([]),
});

/** One entry of `<rules>`, by its element's name; see `ruleFiles`. */
const RuleSource = z.strictObject({
  kind: z.enum(["include", "rule", "rule_dir", "decoder", "decoder_dir", "list"]),
  path: z.string().min(1),
  /** Which files of a folder are meant: OS_Regex on "path/name". */
  pattern: z.string().optional(),
  /** Where it stands: "file:line". */
  at: z.string(),
});
export type RuleSource = z.infer<typeof RuleSource>;

/** When an alert leads to a response. Level, rules and groups are alternatives, as OSSEC has it. */
const When = z.strictObject({
  /** OSSEC lets a response wait for a level that no rule has. */
  level: z.number().int().min(0).max(20).optional(),
  ruleIds: z.array(z.number().int()).default([]),
  ruleGroups: z.array(z.string()).default([]),
  /** OSSEC's way instead: OS_Regex on the text of a rule's groups. */
  groupPattern: z.string().optional(),
  /** What it would do is only told. */
  observe: z.literal(true).optional(),
});

/** `<active-response>` with a block. */
const ActiveResponse = When.extend({
  response: ResponseName,
  seconds: z.number().int().min(1).max(maxBlockSeconds),
  /** Which verdicts may lead to it. */
  verdicts: z.array(z.enum(verdictClasses)).default(["attacked-by"]),
});

/** `<active-response>` with another command. */
const CustomResponse = When.extend({
  command: CommandName,
  expect: z.array(Expected),
  /** 0: it is run for each alert and never undone. */
  seconds: z.number().int().min(0).max(maxBlockSeconds),
  /** Which verdicts may lead to it; where it is not said, see `ordersFor`. */
  verdicts: z.array(z.enum(verdictClasses)).optional(),
});

/** A `<command>` that is no block: an executable of the admin's, or `disable-account`. */
const Command = z.strictObject({
  name: CommandName,
  executable: ExecutableName,
  expect: z.array(Expected),
  /** Whether it can be undone: OSSEC's `timeout_allowed`. */
  mayEnd: z.boolean(),
});
export type Command = z.infer<typeof Command>;

/** What holds for all active responses. */
const Blocking = z.strictObject({
  /** Nobody is blocked; who would have been is told. */
  observe: z.boolean().default(false),
  /** The same for some rules alone. */
  observeRules: z.array(z.number().int()).default([]),
  /** How the blocks of a source that comes back grow: they do not, unless something is said. */
  minutes: z.array(z.number().int()).default([]),
  multiplier: z.number().int().default(1),
  maximumSeconds: z.number().int().default(604_800),
  forgivenSeconds: z.number().int().default(86_400),
});

const perTime = (minute: number, hour: number) => {
  const limit = z.number().int().min(1).max(60_000);
  return z.strictObject({ minute: limit.default(minute), hour: limit.default(hour) }).prefault({});
};

/** `<circuit_breaker>`: how many sources may be blocked before what asks for it only observes. */
const Breaker = z.strictObject({
  all: perTime(600, 1500),
  rule: perTime(400, 800),
  network: perTime(60, 120),
});

export const Settings = z.strictObject({
  global: Global.prefault({}),
  alerts: z
    .strictObject({
      logLevel: Level.default(1),
      emailLevel: Level.default(9),
      /** These are mailed whatever their level. */
      emailRules: z.array(z.number().int()).default([]),
    })
    .prefault({}),
  rules: z.array(RuleSource).default([]),
  localFiles: z.array(LocalFile).default([]),
  activeResponses: z.array(ActiveResponse).default([]),
  customResponses: z.array(CustomResponse).default([]),
  /** The commands that they name, each with its place: "file:line". */
  commands: z.array(Command.extend({ at: z.string() })).default([]),
  blocking: Blocking.prefault({}),
  breaker: Breaker.prefault({}),
  syscheck: Syscheck.prefault({}),
  rootcheck: Rootcheck.prefault({}),
  signFiles: z.array(SignFile).default([]),
});
export type Settings = z.infer<typeof Settings>;

/** All the responder is told of the settings; root writes it, see `Paths.respondSettings`. */
export const RespondSettings = z.strictObject({
  whiteList: z.array(z.string()),
  /** What the executor may run, and with which arguments. */
  commands: z.array(Command).default([]),
});
export type RespondSettings = z.infer<typeof RespondSettings>;
