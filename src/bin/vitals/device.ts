import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where Suricata was told to look at its last start. */
const network = "var/lib/stockade/suricata/network.yaml";

/** Says that Suricata watches another device than that of the default route, and what to do; undefined where it does not. */
export function deafness(root: string): string | undefined {
  const [, watched] = /interface: (\S+)/.exec(read(join(root, network))) ?? [];
  const wanted = deviceOfDefaultRoute(read("/proc/self/net/route"));
  if (watched === undefined || wanted === undefined || watched === wanted) return undefined;
  return `Suricata watches ${watched}, the default route is by ${wanted}: systemctl restart suricata`;
}

/** From the kernel's table of IPv4 routes: the one to 0.0.0.0/0 with the least metric. */
export function deviceOfDefaultRoute(table: string): string | undefined {
  const routes = table
    .split("\n")
    .map((line) => line.split("\t"))
    .filter(([, to, , , , , , mask]) => to === "00000000" && mask === "00000000")
    .toSorted((one, other) => Number(one[6]) - Number(other[6]));
  return routes[0]?.[0];
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Suricata may not be there, nor a kernel with IPv4.
    return "";
  }
}
