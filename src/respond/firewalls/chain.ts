/** What iptables lacks of ours: in words for the admin, and as input for `iptables-restore --noflush`. */
export interface Gap {
  readonly missing: readonly string[];
  readonly commands: string;
}

/**
 * Compares the rules that `iptables -S` printed with what has to be there: the chain STOCKADE that drops the
 * members of `set`, and a jump to it as the very first rule of INPUT and FORWARD, so that no rule of anybody else lets a
 * blocked address through, not even one for established connections. Docker's own hook is covered where it exists.
 */
export function gapIn(rules: string, set: string): Gap {
  const lines = rules.split("\n").map((line) => line.trim());
  const hooks = lines.includes("-N DOCKER-USER") ? [...builtIn, "DOCKER-USER"] : builtIn;
  const parts = [chainPart(lines, set), ...hooks.map((hook) => jumpPart(lines, hook))];
  const needed = parts.filter((part) => part.commands.length > 0);
  const commands = needed.flatMap((part) => part.commands);
  return {
    missing: needed.map((part) => part.name),
    commands: commands.length === 0 ? "" : ["*filter", ...commands, "COMMIT", ""].join("\n"),
  };
}

interface Part {
  readonly name: string;
  readonly commands: readonly string[];
}

const builtIn = ["INPUT", "FORWARD"];

function chainPart(lines: readonly string[], set: string): Part {
  const name = "chain STOCKADE";
  const drop = `-A STOCKADE -m set --match-set ${set} src -j DROP`;
  const [first] = rulesOf(lines, "STOCKADE");
  // Naming the chain in restore creates or empties it, in the same transaction that fills it.
  return { name, commands: first === drop ? [] : [":STOCKADE - [0:0]", drop] };
}

function jumpPart(lines: readonly string[], hook: string): Part {
  const name = `first rule of ${hook}`;
  const rules = rulesOf(lines, hook);
  const jumps = rules.filter((rule) => rule === `-A ${hook} -j STOCKADE`);
  if (jumps.length === 1 && rules[0] === jumps[0]) return { name, commands: [] };
  const removals = jumps.map(() => `-D ${hook} -j STOCKADE`);
  return { name, commands: [...removals, `-I ${hook} 1 -j STOCKADE`] };
}

function rulesOf(lines: readonly string[], chain: string): string[] {
  return lines.filter((line) => line.startsWith(`-A ${chain} `));
}
