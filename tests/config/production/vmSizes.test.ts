import { describe, expect, it } from "@jest/globals";
import { cpusOf, osDiskProblem, vmSizeProblem } from "../../../config/production/vmSizes";
import { PRODUCTION } from "../../stacks";
import { cluster, faults } from "./harness";

/** Does not prove that a region offers a size: only what its name tells is looked at. */

describe("vmSizeProblem", () => {
  it.each([
    ["Standard_D4s_v5", "Standard_D4ds_v5"],
    ["Standard_D4_v5", "Standard_D4d_v5"],
    ["Standard_D4as_v5", "Standard_D4ads_v5"],
    ["Standard_E104is_v5", "Standard_E104ids_v5"],
    ["Standard_E8-4s_v5", "Standard_E8-4ds_v5"],
    ["Standard_F4as_v6", "Standard_F4ads_v6"],
    ["Standard_DC4as_cc_v5", "Standard_DC4ads_cc_v5"],
    ["Standard_D4s_v4", "Standard_D4ds_v4"],
    ["Standard_B4s_v2", "Standard_D4ds_v5"],
  ])("refuses %s, which has no disk, and names %s", (size, advice) => {
    expect(vmSizeProblem(size)).toBe(
      `is {value}, without a disk of its own, where the OS disk would lie; take a size with d, such as ${advice}`,
    );
  });

  it.each(["Standard_D4pds_v5", "Standard_E4ps_v6", "Standard_B4ps_v2"])(
    "refuses %s for its processor",
    (size) => {
      expect(vmSizeProblem(size)).toContain("ARM64");
    },
  );

  it.each(["Standard_A4_v2", "Standard_A2m_v2"])("refuses %s for its series", (size) => {
    expect(vmSizeProblem(size)).toContain("series A");
  });

  it.each([
    "Standard_D4ds_v5",
    "Standard_D4as_v4",
    "Standard_D4s_v3",
    "Standard_DS3_v2",
    "Standard_F8s_v2",
    "Standard_B4ms",
    "Standard_L8s_v3",
    "Standard_NP10s",
    "Standard_NC24ads_A100_v4",
    "Standard_M416ms_v2",
  ])("takes %s", (size) => {
    expect(vmSizeProblem(size)).toBeUndefined();
  });
});

describe("what else a size's name tells", () => {
  it.each([
    ["Standard_D4ds_v5", 4],
    ["Standard_E8-4ds_v5", 4],
    ["Standard_F8s_v2", 8],
    ["Standard_NC24ads_A100_v4", 24],
    ["Standard_DS3_v2", undefined],
    ["Standard_D11_v2", undefined],
    ["Standard_B4ms", undefined],
  ])("is of %s: %s CPUs", (size, cpus) => {
    expect(cpusOf(size)).toBe(cpus);
  });

  it.each([
    ["Standard_D2ds_v5", 75, 76],
    ["Standard_E4ads_v5", 150, 151],
    ["Standard_E8-4ds_v4", 300, 301],
  ])("is of %s: room for %s GB, not %s", (size, fits, tooMuch) => {
    expect(osDiskProblem(size, fits)).toBeUndefined();
    expect(osDiskProblem(size, tooMuch)).toBe(
      `is ${tooMuch}, and the disk of a ${size} has ${fits} GB; take a smaller OS disk or a larger machine`,
    );
  });

  it("is nothing about disks of other series", () => {
    for (const size of ["Standard_D4ds_v6", "Standard_F8s_v2", "Standard_DC4ads_v5"]) {
      expect(osDiskProblem(size, 2048)).toBeUndefined();
    }
  });
});

describe("pools", () => {
  it("have machines and disks that fit, the default of 128 GB too", async () => {
    const systemPool = { ...PRODUCTION.cluster.systemPool, vmSize: "Standard_D2ds_v5" };
    const scoring = { ...PRODUCTION.cluster.userPools.scoring, vmSize: "Standard_D4s_v5" };
    expect(await faults(cluster({ systemPool, userPools: { scoring } }))).toEqual([
      "cluster.systemPool.osDiskSizeGB: is 128, and the disk of a Standard_D2ds_v5 has 75 GB; take a smaller OS disk or a larger machine",
      'cluster.userPools.scoring.vmSize: is "Standard_D4s_v5", without a disk of its own, where the OS disk would lie; take a size with d, such as Standard_D4ds_v5',
    ]);
  });
});
