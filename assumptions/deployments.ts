import { documented, reported, unproved, type Assumption } from "./assumption";

const ROLLOUT = "Microsoft Learn, Perform safe rollout of new deployments for real-time inference";
const QUOTAS = "Microsoft Learn, Manage and increase quotas and limits";
const REST = "Azure REST API, Machine Learning 2025-12-01";
const DEPLOYMENT_YAML = "Microsoft Learn, CLI (v2) managed online deployment YAML schema";

/** Deployments of managed online endpoints and the instances that they run on. */
export const deployments = {
  "deployment-limit": {
    statement: "An endpoint has at most 20 deployments.",
    evidence: documented(QUOTAS),
    check: "a quota that can be raised: GET of the region's quotas",
    dependents: ["config/azureml/directory.ts"],
  },
  "deployment-delete-with-traffic": {
    statement: "A deployment with live traffic is not deleted.",
    evidence: documented(ROLLOUT),
  },
  "deployment-delete-with-mirror": {
    statement: "A deployment with mirrored traffic is not deleted.",
    evidence: unproved("only live traffic is documented; the program takes both away first"),
  },
  "deployment-patch": {
    statement: "A PATCH of a deployment changes its SKU's capacity and its tags, and nothing else.",
    evidence: documented(`${REST}, PartialMinimalTrackedResourceWithSku`),
    dependents: ["traffic/writeEndpoint.ts"],
  },
  "deployment-instances": {
    statement: "A deployment has 1 to 50 instances; it cannot be scaled to none.",
    evidence: documented(QUOTAS),
    check: "PATCH of the capacity to 0",
    dependents: ["config/azureml/deploymentSchema.ts"],
  },
  "deployment-quota-reserve": {
    statement:
      "A deployment needs quota for 1.2 times its instances, rounded up, except for the sizes that are exempt.",
    evidence: documented(`${QUOTAS}, virtual machine quota allocation for deployment`),
    check: "usages of the region before and after the fixture deployments of the conformance run",
    dependents: ["conformance/azure/cost.ts"],
  },
  "deployment-capacity-reset": {
    statement:
      "A PUT of a deployment sets the instance count, also where autoscale has changed it.",
    evidence: unproved(
      "terraform and pulumi issues about AKS point that way; nothing was found for Azure ML",
    ),
    check:
      "let autoscale add an instance, PUT the deployment with its first body, and read sku.capacity",
    dependents: ["components/instanceCounts.ts"],
  },
  "deployment-immutable": {
    statement:
      "Location and egressPublicNetworkAccess of a deployment cannot be changed after creation.",
    evidence: documented(
      "Microsoft Learn, Secure managed online endpoints (legacy network isolation)",
    ),
    check: "PUT of a deployment with another egressPublicNetworkAccess",
    dependents: ["emulator/azure/catalogue.ts"],
  },
  "deployment-durations": {
    statement: "Times are ISO 8601 durations in ARM, milliseconds or seconds in the YAML.",
    evidence: documented("azure-ai-ml, entities/_deployment/online_deployment.py"),
    check: "tests/components/onlineDeployment.test.ts; GET of a deployment that the CLI made",
    dependents: ["components/onlineDeployment.ts"],
  },
  "deployment-workers": {
    statement:
      "max_concurrent_requests_per_instance starts no workers; WORKER_COUNT has to be set as well.",
    evidence: documented(`${DEPLOYMENT_YAML}, RequestSettings`),
    check: "getLogs of a deployment with WORKER_COUNT=2 shows two workers",
    dependents: ["local/endpoint/instanceEnvironment.ts"],
  },
  "deployment-model-directory": {
    statement:
      "AZUREML_MODEL_DIR is the folder of the model's version, with the uploaded folder or file in it.",
    evidence: documented(
      "Microsoft Learn, How to deploy online endpoints: understand the scoring script",
    ),
    check: "the smoke test of npm run rollout -- start --azure",
    dependents: ["local/endpoint/instanceEnvironment.ts"],
  },
  "deployment-container-alone": {
    statement: "A deployment can run a container of its own with no model and no code.",
    evidence: documented(
      "Microsoft Learn, Deploy a container image with an online endpoint (custom container)",
    ),
    check:
      "the conformance run's own deployments; without it the sequences with traffic cannot start",
    dependents: ["conformance/fixture.ts"],
  },
  "deployment-identity-roles": {
    statement:
      "A user-assigned identity gets no role by itself: pulling the image needs AcrPull, reading the model Storage Blob Data Reader on the workspace's storage account.",
    evidence: documented("Microsoft Learn, Authentication and authorization for online endpoints"),
    check: "first pulumi up of the sandbox: the deployments start",
    dependents: ["components/roles.ts"],
  },
  "deployment-sizes": {
    statement: "Managed deployments run on the VM sizes of the documented list alone.",
    evidence: documented("Microsoft Learn, Managed online endpoints SKU list"),
    check: "PUT of a deployment with Standard_D4s_v5",
    dependents: ["config/azureml/deploymentRules.ts"],
  },
  "deployment-scale-time": {
    statement:
      "A scaled or updated deployment is not Succeeded for minutes, and is again afterwards.",
    evidence: reported("Azure/azureml-examples issue 3515: 12 to 18 minutes to scale out"),
    check: "the transcript of the sequence deployment-scaling has the time between its steps",
    dependents: ["traffic/splitRules.ts"],
  },
  "telemetry-role": {
    statement:
      "An identity with the role Monitoring Metrics Publisher on an Application Insights component may send metrics and traces to it.",
    evidence: documented(
      "Microsoft Learn, Microsoft Entra authentication for Application Insights",
    ),
    check: "pulumi up with telemetry: azure_monitor, and rows of customMetrics after two minutes",
    dependents: ["components/telemetry.ts"],
  },
  "telemetry-token": {
    statement:
      "A deployment gets tokens for Azure Monitor as the user-assigned identity of its endpoint, whose client id it names.",
    evidence: unproved(
      "Azure's example of an endpoint with a user-assigned identity shows it for Azure Storage",
    ),
    check: "the log of such a deployment has no line that telemetry is not exported",
    dependents: ["components/telemetry.ts"],
  },
  "telemetry-gauge": {
    statement:
      "A gauge that Azure Monitor's exporter sends is a row of the table AppMetrics for each process and export, with its value in Sum.",
    evidence: unproved(
      "the table's columns are documented (Azure Monitor Logs reference, AppMetrics); that a single value is its own sum is not",
    ),
    check:
      'pulumi up with telemetry: azure_monitor, and AppMetrics | where Name == "mlscore.feature_table.age"',
    dependents: ["components/alerts/featureAlerts.ts"],
  },
  "telemetry-way": {
    statement:
      "A deployment in a managed network that allows only approved outbound traffic reaches the address of a connection string.",
    evidence: unproved(
      "no source was found that names the addresses of Application Insights among those that such a network lets through",
    ),
    check:
      "pulumi up with telemetry: azure_monitor and isolationMode: AllowOnlyApprovedOutbound; else an outbound rule for the service tag AzureMonitor",
    dependents: ["components/telemetry.ts"],
  },
} as const satisfies Readonly<Record<string, Assumption>>;
