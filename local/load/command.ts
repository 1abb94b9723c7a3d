import { Command, InvalidArgumentError, type Option } from "commander";
import { durationSeconds, perSecondUpTo } from "../argumentTypes";
import type { EndpointClient } from "../endpointClient";
import { print, printError } from "../../output";
import { openLoop, type Rate } from "./openLoop";
import { requestBodies } from "./requestBodies";
import { collectResults, type LoadResult } from "./results";
import { loadText } from "./resultText";
import { senderTo } from "./sender";

interface LoadOptions {
  readonly stack: string;
  readonly endpoint?: string;
  readonly requests?: string;
  readonly rps: number;
  readonly for: number;
  readonly inFlight: number;
}

/** As a shell gives it for a command that SIGINT ended. */
const INTERRUPTED = 130;

/** `load`: a steady rate of requests to the running endpoint. */
export function loadCommand(
  stackOption: () => Option,
  running: (stack: string) => Promise<EndpointClient>,
): Command {
  return new Command("load")
    .description("send requests to the running endpoint at a steady rate, and print latencies")
    .addOption(stackOption())
    .requiredOption("--rps <number>", "requests a second, 10000 at most", perSecondUpTo(10_000))
    .requiredOption("--for <duration>", "how long, such as 30s, 2m or 1h", seconds)
    .option("--requests <dir>", "folder with the .json files to send in turn")
    .option("--endpoint <dir>", "folder with endpoint YAML whose requests/ are sent")
    .option("--in-flight <number>", "most requests in flight at once", inFlight, 256)
    .action(async (options: LoadOptions) => {
      const bodies = requestBodies(options);
      const endpoint = await running(options.stack);
      const rate = {
        perSecond: options.rps,
        seconds: options.for,
        maxInFlight: options.inFlight,
      };
      const { scoringUri } = await endpoint.status();
      printError(`Sending ${options.rps} requests a second to ${scoringUri}. Ctrl-C ends it.`);
      const interrupted = new AbortController();
      process.once("SIGINT", () => {
        interrupted.abort();
      });
      const result = await sendLoad(endpoint, bodies, rate, interrupted.signal);
      print(loadText(result));
      if (interrupted.signal.aborted) process.exitCode = INTERRUPTED;
      else if (result.answered === 0) process.exitCode = 1;
    });
}

/** Sends the bodies in turn until the time is over or the signal is aborted. */
export async function sendLoad(
  endpoint: EndpointClient,
  bodies: readonly Buffer[],
  rate: Rate,
  signal: AbortSignal,
): Promise<LoadResult> {
  const sender = await senderTo(endpoint, rate.maxInFlight);
  const results = collectResults();
  try {
    const send = (index: number) => sender.send(bodies[index % bodies.length] ?? Buffer.of());
    await openLoop(rate, send, results, signal);
    return results.result();
  } finally {
    sender.close();
  }
}

const LONGEST_SECONDS = 24 * 3600;

function seconds(text: string): number {
  const value = durationSeconds(text);
  if (value > 0 && value <= LONGEST_SECONDS) return value;
  throw new InvalidArgumentError("It must be a time such as 30s, 2m or 1h, and 24h at most.");
}

function inFlight(text: string): number {
  const value = Number(text);
  // The router drops connections above 1000.
  if (Number.isInteger(value) && value >= 1 && value <= 1000) return value;
  throw new InvalidArgumentError("It must be a whole number from 1 to 1000.");
}
