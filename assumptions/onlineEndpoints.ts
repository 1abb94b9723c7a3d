import { documented, reported, unproved, type Assumption } from "./assumption";

const ROLLOUT = "Microsoft Learn, Perform safe rollout of new deployments for real-time inference";
const QUOTAS = "Microsoft Learn, Manage and increase quotas and limits";
const REST = "Azure REST API, Machine Learning 2025-12-01";
const ENDPOINT_YAML = "Microsoft Learn, CLI (v2) online endpoint YAML schema";

/** What an endpoint's split, tags and other properties allow, and what a write does to them. */
export const onlineEndpoints = {
  "endpoint-name": {
    statement:
      "Names of endpoints and deployments begin with a letter and have 3 to 32 letters, digits and single dashes.",
    evidence: documented(QUOTAS),
    check: "tests/config/azureml/names.test.ts; PUT of an endpoint with a name of 33 characters",
    dependents: ["config/azureml/names.ts"],
  },
  "endpoint-name-regional": {
    statement: "An endpoint's name is unique in its region, across all subscriptions.",
    evidence: documented(`${ENDPOINT_YAML}; mlops-project-template issue 29 has the message`),
    check: "PUT of the endpoint in a second workspace of the same region",
  },
  "endpoint-name-taken-answer": {
    statement:
      'A taken name is refused at once with 400 BadRequest, "The request is invalid.", and the reason in the error\'s details.',
    evidence: reported(
      "azureml-examples pull request 1931 has the reason's words, azure-sdk-for-python issue 35109 the shape around it for an endpoint on Kubernetes; the HTTP code is in neither, and ansible-collections/azure pull request 2231 shows UserError with the reason in the message for a batch endpoint",
    ),
    check: "PUT of the endpoint in a second workspace of the same region",
    dependents: ["components/endpointCreation.ts"],
  },
  "endpoint-name-after-deletion": {
    statement:
      "A deleted endpoint's name can be used again; for some time its creation may answer NotFound or that the name is taken.",
    evidence: reported(
      "Azure/azure-cli-extensions issue 7660, Azure/azureml-examples pull request 1930",
    ),
    dependents: ["components/endpointCreation.ts", "components/onlineEndpoint.ts"],
  },
  "endpoint-traffic-at-creation": {
    statement: "An endpoint cannot be created with traffic: its deployments have to exist first.",
    evidence: documented(`${ENDPOINT_YAML}, traffic`),
  },
  "endpoint-traffic-sum": {
    statement: "Live traffic is whole percents that sum to 0 or to 100.",
    evidence: documented(`${ROLLOUT}; ${REST}, OnlineEndpointProperties.traffic (int32, sum 100)`),
  },
  "endpoint-traffic-known-deployments": {
    statement: "A split that names a deployment that the endpoint does not have is refused.",
    evidence: unproved("azure-ai-ml does not check it; no message of the service was found"),
  },
  "endpoint-traffic-succeeded": {
    statement:
      "Only a deployment whose provisioning state is Succeeded can be given traffic; a zero is allowed for any.",
    evidence: unproved(),
    check:
      "needs a deployment that fails to start: PUT the split with 1 % for it, then with 0 %, and compare both answers",
  },
  "endpoint-traffic-absent": {
    statement: "A PUT of the endpoint without traffic clears its split.",
    evidence: unproved(
      "one public program says that a PUT with {} clears it; nothing was found about an absent property. The program always writes the whole split",
    ),
    dependents: ["traffic/writeEndpoint.ts", "emulator/arm/endpointRules.ts"],
  },
  "endpoint-traffic-omitted": {
    statement: "A deployment that a written split leaves out has no traffic afterwards.",
    evidence: unproved(
      "azure-dev relies on it, another source denies it; the program writes explicit zeros",
    ),
    dependents: ["traffic/split.ts"],
  },
  "endpoint-traffic-name-case": {
    statement: "Names of deployments in a split count in any case.",
    evidence: documented("azure-ai-ml, _online_endpoint_operations.py: writes them in lower case"),
    dependents: ["emulator/arm/endpointRules.ts"],
  },
  "endpoint-traffic-visible-late": {
    statement: "For some reads after a write has succeeded, the old split may still show.",
    evidence: reported("Azure/azure-dev issue 3881"),
    check: "the transcripts say how many reads a split took to show (attempts)",
    dependents: ["traffic/writeEndpoint.ts"],
  },
  "endpoint-mirror-limits": {
    statement:
      "At most one deployment gets mirrored requests, and at most 50 % of the live requests.",
    evidence: documented(ROLLOUT),
  },
  "endpoint-mirror-or-live": {
    statement: "A deployment takes live or mirrored traffic, not both.",
    evidence: documented(`${ROLLOUT}, Test the deployment with mirrored traffic`),
  },
  "endpoint-mirror-old-clients": {
    statement: "A write by an API version without mirrorTraffic drops it.",
    evidence: documented(`${ROLLOUT}: an older CLI or SDK loses the mirror traffic setting`),
    dependents: ["traffic/arm.ts"],
  },
  "endpoint-mirror-metrics": {
    statement:
      "Mirrored requests count in the metrics of the deployment that gets them, by its name.",
    evidence: unproved(),
    check:
      "send 100 requests to an endpoint that mirrors 50 % to green; after ten minutes read RequestsPerMinute split by deployment",
    dependents: ["rollout/azureMeter.ts"],
  },
  "endpoint-metrics-delay": {
    statement: "A request shows in the endpoint's metrics within five minutes.",
    evidence: unproved(
      "Azure Monitor documents the ingestion of platform metrics in general, not of these",
    ),
    check: "send one request; read RequestsPerMinute every minute and note when it shows",
    dependents: ["rollout/azureMeter.ts"],
  },
  "endpoint-metrics": {
    statement:
      "Endpoints have RequestsPerMinute by deployment and statusCodeClass, and RequestLatency_P95 in milliseconds by deployment.",
    evidence: documented(
      "Microsoft Learn, Supported metrics for Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
    ),
    check: "metricDefinitions of an endpoint",
    dependents: ["rollout/azureMeter.ts"],
  },
  "endpoint-put-replaces": {
    statement: "A PUT replaces tags and description: what it leaves out is gone.",
    evidence: reported("Azure/azure-cli issue 33834 (tags of a deployment)"),
    dependents: ["traffic/writeEndpoint.ts", "emulator/arm/storeBackend.ts"],
  },
  "endpoint-properties-added": {
    statement:
      "Entries of properties.properties can be added, and are neither removed nor changed by a PUT.",
    evidence: documented(`${REST}, OnlineEndpointProperties.properties`),
    dependents: ["traffic/writeEndpoint.ts", "emulator/arm/storeBackend.ts"],
  },
  "endpoint-patch": {
    statement: "A PATCH of an endpoint changes tags and identity, and leaves the split as it is.",
    evidence: documented(`${REST}, PartialMinimalTrackedResourceWithIdentity`),
    dependents: ["emulator/arm/endpointRules.ts"],
  },
  "endpoint-patch-others": {
    statement: "A PATCH of an endpoint with anything else than tags and identity is refused.",
    evidence: unproved("the service may ignore it instead; the program never sends one"),
  },
  "endpoint-immutable": {
    statement: "Location, identity and authMode of an endpoint cannot be changed after creation.",
    evidence: unproved(
      "the identity is documented (Learn, Authentication and authorization for online endpoints). Of authMode, Learn (Authenticate clients for online endpoints, 2026-01-05) shows az ml online-endpoint update --set auth_mode=aad_token, which would change it in place, and the first draft of the API called it immutable (azure-rest-api-specs pull request 10193); the program replaces the endpoint. Of the code PropertyChangeNotAllowed nothing was found",
    ),
  },
  "endpoint-token-audience": {
    statement: "An endpoint with aad_token takes tokens for https://ml.azure.com.",
    evidence: documented("Learn, Authenticate clients for online endpoints (resource endpoint)"),
    check: "a request with a token for https://management.azure.com",
    dependents: ["local/endpoint/entra/verifiedToken.ts", "rollout/rolloutTarget.ts"],
  },
  "endpoint-token-role": {
    statement:
      "With aad_token, the action onlineEndpoints/score/action on the endpoint is all that a caller needs.",
    evidence: documented(
      "Learn, Authentication and authorization for online endpoints (data plane operations)",
    ),
    check: "a request by an identity that has the role of components/callers.ts and no other",
    dependents: ["components/callers.ts", "local/endpoint/entra/entra.ts"],
  },
  "endpoint-token-refused": {
    statement:
      "A token that is not valid and one whose bearer has no role are both answered with 401.",
    evidence: documented("Learn, Troubleshoot online endpoints (HTTP status codes)"),
    check: "a request by an identity without a role: status, body and WWW-Authenticate",
    dependents: ["local/endpoint/accessDenial.ts"],
  },
  "endpoint-token-clock": {
    statement: "Times in tokens are taken with a tolerance of 60 seconds.",
    evidence: unproved(
      "users saw the words of Envoy (Learn, question 1295711), whose tolerance that is; Microsoft's own libraries take 5 minutes",
    ),
    check: "a request with a token that expired 2 minutes ago",
    dependents: ["local/endpoint/entra/verifiedToken.ts"],
  },
  "endpoint-one-write": {
    statement:
      "A second write to an endpoint or its deployments is refused with 409 while the first is under way.",
    evidence: reported("Azure/azure-cli issue 17075"),
    dependents: ["traffic/retryWhileBusy.ts"],
  },
  "endpoint-busy-after-success": {
    statement:
      "Shortly after a write has succeeded, the next may be refused because the endpoint is in Updating provisioning state.",
    evidence: reported("Azure/azure-sdk-for-net issue 36961"),
    check: "the transcripts say how often a write had to be repeated (attempts)",
    dependents: ["traffic/retryWhileBusy.ts"],
  },
  "endpoint-if-match": {
    statement: "Answers carry an ETag, and a write with an outdated If-Match is refused with 412.",
    evidence: unproved(
      "AKS documents it for its clusters (Learn, use-etags); nothing was found for Azure ML",
    ),
    dependents: ["traffic/arm.ts"],
  },
  "endpoint-delete-missing": {
    statement: "Deleting an endpoint or a deployment that does not exist answers 204.",
    evidence: documented(`${REST}, Online Endpoints - Delete (204 No Content)`),
    dependents: ["emulator/arm/routes.ts"],
  },
  "endpoint-keys": {
    statement:
      "listKeys is for endpoints with keys, token for those with AMLToken; AADToken has neither, its tokens come from Entra ID. Keys are in no other answer.",
    evidence: documented(
      "Online Endpoints - List Keys and Get Token (each names its authentication); azure-ai-ml gets a token of AADToken from Entra ID and calls neither (_online_endpoint_operations.py); that the other actions are refused is not documented",
    ),
    check: "POST listKeys and token of an endpoint with AADToken, POST token of one with Key",
  },
  "endpoint-request-limits": {
    statement:
      "A request may take 180 s at most; the defaults are 5 s, one concurrent request an instance, and 429 above twice the concurrency of all instances.",
    evidence: documented(`${QUOTAS}; Learn, Troubleshoot online endpoints, HTTP status codes`),
    check: "tests/local/endpoint/instancePool.test.ts; the same load on an endpoint in Azure",
    dependents: ["config/azureml/deploymentSchema.ts", "local/endpoint/instancePool.ts"],
  },
  "endpoint-status-codes": {
    statement:
      "The router answers 404 without a deployment that has traffic, 408 for a timeout, and 424 for any failure of the model, with its own status in a header.",
    evidence: documented("Microsoft Learn, Troubleshoot online endpoints, HTTP status codes"),
    check: "tests/local/endpoint/router.test.ts; the same requests to an endpoint in Azure",
    dependents: ["local/endpoint/endpointResponses.ts"],
  },
  "endpoint-direct-call": {
    statement:
      "The header azureml-model-deployment names the deployment that answers, whatever its traffic.",
    evidence: documented(ROLLOUT),
    check: "npm run rollout -- start --azure, which smoke-tests the canary so",
    dependents: ["local/endpoint/router.ts", "rollout/scoringClient.ts"],
  },
  "endpoint-name-elsewhere": {
    statement:
      "No read tells whether an endpoint of another subscription has a name in the region; the first PUT does.",
    evidence: unproved("no checkNameAvailability of online endpoints is documented"),
    check: "look for such an operation in a new API version of Microsoft.MachineLearningServices",
    dependents: ["preflight/checks/endpointName.ts"],
  },
} as const satisfies Readonly<Record<string, Assumption>>;
