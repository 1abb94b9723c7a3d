import { describe, expect, it } from "@jest/globals";
import { ADMINISTRATORS, PRODUCTION } from "../../stacks";
import { cluster, faults, network } from "./harness";

/** Does not prove that Azure takes what is accepted here: the rules are those of its documentation. */

describe("the cluster of production", () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      "a patch of Kubernetes",
      cluster({ kubernetesVersion: "1.37.2" }),
      'cluster.kubernetesVersion: is "1.37.2", with a patch; write "1.37", AKS chooses the patch and raises it',
    ],
    [
      "a version that YAML reads as a number",
      cluster({ kubernetesVersion: 1.37 }),
      "cluster.kubernetesVersion: is 1.37, which YAML does not read as text; put it in quotes",
    ],
    [
      "a version of something else",
      cluster({ kubernetesVersion: "v1.37" }),
      'cluster.kubernetesVersion: is "v1.37"; must be a minor version such as "1.37"',
    ],
    [
      "a zone that no region has",
      cluster({ zones: ["1", "4"] }),
      'cluster.zones.1: is "4"; must be a zone, "1", "2" or "3"',
    ],
    ["no zone", cluster({ zones: [] }), "cluster.zones: is empty; must name zones, 1 to 3"],
    ["a zone twice", cluster({ zones: ["1", 1] }), "cluster.zones: names a zone twice"],
    [
      "no group of administrators",
      cluster({ adminGroupObjectIds: [] }),
      "cluster.adminGroupObjectIds: is empty; must name a group at least: local accounts are off, so nobody else has access",
    ],
    [
      "a group by another name than its id",
      cluster({ adminGroupObjectIds: [ADMINISTRATORS, ADMINISTRATORS.toUpperCase(), "a"] }),
      'cluster.adminGroupObjectIds.2: is "a"; must be a GUID, 8-4-4-4-12 hex digits',
    ],
    [
      "a system pool of one",
      cluster({ systemPool: { ...PRODUCTION.cluster.systemPool, minCount: 1 } }),
      "cluster.systemPool.minCount: is 1; must be a whole number from 2 to 1000 (nodes; AKS asks for two in a system pool and recommends three)",
    ],
    [
      "burstable machines for the system pool",
      cluster({ systemPool: { ...PRODUCTION.cluster.systemPool, vmSize: "Standard_B4ms" } }),
      'cluster.systemPool.vmSize: is "Standard_B4ms"; AKS does not allow series B machines in system pools',
    ],
    [
      "a pool whose most is less than its least",
      cluster({ systemPool: { ...PRODUCTION.cluster.systemPool, minCount: 4, maxCount: 3 } }),
      "cluster.systemPool.maxCount: is 3, less than minCount (4)",
    ],
    [
      "no pool for pods",
      cluster({ userPools: {} }),
      "cluster.userPools: has no pool; scoring pods do not run on the system pool",
    ],
    [
      "the system pool's name for another one",
      cluster({ userPools: { system: PRODUCTION.cluster.userPools.scoring } }),
      "cluster.userPools.system: is the system pool's own name; choose another one",
    ],
    [
      "a pool's name of 13 letters",
      cluster({ userPools: { abcdefghijklm: PRODUCTION.cluster.userPools.scoring } }),
      "cluster.userPools.abcdefghijklm: cannot be a pool's name; it has 1–12 lower-case letters and digits, a letter first",
    ],
    [
      "a time without minutes",
      cluster({ maintenance: { dayOfWeek: "Sunday", startTime: "2" } }),
      'cluster.maintenance.startTime: is "2"; must be a time of day such as "02:00"',
    ],
    [
      "an offset that no place on earth has",
      cluster({
        maintenance: { dayOfWeek: "Sunday", startTime: "02:00", utcOffset: "+15:00" },
      }),
      'cluster.maintenance.utcOffset: is "+15:00"; must be an offset from "-12:00" to "+14:00", such as "-05:00"',
    ],
    [
      "too short a window",
      cluster({ maintenance: { dayOfWeek: "Sunday", startTime: "02:00", durationHours: 3 } }),
      "cluster.maintenance.durationHours: is 3; must be a whole number from 4 to 24 (hours; upgrades need four)",
    ],
  ])("refuses %s", async (_what, changes, expected) => {
    expect(await faults(changes)).toEqual([expected]);
  });

  it.each(["-12:00", "+14:00", "+13:45", "-03:30"])("takes the offset %s", async (utcOffset) => {
    const maintenance = { dayOfWeek: "Sunday", startTime: "02:00", utcOffset };
    expect(await faults(cluster({ maintenance }))).toEqual([]);
  });

  it.each(["-12:30", "+14:30", "-13:00"])("refuses the offset %s", async (utcOffset) => {
    const maintenance = { dayOfWeek: "Sunday", startTime: "02:00", utcOffset };
    expect(await faults(cluster({ maintenance }))).toHaveLength(1);
  });

  it.each(["__proto__", "constructor", "prototype"])("refuses a pool called %s", async (name) => {
    const { scoring } = PRODUCTION.cluster.userPools;
    const pools = JSON.parse(`{"${name}": ${JSON.stringify(scoring)}}`) as unknown;
    expect(await faults(cluster({ userPools: pools }))).toContain(
      `cluster.userPools.${name}: cannot be a name; choose another one`,
    );
  });

  it("refuses a group that is named twice", async () => {
    const ids = [ADMINISTRATORS, ADMINISTRATORS.toUpperCase()];
    expect(await faults(cluster({ adminGroupObjectIds: ids }))).toEqual([
      "cluster.adminGroupObjectIds: names a group twice",
    ]);
  });

  it("refuses a pool that AKS could not upgrade at its largest, and takes one that it can", async () => {
    const pools = (maxCount: number) =>
      cluster({ userPools: { scoring: { vmSize: "Standard_D4ds_v5", minCount: 3, maxCount } } });
    const wide = network({ podCidr: "10.128.0.0/13" });
    expect(await faults({ ...wide, ...pools(751) })).toEqual([]);
    expect(await faults({ ...wide, ...pools(752) })).toEqual([
      "cluster.userPools.scoring.maxCount: is 752; with 249 more during an upgrade that is over 1000, and AKS would refuse to upgrade the pool",
    ]);
  });
});
