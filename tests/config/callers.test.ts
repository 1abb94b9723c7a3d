import { describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "../../config";
import { ConfigError } from "../../errors";
import { CALLER, CALLERS, entraEndpointDirectory } from "../callers";
import { sandboxSettings } from "../stacks";

/** Who may score, as the settings say it. */

const ROLE = "F6C7C914-8DB3-469D-8CA1-694A8F32E121";

async function load(changes: object, isLocalRun = false) {
  const directory = { endpointDirectory: entraEndpointDirectory() };
  pulumi.runtime.setAllConfig({ ...sandboxSettings({ ...directory, ...changes }) });
  const config = await loadConfig("test", isLocalRun);
  if (config.target !== "sandbox") throw new Error(`target is ${config.target}`);
  return config;
}

async function faults(changes: object): Promise<string[]> {
  const error: unknown = await load(changes).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error(`no ConfigError but ${String(error)}`);
  return error.problems
    .filter(({ severity }) => severity === "error")
    .map(({ key, message }) => `${key ?? ""}: ${message}`);
}

describe("callers", () => {
  it("are taken with a note and with the role that they get", async () => {
    expect(await load({ callers: CALLERS, callerRole: ROLE })).toMatchObject({
      callers: CALLERS,
      callerRole: ROLE.toLowerCase(),
    });
  });

  it.each([
    ["no kind", [{ objectId: CALLER }], "callers.0.principalType"],
    ["no id", [{ principalType: "User" }], "callers.0.objectId"],
    ["a name for an id", [{ objectId: "me", principalType: "User" }], "callers.0.objectId"],
    ["another kind", [{ objectId: CALLER, principalType: "Robot" }], "callers.0.principalType"],
    ["an empty note", [{ ...CALLERS[0], note: "" }], "callers.0.note"],
    ["a note of two lines", [{ ...CALLERS[0], note: "a\nb" }], "callers.0.note"],
    ["an unknown key", [{ ...CALLERS[0], role: "Owner" }], "callers.0.role"],
    ["the same one twice", [CALLERS[0], { ...CALLERS[0], note: "other" }], "callers"],
  ])("are refused with %s", async (_what, callers, key) => {
    expect(await faults({ callers })).toEqual([expect.stringMatching(`^${key}: `)]);
  });

  it("are refused where everybody who has the key is let in", async () => {
    const directory = sandboxSettings()["mlscore:endpointDirectory"];
    expect(await faults({ callers: CALLERS, endpointDirectory: directory })).toEqual([
      "auth_mode: is key, which Azure checks without looking at roles; set it to aad_token, or remove mlscore:callers from the settings",
    ]);
  });

  it("do not keep somebody else's endpoint with a key from running on this machine", async () => {
    const directory = sandboxSettings()["mlscore:endpointDirectory"];
    const config = await load({ callers: CALLERS, endpointDirectory: directory }, true);
    expect(config.callers).toEqual(CALLERS);
  });

  it("must be there where a role for them is", async () => {
    expect(await faults({ callerRole: ROLE })).toEqual([
      "callerRole: is of no use without callers, who get the role",
    ]);
  });
});
