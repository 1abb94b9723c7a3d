import { requires } from "../inputChecks";
import { PRODUCTION, type RuleDefinition } from "../rule";

const REGISTRY = "azure-native:containerregistry:Registry";

export const registryRules: readonly RuleDefinition[] = [
  // The admin account is one shared password with all rights. IT forbids it, so no exemption lifts this rule: nodes
  // and deployments pull with identities.
  {
    id: "registry-admin-user-off",
    title: "The registry's admin account is disabled",
    isFinal: true,
    references: {
      psrule: ["Azure.ACR.AdminUser"],
      azurePolicy: ["dc921057-6b28-4fbe-9b83-f7bec05db6c2"],
    },
    types: [REGISTRY],
    checkResource: requires("adminUserEnabled", false),
  },
  // With anonymous pull, anyone who knows the registry's name can read every image and the models in it.
  {
    id: "registry-anonymous-pull-off",
    title: "The registry does not allow anonymous pulls",
    references: {
      psrule: ["Azure.ACR.AnonymousAccess"],
      azurePolicy: ["9f2dea28-e834-476c-99c5-3507b4728395"],
    },
    types: [REGISTRY],
    checkResource: requires("anonymousPullEnabled", false),
  },
  // An export copies images to another registry, bypassing the closed network. It can be disabled only where public
  // access is.
  {
    id: "registry-exports-off",
    title: "Images cannot be exported from the registry",
    targets: PRODUCTION,
    references: {
      psrule: ["Azure.ACR.ExportPolicy"],
      azurePolicy: ["524b0254-c285-4903-bee6-bb8126cde579"],
    },
    types: [REGISTRY],
    checkResource: requires("policies.exportPolicy.status", "disabled"),
  },
  // Nodes pull through the private endpoint; they do not need a public one. Azure's default is open, so a missing
  // value fails.
  {
    id: "registry-public-access-off",
    title: "The registry is reachable only through private endpoints",
    targets: PRODUCTION,
    references: {
      psrule: ["Azure.ACR.Firewall"],
      azurePolicy: ["0fdf0491-d080-4575-b627-ad0e843cba0f", "d0793b48-0edc-4296-a390-4c75d1bdfd71"],
    },
    types: [REGISTRY],
    checkResource: requires("publicNetworkAccess", "Disabled"),
  },
];
