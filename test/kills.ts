/** How often each process is killed: as `STOCKADE_KILLS` says, see docs/testing.md. CI has no time for many. */
export const kills = Number(process.env["STOCKADE_KILLS"] ?? 40);
/** On a booted server, where a start takes longer. */
export const killsOnServers = Number(process.env["STOCKADE_KILLS"] ?? 10);
