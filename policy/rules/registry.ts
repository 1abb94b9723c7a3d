import { requires } from "../inputChecks";
import { BOTH, PRODUCTION, type Rule } from "../rule";

const REGISTRY = "azure-native:containerregistry:Registry";

export const registryRules: readonly Rule[] = [
  // The admin account is one password with all rights that belongs to nobody. IT forbids it, so no exemption lifts
  // this rule: nodes and deployments pull with identities.
  {
    id: "registry-admin-user-off",
    title: "The registry's admin account is off",
    severity: "mandatory",
    targets: BOTH,
    isFinal: true,
    references: {
      psrule: ["Azure.ACR.AdminUser"],
      azurePolicy: ["dc921057-6b28-4fbe-9b83-f7bec05db6c2"],
    },
    types: [REGISTRY],
    checkResource: requires("adminUserEnabled", false),
  },
  // Anonymous pull gives every image, and the models in it, to everybody who knows the registry's name.
  {
    id: "registry-anonymous-pull-off",
    title: "Nobody pulls from the registry without an identity",
    severity: "mandatory",
    targets: BOTH,
    references: {
      psrule: ["Azure.ACR.AnonymousAccess"],
      azurePolicy: ["9f2dea28-e834-476c-99c5-3507b4728395"],
    },
    types: [REGISTRY],
    checkResource: requires("anonymousPullEnabled", false),
  },
  // An export copies images to another registry past the closed network. It can be off only where public access is.
  {
    id: "registry-exports-off",
    title: "Images cannot be exported from the registry",
    severity: "mandatory",
    targets: PRODUCTION,
    references: {
      psrule: ["Azure.ACR.ExportPolicy"],
      azurePolicy: ["524b0254-c285-4903-bee6-bb8126cde579"],
    },
    types: [REGISTRY],
    checkResource: requires("policies.exportPolicy.status", "disabled"),
  },
  // Nodes pull through the private endpoint; a public one would only serve others. Azure's default is open, so
  // silence is wrong.
  {
    id: "registry-public-access-off",
    title: "The registry is reached through private endpoints alone",
    severity: "mandatory",
    targets: PRODUCTION,
    references: {
      psrule: ["Azure.ACR.Firewall"],
      azurePolicy: ["0fdf0491-d080-4575-b627-ad0e843cba0f", "d0793b48-0edc-4296-a390-4c75d1bdfd71"],
    },
    types: [REGISTRY],
    checkResource: requires("publicNetworkAccess", "Disabled"),
  },
];
