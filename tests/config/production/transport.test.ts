import { describe, expect, it } from "@jest/globals";
import { faults, load, problems } from "./harness";

/** Does not prove what the gateway does with either: tests/components/production/scoringService.test.ts does. */

async function warned(changes: Record<string, unknown>): Promise<string[]> {
  // An error elsewhere makes the warnings visible.
  const found = await problems({ ...changes, logRetentionDays: "1" });
  return found
    .filter(({ severity, key }) => severity === "warning" && key === "plainHttp")
    .map(({ message }) => message);
}

describe("how the gateway takes requests", () => {
  it.each([
    ["nothing is chosen", {}],
    ["plain HTTP is refused in words", { plainHttp: "false" }],
  ])("is an error where there is no certificate and %s", async (_what, chosen) => {
    expect(await faults({ plainHttp: undefined, ...chosen })).toEqual([
      "hostname: has no certificate; name one of the stack's vault in certificateName, or set plainHttp: true to take plain HTTP inside the network until there is one",
    ]);
  });

  it("is plain HTTP by choice, with a warning", async () => {
    expect((await load({ plainHttp: "true" })).certificateName).toBeUndefined();
    expect(await warned({ plainHttp: "true" })).toEqual([
      "is true: requests and predictions can be read on the network; put a certificate into the stack's vault, name it in certificateName and remove plainHttp",
    ]);
  });

  it("is TLS with a certificate, without a warning", async () => {
    const secure = { plainHttp: undefined, certificateName: "flood" };
    expect((await load(secure)).certificateName).toBe("flood");
    expect(await warned(secure)).toEqual([]);
  });

  it("is not both", async () => {
    expect(await faults({ plainHttp: "true", certificateName: "flood" })).toEqual([
      "plainHttp: is true, and certificateName names a certificate; remove one of the two",
    ]);
  });

  it("is true or false", async () => {
    expect(await faults({ plainHttp: "yes" })).toEqual([
      'plainHttp: is "yes"; must be true or false',
    ]);
  });

  it("leaves a wrong name of a certificate to its own message", async () => {
    expect(await faults({ plainHttp: undefined, certificateName: "flood_cert" })).toEqual([
      'certificateName: is "flood_cert"; must be 1–127 letters, digits or dashes',
    ]);
  });

  it("leaves a wrong host name to its own message", async () => {
    expect(await faults({ plainHttp: undefined, hostname: "flood" })).toEqual([
      'hostname: is "flood"; must be a DNS name in lower case, such as flood.insight.internal',
    ]);
  });
});
