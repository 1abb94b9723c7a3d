import { describe, expect, it } from "@jest/globals";
import { maintenanceWindows } from "../../../components/maintenanceWindows";
import { inputsOf, namesOf } from "../../stacks";
import { cluster, SETTINGS } from "./clusterParts";
import { declared, dependenciesOf } from "./declared";

// Proves which windows are declared; AKS decides what it does in them.

describe("the maintenance windows", () => {
  it("are AKS's two, weekly, at the time of the settings", async () => {
    const run = await declared(() => {
      const { name } = cluster();
      maintenanceWindows(
        "cluster",
        { resourceGroupName: "rg", clusterName: name, maintenance: SETTINGS.maintenance },
        {},
      );
    });
    const windows = namesOf(run, ":MaintenanceConfiguration").map((name) =>
      inputsOf(run, "containerservice:MaintenanceConfiguration", name),
    );
    const common = {
      resourceName: "aks-flood",
      resourceGroupName: "rg",
      maintenanceWindow: {
        schedule: { weekly: { dayOfWeek: "Sunday", intervalWeeks: 1 } },
        startTime: "02:00",
        utcOffset: "-07:00",
        durationHours: 6,
      },
    };
    expect(windows).toEqual([
      { ...common, configName: "aksManagedNodeOSUpgradeSchedule" },
      { ...common, configName: "aksManagedAutoUpgradeSchedule" },
    ]);
    expect(dependenciesOf(run, "cluster-upgrade-window")).toEqual(["cluster"]);
  });
});
