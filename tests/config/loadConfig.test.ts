import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "../../config";
import { ConfigError } from "../../errors";
import type { SandboxConfig } from "../../config/types";
import { DEPLOYER, ENDPOINT_DIRECTORY, sandboxSettings, SUBSCRIPTION } from "../stacks";

async function load(changes: Record<string, unknown> = {}): Promise<SandboxConfig> {
  pulumi.runtime.setAllConfig({ ...sandboxSettings(changes) });
  const config = await loadConfig("test");
  if (config.target !== "sandbox") throw new Error(`target is ${config.target}`);
  return config;
}

/** What is wrong, without the severity. */
async function faults(changes: Record<string, unknown>): Promise<string[]> {
  const error: unknown = await load(changes).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error(`no ConfigError but ${String(error)}`);
  return error.problems
    .filter(({ severity }) => severity === "error")
    .map(({ file, line, key, message }) => {
      const at = file.startsWith("Pulumi.") || line === undefined ? "" : `:${line}`;
      return `${file}${at} ${key ?? ""}: ${message}`;
    });
}

describe("loadConfig", () => {
  it("completes the settings with names and defaults", async () => {
    const { endpoint, ...settings } = await load();
    expect(endpoint.deployments.map(({ name }) => name)).toEqual(["blue", "green"]);
    expect(settings).toEqual({
      target: "sandbox",
      subscription: { id: SUBSCRIPTION, name: "Test" },
      resourceGroup: { name: "rg", create: false },
      objectives: { goodPercent: 99.5, fastPercent: 99, latencyMs: 1000, periodDays: 30 },
      dashboards: true,
      location: "canadacentral",
      names: expect.objectContaining({
        storageAccount: expect.stringMatching(/^stflood[0-9a-f]{6}$/),
      }) as unknown,
      workspace: {
        name: expect.stringMatching(/^mlw-flood-[0-9a-f]{6}$/) as unknown,
        resourceGroupName: "rg",
        isOwn: true,
      },
      tags: { owner: "tests" },
      network: { level: "open", isolationMode: "Disabled", outboundRules: {} },
      generation: 1,
      logRetentionDays: 30,
      protect: true,
      readers: [],
      deployers: [{ objectId: DEPLOYER, principalType: "Group" }],
      callers: [],
      autoscale: {},
      telemetry: "none",
    });
  });

  it.each([
    [
      "a target that is no kind of stack",
      { target: "sandbx" },
      "target",
      'must be one of sandbox, production; did you mean "sandbox"?',
    ],
    ["a missing target", { target: undefined }, "target", "is missing; must be one of"],
    [
      "a misspelt target",
      { target: undefined, targt: "sandbox" },
      "targt",
      'did you mean "target"? It must be one of sandbox, production',
    ],
    [
      "a misspelt setting",
      { logRetentionDay: "30" },
      "logRetentionDay",
      'did you mean "logRetentionDays"',
    ],
    ["an unknown region form", { location: "Canada Central" }, "location", "Canada Central"],
    [
      "a subscription by name",
      { "azure-native:subscriptionId": "Sandbox" },
      "azure-native:subscriptionId",
      "GUID",
    ],
    [
      "a missing subscription",
      { "azure-native:subscriptionId": undefined },
      "azure-native:subscriptionId",
      "missing",
    ],
    [
      "an identity for azure-native alone",
      { "azure-native:clientId": "somebody" },
      "azure-native:clientId",
      "set the environment variable ARM_CLIENT_ID instead",
    ],
    ["a workload with capitals", { workload: "Flood" }, "workload", "lower-case"],
    [
      "an isolation that Azure does not have",
      { network: { isolationMode: "Full" } },
      "network.isolationMode",
      "AllowInternetOutbound",
    ],
    ["too short a retention", { logRetentionDays: "7" }, "logRetentionDays", "30"],
    [
      "a deployer of no type",
      { deployers: [{ objectId: DEPLOYER }] },
      "deployers.0.principalType",
      "missing",
    ],
    [
      "a rule of no type",
      { outboundRules: { x: { destination: "example.org" } } },
      "outboundRules.x",
      "type",
    ],
  ])("refuses %s", async (_what, changes, key, words) => {
    const found = await faults(changes);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`Pulumi.test.yaml ${key}`);
    expect(found[0]).toContain(words);
  });

  it.each([
    [
      "FQDN",
      { type: "FQDN", destination: "example.org" },
      "Disabled",
      ["AllowOnlyApprovedOutbound"],
    ],
    [
      "FQDN",
      { type: "FQDN", destination: "example.org" },
      "AllowInternetOutbound",
      ["AllowOnlyApprovedOutbound"],
    ],
    [
      "PrivateEndpoint",
      { type: "PrivateEndpoint", serviceResourceId: "/subscriptions/x", subresourceTarget: "dfs" },
      "Disabled",
      ["AllowInternetOutbound", "AllowOnlyApprovedOutbound"],
    ],
  ])(
    "refuses an outbound rule of type %s that %s %s cannot have",
    async (type, rule, isolationMode, needed) => {
      expect(
        await faults({ network: { isolationMode }, outboundRules: { features: rule } }),
      ).toEqual([
        `Pulumi.test.yaml outboundRules.features: a rule of type ${type} needs network.isolationMode ${needed.join(" or ")}, not ${isolationMode}`,
      ]);
    },
  );

  it("takes a private endpoint where internet outbound is allowed", async () => {
    const rule = {
      type: "PrivateEndpoint",
      serviceResourceId: "/subscriptions/x",
      subresourceTarget: "dfs",
    };
    const { network } = await load({
      network: { isolationMode: "AllowInternetOutbound" },
      outboundRules: { features: rule },
    });
    expect(network.outboundRules).toEqual({ features: rule });
  });

  it("refuses the legacy isolation of a deployment inside a managed network, and only there", async () => {
    const directory = mkdtempSync(join(tmpdir(), "endpoint-"));
    cpSync(ENDPOINT_DIRECTORY, directory, { recursive: true });
    const file = join(directory, "green.yml");
    appendFileSync(file, "egress_public_network_access: disabled\n");
    expect(
      await faults({
        endpointDirectory: directory,
        network: { isolationMode: "AllowInternetOutbound" },
      }),
    ).toEqual([
      `${file}:14 egress_public_network_access: cannot be disabled in a workspace with a managed network ` +
        "(its isolation mode is AllowInternetOutbound); remove it, the workspace's isolation covers the deployment",
    ]);
    const { endpoint } = await load({ endpointDirectory: directory });
    expect(endpoint.deployments[1]?.egressPublicNetworkAccess).toBe("Disabled");
    // What a deployment has that says nothing isolates nothing.
    writeFileSync(file, readFileSync(file, "utf8").replace(": disabled", ": enabled"));
    const managed = await load({
      endpointDirectory: directory,
      network: { isolationMode: "AllowInternetOutbound" },
    });
    expect(managed.endpoint.deployments[1]?.egressPublicNetworkAccess).toBe("Enabled");
    rmSync(directory, { recursive: true });
  });

  it("refuses a setting whose namespace is misspelt", async () => {
    pulumi.runtime.setAllConfig({
      ...sandboxSettings(),
      "mlscor:location": "x",
      "azure-native:x": "y",
    });
    await expect(loadConfig("test")).rejects.toThrow(
      'Pulumi.test.yaml:1: mlscor:location: is not a setting of this project; did you mean "mlscore:location"?',
    );
  });

  it("refuses a deployer who is named twice", async () => {
    const deployers = [1, 2].map(() => ({ objectId: DEPLOYER, principalType: "Group" }));
    expect(await faults({ deployers })).toEqual([expect.stringContaining("names somebody twice")]);
  });

  it.each(["yes", 1, null, "True"])("refuses %j for a switch", async (create) => {
    const shown = create === null ? "empty" : JSON.stringify(create);
    expect(await faults({ resourceGroup: { name: "rg", create } })).toEqual([
      `Pulumi.test.yaml resourceGroup.create: is ${shown}; must be true or false`,
    ]);
  });

  it.each([
    ["true", true],
    [true, true],
    ["false", false],
    [false, false],
  ])("takes %j for a switch", async (create, expected) => {
    expect((await load({ resourceGroup: { name: "rg", create } })).resourceGroup.create).toBe(
      expected,
    );
  });

  it("takes plain text for a group, a workspace and one user, as pulumi new writes them", async () => {
    const config = await load({ resourceGroup: "rg", workspace: "mlw-team", deployers: DEPLOYER });
    expect(config.resourceGroup).toEqual({ name: "rg", create: false });
    expect(config.workspace).toEqual({ name: "mlw-team", resourceGroupName: "rg", isOwn: false });
    expect(config.deployers).toEqual([{ objectId: DEPLOYER, principalType: "User" }]);
  });

  it.each([
    ["resourceGroup", "rg.", "must be 1–90 letters, digits or -_.(), not ending with a full stop"],
    ["workspace", "a", "must be the name of a workspace, 3–33 letters, digits, - or _"],
    ["deployers", "me", "must be a GUID, 8-4-4-4-12 hex digits"],
    ["readers", "you", "must be a GUID, 8-4-4-4-12 hex digits"],
  ])("refuses plain text for %s that is none", async (key, text, wanted) => {
    const found = await faults({ [key]: text });
    expect(found).toEqual([`Pulumi.test.yaml ${key}: is "${text}"; ${wanted}`]);
  });

  it("says where an endpoint's folder that is none is set", async () => {
    const missing = join(__dirname, "no-such-folder");
    expect(await faults({ endpointDirectory: missing })).toEqual([
      `Pulumi.test.yaml endpointDirectory: is ${JSON.stringify(missing)}, which does not exist; it is looked for in the project`,
    ]);
    expect(await faults({ endpointDirectory: "package.json" })).toEqual([
      'Pulumi.test.yaml endpointDirectory: is "package.json", which is a file and not a folder; it is looked for in the project',
    ]);
  });

  it("tells what is wrong in settings and YAML together", async () => {
    const found = await faults({
      location: "",
      endpointDirectory: join(__dirname, "no-such-folder"),
    });
    expect(found).toHaveLength(2);
    expect(found.some((text) => text.includes("Pulumi.test.yaml location"))).toBe(true);
    expect(found.some((text) => text.includes("no-such-folder"))).toBe(true);
  });
});
