/**
 * Whether the name of a file matches one part of a glob(7) path: `*` is any text, `?` any character, `[…]` one of a set,
 * a backslash takes the next character as it is. A name that begins with a dot is matched by a pattern that does.
 */
export function nameMatcher(pattern: string): (name: string) => boolean {
  const parts = pattern.match(/\\.|\[[!^]?\]?[^\]]*\]|./gsu) ?? [];
  const tests = parts.map(testOf);
  const startsWithDot = pattern.startsWith(".");
  return (name) => name.startsWith(".") === startsWithDot && matches(tests, [...name]);
}

/** What one character of a name must be; "any" stands for any number of any. */
type Test = "any" | ((character: string) => boolean);

function testOf(part: string): Test {
  if (part === "*") return "any";
  if (part === "?") return () => true;
  if (part.startsWith("[") && part.length > 2) return setOf(part.slice(1, -1));
  const literal = part.startsWith("\\") && part.length > 1 ? part.slice(1) : part;
  return (character) => character === literal;
}

function setOf(inside: string): Test {
  const isInverse = /^[!^]/.test(inside);
  const members = (isInverse ? inside.slice(1) : inside).match(/.-.|./gsu) ?? [];
  const contains = (character: string) =>
    members.some((member) => {
      const [first = "", dash, last] = [...member];
      return dash === "-" && last !== undefined
        ? first <= character && character <= last
        : character === first;
    });
  return (character) => contains(character) !== isInverse;
}

/** Goes back to the last "any" only, which is enough: time grows with the product of both lengths at the most. */
function matches(tests: readonly Test[], name: readonly string[]): boolean {
  let [at, back, backName] = [0, -1, 0];
  for (let index = 0; index < name.length; ) {
    const test = tests[at];
    if (test === "any") {
      [back, backName] = [at, index];
      at += 1;
    } else if (test?.(name[index] ?? "")) {
      at += 1;
      index += 1;
    } else if (back !== -1) {
      backName += 1;
      [at, index] = [back + 1, backName];
    } else return false;
  }
  return tests.slice(at).every((test) => test === "any");
}
