/** Node's flags, as the units have them. In a flood four cost the daemon a quarter less time than one, and some 20 MB more. */
export const nodeFlags = {
  stockaded: ["--max-semi-space-size=4", "--max-old-space-size=160", "--expose-gc"],
  "stockade-respond": ["--max-semi-space-size=1", "--max-old-space-size=192"],
  "stockade-execute": ["--max-semi-space-size=1"],
  "stockade-integrity": ["--max-semi-space-size=1", "--max-old-space-size=160", "--expose-gc"],
};

/**
 * mallopt(3), as the units have it: one arena, and what is freed goes back to the kernel. By glibc's defaults the daemon takes
 * 60 MB for itself, so 42.
 */
export const mallocVariables = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_TRIM_THRESHOLD_: "65536",
  MALLOC_MMAP_THRESHOLD_: "32768",
};

/** Gives back the memory that something large has left behind: an idle process would never clear it away. Needs `--expose-gc`. */
export function tidy(): void {
  globalThis.gc?.({ type: "major", flavor: "last-resort", execution: "sync" });
}
