import { hostname } from "node:os";
import { resolve } from "node:path";
import * as z from "zod";
import { examine } from "../doctor/checks.ts";
import { machineOf } from "../doctor/machine.ts";
import { writeBundle } from "../support/bundle.ts";
import { openRedact } from "../support/redact.ts";
import { contextOf, needRoot } from "./command.ts";
import { doctorPage } from "./doctor.ts";
import { look } from "./status.ts";
import { localTime } from "./table.ts";

const Options = z.object({ keepMailAddresses: z.boolean().default(false) });

/** `stockade support [FILE]`: what somebody who helps needs, without secrets, as a tar.gz that only its owner may read. */
export async function support(file: string | undefined, options: unknown): Promise<void> {
  const context = contextOf(options);
  needRoot(context, "read all of it");
  const { keepMailAddresses } = Options.parse(options);
  const stamp = localTime(Date.now()).replaceAll(/[: ]/g, "-");
  const target = resolve(file ?? `stockade-support-${hostname()}-${stamp}.tar.gz`);
  const seen = await look(context);
  const machine = machineOf(context, seen);
  const found = await examine(machine);
  const pages = new Map([
    ["doctor.txt", `${doctorPage(found).join("\n")}\n`],
    ["doctor.json", JSON.stringify(found, undefined, 2)],
    ["status.json", JSON.stringify(seen, undefined, 2)],
  ]);
  const names = await writeBundle(machine, openRedact(keepMailAddresses), { target, pages });
  if (context.json) return context.say(JSON.stringify({ ok: true, file: target, names }));
  context.say(`${target}: ${names.length} files`);
  context.say(
    `passwords, keys and tokens are taken out${keepMailAddresses ? "" : ", and mail addresses too"}; ` +
      "names and addresses of machines, and ends of logs, are in it: look before you send it",
  );
}
