import { Command, InvalidArgumentError, type Option } from "commander";
import type { CaptureStatus, SupervisorClient } from "../endpoint";
import { print } from "../../output";
import { shownPath } from "../../projectDirectory";

interface CaptureOptions {
  readonly stack: string;
  readonly requests?: number;
  readonly bodyBytes?: number;
  readonly totalBytes?: number;
  readonly leaveOut?: string[];
}

/** `capture`: callers' requests and their answers in a private file, for `replay`. */
export function captureCommand(
  stackOption: () => Option,
  running: (stack: string) => Promise<SupervisorClient>,
): Command {
  const capture = new Command("capture").description(
    "keep callers' requests and answers in a private file, to send them again",
  );
  capture
    .command("on")
    .description("begin a new file")
    .addOption(stackOption())
    .option("--requests <number>", "most requests to keep (default: 1000)", wholeNumber)
    .option(
      "--body-bytes <number>",
      "most bytes of a body or an answer (default: 65536)",
      wholeNumber,
    )
    .option("--total-bytes <number>", "most bytes of the file (default: 16777216)", wholeNumber)
    .option("--leave-out <key...>", "keys of bodies and answers that are not kept")
    .action(async ({ stack, ...settings }: CaptureOptions) => {
      const client = await running(stack);
      await client.capture({ kind: "on", settings });
      print(captureText((await client.status()).capture));
    });
  capture
    .command("off")
    .description("keep no further request; the file stays until `down`, or `capture on`")
    .addOption(stackOption())
    .action(async ({ stack }: { stack: string }) => {
      const client = await running(stack);
      await client.capture({ kind: "off" });
      print(captureText((await client.status()).capture));
    });
  capture
    .command("status")
    .description("show how much was kept, and where")
    .addOption(stackOption())
    .action(async ({ stack }: { stack: string }) => {
      print(captureText((await (await running(stack)).status()).capture));
    });
  return capture;
}

export function captureText(capture: CaptureStatus | undefined): string {
  if (capture === undefined)
    return "Requests are not captured. Begin with: npm run local -- capture on";
  const { isOn, isFull, captured, bytes, notKept, path, settings } = capture;
  const { requests, bodyBytes, totalBytes, leaveOut } = settings;
  const state = isOn
    ? isFull
      ? "A limit is reached: nothing more is kept."
      : "Requests are captured."
    : "Capturing is off.";
  return [
    state,
    `Kept: ${captured} of at most ${requests} requests, ${bytes} of at most ${totalBytes} bytes.`,
    ...(notKept === 0
      ? []
      : [
          `Not kept: ${notKept}, with more than ${bodyBytes} bytes, not as text, or with a key of the endpoint.`,
        ]),
    ...(leaveOut.length === 0 ? [] : [`Left out of bodies and answers: ${leaveOut.join(", ")}.`]),
    ...(captured === 0
      ? []
      : [`Send them again: npm run local -- replay ${shownPath(path)} --against NAME`]),
  ].join("\n");
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number above 0.");
}
