import { type Dirent, readdirSync } from "node:fs";
import type { BytePath } from "../../entry.ts";
import { below, nameShown } from "../../name.ts";
import { type Check, type Sign, tried } from "../check.ts";
import { ignoredBy } from "../ignored.ts";

/** Where programs keep plain files by design, relative to /dev. W33: OSSEC leaves out all of shm. */
const usual = [
  /^shm\/(?:sem\.|squid-|PostgreSQL\.|lttng-|org\.chromium\.)/,
  /^\.udev\b/,
  /^mqueue\//,
  /^hugepages\//,
];
const mostTold = 20;

/** Plain files in /dev, where nobody looks, but for what the admin leaves out; in /dev/shm they may be any program's. */
export const devices: Check = async ({ root, settings }) => {
  const isIgnored = ignoredBy(settings);
  if (isIgnored("/dev")) return [];
  const found: BytePath[] = [];
  for (const name of filesBelow(below(root, "/dev"), "", isIgnored)) {
    if (!usual.some((one) => one.test(name))) found.push(name);
    if (found.length >= mostTold) break;
  }
  return found.map((name): Sign => {
    const file = nameShown(`/dev/${name}`);
    const text = `File '${file}' present on /dev. Possible hidden file.`;
    const kind = name.startsWith("shm/") ? "notice" : "hidden";
    return { key: `device ${name}`, text, kind, file };
  });
};

/** The plain files in a folder and below, relative to it, and none of what is ignored. */
function* filesBelow(
  folder: BytePath,
  relative: BytePath,
  isIgnored: (path: BytePath) => boolean,
): Generator<BytePath> {
  for (const entry of entriesOf(folder)) {
    const name = relative === "" ? entry.name : `${relative}/${entry.name}`;
    if (isIgnored(`/dev/${name}`)) continue;
    if (entry.isFile()) yield name;
    else if (entry.isDirectory()) yield* filesBelow(`${folder}/${entry.name}`, name, isIgnored);
  }
}

function entriesOf(folder: BytePath): Dirent[] {
  const bytes = Buffer.from(folder, "latin1");
  return tried(() => readdirSync(bytes, { withFileTypes: true, encoding: "latin1" }), []);
}
