import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { loadSettings, readText } from "../../config/load.ts";
import { parseXml } from "../../config/xml.ts";
import { Failure } from "../../core/failure.ts";
import type { Candidate } from "./candidate.ts";
import { type Item, type Plan, taken } from "./item.ts";
import { type OssecFile, type OssecFiles, ossecFiles, takeFiles } from "./ossec-files.ts";
import { takeSettings } from "./ossec-settings.ts";

/**
 * Plans the import of an OSSEC installation in `folder` (usually /var/ossec): its settings, the admin's own rules, decoders and
 * lists; with `ruleset` all its rules and decoders, judged as OSSEC does. Throws a `Failure` where there is none, or where it
 * cannot be read.
 */
export function planOssec(folder: string, ruleset: boolean, candidate: Candidate): Plan {
  const file = join(folder, "etc/ossec.conf");
  if (!existsSync(file)) {
    const hint = "name the folder of the installation: stockade import ossec /var/ossec";
    throw new Failure(`there is no ${file}`, { hint, exitCode: 66 });
  }
  const roots = parseXml(readText(file), file);
  const all = roots.flatMap((root) => (root.name === "ossec_config" ? root.children : [root]));
  const { settings } = loadSettings(candidate.paths.settings);
  const found = ossecFiles(all, folder);
  const { items, sections } = takeSettings(all, file, settings);
  if (ruleset) {
    const whole = wholeRuleset(found);
    return {
      items: [...items, ...whole.items],
      settings: [...sections, ...whole.settings],
      files: whole.files,
    };
  }
  const own = takeFiles(found, settings, candidate);
  return { items: [...items, ...own.items], settings: sections, files: own.files };
}

/** Everything OSSEC judges by, in its order, in a folder of its own. */
function wholeRuleset({ rules, decoders, lists }: OssecFiles): Plan {
  const files = new Map<string, string>();
  const items: Item[] = [];
  const entries: string[] = [];
  const take = (kind: string, target: string, { name, path }: OssecFile) => {
    files.set(target, readText(path));
    items.push(taken(name, path));
    entries.push(`    <${kind}>${target}</${kind}>`);
  };
  for (const file of decoders) take("decoder", `ossec/${basename(file.name)}`, file);
  for (const file of lists) take("list", file.name.replace(/^etc\//, ""), file);
  for (const file of rules) take("include", `ossec/rules/${basename(file.name)}`, file);
  if (rules.length === 0) throw new Failure("its settings name no rules", { exitCode: 65 });
  const global = "  <global><ossec_compatible>yes</ossec_compatible></global>";
  return { items, files, settings: [global, "  <rules>", ...entries, "  </rules>"] };
}
