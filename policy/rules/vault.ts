import { at, items, mustBe, requires } from "../inputChecks";
import { PRODUCTION, type RuleDefinition } from "../rule";

const VAULT = "azure-native:keyvault:Vault";

export const vaultRules: readonly RuleDefinition[] = [
  // Protects the vault if somebody reopens its public endpoint.
  {
    id: "vault-firewall",
    title: "The vault's firewall denies access by default",
    targets: PRODUCTION,
    references: {
      psrule: ["Azure.KeyVault.Firewall"],
      azurePolicy: ["55615ac9-af46-4a59-874e-391cc3dfb490"],
    },
    types: [VAULT],
    checkResource: ({ inputs }) => [
      ...mustBe(inputs, "properties.networkAcls.defaultAction", "Deny"),
      ...mustBe(inputs, "properties.networkAcls.bypass", "None"),
    ],
  },
  // The gateway's certificate is read from inside the network. Azure's default is open, so a missing value fails.
  {
    id: "vault-public-access-off",
    title: "The vault is reachable only through a private endpoint",
    targets: PRODUCTION,
    references: { azurePolicy: ["405c5871-3e91-4644-8a63-58e19d68ff5b"] },
    types: [VAULT],
    checkResource: requires("properties.publicNetworkAccess", "Disabled"),
  },
  // Without it, anyone who can delete a vault can also destroy it permanently. It cannot be disabled again.
  {
    id: "vault-purge-protection",
    title: "A deleted vault cannot be purged before its retention ends",
    references: {
      psrule: ["Azure.KeyVault.PurgeProtect"],
      azurePolicy: ["0b60c0b2-2dc2-4e1c-b5c9-abbed971de53"],
    },
    types: [VAULT],
    checkResource: requires("properties.enablePurgeProtection", true),
  },
  // Access policies apply to all objects of a kind, and anyone who manages the vault can change them; roles can be
  // granted on one secret and are listed with all others.
  {
    id: "vault-rbac",
    title: "The vault grants access by roles, not by access policies",
    references: {
      psrule: ["Azure.KeyVault.RBAC"],
      azurePolicy: ["12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5"],
    },
    types: [VAULT],
    checkResource: ({ inputs }) => [
      ...mustBe(inputs, "properties.enableRbacAuthorization", true),
      ...(items(at(inputs, "properties.accessPolicies")).length === 0
        ? []
        : ["properties.accessPolicies has entries; grant roles instead"]),
    ],
  },
  // Certificates and secrets that are deleted by mistake can be recovered within the retention period.
  {
    id: "vault-soft-delete",
    title: "Items deleted from the vault are recoverable",
    references: {
      psrule: ["Azure.KeyVault.SoftDelete"],
      azurePolicy: ["1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d"],
    },
    types: [VAULT],
    checkResource: requires("properties.enableSoftDelete", true),
  },
];
