import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { placesBelow } from "../../src/bin/place.ts";
import { loadWithSigns } from "../../src/bin/sign-notices.ts";
import { openScratch } from "../cli/scratch.ts";

const scratch = openScratch();
const paths = placesBelow(scratch.root);
const folder = join(scratch.root, "signs");
mkdirSync(folder);

/** Writes the settings, and returns what `config check` tells of these options of <rootcheck>. */
function told(...options: string[]): string[] {
  const lines = ["<ossec_config>", "<rootcheck>", ...options, "</rootcheck>", "</ossec_config>"];
  writeFileSync(paths.settings, `${lines.join("\n")}\n`);
  const { notices } = loadWithSigns(paths);
  return notices
    .filter(({ message }) => !message.startsWith("no <"))
    .map(({ file, line, message }) => `${file}:${line}: ${message}`);
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

test("a file of signs that is not there is told, with the option that names it", () => {
  const option = "<system_audit>/none/audit.txt</system_audit>";
  expect(told(option)).toEqual([
    `${paths.settings}:3: <system_audit> cannot find /none/audit.txt: nothing in it is looked for`,
  ]);
  expect(told(option, "<disabled>yes</disabled>")).toEqual([]);
});

test("a line that says nothing is told, with what is there and what was expected", () => {
  const files = file("files", "# c\nbin/.x ! A door\nbroken\n*/sub/x ! Deep\n*/x ! Anywhere\n");
  const trojans = file("trojans", "ls !bash!\nps \x1b[2J\n");
  const audit = file("audit", "[A] [any] []\nf:/etc/x;\nx:/etc/y;\n");
  const options = [
    `<rootkit_files>${files}</rootkit_files>`,
    `<rootkit_trojans>${trojans}</rootkit_trojans>`,
    `<system_audit>${audit}</system_audit>`,
  ];
  expect(told(...options)).toEqual([
    `${paths.settings}:3: <rootkit_files> ${files}:3: expected PATH ! NAME ::LINK, found "broken"`,
    `${paths.settings}:3: <rootkit_files> ${files}:4: expected */NAME, a name alone behind it: this matches no file, found "*/sub/x ! Deep"`,
    `${paths.settings}:4: <rootkit_trojans> ${trojans}:2: expected PROGRAM !PATTERN!DESCRIPTION, found "ps \\x1b[2J"`,
    `${paths.settings}:5: <system_audit> ${audit}:3: expected f:, d: or p:, and a path, found "x:/etc/y;"`,
  ]);
});

test("of very many the first five, and how many more; long lines are cut", () => {
  const files = file("many", `${"x".repeat(500)}\n`.repeat(9));
  const notices = told(`<rootkit_files>${files}</rootkit_files>`);
  expect(notices).toHaveLength(6);
  expect(notices[0]?.length).toBeLessThan(400);
  expect(notices[5]).toMatch(/: 4 more lines cannot be read$/);
});
