/** How often each process is killed: as `STOCKADE_KILLS` says, see docs/testing.md. CI has no time for many. */
export const kills = Number(process.env["STOCKADE_KILLS"] ?? 40);
