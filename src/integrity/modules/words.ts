import type { Finding } from "../../core/finding.ts";
import type { BytePath } from "../entry.ts";
import { nameShown } from "../name.ts";
import type { LoadedModule } from "./modules.ts";

const mostNamed = 20;

/**
 * What is told of modules that were loaded: those of packages in one finding, the others one each. What a package has is no news
 * at a start.
 */
export function moduleFindings(
  loaded: readonly LoadedModule[],
  owners: ReadonlyMap<BytePath, string>,
  at: number,
): Finding[] {
  const ownerOf = (one: LoadedModule) => ownedBy(one, owners);
  const strange = loaded.filter((one) => ownerOf(one) === undefined);
  const usual = loaded.filter((one) => ownerOf(one) !== undefined && !one.isOfBoot);
  const rest = strange.length - mostNamed;
  return [
    ...strange.slice(0, mostNamed).map((one) => strangeFinding(one, at)),
    ...(rest > 0
      ? [finding(`${rest} more kernel modules of no package loaded`, "unowned", at)]
      : []),
    ...(usual.length > 0 ? [finding(usualText(usual, ownerOf), "packaged", at)] : []),
  ];
}

/** A package's module is from the kernel's own source: one that says otherwise has only its name. */
export function ownedBy(
  { path, isForeign }: LoadedModule,
  owners: ReadonlyMap<BytePath, string>,
): string | undefined {
  if (path === undefined || (isForeign && path.includes("/kernel/"))) return undefined;
  return owners.get(path);
}

function usualText(
  usual: readonly LoadedModule[],
  ownerOf: (one: LoadedModule) => string | undefined,
): string {
  const names = usual.slice(0, mostNamed).map((one) => `${nameShown(one.name)} (${ownerOf(one)})`);
  const rest = usual.length - names.length;
  const many = usual.length === 1 ? "module" : "modules";
  return `kernel ${many} loaded: ${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function strangeFinding(one: LoadedModule, at: number): Finding {
  const { path, isForeign, isOfBoot } = one;
  const from = path === undefined ? "no file of it among this kernel's modules" : nameShown(path);
  const foreign = isForeign ? ", not from the kernel's own source" : "";
  const when = isOfBoot ? " at the start of the system" : "";
  const text = `kernel module loaded${when}: ${nameShown(one.name)} (no package), ${from}${foreign}`;
  return finding(text, "unowned", at, one);
}

function finding(text: string, status: string, at: number, one?: LoadedModule): Finding {
  const named = one ? { extra_data: nameShown(one.name) } : {};
  const file = one?.path === undefined ? {} : { filename: nameShown(one.path) };
  return {
    at,
    decoder: "kernel_module",
    location: "modules",
    text,
    fields: { action: "loaded", status, ...named, ...file },
  };
}
