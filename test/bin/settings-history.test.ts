import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { settingsHistory } from "../../src/bin/settings-history.ts";
import { pathsBelow } from "../../src/config/paths.ts";

const soon = () => Date.now() + 300_000;
const armed = async () => {};

let root: string;
const mounts: string[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stockade-history-"));
  mkdirSync(at("etc/stockade/rules"), { recursive: true });
  mkdirSync(at("var/lib/stockade/settings"), { recursive: true });
  write("stockade.conf", "old\n");
  write("rules/a.xml", "old\n");
});
afterEach(() => {
  for (const mount of mounts.splice(0)) execFileSync("umount", [mount]);
  rmSync(root, { recursive: true });
});

const at = (name: string) => join(root, name);
const kept = (name: string) => at(join("var/lib/stockade/settings", name));
const write = (name: string, text: string) => writeFileSync(at(join("etc/stockade", name)), text);
const read = (name: string) => readFileSync(at(join("etc/stockade", name)), "utf8");
const history = () => settingsHistory(pathsBelow(root, root));

/** Settings of before that are kept, and others of which `change` makes what waits. */
async function changed(change: () => void): Promise<void> {
  await history().keep();
  change();
  await history().begin(soon(), armed);
}

async function back(): Promise<string> {
  const where = await history().restore();
  history().returned();
  history().finish();
  return where;
}

/** A small disk of its own. */
function mount(name: string): void {
  mkdirSync(at(name), { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=96k", "tmpfs", at(name)]);
  mounts.push(at(name));
}

function fill(name: string): void {
  expect(() => writeFileSync(at(join(name, "fill")), Buffer.alloc(1 << 20))).toThrow("ENOSPC");
}

test("files, modes and links come back, and nothing else stays", async () => {
  symlinkSync("a.xml", at("etc/stockade/rules/b.xml"));
  chmodSync(at("etc/stockade/rules/a.xml"), 0o640);
  await changed(() => {
    write("stockade.conf", "NEW\n");
    write("rules/more.xml", "NEW\n");
    chmodSync(at("etc/stockade/rules/a.xml"), 0o600);
    rmSync(at("etc/stockade/rules/b.xml"));
  });
  expect(await back()).toBe(kept("unconfirmed"));
  expect(read("stockade.conf")).toBe("old\n");
  expect(readdirSync(at("etc/stockade/rules")).sort()).toEqual(["a.xml", "b.xml"]);
  expect(lstatSync(at("etc/stockade/rules/b.xml")).isSymbolicLink()).toBe(true);
  expect(statSync(at("etc/stockade/rules/a.xml")).mode & 0o777).toBe(0o640);
  expect(readdirSync(at("etc/stockade")).sort()).toEqual(["rules", "stockade.conf"]);
  expect(readFileSync(kept("unconfirmed/rules/more.xml"), "utf8")).toBe("NEW\n");
  expect(history().waiting()).toBeUndefined();
});

describe("what is another kind of thing by then comes back all the same", () => {
  test("a folder that is a link now", async () => {
    mkdirSync(at("srv/rules"), { recursive: true });
    writeFileSync(at("srv/rules/a.xml"), "NEW\n");
    await changed(() => {
      rmSync(at("etc/stockade/rules"), { recursive: true });
      symlinkSync(at("srv/rules"), at("etc/stockade/rules"));
    });
    await back();
    expect(lstatSync(at("etc/stockade/rules")).isDirectory()).toBe(true);
    expect(read("rules/a.xml")).toBe("old\n");
    expect(readFileSync(at("srv/rules/a.xml"), "utf8")).toBe("NEW\n");
  });

  test("a file that is a folder now, and a folder that is a file", async () => {
    write("lists", "one file\n");
    await changed(() => {
      rmSync(at("etc/stockade/lists"));
      mkdirSync(at("etc/stockade/lists/deep"), { recursive: true });
      rmSync(at("etc/stockade/rules"), { recursive: true });
      write("rules", "NEW\n");
    });
    await back();
    expect(read("lists")).toBe("one file\n");
    expect(read("rules/a.xml")).toBe("old\n");
  });
});

test("settings behind a link come back behind it", async () => {
  mkdirSync(at("srv"));
  renameSync(at("etc/stockade"), at("srv/stockade"));
  chmodSync(at("srv/stockade"), 0o750);
  symlinkSync(at("srv/stockade"), at("etc/stockade"));
  await changed(() => write("stockade.conf", "NEW\n"));
  await back();
  expect(lstatSync(at("etc/stockade")).isSymbolicLink()).toBe(true);
  expect(readFileSync(at("srv/stockade/stockade.conf"), "utf8")).toBe("old\n");
  expect(statSync(at("srv/stockade")).mode & 0o777).toBe(0o750);
});

test("the admin's own version control is left alone", async () => {
  mkdirSync(at("etc/stockade/.git"));
  write(".git/HEAD", "one\n");
  await changed(() => {
    write("stockade.conf", "NEW\n");
    write(".git/HEAD", "two\n");
  });
  await back();
  expect(read(".git/HEAD")).toBe("two\n");
  expect(existsSync(kept("in-force/.git"))).toBe(false);
  expect(existsSync(kept("unconfirmed/.git"))).toBe(false);
});

describe("a full disk", () => {
  test("of the copies: the settings come back, and what was in force is kept", async () => {
    mount("var/lib/stockade");
    mkdirSync(kept(""));
    await changed(() => write("stockade.conf", "NEW\n"));
    fill("var/lib/stockade");
    write("rules/a.xml", "N".repeat(9000));
    await back();
    expect(read("stockade.conf")).toBe("old\n");
    expect(read("rules/a.xml")).toBe("old\n");
    expect(readFileSync(kept("unconfirmed/stockade.conf"), "utf8")).toBe("NEW\n");
    expect(history().isReturned() || history().isOver(Date.now())).toBe(false);
  });

  test("of the settings: nothing is cut short, and with room again they come back", async () => {
    rmSync(at("etc/stockade"), { recursive: true });
    mount("etc");
    mkdirSync(at("etc/stockade"));
    write("stockade.conf", "o".repeat(9000));
    await changed(() => write("stockade.conf", "N".repeat(100)));
    fill("etc");
    await expect(history().restore()).rejects.toThrow("No space left");
    expect(read("stockade.conf")).toBe("N".repeat(100));
    expect(readdirSync(at("etc/stockade"))).toEqual(["stockade.conf"]);
    expect(history().isOver(Date.now())).toBe(true);

    rmSync(at("etc/fill"));
    write("stockade.conf", "half\n");
    await back();
    expect(read("stockade.conf")).toBe("o".repeat(9000));
    expect(readFileSync(kept("unconfirmed/stockade.conf"), "utf8")).toBe("N".repeat(100));
  });
});

describe("killed", () => {
  test("before the note was written: nothing waits", async () => {
    await history().keep();
    const killed = () => Promise.reject(new Error("killed"));
    await expect(history().begin(soon(), killed)).rejects.toThrow("killed");
    expect(history().waiting()).toBeUndefined();
    expect(history().isOver(soon() + 1)).toBe(false);
  });

  test("while it comes back: it is over, is not confirmed any more, and goes on", async () => {
    await changed(() => write("stockade.conf", "NEW\n"));
    renameSync(kept("waiting.json"), kept("returning.json"));
    expect(history().isReturning()).toBe(true);
    expect(history().waiting()).toBeUndefined();
    expect(history().isOver(Date.now())).toBe(true);
    await history().restore();
    history().returned();
    expect(history().isOver(Date.now())).toBe(false);
    expect(history().isReturned()).toBe(true);
    history().finish();
    expect(history().isReturned()).toBe(false);
  });

  test("while it is confirmed: one of the two is still there to come back to", async () => {
    await changed(() => write("stockade.conf", "NEW\n"));
    renameSync(kept("in-force"), kept("in-force.old"));
    await history().restore();
    expect(read("stockade.conf")).toBe("old\n");
  });

  test("after it was confirmed but for the note: what was confirmed stays", async () => {
    await changed(() => write("stockade.conf", "NEW\n"));
    const note = readFileSync(kept("waiting.json"));
    history().confirm();
    expect(history().waiting()).toBeUndefined();
    writeFileSync(kept("waiting.json"), note);
    await back();
    expect(read("stockade.conf")).toBe("NEW\n");
  });
});

describe("a power cut left", () => {
  test.each(["", "\0\0\0", "{"])(
    "%j for the machine's start: it counts as a new one",
    async (text) => {
      await history().keep();
      expect(history().isKept()).toBe(true);
      writeFileSync(kept("boot"), text);
      expect(history().isKept()).toBe(false);
    },
  );

  test.each(["", "\0\0\0", "{}"])(
    "%j for the note: what waits is over, and it is told",
    async (text) => {
      await changed(() => write("stockade.conf", "NEW\n"));
      expect(history().problem()).toBeUndefined();
      writeFileSync(kept("waiting.json"), text);
      expect(history().isOver(Date.now())).toBe(true);
      expect(history().problem()).toContain("waiting.json");
      await history().keep();
      await back();
      expect(read("stockade.conf")).toBe("old\n");
    },
  );
});

test("one at a time: whoever else comes waits", async () => {
  const order: string[] = [];
  const held = Promise.withResolvers<void>();
  const inside = Promise.withResolvers<void>();
  const first = history().locked(async () => {
    inside.resolve();
    await held.promise;
    order.push("first");
  });
  await inside.promise;
  const second = history().locked(() => void order.push("second"));
  held.resolve();
  await Promise.all([first, second]);
  expect(order).toEqual(["first", "second"]);
});

describe("a mount below the folder", () => {
  test("a disk of its own gets its part back, and stays mounted", async () => {
    rmSync(at("etc/stockade/rules"), { recursive: true });
    mount("etc/stockade/rules");
    mkdirSync(at("etc/stockade/rules/deep"));
    write("rules/a.xml", "old\n");
    write("rules/deep/b.xml", "old\n");
    await changed(() => {
      write("stockade.conf", "NEW\n");
      write("rules/a.xml", "NEW\n");
      rmSync(at("etc/stockade/rules/deep"), { recursive: true });
      write("rules/more.xml", "NEW\n");
    });
    await back();
    expect(read("stockade.conf") + read("rules/a.xml") + read("rules/deep/b.xml")).toBe(
      "old\nold\nold\n",
    );
    expect(readdirSync(at("etc/stockade/rules")).sort()).toEqual(["a.xml", "deep"]);
    expect(statSync(at("etc/stockade/rules")).dev).not.toBe(statSync(at("etc/stockade")).dev);
    expect(readdirSync(at("etc/stockade")).sort()).toEqual(["rules", "stockade.conf"]);
  });

  test("what does not fit on it changes nothing, and comes when there is room", async () => {
    rmSync(at("etc/stockade/rules"), { recursive: true });
    mount("etc/stockade/rules");
    write("rules/a.xml", "old\n".repeat(2000));
    await changed(() => {
      write("stockade.conf", "NEW\n");
      write("rules/a.xml", "NEW\n");
      fill("etc/stockade/rules");
    });
    await expect(history().restore()).rejects.toThrow("cannot copy");
    expect(read("stockade.conf") + read("rules/a.xml")).toBe("NEW\nNEW\n");
    rmSync(at("etc/stockade/rules/fill"));
    await back();
    expect(read("stockade.conf") + read("rules/a.xml")).toBe(`old\n${"old\n".repeat(2000)}`);
  });

  test("a single file is written into; a folder that came with the change is emptied", async () => {
    writeFileSync(at("elsewhere.conf"), "old\n");
    execFileSync("mount", ["--bind", at("elsewhere.conf"), at("etc/stockade/stockade.conf")]);
    mounts.push(at("etc/stockade/stockade.conf"));
    await changed(() => {
      write("stockade.conf", "NEW\n");
      mount("etc/stockade/fresh");
      write("fresh/c.xml", "NEW\n");
    });
    await back();
    expect(readFileSync(at("elsewhere.conf"), "utf8")).toBe("old\n");
    expect(readdirSync(at("etc/stockade/fresh"))).toEqual([]);
  });
});
