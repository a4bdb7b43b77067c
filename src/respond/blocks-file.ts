import { constants } from "node:fs";
import { open } from "node:fs/promises";
import * as z from "zod";
import { Block, ResponseName } from "../core/block.ts";
import { reasonOf } from "../core/failure.ts";
import type { Log } from "../core/log.ts";
import { gather } from "./gather.ts";
import { readWith, writePrivately } from "./kept.ts";
import type { BlockChange } from "./response.ts";

/** One line of the file behind its first: a block that begins or goes on, or one that ends. */
const Line = z.union([
  z.strictObject({ add: Block }),
  z.strictObject({ delete: z.strictObject({ response: ResponseName, network: z.string() }) }),
]);
type Line = z.infer<typeof Line>;

/** What changes of a response are in the file. */
export function linesFor(response: ResponseName, changes: readonly BlockChange[]): Line[] {
  return changes.map((change) =>
    change.verb === "add"
      ? { add: change.block }
      : { delete: { response, network: change.network } },
  );
}

type Blocks = () => readonly Block[];

/** Where the live blocks outlast the process. */
export interface BlocksFile {
  /**
   * What was in force at last. Undefined when nothing is known: there is no file, or it cannot be read and is set aside
   * with an error.
   */
  load(): Promise<Block[] | undefined>;
  /**
   * Resolves when the lines would outlast this process. Never rejects. `all` says what is in force or about to be, for
   * the time when the whole file is written anew, which keeps it from growing.
   */
  append(lines: readonly Line[], all: Blocks): Promise<void>;
  /** Writes the whole file anew. Never rejects. */
  save(all: Blocks): Promise<void>;
}

const loss = "blocks of before are taken over from the kernel, without their rules";
const Head = z.strictObject({ version: z.literal(1), blocks: z.array(Block) });
const head = `${JSON.stringify({ version: 1, blocks: [] })}\n`;

/** A file that is no longer than this is not worth writing anew. */
const smallBytes = 64 * 1024;
/** Appended lines outlast the process at once, and a power failure after this time. */
const syncMilliseconds = 1000;

export function blocksFile(path: string, log: Log): BlocksFile {
  let savedBytes = 0;
  let appendedBytes = 0;
  let isSure = false;
  let isSyncDue = false;
  const append = async (text: string) => {
    appendedBytes += text.length;
    await appendTo(path, text);
    if (isSyncDue) return;
    isSyncDue = true;
    setTimeout(() => {
      isSyncDue = false;
      void syncFile(path);
    }, syncMilliseconds).unref();
  };
  const writeAnew = async (blocks: readonly Block[]) => {
    savedBytes = await writeWhole(path, blocks);
    appendedBytes = 0;
    isSure = true;
  };
  const write = async (text: string, all: Blocks) => {
    const isLong = appendedBytes + text.length > Math.max(smallBytes, savedBytes);
    if (isLong || !isSure) return await writeAnew(all());
    // It may have been taken away, or end in half a line now.
    await append(text).catch(() => writeAnew(all()));
  };
  const { ask } = gather<Task>(async (tasks) => {
    if (tasks.some(({ isWhole }) => isWhole)) isSure = false;
    const text = tasks.flatMap(({ lines }) => lines.map(lineOf)).join("");
    try {
      await write(text, tasks.at(-1)?.all ?? (() => []));
    } catch (error) {
      log.error(`cannot save the blocks in "${path}": ${reasonOf(error)}`);
      isSure = false;
    }
  });
  return {
    load: () => readWith(path, (text) => parse(text, path, log), loss, log),
    append: (lines, all) => ask({ lines, all, isWhole: false }),
    save: (all) => ask({ lines: [], all, isWhole: true }),
  };
}

interface Task {
  readonly lines: readonly Line[];
  readonly all: Blocks;
  readonly isWhole: boolean;
}

/** Throws when the first line is damaged; a later one is left out. The last may be half of one after a power failure. */
function parse(text: string, path: string, log: Log): Block[] {
  const [first = "", ...rows] = text.split("\n");
  const blocks = new Map<string, Block>();
  const keyOf = ({ response, network }: Pick<Block, "response" | "network">) =>
    `${response} ${network}`;
  for (const block of Head.parse(JSON.parse(first)).blocks) blocks.set(keyOf(block), block);
  rows.pop();
  let damaged = 0;
  for (const row of rows) {
    const line = parseLine(row);
    if (!line) damaged += 1;
    else if ("add" in line) blocks.set(keyOf(line.add), line.add);
    else blocks.delete(keyOf(line.delete));
  }
  if (damaged > 0) log.error(`"${path}": ${damaged} damaged lines are left out`);
  return [...blocks.values()];
}

function parseLine(row: string): Line | undefined {
  try {
    return Line.parse(JSON.parse(row));
  } catch {
    // The caller counts and tells them.
    return undefined;
  }
}

function lineOf(line: Line): string {
  return `${JSON.stringify(line)}\n`;
}

/** Returns how many characters it wrote. */
async function writeWhole(path: string, blocks: readonly Block[]): Promise<number> {
  let written = 0;
  const texts = function* () {
    yield head;
    // In pieces: 100,000 blocks in one text would take as much memory as all else together.
    for (let from = 0; from < blocks.length; from += 1000) {
      const piece = blocks.slice(from, from + 1000);
      const text = piece.map((add) => lineOf({ add })).join("");
      written += text.length;
      yield text;
    }
  };
  await writePrivately(path, texts());
  return written;
}

async function appendTo(path: string, text: string): Promise<void> {
  // Never created here: a file begins with its first line.
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND);
  try {
    await file.appendFile(text);
  } finally {
    await file.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r").catch(() => undefined);
  await file?.datasync().catch(() => undefined);
  await file?.close();
}
