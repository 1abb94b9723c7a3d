import { comesFromSome, ofType, violations } from "../../relations";
import { BOTH, type StackRule } from "../../rule";
import { fault, UNKNOWN } from "../../inputChecks";

/** One resource, or something in it. */
const ONE_RESOURCE = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/[^/]+(\/[^/]+)+$/i;

/**
 * A role on a subscription or a resource group is a role on whatever comes there later. A scope that is unknown before
 * the run must come from a resource of this stack other than a group: the id of a subscription is never unknown.
 */
export const roleNarrowScope: StackRule = {
  id: "role-narrow-scope",
  title: "Roles are granted on single resources",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.RBAC.LimitMGDelegation"],
    other: ["Azure RBAC, best practices, limit the scope"],
  },
  sees: "stack",
  check: (resources) => {
    const wide = ["azure-native:resources:ResourceGroup", "pulumi:providers:azure-native"];
    const narrow = resources.filter(({ type }) => !wide.includes(type));
    return ofType(resources, "azure-native:authorization:RoleAssignment").flatMap((assignment) => {
      const { scope } = assignment.inputs;
      const isNarrow =
        scope === UNKNOWN
          ? comesFromSome(assignment, "scope", narrow)
          : typeof scope === "string" && ONE_RESOURCE.test(scope);
      return isNarrow ? [] : violations(assignment, [fault("scope", scope, "a single resource")]);
    });
  },
};
