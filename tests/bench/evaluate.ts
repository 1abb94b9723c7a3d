import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { StackSettings } from "../../graph/settings";

/**
 * One evaluation in a process of its own, for evaluation.ts: `empty` is a Pulumi program without a resource, anything
 * else is the stack of that name in a checkout, with the settings of a JSON file where one is named. Prints milliseconds since the process began, those of processor time, and its peak
 * memory in kilobytes.
 */
async function main(stack: string, checkout: string, file?: string): Promise<void> {
  if (stack === "empty") {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) });
    await pulumi.runtime.runInPulumiStack(() => Promise.resolve({}));
    await pulumi.runtime.disconnect();
  } else {
    const { readStackSettings } = (await import(
      join(checkout, "graph/settings")
    )) as typeof import("../../graph/settings");
    const { previewOnEmulator } = (await import(
      join(checkout, "emulator/onEmulator")
    )) as typeof import("../../emulator/onEmulator");
    const settings =
      file === undefined
        ? readStackSettings(stack)
        : (JSON.parse(readFileSync(file, "utf8")) as StackSettings);
    const { resources } = await previewOnEmulator(stack, settings);
    if (resources.length === 0) throw new Error(`stack ${stack} declares nothing`);
  }
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const processor = (userCPUTime + systemCPUTime) / 1000;
  const [milliseconds, kilobytes] = [performance.now(), maxRSS];
  console.log(JSON.stringify({ milliseconds, processor, kilobytes }));
}

void main(process.argv[2] ?? "empty", process.argv[3] ?? join(__dirname, "../.."), process.argv[4]);
