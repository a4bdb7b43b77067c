import type { Finding } from "../../core/finding.ts";
import { nameShown } from "../name.ts";
import { verdictWords } from "../words/verdicts.ts";
import type { Crowd } from "./crowd.ts";

const deeds: Readonly<Record<string, string>> = {
  syscheck_new_entry: "added",
  syscheck_deleted: "deleted",
};

/** What a crowd has done since it was told last, as the finding of one of them would be: its rule is the same. */
export function crowdFinding(crowd: Crowd, at: number): Finding {
  const { kind, folder, all, untold, programs, others } = crowd;
  const { decoder, verdict, tags } = kind;
  const action = deeds[decoder] ?? "modified";
  const files = untold === 1 ? "file" : "files";
  const more = all > untold ? "more " : "";
  const inAll = all > untold ? `, ${all} in all` : "";
  const left = untold - programs.length - others.length;
  const lines = [
    `${untold} ${more}${files} ${action} below '${nameShown(folder)}/'${inAll}`,
    `Verdict: ${verdictWords[verdict]}`,
    ...(tags === "" ? [] : [`Tags: ${tags}`]),
    ...programs.map((name) => ` ${name} (may be run)`),
    ...others.map((name) => ` ${name}`),
    ...(left > 0 ? [`… and ${left} more: ${whereAll(folder)}`] : []),
  ];
  return {
    at,
    decoder,
    location: "syscheck",
    text: lines.join("\n"),
    fields: {
      filename: `${nameShown(folder)}/`,
      status: verdict,
      action,
      id: String(untold),
      ...(tags !== "" && { tags }),
    },
  };
}

/** Whoever names a folder must not write commands for whoever copies this. */
function whereAll(folder: string): string {
  const isPlain = /^[\w/.+@-]+$/.test(folder);
  return `stockade integrity history ${isPlain ? folder : "--since 12h"}`;
}
