import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseAddress } from "../../src/core/address.ts";
import { openVerdicts } from "../../src/verdict/verdict.ts";
import { eventAt } from "../analyse/build.ts";
import { remembering } from "../report/alerts.ts";

const folder = mkdtempSync(join(tmpdir(), "stockade-signatures-"));
const file = join(folder, "suricata.rules");
const attack =
  "alert tcp $EXTERNAL_NET any -> $HOME_NET any (flow:established,to_server; sid:5;)\n";
const answer =
  "alert tcp $EXTERNAL_NET any -> $HOME_NET any (flow:established,to_client; sid:5;)\n";

/** As suricata-update and our own updater do it. */
function replace(text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

const alert = eventAt(1, "192.0.2.7", {
  category: "ids",
  dstip: parseAddress("198.51.100.44"),
  fields: { gid: "1", sid: "5", protocol: "TCP" },
});

test("signatures are read anew when their file was replaced, and only then", () => {
  const log = remembering();
  const verdicts = openVerdicts(() => [], log);
  verdicts.configure({ homeNets: [], signatures: [folder] });
  replace(attack);
  verdicts.refresh();
  expect(verdicts.of(alert)?.class).toBe("attacked-by");
  verdicts.refresh();
  expect(log.said).toEqual(["1 signatures are known by direction and proof"]);
  replace(`${answer}what is this\n`);
  expect(verdicts.of(alert)?.class).toBe("attacked-by");
  verdicts.refresh();
  expect(verdicts.of(alert)?.class).toBe("answered");
  expect(log.said.at(-1)).toBe(
    "1 signatures are known by direction and proof, 1 lines were not understood",
  );
});

test("what cannot be read leaves what is known, is told, and is tried again at the next refresh", () => {
  const log = remembering();
  const verdicts = openVerdicts(() => [], log);
  verdicts.configure({ homeNets: [], signatures: [folder] });
  replace(attack);
  verdicts.refresh();
  rmSync(file);
  mkdirSync(file);
  verdicts.refresh();
  for (let times = 0; times < 3; times += 1) expect(verdicts.of(alert)?.class).toBe("attacked-by");
  expect(log.said).toHaveLength(2);
  expect(log.said.at(-1)).toContain("signatures cannot be read: EISDIR");
  rmSync(file, { recursive: true });
  replace(answer);
  verdicts.refresh();
  expect(verdicts.of(alert)?.class).toBe("answered");
});

test("the addresses of this machine are looked at again, and those of the settings", () => {
  let own = parseAddress("198.51.100.44");
  const verdicts = openVerdicts(() => (own ? [own] : []), remembering());
  const of = (homeNets: string[]) => {
    verdicts.configure({ homeNets, signatures: [] });
    const fields = { ...alert.fields, app_proto: "http", direction: "to_server" };
    return verdicts.of({ ...alert, fields });
  };
  expect(of([])).toMatchObject({ class: "attacked-by", remote: "192.0.2.7" });
  own = parseAddress("192.0.2.7");
  expect(of([])).toMatchObject({ class: "called-out", remote: "198.51.100.44" });
  expect(of(["198.51.100.0/24"])).toMatchObject({ class: "unproven", remote: undefined });
});
