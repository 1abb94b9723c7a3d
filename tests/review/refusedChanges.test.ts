import { describe, expect, it } from "@jest/globals";
import { SUBSCRIPTION_KEY } from "../../config/settingsFile";
import { refusedSection } from "../../review/sections/refusedChanges";
import { changesSection } from "../../review/sections/changes";
import type { Evaluated } from "../../review/compare";
import { edited, production, reviewed, sandbox, withInputs, withResource } from "./graphs";
import { change, resource, told } from "./smallStack";
import { PRODUCTION } from "../stacks";

/**
 * Changes between two stacks that are both valid, where the way from one to the other is refused. It does not prove that Azure
 * refuses what the emulator does (docs/azure-assumptions.md).
 */

function refused(before: Evaluated, after: Evaluated): string[] {
  return told(refusedSection(reviewed("test", before, after))).map((text) =>
    text.replace(/\/subscriptions\/\S*\//g, "…/"),
  );
}

describe("a change that is refused", () => {
  it("is a workspace's isolation that is loosened, and not one that is tightened", async () => {
    const open = await sandbox({ network: { isolationMode: "AllowInternetOutbound" } });
    const closed = await sandbox({ network: { isolationMode: "AllowOnlyApprovedOutbound" } });
    expect(refused(closed, open)).toEqual([
      expect.stringMatching(
        /^blocking: Refused change: Azure ML workspace workspace: BadRequest: isolation of …\/\S+ cannot go back from AllowOnlyApprovedOutbound to AllowInternetOutbound \(by workspace-isolation-order\)$/,
      ),
    ]);
    expect(refused(open, closed)).toEqual([]);
  });

  it("is another path of a registered version, a pool added within the cluster, a deployment removed with its traffic", async () => {
    const base = await sandbox();
    const moved = edited(base, ({ resources }) => ({
      resources: resources.map((one) =>
        one.type.endsWith(":CodeVersion")
          ? withInputs(one, {
              properties: { ...(one.inputs["properties"] as object), codeUri: "elsewhere" },
            })
          : one,
      ),
    }));
    const versions = refused(base, moved);
    expect(versions.length).toBeGreaterThan(0);
    for (const one of versions) expect(one).toContain("Asset paths cannot be updated.");
    const cluster = await production();
    const pools = withResource(cluster, "cluster", "ManagedCluster", (one) =>
      withInputs(one, {
        agentPoolProfiles: [...(one.inputs["agentPoolProfiles"] as object[]), { name: "second" }],
      }),
    );
    expect(refused(cluster, pools)).toEqual([
      expect.stringContaining("A new agent pool was introduced (second)"),
    ]);
    const withoutBlue = withResource(base, "endpoint-blue", "OnlineDeployment", () => []);
    expect(refused(base, withoutBlue)).toEqual([expect.stringContaining("blue")]);
  });

  it("is none where one step waits for another, as the engine orders them", async () => {
    const base = await sandbox();
    // The split that names a deployment comes before it in the graph's order.
    const empty = withResource(base, "endpoint-blue", "OnlineDeployment", () => []);
    const idle = withResource(empty, "endpoint-traffic", "TrafficSplit", (split) =>
      withInputs(split, { traffic: { green: 100 }, mirrorTraffic: {} }),
    );
    expect(refused(idle, base)).toEqual([]);
    expect(refused(base, idle)).toEqual([]);
    // A replaced cluster takes its pools and all objects in it along.
    const otherPods = await production({
      network: { ...PRODUCTION.network, podCidr: "10.248.0.0/16" },
    });
    expect(otherPods.kind).toBe("graph");
    expect(refused(await production(), otherPods)).toEqual([]);
  });

  it("is none where everything is in another subscription", async () => {
    const base = await sandbox();
    const other = await sandbox({ network: { isolationMode: "AllowInternetOutbound" } });
    if (other.kind !== "graph") throw new Error("no graph");
    const settings = { ...other.settings, [SUBSCRIPTION_KEY]: "another" };
    expect(refused({ ...other, settings }, base)).toEqual([]);
  });

  it("is the deletion and the replacement of what is protected, by Pulumi", () => {
    const cluster = resource(
      "containerservice:ManagedCluster",
      "cluster",
      { dnsPrefix: "a" },
      { protect: true },
    );
    expect(told(changesSection(change([cluster], [])))).toEqual([
      "blocking: AKS cluster cluster would be deleted; it is protected, so Pulumi would refuse",
    ]);
    const moved = { ...cluster, inputs: { dnsPrefix: "b" } };
    expect(told(changesSection(change([cluster], [moved])))).toEqual([
      "blocking: AKS cluster cluster would be replaced, because dnsPrefix cannot be changed in place; it is protected, so Pulumi would refuse",
    ]);
  });
});
