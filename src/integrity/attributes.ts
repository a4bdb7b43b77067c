import type { BytePath } from "./entry.ts";
import { below } from "./name.ts";
import type { Run } from "./run.ts";

export type Attributes = Readonly<Record<string, string>>;

/**
 * Extended attributes by path, empty for a file without; or why they cannot be read. `problem`: why those of some files, which have too
 * many, are not among them.
 */
export type Read =
  | { readonly ok: true; readonly of: Map<BytePath, Attributes>; readonly problem?: string }
  | { readonly ok: false; readonly reason: string };

/** Of Debian's package attr. Node has no call for it. */
const getfattr = "/usr/bin/getfattr";
/** Hands it names of any bytes, as many as fit; Node's own arguments are UTF-8, which names need not be. */
const xargs = "/usr/bin/xargs";

/** Reads ACLs, capabilities and all other extended attributes of these files, not of what links point to. */
export async function readAttributes(
  run: Run,
  root: string,
  paths: readonly BytePath[],
): Promise<Read> {
  const names = paths.map((path) => `${below(root, path)}\0`).join("");
  const ran = await run(xargs, ["-0r", getfattr, ...options], Buffer.from(names, "latin1"));
  if (!ran.ok && ran.isTooLong && paths.length > 1) return await readHalves(run, root, paths);
  if (!ran.ok) return ran;
  const of = new Map<BytePath, Attributes>(paths.map((path) => [path, {}]));
  const start = root === "/" ? 0 : below(root, "").length;
  for (const [path, attributes] of parseAttributes(ran.output))
    of.set(path.slice(start), attributes);
  return { ok: true, of };
}

/** Whoever gives his file very many takes no other file's along. */
async function readHalves(run: Run, root: string, paths: readonly BytePath[]): Promise<Read> {
  const middle = paths.length >> 1;
  const one = await readAttributes(run, root, paths.slice(0, middle));
  const other = await readAttributes(run, root, paths.slice(middle));
  const of = new Map([one, other].flatMap((half) => (half.ok ? [...half.of] : [])));
  const problem = problemOf(one) ?? problemOf(other);
  return { ok: true, of, ...(problem !== undefined && { problem }) };
}

function problemOf(read: Read): string | undefined {
  return read.ok ? read.problem : read.reason;
}

const options = [
  "--no-dereference",
  "--dump",
  "--match=-",
  "--encoding=hex",
  "--absolute-names",
  "--",
];

/** getfattr(1) writes "# file: NAME", a line NAME=VALUE for each attribute, and an empty line. */
export function* parseAttributes(output: string): Generator<[BytePath, Attributes]> {
  for (const block of output.split("\n\n")) {
    const [head = "", ...lines] = block.split("\n");
    if (!head.startsWith("# file: ")) continue;
    const attributes: Record<string, string> = {};
    for (const line of lines) {
      const end = line.indexOf("=");
      if (end > 0)
        attributes[unescaped(line.slice(0, end))] = line.slice(end + 1).replace(/^0x/, "");
    }
    yield [unescaped(head.slice("# file: ".length)), attributes];
  }
}

/** A backslash, a newline and the like stand as three octal digits. */
function unescaped(name: string): BytePath {
  return name.replace(/\\([0-3][0-7]{2})/g, (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
