// Loaded by `node --require`: when the program's process ends, adds its peak memory (KiB) as a line to a file.
const { appendFileSync } = require("node:fs");

const file = process.env["MLSCORE_PEAK_MEMORY"];
// The engine also starts providers, which are this project's in tests.
if (file !== undefined && /cmd[\\/]run[\\/]/.test(process.argv[1] ?? "")) {
  process.on("exit", () => {
    appendFileSync(file, `${process.resourceUsage().maxRSS}\n`);
  });
}
