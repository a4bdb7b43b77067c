/**
 * What groups took, see `Found`: `marks` has at 2n where group n begins, and at 2n + 1 where it ends, each -1 where it took
 * no part. Behind `before`.
 */
export function groupsOf(
  marks: Int32Array,
  text: string,
  before: readonly string[] = none,
): string[] {
  // Made in its full length: what grows from nothing takes room for seventeen.
  const groups: string[] = new Array(before.length + countIn(marks));
  let count = 0;
  for (; count < before.length; count++) groups[count] = before[count] ?? "";
  for (let mark = 2; mark < marks.length; mark += 2) {
    const begin = marks[mark] ?? -1;
    const end = marks[mark + 1] ?? -1;
    if (begin >= 0 && end >= begin) groups[count++] = text.slice(begin, end);
  }
  return groups;
}

function countIn(marks: Int32Array): number {
  let count = 0;
  for (let mark = 2; mark < marks.length; mark += 2) {
    const begin = marks[mark] ?? -1;
    if (begin >= 0 && (marks[mark + 1] ?? -1) >= begin) count += 1;
  }
  return count;
}

const none: readonly string[] = [];
