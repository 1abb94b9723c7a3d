import { beforeAll, describe, expect, it } from "@jest/globals";
import { runOnEmulator, type EmulatorRun } from "../../emulator/onEmulator";
import { graphOf } from "../../graph/graph";
import { plainInputs, revealed } from "../../graph/plainInputs";
import { judge } from "../../policy/judge";
import { policyResources } from "../../policy/resources";
import { rules } from "../../policy/rules/index";
import { armTemplate } from "../../render/armTemplate";
import {
  inputsOf,
  namesOf,
  PRIVATE_BOTH_WAYS,
  PRIVATE_INBOUND,
  sandboxRun,
  sandboxSettings,
  SUBSCRIPTION,
} from "../stacks";

/**
 * The levels of a sandbox's network. Proves what is declared and what the emulator takes; it does not prove that a name
 * resolves, nor that Azure takes the combination.
 */

const HUB = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-hub/providers/Microsoft.Network`;
const VNET = `${HUB}/virtualNetworks/vnet-hub`;
const ZONES = {
  workspace: "privatelink.api.azureml.ms",
  notebooks: "privatelink.notebooks.azure.net",
  blob: "privatelink.blob.core.windows.net",
  file: "privatelink.file.core.windows.net",
  vault: "privatelink.vaultcore.azure.net",
  registry: "privatelink.azurecr.io",
};
const HUB_ZONES = Object.fromEntries(
  Object.entries(ZONES).map(([service, name]) => [service, `${HUB}/privateDnsZones/${name}`]),
);
const IN_HUB = {
  level: "privateInbound",
  vnetId: VNET,
  subnetIds: { privateEndpoints: `${VNET}/subnets/private-endpoints` },
  privateDnsZoneIds: HUB_ZONES,
  imageBuild: { vmSize: "Standard_DS3_v2" },
};
const LEVELS: [string, Record<string, unknown>][] = [
  ["privateInbound", PRIVATE_INBOUND],
  ["privateBothWays", PRIVATE_BOTH_WAYS],
  ["privateInbound in a hub", IN_HUB],
];

/** Every switch for the public network in a body, with its path. */
function switches(value: unknown, path = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): [string, unknown][] =>
    key === "publicNetworkAccess" ? [[`${path}${key}`, inner]] : switches(inner, `${path}${key}.`),
  );
}

function bodies(run: EmulatorRun) {
  return run.resources.map(({ type, name, inputs }) => {
    return { type, name, body: plainInputs(inputs, revealed) };
  });
}

describe.each(LEVELS)("a sandbox at the level %s", (_level, network) => {
  let run: EmulatorRun;
  beforeAll(async () => {
    run = await sandboxRun({ network });
  });

  it("leaves no public access in any resource", () => {
    const found = bodies(run).flatMap(({ name, body }) =>
      switches(body).map(([path, value]) => [name, path, value]),
    );
    expect(found.toSorted()).toEqual([
      ["endpoint", "properties.publicNetworkAccess", "Disabled"],
      ["endpoint-traffic", "settings.publicNetworkAccess", "Disabled"],
      ["registry", "publicNetworkAccess", "Disabled"],
      ["workspace", "publicNetworkAccess", "Disabled"],
      ["workspace-key-vault", "properties.publicNetworkAccess", "Disabled"],
      ["workspace-storage", "publicNetworkAccess", "Disabled"],
    ]);
    expect(JSON.stringify(armTemplate(graphOf(run), run.tenantId))).not.toMatch(
      /"publicNetworkAccess":"(?!Disabled)/,
    );
    const types = run.resources.map(({ type }) => type);
    expect(types.filter((type) => /PublicIP/.test(type))).toEqual([]);
  });

  it("has a private endpoint for each service, whose names are in a zone that is declared or configured", () => {
    const zones = [
      ...namesOf(run, ":PrivateZone").map((name) => {
        return String(inputsOf(run, "privatedns:PrivateZone", name)["privateZoneName"]);
      }),
      ...Object.values((network["privateDnsZoneIds"] ?? {}) as Record<string, string>),
    ].map((zone) => zone.split("/").at(-1));
    expect(zones.toSorted()).toEqual(Object.values(ZONES).toSorted());
    const endpoints = namesOf(run, ":PrivateEndpoint");
    expect(endpoints).toEqual([
      "amlworkspace-endpoint",
      "blob-endpoint",
      "file-endpoint",
      "registry-endpoint",
      "vault-endpoint",
    ]);
    const known = run.stored.map(({ id }) => id).concat(Object.values(HUB_ZONES));
    const used = endpoints.flatMap((name) => {
      const group = inputsOf(run, "network:PrivateDnsZoneGroup", `${name}-dns`);
      const configs = group["privateDnsZoneConfigs"] as { readonly privateDnsZoneId: string }[];
      expect(configs.length).toBeGreaterThan(0);
      return configs.map(({ privateDnsZoneId }) => privateDnsZoneId);
    });
    expect(used).toHaveLength(6);
    expect(used.filter((id) => !known.includes(id))).toEqual([]);
    expect(used.map((id) => id.split("/").at(-1)).toSorted()).toEqual(zones.toSorted());
  });

  it("uploads only when the storage account can be reached", () => {
    const upload = run.resources.find(({ type }) => type.endsWith(":AssetUpload"));
    const names = (upload?.dependencies ?? []).map((urn) => urn.split("::").at(-1));
    expect(names).toEqual(expect.arrayContaining(["blob-endpoint", "blob-endpoint-dns"]));
  });

  it("breaks no mandatory rule, as the level is", () => {
    const findings = judge(policyResources(graphOf(run)), {
      target: "sandbox",
      level: network["level"] as "privateInbound",
      rules,
      exemptions: [],
      today: "2026-01-01",
    });
    // The tests' endpoint has an image by tag, and tests have no protected resources of production.
    const own = findings.filter(({ severity }) => severity === "mandatory");
    expect(own.map(({ rule }) => rule).filter((rule) => /^(level|network)-/.test(rule))).toEqual(
      [],
    );
  });

  it("changes nothing in a second update", async () => {
    const again = await runOnEmulator("sandbox", sandboxSettings({ network }), run.stored);
    expect(again.changes.filter(({ op }) => op !== "same")).toEqual([]);
  });
});

describe("a private sandbox", () => {
  it("has the managed network of its level, and the registry that private endpoints need", async () => {
    const modes: unknown[] = [];
    for (const network of [PRIVATE_INBOUND, PRIVATE_BOTH_WAYS]) {
      const run = await sandboxRun({ network });
      expect(inputsOf(run, "containerregistry:Registry", "registry")).toMatchObject({
        sku: { name: "Premium" },
      });
      modes.push(inputsOf(run, "machinelearningservices:Workspace", "workspace")["managedNetwork"]);
    }
    expect(modes).toEqual([
      expect.objectContaining({ isolationMode: "AllowInternetOutbound" }),
      expect.objectContaining({ isolationMode: "AllowOnlyApprovedOutbound" }),
    ]);
  });

  it("lets trusted services into the vault, without which no endpoint with keys is created", async () => {
    const run = await sandboxRun({ network: PRIVATE_INBOUND });
    expect(inputsOf(run, "keyvault:Vault", "workspace-key-vault")["properties"]).toMatchObject({
      networkAcls: { bypass: "AzureServices", defaultAction: "Deny" },
      // Not production's: that cannot change once the vault is there.
      softDeleteRetentionInDays: 7,
    });
  });

  it("builds images on a cluster of its own that the workspace names", async () => {
    const run = await sandboxRun({ network: PRIVATE_INBOUND });
    const cluster = inputsOf(run, "machinelearningservices:Compute", "image-build");
    expect(cluster).toMatchObject({ computeName: "image-build-ds3-v2" });
    expect(inputsOf(run, "machinelearningservices:Workspace", "workspace")).toMatchObject({
      imageBuildCompute: "image-build-ds3-v2",
    });
    const endpoint = run.resources.find(
      ({ type, custom }) => custom && type.endsWith(":OnlineEndpoint"),
    );
    const awaited = (endpoint?.dependencies ?? []).map((urn) => urn.split("::").at(-1));
    expect(awaited).toContain("image-build");
  });

  it("approves the package indexes for the build, both ways alone, and what the settings approve", async () => {
    const rules = async (changes: Record<string, unknown>) => {
      const run = await sandboxRun(changes);
      return namesOf(run, ":ManagedNetworkSettingsRule");
    };
    const pypi = { mine: { type: "FQDN", destination: "pypi.org" } };
    expect(await rules({ network: PRIVATE_INBOUND })).toEqual([]);
    expect(await rules({ network: PRIVATE_BOTH_WAYS })).toEqual([
      "workspace-outbound-packages-anaconda",
      "workspace-outbound-packages-anaconda-hosts",
      "workspace-outbound-packages-conda-channels",
      "workspace-outbound-packages-pypi",
      "workspace-outbound-packages-pypi-files",
    ]);
    expect(await rules({ network: PRIVATE_BOTH_WAYS, outboundRules: pypi })).toEqual([
      "workspace-outbound-mine",
      "workspace-outbound-packages-anaconda",
      "workspace-outbound-packages-anaconda-hosts",
      "workspace-outbound-packages-conda-channels",
      "workspace-outbound-packages-pypi-files",
    ]);
  });

  it("in an existing workspace has an endpoint without public access, and no network", async () => {
    const run = await sandboxRun({
      workspace: { name: "mlw-team", resourceGroup: "rg-ml" },
      network: { level: "privateBothWays" },
    });
    expect(inputsOf(run, "machinelearningservices:OnlineEndpoint", "endpoint")).toMatchObject({
      properties: { publicNetworkAccess: "Disabled" },
    });
    expect(namesOf(run, ":PrivateEndpoint")).toEqual([]);
    expect(namesOf(run, ":Compute")).toEqual([]);
  });
});

describe("the level of a stack", () => {
  const to = (from: Record<string, unknown>, network: Record<string, unknown>) =>
    sandboxRun({ network: from, protect: "false" }).then(({ stored }) =>
      runOnEmulator("sandbox", sandboxSettings({ network, protect: "false" }), stored),
    );

  it.each([
    ["open to privateInbound", { isolationMode: "AllowInternetOutbound" }, PRIVATE_INBOUND],
    ["privateInbound to privateBothWays", PRIVATE_INBOUND, PRIVATE_BOTH_WAYS],
    ["open to privateBothWays", { isolationMode: "Disabled" }, PRIVATE_BOTH_WAYS],
  ])("goes up in place: %s", async (_what, from, network) => {
    const { changes } = await to(from, network);
    const ops = new Set(changes.map(({ op }) => op));
    expect([...ops].filter((op) => !["same", "update", "create"].includes(op))).toEqual([]);
    expect(ops).toContain("update");
  });

  it("does not go down from privateBothWays: Azure loosens no managed network", async () => {
    await expect(to(PRIVATE_BOTH_WAYS, PRIVATE_INBOUND)).rejects.toThrow(
      "cannot go back from AllowOnlyApprovedOutbound to AllowInternetOutbound",
    );
  });
});
