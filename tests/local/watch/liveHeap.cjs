/**
 * Loaded into a process before its program: at SIGUSR2 it collects all garbage and says how much of its heap is in use, in MiB.
 * What a process occupies would say more of the collector's timing than of what is kept.
 */
const { setFlagsFromString } = require("node:v8");
const { runInNewContext } = require("node:vm");

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

process.on("SIGUSR2", () => {
  collect();
  process.stderr.write(`live heap: ${process.memoryUsage().heapUsed / 2 ** 20} MiB\n`);
});
