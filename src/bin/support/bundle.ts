import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { Failure } from "../../core/failure.ts";
import type { Machine } from "../doctor/machine.ts";
import { type Piece, pieces } from "./pieces.ts";
import type { Redact } from "./redact.ts";

/** Of a log the end is enough. */
const mostCharacters = 256 << 10;
const settingsFolders = ["", "/rules", "/decoders", "/lists"];

/** Gathers all pieces and these pages, each redacted, and writes them to `target`, for its owner alone. Returns their names. */
export async function writeBundle(
  machine: Machine,
  redact: Redact,
  { target, pages }: { target: string; pages: ReadonlyMap<string, string> },
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "stockade-support-"));
  const names: string[] = [];
  const put = (name: string, text: string) => {
    const path = join(folder, "stockade-support", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, redact(text));
    names.push(name);
  };
  try {
    for (const [name, text] of pages) put(name, text);
    for (const piece of [...pieces, ...settingsIn(machine)])
      put(piece.name, await textOf(machine, piece));
    await pack(folder, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return names;
}

function settingsIn({ names, stat }: Machine): Piece[] {
  return settingsFolders
    .flatMap((inner) =>
      names(`/etc/stockade${inner}`).map((name) => `/etc/stockade${inner}/${name}`),
    )
    .filter((path) => stat(path)?.isFile() && /\.(?:conf|xml)$|\/lists\//.test(path))
    .map((path) => ({ name: `files${path}`, file: path }));
}

async function textOf(machine: Machine, piece: Piece): Promise<string> {
  if ("file" in piece)
    return endOf(
      machine.readEnd(piece.file, mostCharacters + 1) ?? "(not there, or no plain file)",
    );
  const [program, ...args] = piece.command;
  const ran = await machine.run(program, ...args);
  return endOf(ran.ok ? `${ran.output}\n` : `(${ran.reason})`);
}

/** Whole lines. */
function endOf(text: string): string {
  if (text.length <= mostCharacters) return text;
  return text.slice(text.indexOf("\n", text.length - mostCharacters) + 1);
}

async function pack(folder: string, target: string): Promise<void> {
  // Not over what is there already: a link there may be somebody else's.
  try {
    writeFileSync(target, "", { mode: 0o600, flag: "wx" });
  } catch (cause) {
    throw new Failure(`cannot write ${target}`, { hint: "name another file", exitCode: 73, cause });
  }
  const tar = await execa(
    "tar",
    ["--gzip", "--create", "--file", target, "-C", folder, "stockade-support"],
    { reject: false },
  );
  if (tar.failed) throw new Failure(`tar failed: ${tar.stderr.trim()}`, { exitCode: 73 });
}
