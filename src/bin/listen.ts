import { chown, mkdir, rm, stat } from "node:fs/promises";
import { connect, type Server } from "node:net";
import { dirname } from "node:path";
import { Failure, reasonOf } from "../core/failure.ts";

/** The first descriptor that systemd hands over, see sd_listen_fds(3). */
const firstHandedOver = 3;

/**
 * Lets the server listen: on the socket that systemd has handed over, or else on a new one at `path` that only root and
 * the members of `group` can open. Throws a Failure when another process answers there.
 */
export async function listen(
  server: Server,
  path: string,
  group: number,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  if (isHandedOver(environment)) {
    await listening(server, () => server.listen({ fd: firstHandedOver }));
    return;
  }
  await listenAnew(server, path, 0o117);
  // A folder with the group's bit has given it already; in the sandbox only that can.
  if ((await stat(path)).gid !== group) await chown(path, process.geteuid?.() ?? 0, group);
}

/** The same on a new socket that nobody but our own user can open, which is root. */
export function listenForOwner(server: Server, path: string): Promise<void> {
  return listenAnew(server, path, 0o177);
}

async function listenAnew(server: Server, path: string, umask: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await removeStale(path);
  await listening(server, () => listenPrivately(server, path, umask)).catch((error: unknown) => {
    throw new Failure(`cannot listen on "${path}": ${reasonOf(error)}`, {
      exitCode: 69,
      cause: error,
    });
  });
}

/** Whether systemd has handed a socket over, and so starts the process again when somebody comes. */
export function isHandedOver(environment: NodeJS.ProcessEnv = process.env): boolean {
  const { LISTEN_PID: pid, LISTEN_FDS: count } = environment;
  return pid === String(process.pid) && Number(count) >= 1;
}

/** The socket is made while the call runs, so that nobody else can open it even for a moment. */
function listenPrivately(server: Server, path: string, umask: number): void {
  const before = process.umask(umask);
  try {
    server.listen(path);
  } finally {
    process.umask(before);
  }
}

function listening(server: Server, begin: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", () => {
      server.off("error", reject);
      resolve();
    });
    begin();
  });
}

async function removeStale(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return;
  if (!found.isSocket()) throw new Failure(`"${path}" is in the way: it is no socket`);
  if (await answers(path)) {
    throw new Failure(`another process of ours answers on "${path}"`, {
      exitCode: 69,
      hint: "stop that one first: stockade stop",
    });
  }
  await rm(path, { force: true });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (isAnswered: boolean) => {
      socket.destroy();
      resolve(isAnswered);
    };
    socket.once("connect", () => end(true));
    // Only a refused connection proves that nobody is there; anything else may be a busy process.
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code !== "ECONNREFUSED"));
  });
}
