import type { Paths } from "../config/paths.ts";
import type { Settings } from "../config/settings.ts";
import type { Notice } from "../config/xml.ts";
import { signMistakes } from "../integrity/rootcheck/signs.ts";
import { type Configuration, loadConfiguration } from "./judge.ts";

/** As `loadConfiguration`, with notices of the files of signs: those the integrity process reads, never the daemon. */
export function loadWithSigns(paths: Paths): Configuration {
  const configuration = loadConfiguration(paths);
  const notices = [...configuration.notices, ...signNotices(configuration.settings)];
  return { ...configuration, notices };
}

/** A notice for each file of signs that cannot be read and each line in one that says nothing, at the option that names the file. */
function signNotices({
  rootcheck,
  signFiles,
}: Pick<Settings, "rootcheck" | "signFiles">): Notice[] {
  if (rootcheck.disabled) return [];
  return signFiles.flatMap((signFile) => {
    const { option, at } = signFile;
    const colon = at.lastIndexOf(":");
    const place = { file: at.slice(0, colon), line: Number(at.slice(colon + 1)) };
    return signMistakes(signFile).map((one) => ({ ...place, message: `<${option}> ${one}` }));
  });
}
