import { chmodSync, mkdirSync, statSync } from "node:fs";

/** Makes a folder that its owner alone can enter, whatever the umask is and however it was made before. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const { mode, uid } = statSync(path);
  if ((mode & 0o077) !== 0 && uid === process.getuid?.()) chmodSync(path, 0o700);
}
