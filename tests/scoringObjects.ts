import * as pulumi from "@pulumi/pulumi";
import type { ScoringServiceArgs } from "../components/scoringService";
import type { OnlineDeploymentDefinition } from "../config/types";
import type { GraphResource } from "../graph/graph";
import { revealed, plainInputs } from "../graph/plainInputs";
import { EmulatorStore } from "../emulator/emulatorStore";
import { SUBSCRIPTION } from "./stacks";
import { declaredResource } from "./declaredResource";

export const DIGEST = `sha256:${"a".repeat(64)}`;
export const RELEASE = "0123456789abcdef".repeat(4);
export const CLIENT_ID = "12121212-3434-5656-7878-909090909090";

/** The deployment as it comes out of YAML like flash-flood-predictor/multi-model.yml. */
export const DEPLOYMENT: OnlineDeploymentDefinition = {
  file: "/project/blue.yml",
  name: "blue",
  tags: {},
  properties: {},
  environmentVariables: {
    WORKER_COUNT: "2",
    FEATURE_TABLE_URI: "sample-features",
  },
  instanceType: "Standard_DS2_v2",
  instanceCount: 2,
  requestSettings: { requestTimeoutMs: 5000, maxConcurrentRequestsPerInstance: 2 },
  livenessProbe: {
    initialDelaySeconds: 10,
    periodSeconds: 10,
    timeoutSeconds: 2,
    successThreshold: 1,
    failureThreshold: 30,
  },
  readinessProbe: {
    initialDelaySeconds: 10,
    periodSeconds: 10,
    timeoutSeconds: 2,
    successThreshold: 1,
    failureThreshold: 30,
  },
  appInsightsEnabled: false,
};

/** Complete arguments of the component; each test changes what it is about. */
export const SCORING: ScoringServiceArgs = {
  endpointName: "flood",
  deployment: DEPLOYMENT,
  image: `crflood.azurecr.io/flood@${DIGEST}`,
  releaseId: RELEASE,
  scale: { minReplicas: 3, maxReplicas: 12, targetCpuPercent: 60 },
  resources: { cpuRequest: "500m", cpuLimit: "2", memory: "1Gi" },
  probes: {
    startup: { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 155 },
    readiness: { periodSeconds: 5, timeoutSeconds: 4, failureThreshold: 3, successThreshold: 1 },
    liveness: { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  },
  userPool: "scoring",
  identityClientId: CLIENT_ID,
  hostname: "flood.example.internal",
  gatewaySubnetName: "gateway",
  privateEndpointsCidr: "10.60.5.0/27",
  readers: [],
  tags: { owner: "tests" },
};

export const CANARY = {
  image: `crflood.azurecr.io/flood@sha256:${"b".repeat(64)}`,
  releaseId: "fedcba9876543210".repeat(4),
  weight: 20,
  replicas: 2,
};

/** What the component declares for these arguments, each object admitted by the emulator. */
export async function scoringGraph(
  changes: Partial<ScoringServiceArgs> = {},
): Promise<GraphResource[]> {
  const { ScoringService } = await import("../components/scoringService");
  const place = { subscriptionId: SUBSCRIPTION, tenantId: SUBSCRIPTION, resourceGroups: [] };
  const store = new EmulatorStore(place);
  const graph: GraphResource[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, custom, inputs: wire }) => {
        if (custom !== true) return { id: undefined, state: {} };
        const inputs = plainInputs(wire as Record<string, unknown>, revealed);
        const created = store.create(type, inputs);
        // Pulumi's mocks pass on no options; nothing here asks for them.
        graph.push({ declared: declaredResource(type, name, inputs), created });
        return { id: created.id, state: created.outputs };
      },
      call: ({ token }) => {
        throw new Error(`${token} was called`);
      },
    },
    "mlscore",
    "production",
    false,
  );
  new ScoringService("scoring", { ...SCORING, ...changes }, {});
  await pulumi.runtime.disconnect();
  return graph;
}
