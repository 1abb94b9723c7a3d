import { describe, expect, it } from "@jest/globals";
import { assertNetworkLevel } from "../../config/levelGuard";
import { NETWORK_LEVELS, type NetworkLevel } from "../../config/networkLevel";
import type { StackConfig } from "../../config/stackConfig";

// Proves what the program refuses by itself, from the outputs of the last update; it asks no Azure.

function problems(from: NetworkLevel, to: NetworkLevel): string[] {
  const config = {
    target: "sandbox",
    network: { level: to, isolationMode: "Disabled", outboundRules: {} },
    workspace: { name: "mlw", resourceGroupName: "rg", isOwn: true },
  } as unknown as StackConfig;
  const level = from === "open" ? {} : { networkLevel: from };
  return assertNetworkLevel(config, { foundation: {}, ...level }, "sandbox").map(
    ({ severity, message }) => `${severity}: ${message}`,
  );
}

describe("the level of a stack", () => {
  const pairs = NETWORK_LEVELS.flatMap((from, before) =>
    NETWORK_LEVELS.map((to, after) => [from, to, after - before] as const),
  );

  it.each(pairs.filter(([, , step]) => step >= 0))("%s may become %s", (from, to) => {
    const warnings = from === "open" && to !== "open" ? 1 : 0;
    expect(problems(from, to)).toHaveLength(warnings);
  });

  it.each(pairs.filter(([, , step]) => step < 0))("%s never becomes %s", (from, to) => {
    expect(() => problems(from, to)).toThrow(
      from === "privateBothWays"
        ? /Azure never loosens a managed network that is AllowOnlyApprovedOutbound, and this project/
        : /Azure would take public access back, but this project opens no stack/,
    );
  });

  it("warns that an endpoint from before the managed network has to be made again", () => {
    expect(problems("open", "privateInbound")).toEqual([
      expect.stringMatching(
        /^warning: .*it has to be deleted and made again \(docs\/network.md\)$/,
      ),
    ]);
  });
});
