import { isUtf8 } from "node:buffer";
import type { BytePath } from "./entry.ts";
import { below } from "./name.ts";
import type { Run } from "./run.ts";

export type Attributes = Readonly<Record<string, string>>;

/** Extended attributes by path, empty for a file without; or why they cannot be read. */
export type Read =
  | { readonly ok: true; readonly of: Map<BytePath, Attributes> }
  | { readonly ok: false; readonly reason: string };

/** Of Debian's package attr. Node has no call for it. */
const getfattr = "/usr/bin/getfattr";

/** The kernel takes no more in one command (execve(2): a quarter of the stack limit, 2 MiB). */
const mostBytes = 512 * 1024;

/**
 * Reads ACLs, capabilities and all other extended attributes of these files, not of what links point to. A name that is
 * no UTF-8 cannot be handed over by Node and is left out.
 */
export async function readAttributes(
  run: Run,
  root: string,
  paths: readonly BytePath[],
): Promise<Read> {
  const of = new Map<BytePath, Attributes>();
  for (const chunk of chunksOf(paths.filter((path) => isUtf8(Buffer.from(path, "latin1"))))) {
    const names = chunk.map((path) => Buffer.from(below(root, path), "latin1").toString("utf8"));
    const ran = await run(getfattr, [...options, ...names]);
    if (!ran.ok) return ran;
    for (const path of chunk) of.set(path, {});
    const start = root === "/" ? 0 : below(root, "").length;
    for (const [path, attributes] of parseAttributes(ran.output))
      of.set(path.slice(start), attributes);
  }
  return { ok: true, of };
}

const options = [
  "--no-dereference",
  "--dump",
  "--match=-",
  "--encoding=hex",
  "--absolute-names",
  "--",
];

function* chunksOf(paths: readonly BytePath[]): Generator<BytePath[]> {
  let chunk: BytePath[] = [];
  let bytes = 0;
  for (const path of paths) {
    if (bytes + path.length > mostBytes) {
      yield chunk;
      [chunk, bytes] = [[], 0];
    }
    chunk.push(path);
    // A name, its end, and the pointer to it; below a root it is longer.
    bytes += path.length + 64;
  }
  if (chunk.length > 0) yield chunk;
}

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
