import { openBaseline } from "../../src/integrity/baseline/open.ts";
import { paceOf } from "../../src/integrity/pace.ts";
import { scan } from "../../src/integrity/scan.ts";
import { finding, judged } from "./made.ts";
import { settingsOf } from "./tree.ts";

// Scans a tree over and over and takes what it finds, until it is killed.
const [root = "", folder = ""] = process.argv.slice(2);
const quiet = {
  info: () => {},
  warn: () => {},
  error: (text: string) => process.stderr.write(text),
};
const baseline = openBaseline(folder, { log: quiet, clock: Date.now });
const options = {
  settings: settingsOf(["/"]),
  baseline,
  root,
  pace: paceOf({ files: 0, bytes: 0 }),
  run: () => Promise.resolve({ ok: true, output: "" } as const),
  mountinfo: "/nowhere",
};
process.stdout.write("o");
for (;;) {
  for await (const batch of scan(options)) {
    for (let at = 0; at < batch.length; at += 20) {
      const part = batch.slice(at, at + 20);
      const findings = part.map(({ action, before, after }) =>
        finding(`${action} ${(after ?? before)?.path} ${(after ?? before)?.sha256}`),
      );
      baseline.take(
        part.map((change) => judged(change)),
        findings,
      );
    }
  }
  process.stdout.write(".");
}
