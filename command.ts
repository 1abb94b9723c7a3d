import type { Command } from "commander";
import { ConfigError, diskFull, UserError } from "./errors";
import { printBug, printError } from "./output";

/**
 * Runs a command line to its end. A user's mistake is shown as it is and ends with status 1; anything else is a bug
 * of this program and keeps its stack trace.
 */
export async function runCommand(command: Command): Promise<void> {
  // A reader of the output may stop early, as `head` does.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : 1);
  });
  try {
    await command.parseAsync();
  } catch (caught) {
    const error = diskFull(caught) ?? caught;
    if (error instanceof ConfigError || error instanceof UserError) {
      printError(error.message);
    } else {
      printBug(error);
    }
    process.exitCode = 1;
  }
}
