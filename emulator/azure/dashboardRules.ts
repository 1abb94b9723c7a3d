import type { AssumptionId } from "../../assumptions";
import { textAt, type Inputs } from "../../graph/paths";
import { refuseUnless } from "./refusal";
import type { TypeRules } from "./typeRules";

const WORKBOOK = "azure-native:applicationinsights:Workbook";

/** Rules of dashboards beyond names and parents. */
export const dashboardRules: Readonly<Record<string, TypeRules>> = {
  [WORKBOOK]: {
    put(inputs, id, store) {
      const kind = textAt(inputs, "kind");
      refuseUnless(
        kind === "shared",
        `kind of ${id} is "${kind}"; must be shared`,
        "workbook-kind",
      );
      refuseUnless(
        textAt(inputs, "displayName") !== "" && textAt(inputs, "category") !== "",
        `${id} needs a displayName and a category`,
        "workbook-kind",
      );
      assertJson(inputs, "serializedData", id, "workbook-data");
      const source = textAt(inputs, "sourceId");
      refuseUnless(
        source === source.toLowerCase(),
        `sourceId of ${id} is "${source}"; must be in lower case`,
        "workbook-source",
      );
      const others = store.list(WORKBOOK).filter((other) => other.id !== id);
      refuseUnless(
        !others.some((other) => isSameInGallery(inputs, other.inputs)),
        `${id} has the displayName "${textAt(inputs, "displayName")}", which another workbook of its group and source has`,
        "workbook-display-name",
      );
    },
  },
  "azure-native:dashboard:DashboardDefinition": {
    put(inputs, id) {
      const name = textAt(inputs, "definitionName");
      refuseUnless(
        name === "default",
        `${id} is called "${name}"; the portal shows default alone`,
        "grafana-dashboard-definition",
      );
      assertJson(inputs, "properties.serializedData", id, "grafana-dashboard-definition");
    },
  },
};

function isSameInGallery(one: Inputs, other: Inputs): boolean {
  return ["resourceGroupName", "sourceId", "displayName"].every(
    (key) => textAt(one, key).toLowerCase() === textAt(other, key).toLowerCase(),
  );
}

function assertJson(inputs: Inputs, path: string, id: string, source: AssumptionId): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(textAt(inputs, path));
  } catch {
    parsed = undefined;
  }
  refuseUnless(
    typeof parsed === "object" && parsed !== null && !Array.isArray(parsed),
    `${path} of ${id} is no JSON object`,
    source,
  );
}
