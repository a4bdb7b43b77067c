import { printable } from "../../../core/printable.ts";
import { span } from "../../commands/table.ts";
import { type Check, ok, unknown, wrong } from "../finding.ts";

const oldMilliseconds = 3 * 86_400_000;
const update = "/usr/lib/stockade/update-rules";

/** How old Suricata's rules are, and whether the last update failed. */
export const rules: Check = ({ read, now, isRoot, stat }) => {
  const said = read("/var/lib/stockade/suricata/rules-status");
  const file = stat("/var/lib/suricata/rules/suricata.rules");
  if (!file) return [wrong("Suricata has no rules", update)];
  if (said === undefined) {
    return isRoot
      ? [wrong("nobody knows when Suricata's rules were fetched", update)]
      : [unknown("only root may see when Suricata's rules were fetched", "put sudo before it")];
  }
  const word = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(said)?.[1] ?? "";
  const age = now - Number(word("updated")) * 1000;
  const what = `${word("rules")} rules of ${span(age)} ago (${printable(word("source"))})`;
  const problem = printable(word("problem"));
  if (problem !== "") return [wrong(`${what}; the last update failed: ${problem}`, update)];
  return [age > oldMilliseconds ? wrong(`${what}: they are old`, update) : ok(what)];
};
