import * as z from "zod";
import type { Rule } from "../../analyse/rules/tree.ts";
import { Failure } from "../../core/failure.ts";
import { printable } from "../../core/printable.ts";
import { contextOf } from "./command.ts";
import { judgingBy } from "./judging.ts";
import { table } from "./table.ts";

const Options = z.object({
  group: z.string().optional(),
  level: z
    .string()
    .regex(/^\d{1,2}$/)
    .optional(),
  file: z.string().optional(),
});
type Options = z.infer<typeof Options>;

/** `stockade rules list`: the rules in force, in the order of their ids. */
export function listRules(given: unknown): void {
  const context = contextOf(given);
  const options = Options.safeParse(given);
  if (!options.success) {
    throw new Failure("the level is no number", { hint: "levels are 0 to 16", exitCode: 64 });
  }
  const { tree } = judgingBy(context.paths).rules;
  const rules = [...tree.rules.values()]
    .filter((rule) => isWanted(rule, options.data))
    .sort((a, b) => a.spec.id - b.spec.id);
  if (context.json) context.say(JSON.stringify(rules.map(briefly)));
  else for (const line of table([head, ...rules.map(row)])) context.say(line);
}

/** What is said of a rule where many are. */
export function briefly({ spec, level }: Rule) {
  const { id, groups, description, file, element } = spec;
  return { id, level, groups, description, file, line: element.line };
}

function isWanted({ spec, level }: Rule, options: Options): boolean {
  const { group, file } = options;
  if (group !== undefined && !spec.groups.includes(group)) return false;
  if (file !== undefined && !spec.file.endsWith(file)) return false;
  return options.level === undefined || level >= Number(options.level);
}

const head = ["rule", "level", "description", "groups", "where"];

function row({ spec, level }: Rule): string[] {
  const { id, groups, description, file, element } = spec;
  return [
    `${id}`,
    `${level}`,
    printable(description),
    printable(groups.join(",")),
    printable(`${file}:${element.line}`),
  ];
}
