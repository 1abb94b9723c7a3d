import { execFile } from "node:child_process";
import { basename, dirname } from "node:path";

/** Whether git has exactly this file's content in its last commit, so that it is recoverable. False outside of a repository. */
export function isCommitted(file: string): Promise<boolean> {
  const path = `:(literal)${basename(file)}`;
  const status = ["status", "--porcelain", "--ignored", "--untracked-files=all", "--", path];
  return new Promise((resolve) => {
    execFile("git", status, { cwd: dirname(file) }, (error, stdout) => {
      resolve(error === null && stdout === "");
    });
  });
}
