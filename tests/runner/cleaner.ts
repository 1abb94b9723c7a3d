import { removeRun } from "./processes";

/**
 * A process of its own that outlives a killed runner: reads the run's folder from standard input, and when that ends, ends
 * the run's processes and removes the folder. After an orderly end of the runner it finds nothing to do.
 */
let folder = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => (folder += String(chunk)));
process.stdin.on("end", () => {
  const path = folder.trim();
  if (path !== "") void removeRun(path);
});
// The runner's terminal is none of its business.
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => undefined);
