import { at, items, mustBe, requires } from "../inputChecks";
import { BOTH, PRODUCTION, type Rule } from "../rule";

const VAULT = "azure-native:keyvault:Vault";

export const vaultRules: readonly Rule[] = [
  // Beside the closed public endpoint, for the day when somebody opens that.
  {
    id: "vault-firewall",
    title: "The vault's firewall lets nothing in by default",
    severity: "mandatory",
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
  // The gateway's certificate is read from inside the network. Azure's default is open, so silence is wrong.
  {
    id: "vault-public-access-off",
    title: "The vault is reached through a private endpoint alone",
    severity: "mandatory",
    targets: PRODUCTION,
    references: { azurePolicy: ["405c5871-3e91-4644-8a63-58e19d68ff5b"] },
    types: [VAULT],
    checkResource: requires("properties.publicNetworkAccess", "Disabled"),
  },
  // Without it, whoever deletes a vault can also destroy it for good. It cannot be switched off again.
  {
    id: "vault-purge-protection",
    title: "A deleted vault cannot be purged before its time",
    severity: "mandatory",
    targets: BOTH,
    references: {
      psrule: ["Azure.KeyVault.PurgeProtect"],
      azurePolicy: ["0b60c0b2-2dc2-4e1c-b5c9-abbed971de53"],
    },
    types: [VAULT],
    checkResource: requires("properties.enablePurgeProtection", true),
  },
  // Access policies give a whole kind of objects and are managed by whoever manages the vault; roles can be given on
  // one secret and are seen with all others.
  {
    id: "vault-rbac",
    title: "The vault grants by roles, not by access policies",
    severity: "mandatory",
    targets: BOTH,
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
  // Certificates and secrets that are deleted by mistake come back within the retention.
  {
    id: "vault-soft-delete",
    title: "What is deleted from the vault can be had back",
    severity: "mandatory",
    targets: BOTH,
    references: {
      psrule: ["Azure.KeyVault.SoftDelete"],
      azurePolicy: ["1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d"],
    },
    types: [VAULT],
    checkResource: requires("properties.enableSoftDelete", true),
  },
];
