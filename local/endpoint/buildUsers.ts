/**
 * Who uses a folder: an empty file beside it for each user, with the user's process in its name. A process that wants to remove the
 * folder asks here first.
 *
 *     <directory>.user-<process id>-<machine>-<random>
 */
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

/** Says that this process uses the folder, until the function that it returns is called or the process has ended. */
export function addUser(directory: string): () => void {
  const name = `${process.pid}-${machine()}-${randomBytes(4).toString("hex")}`;
  const path = `${directory}.user-${name}`;
  try {
    writeFileSync(path, "", { mode: 0o600 });
  } catch (error) {
    // A cache that this user cannot write, nobody who is this user can clear up.
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["EROFS", "EACCES", "EPERM"].includes(code)) throw error;
  }
  return () => {
    rmSync(path, { force: true });
  };
}

/**
 * Forgets users that have ended, and says whether one is left. A process id that was given away again, or that is of another
 * machine, counts as one that is there: a folder is rather kept than taken away from its user.
 */
export function hasUsers(directory: string): boolean {
  const prefix = `${basename(directory)}.user-`;
  const folder = dirname(directory);
  const users = readdirSync(folder).filter((name) => name.startsWith(prefix));
  const ended = users.filter((name) => hasEnded(name.slice(prefix.length)));
  for (const name of ended) rmSync(join(folder, name), { force: true });
  return ended.length < users.length;
}

function hasEnded(name: string): boolean {
  const [pid, where] = name.split("-");
  if (where !== machine()) return false;
  try {
    return !process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** Process ids mean something on one machine only, and on Linux in one namespace (pid_namespaces(7)). */
function machine(): string {
  let namespace = "";
  try {
    namespace = readlinkSync("/proc/self/ns/pid");
  } catch {
    // Not on Linux.
  }
  return createHash("sha256").update(`${hostname()} ${namespace}`).digest("hex").slice(0, 8);
}
