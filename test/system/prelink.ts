import { on, tryOn, write } from "./hosts.ts";
import { until } from "./until.ts";

/** Adds to a program, and shows what it was: Debian has no prelink any more. */
const program = `#!/bin/sh
set -e
if [ "$1" = --verify ]; then exec head -c -9 "$2"; fi
for file; do
  cp -p "$file" "$file.#prelink#"
  echo prelink! >> "$file.#prelink#"
  mv "$file.#prelink#" "$file"
done
`;

const control = `Package: prelink
Version: 1
Architecture: all
Maintainer: nobody <nobody@example.com>
Description: stands for prelink
`;

/** Installs what stands for prelink, which goes through two programs. */
export async function prelinkAtWork(): Promise<void> {
  await until("everything was looked at", 60, async () => {
    const { stdout } = await tryOn("server", "stockade", "integrity", "status");
    return /^last scan +\d/m.test(stdout);
  });
  await on("server", "mkdir", "-p", "/root/prelink/DEBIAN", "/root/prelink/usr/sbin");
  await write("/root/prelink/DEBIAN/control", control);
  await write("/root/prelink/usr/sbin/prelink", program);
  const steps = [
    "chmod 755 /root/prelink /root/prelink/DEBIAN /root/prelink/usr/sbin/prelink",
    "dpkg-deb --root-owner-group --build /root/prelink /root/prelink.deb",
    "dpkg -i /root/prelink.deb",
    "prelink /usr/bin/nohup /usr/bin/wc",
  ];
  await on("server", "bash", "-ec", steps.join("; "));
}
