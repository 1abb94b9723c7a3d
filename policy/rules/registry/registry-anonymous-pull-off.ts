import { BOTH, type ResourceRule } from "../../rule";
import { mustBe } from "../../inputChecks";

/** Anonymous pull gives every image, and the models in it, to everybody who knows the registry's name. */
export const registryAnonymousPullOff: ResourceRule = {
  id: "registry-anonymous-pull-off",
  title: "Nobody pulls from the registry without an identity",
  severity: "mandatory",
  targets: BOTH,
  references: {
    psrule: ["Azure.ACR.AnonymousAccess"],
    azurePolicy: ["9f2dea28-e834-476c-99c5-3507b4728395"],
  },
  sees: "resource",
  types: ["azure-native:containerregistry:Registry"],
  check: ({ inputs }) => mustBe(inputs, "anonymousPullEnabled", false),
};
