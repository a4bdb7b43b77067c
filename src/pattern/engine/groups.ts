/**
 * What groups took, see `Found`: `marks` has at 2n where group n begins, and at 2n + 1 where it ends, each -1 where it took
 * no part.
 */
export function groupsOf(marks: Int32Array, text: string): string[] {
  // Made in its full length: what grows from nothing takes room for seventeen.
  const groups: string[] = new Array((marks.length >> 1) - 1);
  let count = 0;
  for (let mark = 2; mark < marks.length; mark += 2) {
    const begin = marks[mark] ?? -1;
    const end = marks[mark + 1] ?? -1;
    if (begin >= 0 && end >= begin) groups[count++] = text.slice(begin, end);
  }
  if (count < groups.length) groups.length = count;
  return groups;
}
