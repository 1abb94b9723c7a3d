import { join } from "node:path";
import { lockedPython } from "../python";

/** What pip and the network below it say where no registry answers. */
const UNREACHABLE =
  /NewConnectionError|NameResolutionError|Temporary failure in name resolution|Max retries exceeded|ConnectTimeoutError|Read timed out/;

/**
 * Python with azure-ai-ml and what it needs, as locked; kept for later runs. Undefined where no package registry can be
 * reached, which is said aloud.
 * @throws Error when it cannot be made for any other reason
 */
export function sdkPython(): string | undefined {
  try {
    return lockedPython(join(__dirname, "requirements.txt"));
  } catch (error) {
    if (!UNREACHABLE.test((error as Error).message)) throw error;
    // Jest drops what a wholly skipped suite logs.
    process.stderr.write(
      "SKIPPED: tests/sdk needs azure-ai-ml, which is not installed yet, and no package registry can be reached.\n",
    );
    return undefined;
  }
}
