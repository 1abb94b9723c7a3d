import { documented, reported, unproved, type Assumption } from "./assumption";

const NAME_RULES = "Microsoft Learn, Naming rules and restrictions for Azure resources";
const TROUBLESHOOTING = "Microsoft Learn, Troubleshoot common Azure deployment errors";

/** Azure Resource Manager, whatever the resource. */
export const resourceManager = {
  "arm-resource-names": {
    statement:
      "Names of resources have the lengths and characters of Azure's table of naming rules, type by type.",
    evidence: documented(NAME_RULES),
    check: "npm run preflight names what Azure would not take; the rendered template validates",
    dependents: ["config/names.ts"],
  },
  "arm-unique-names": {
    statement:
      "Names of storage accounts, key vaults and container registries are taken once in all of Azure.",
    evidence: documented(`${NAME_RULES} (scope: global)`),
    check: "checkNameAvailability of each provider, for a name that another subscription has",
    dependents: ["config/names.ts"],
  },
  "arm-name-case": {
    statement: "Names and ids are the same in any case, and answers may show them in another case.",
    evidence: documented(NAME_RULES),
    check: "GET of any resource with its name in capitals",
    dependents: ["emulator/azure/azureStore.ts", "emulator/arm/paths.ts"],
  },
  "arm-exists-already": {
    statement:
      "azure-native does not take over a resource that exists: creating it ends with an error that says so.",
    evidence: documented(
      "pulumi-azure-native 3.28, provider: cannot create already existing resource",
    ),
    check: "pulumi up of a stack whose storage account was made by hand",
  },
  "arm-parent-exists": {
    statement:
      "A resource below another one is refused with ParentResourceNotFound when that is missing.",
    evidence: documented(`${TROUBLESHOOTING} (ParentResourceNotFound)`),
    check: "PUT of an agent pool of a cluster that does not exist",
  },
  "arm-resource-group-exists": {
    statement:
      "A resource group exists before what is made in it; without it the answer is ResourceGroupNotFound.",
    evidence: reported(
      "answers that users quote: Status=404 Code=ResourceGroupNotFound, Resource group '…' could not be found",
    ),
    check: "PUT of any resource in a group that does not exist",
    dependents: ["components/resourceGroup.ts"],
  },
  "arm-not-found": {
    statement: "What does not exist answers 404 with the code ResourceNotFound.",
    evidence: documented(`${TROUBLESHOOTING} (ResourceNotFound)`),
  },
  "arm-immutable-properties": {
    statement:
      "The properties that the catalogue lists as immutable are refused when they change (PropertyChangeNotAllowed).",
    evidence: reported(
      "Azure/azure-cli issues 24764 and 29520, pulumi-azure-native issue 959; the lists follow azure-native's replacements and the types' documentation",
    ),
    check: "change one property a type in a stack of one's own, and read the error",
  },
  "arm-deletes-below": {
    statement: "Deleting a resource deletes what lies below it.",
    evidence: documented(
      "Microsoft Learn, Azure Resource Manager resource group and resource deletion",
    ),
    check: "DELETE of an endpoint with deployments, as the sequence endpoint-deletion does",
    dependents: ["emulator/azure/azureStore.ts"],
  },
  "arm-request-content": {
    statement: "A body that cannot be read answers 400 with the code InvalidRequestContent.",
    evidence: documented(`${TROUBLESHOOTING} (InvalidRequestContent)`),
  },
  "arm-api-version-missing": {
    statement:
      "A request without api-version answers 400 with the code MissingApiVersionParameter.",
    evidence: reported("cloudquery/cloudquery issue 6626, Azure/azure-sdk-for-go issue 22571"),
  },
  "arm-api-version-unknown": {
    statement:
      "An API version that a resource type does not have answers 400 with the code NoRegisteredProviderFound.",
    evidence: reported(
      "pulumi-azure-native issue 584 (PUT), Azure/azure-cli issue 28496 (GET); InvalidApiVersionParameter is the answer of ARM's own collections (azure-cli issue 28038)",
    ),
  },
  "arm-async-operations": {
    statement:
      "A write answers 200, 201 or 202 and names its operation in Azure-AsyncOperation or Location, which ends as Succeeded, Failed or Canceled.",
    evidence: documented("Microsoft Learn, Track asynchronous Azure operations"),
    dependents: ["traffic/arm.ts"],
  },
  "arm-throttling": {
    statement: "Too many requests answer 429 with Retry-After in seconds.",
    evidence: documented(
      "Microsoft Learn, Understand how Azure Resource Manager throttles requests",
    ),
    check: "not provoked on purpose; tests/emulator/arm/faults.test.ts proves the reaction",
    dependents: ["traffic/arm.ts"],
  },
  "arm-transient-faults": {
    statement:
      "The service answers 5xx at times, and connections are lost before or after a write took effect; the same request may be sent again.",
    evidence: documented("Microsoft Learn, Transient fault handling"),
    check: "not provoked on purpose; tests/emulator/arm/faults.test.ts proves the reaction",
    dependents: ["traffic/arm.ts"],
  },
  "arm-request-size": {
    statement: "A request's body has at most 4 MB.",
    evidence: documented("Microsoft Learn, Azure Resource Manager limits"),
    check: "PUT of an environment version with a conda file of 5 MB",
    dependents: ["emulator/arm/server.ts"],
  },
  "arm-authentication": {
    statement: "A request without a good token answers 401 with the code AuthenticationFailed.",
    evidence: documented("Microsoft Learn, Azure Resource Manager, common error codes"),
    check: "GET of a subscription without an authorization header",
    dependents: ["emulator/arm/server.ts"],
  },
  "arm-refusal-codes": {
    statement:
      "A refusal for which no code is known has the code BadRequest and status 400, as Azure ML's control plane answers.",
    evidence: reported(
      "Azure/azure-sdk-for-python issue 35109: (BadRequest) The request is invalid, with InferencingClientCallFailed in the details",
    ),
    check: "every refusal of the conformance sequences has its code in the transcript",
    dependents: ["emulator/arm/answers.ts"],
  },
  "arm-name-taken-code": {
    statement: "A name that is taken is refused; which code says so differs by provider.",
    evidence: unproved(
      "StorageAccountAlreadyTaken, VaultAlreadyExists and AlreadyInUse are seen in threads; the emulator has one code, NameAlreadyTaken",
    ),
    check: "checkNameAvailability and a PUT with a name that another subscription has",
    dependents: ["emulator/azure/azureStore.ts"],
  },
  "role-assignment-principal": {
    statement:
      "A role assignment with principalType ServicePrincipal is accepted for an identity that was created a moment ago.",
    evidence: documented("Microsoft Learn, Troubleshoot Azure RBAC, symptom: a new principal"),
    check: "first pulumi up of a stack: no PrincipalNotFound",
    dependents: ["components/roles.ts"],
  },
  "role-assignment-delay": {
    statement: "A new role assignment may take up to ten minutes until a service sees it.",
    evidence: documented(
      "Microsoft Learn, Troubleshoot Azure RBAC, role assignment changes are not being detected",
    ),
    check:
      "first pulumi up of a stack: note how often a deployment fails with an authorization error",
    dependents: ["components/roles.ts"],
  },
  "vault-soft-delete": {
    statement:
      "A deleted vault keeps its name for 7 to 90 days, and with purge protection cannot be purged.",
    evidence: documented("Microsoft Learn, Azure Key Vault soft-delete overview"),
    check: "GET of deletedVaults after pulumi destroy",
    dependents: ["components/keyVault.ts"],
  },
  "federated-credential-writes": {
    statement:
      "Federated credentials of one identity are written one after the other; at once they answer 409.",
    evidence: reported("pulumi-azure-native issue 4343, Azure/bicep issue 10928"),
    check:
      "pulumi up of production: no ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
    dependents: ["components/workloadIdentity.ts"],
  },
  "permissions-of-caller": {
    statement:
      "Permissions of a scope list the caller's own roles there, those of the scopes above included, one entry a role.",
    evidence: documented(
      "Microsoft Learn, REST: Permissions - List For Resource Group; roles of the scopes above are not mentioned",
    ),
    check: "npm run preflight -- --azure as a user with only Contributor on the subscription",
    dependents: ["preflight/checks/permissions.ts"],
  },
  "permissions-of-missing": {
    statement:
      "Permissions of a resource group that does not exist answer 404, not 403, which preflight would tell beside the missing group.",
    evidence: unproved("the reference names 200 and an error without its status"),
    check: "GET of the permissions of a resource group that does not exist",
    dependents: ["preflight/checks/permissions.ts"],
  },
  "validation-without-deployment": {
    statement:
      "Validation of a template names policies that deny its resources and deploys nothing, also where the template's resources depend on each other.",
    evidence: documented(
      "Microsoft Learn, REST: Deployments - Validate; Resolve errors for request disallowed by policy",
    ),
    check:
      "npm run preflight -- --azure in a group with a policy that denies a type of the stack; then: no deployment is listed",
    dependents: ["preflight/checks/validation.ts", "emulator/subscription/app.ts"],
  },
  "workspace-deleted-validation": {
    statement: "Validation of a template names a workspace that is deleted softly.",
    evidence: unproved(
      "the creation names it (Azure/CanadaPubSecALZ issue 380: Soft-deleted workspace exists); it is not documented whether the validation does, or whether there is a list of deleted workspaces",
    ),
    check: "npm run preflight -- --azure after the deletion of a workspace without its purge",
    dependents: ["preflight/checks/validation.ts", "emulator/subscription/app.ts"],
  },
  "vault-name-availability": {
    statement: "checkNameAvailability of Key Vault tells whether a vault of anybody has the name.",
    evidence: reported(
      "Azure/azure-cli issue 27390: it answered true for a vault that exists; closed as a question",
    ),
    check: "checkNameAvailability for the name of an existing vault",
    dependents: ["preflight/checks/globalNames.ts"],
  },
} as const satisfies Readonly<Record<string, Assumption>>;
