import * as pulumi from "@pulumi/pulumi";

/**
 * One evaluation in a process of its own, for tests/bench.ts: `empty` is a Pulumi program without a resource, anything
 * else is the stack of that name. Prints milliseconds since the process began and its peak memory in kilobytes.
 */
async function main(stack: string): Promise<void> {
  if (stack === "empty") {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) });
    await pulumi.runtime.runInPulumiStack(() => Promise.resolve({}));
    await pulumi.runtime.disconnect();
  } else {
    const { readStackSettings } = await import("../../graph/settings");
    const { previewOnEmulator } = await import("../../emulator/onEmulator");
    const { resources } = await previewOnEmulator(stack, readStackSettings(stack));
    if (resources.length === 0) throw new Error(`stack ${stack} declares nothing`);
  }
  const { maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ milliseconds: performance.now(), kilobytes: maxRSS }));
}

void main(process.argv[2] ?? "empty");
