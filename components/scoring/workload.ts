import type * as k8s from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";
import { isServedWithoutScript } from "../../config/mlflowModel";
import type { ScoringProbes, ScoringResources } from "../../config/production/productionTypes";
import { AZURE_SERVER, SERVER_VARIABLE } from "../../config/production/scoringServer";
import { containerImage } from "../../config/production/soakedImage";
import type { OnlineDeploymentDefinition } from "../../config/types";
import { containerEnvironment } from "./environment";
import {
  commonLabels,
  names,
  podSelector,
  releaseAnnotation,
  releaseLabel,
  SCORING_PORT,
  trackName,
  type Track,
} from "./labels";

/** User and group of the image (scoring/Dockerfile); above 10000, so that it is none of the host's. */
const USER_ID = 10001;

/**
 * How long an ending pod goes on taking requests, in seconds: that it ends, proxies hear at the same time as its
 * server, so some requests still come (Kubernetes documentation, "Pod Lifecycle", termination of Pods).
 */
const PRE_STOP_SECONDS = 5;

/** What the server gives requests in work at the least once it is told to end. */
const DRAIN_SECONDS = 20;

/** What is left for the end of its processes, in seconds. */
const STOP_SECONDS = 5;

/** Logs and whatever else a container leaves on the node; its own file system is read-only. */
export const EPHEMERAL_STORAGE = "256Mi";

export interface WorkloadArgs {
  readonly endpointName: string;
  readonly namespace: pulumi.Input<string>;
  readonly track: Track;
  readonly deployment: OnlineDeploymentDefinition;
  /** `name@sha256:…` */
  readonly image: pulumi.Input<string>;
  /** 64 hex digits. */
  readonly releaseId: string;
  /** Fixed number of pods; missing where the autoscaler decides. */
  readonly replicas?: number;
  readonly resources: ScoringResources;
  readonly probes: ScoringProbes;
  /** Name of the node pool. */
  readonly userPool: string;
  /** Why this release may run without having soaked. */
  readonly releaseException?: string;
}

/**
 * Deployment of one track, of a pod that the `restricted` pod security standard admits. An update brings one pod more
 * than before and takes an old one only when a new one has been ready for a while.
 */
export function workloadBody(args: WorkloadArgs): k8s.apps.v1.Deployment {
  const { endpointName, track, releaseId, deployment } = args;
  const selector = podSelector(endpointName, track);
  const labels = { ...commonLabels(endpointName), ...selector, ...releaseLabel(releaseId) };
  return {
    metadata: {
      name: trackName(track),
      namespace: args.namespace,
      labels,
      annotations: {
        ...releaseAnnotation(releaseId),
        ...(args.releaseException === undefined
          ? {}
          : { "mlscore/release-exception": args.releaseException }),
      },
    },
    spec: {
      // With an autoscaler the number of pods is its own: written here, each update would undo it
      // (pulumi-kubernetes issue 2491).
      ...(args.replicas === undefined ? {} : { replicas: args.replicas }),
      selector: { matchLabels: selector },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      minReadySeconds: 5,
      revisionHistoryLimit: 5,
      // A pod may have to wait for a new node first.
      progressDeadlineSeconds: 900,
      template: {
        metadata: {
          labels: { ...labels, "azure.workload.identity/use": "true" },
          annotations: releaseAnnotation(releaseId),
        },
        spec: {
          serviceAccountName: names.serviceAccount,
          // The identity's token is a volume of its own; the API server's is not needed.
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          nodeSelector: { "kubernetes.azure.com/agentpool": args.userPool },
          topologySpreadConstraints: [
            spread("topology.kubernetes.io/zone", selector),
            spread("kubernetes.io/hostname", selector),
          ],
          terminationGracePeriodSeconds: gracePeriodSeconds(deployment),
          securityContext: {
            runAsNonRoot: true,
            runAsUser: USER_ID,
            runAsGroup: USER_ID,
            fsGroup: USER_ID,
            // Asked for by Azure Policy's initiative for restricted pods.
            supplementalGroups: [USER_ID],
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [container(args)],
          // In memory, counted to the container's: nothing of a request lies on a node's disk.
          volumes: [{ name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } }],
        },
      },
    },
  };
}

function container(args: WorkloadArgs): k8s.core.v1.Container {
  const { cpuRequest, cpuLimit, memory } = args.resources;
  const common = { memory, "ephemeral-storage": EPHEMERAL_STORAGE };
  return {
    name: "scoring",
    image: args.image,
    // With Always, the registry is asked each time whether this node's identity may have the image.
    imagePullPolicy: "Always",
    ports: [{ name: "http", containerPort: SCORING_PORT, protocol: "TCP" }],
    env: [
      ...containerEnvironment(args.deployment),
      ...expectedRelease(args),
      { name: "DRAIN_SECONDS", value: String(drainSeconds(args.deployment)) },
    ],
    ...probes(args.probes, readinessPath(args.deployment)),
    // The kubelet's own sleep (Kubernetes 1.30): it needs no shell in the image.
    lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } },
    resources: {
      requests: { cpu: cpuRequest, ...common },
      limits: { cpu: cpuLimit, ...common },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  };
}

/**
 * An image with another release ends at once, and the pods before it go on (scoring/container/serve.py). Where the
 * release itself is an image, by its digest, that cannot be in it, and config/ has compared the digests.
 */
function expectedRelease({ deployment, releaseId }: WorkloadArgs): k8s.core.v1.EnvVar[] {
  if (containerImage(deployment) !== undefined) return [];
  return [{ name: "EXPECTED_RELEASE_ID", value: releaseId }];
}

/** How long the server waits for requests in work when it is told to end: as long as the longest may take. */
function drainSeconds({ requestSettings }: OnlineDeploymentDefinition): number {
  return Math.max(Math.ceil(requestSettings.requestTimeoutMs / 1000), DRAIN_SECONDS);
}

/** Longer than the goodbye and the longest request together, in seconds. */
export function gracePeriodSeconds(deployment: OnlineDeploymentDefinition): number {
  return PRE_STOP_SECONDS + drainSeconds(deployment) + STOP_SECONDS;
}

/**
 * Even spread of one release's pods, as far as there is room: one pool spans the zones, and the autoscaler cannot choose
 * in which of them a new node comes (AKS, cluster autoscaler, availability zones). A strict spread would leave pods
 * waiting while a zone has no machines to give. Nodes of a zone that is down are tainted and do not count (`Honor`).
 */
function spread(
  topologyKey: string,
  matchLabels: Record<string, string>,
): k8s.core.v1.TopologySpreadConstraint {
  return {
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels },
    matchLabelKeys: ["pod-template-hash"],
    nodeTaintsPolicy: "Honor",
  };
}

/**
 * Probes of the scoring container, by production's own settings and not by the endpoint's YAML: that has Azure ML's times,
 * with which a broken pod would get requests for five minutes. The server answers on `/` once the model is loaded;
 * whether it wants requests, it says at `readinessPath`.
 *
 * The startup probe holds the others back, so none of them waits before its first look. A startup or liveness probe
 * succeeds at the first success; Kubernetes takes no other threshold for them.
 */
export function probes({ startup, readiness, liveness }: ScoringProbes, readinessPath: string) {
  const httpGet = { path: "/", port: SCORING_PORT };
  return {
    startupProbe: { httpGet, ...startup },
    readinessProbe: { httpGet: { ...httpGet, path: readinessPath }, ...readiness },
    livenessProbe: { httpGet, ...liveness },
  };
}

/**
 * The image's own server says at a path of its own whether it wants requests (scoring/host/README.md). Azure's, which
 * SCORING_SERVER names and which serves models without a script, and whatever else an image holds, have the one path for both.
 */
export function readinessPath(deployment: OnlineDeploymentDefinition): string {
  const isOwn = containerImage(deployment) === undefined && !isServedWithoutScript(deployment);
  return isOwn && deployment.environmentVariables[SERVER_VARIABLE] !== AZURE_SERVER
    ? "/ready"
    : "/";
}
