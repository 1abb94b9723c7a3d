/** How a run in Azure ended, for people. */
import type { Leftover } from "./removal";
import type { SessionResult } from "./session";

const ENDS: Readonly<Record<SessionResult["outcome"], string>> = {
  refused: "Not confirmed; nothing was created.",
  finished: "All sequences were run.",
  interrupted: "Interrupted.",
  failed: "Failed",
};

export function resultText(result: SessionResult, run: string): string {
  const { outcome, reason, transcripts, different, skipped, leftovers } = result;
  if (outcome === "refused") return ENDS.refused;
  return [
    reason === undefined ? ENDS[outcome] : `${ENDS[outcome]}: ${reason}`,
    ...transcripts.map((file) => `transcript: ${file}`),
    ...(skipped.length === 0 ? [] : [`skipped: ${skipped.join(", ")}`]),
    ...(different.length === 0
      ? []
      : [
          "Azure answered differently from the emulator; change the emulator and the code that depends on it:",
          ...different.map((step) => `  ${step}`),
        ]),
    ...(transcripts.length === 0
      ? []
      : [
          "Review the transcripts, commit them, and renew the list: npm run conformance -- --document docs/azure-assumptions.md",
        ]),
    leftoverText(leftovers),
    ...(leftovers.length === 0
      ? []
      : [`Try again with: npm run conformance -- --azure … --remove ${run}`]),
  ].join("\n");
}

export function leftoverText(leftovers: readonly Leftover[]): string {
  if (leftovers.length === 0) return "Everything that was created is removed.";
  return [
    "STILL THERE, and it may cost money:",
    ...leftovers.map(
      ({ what, id, reason }) =>
        `  ${what} ${id}\n    ${reason}\n    az resource delete --ids ${id}`,
    ),
  ].join("\n");
}
