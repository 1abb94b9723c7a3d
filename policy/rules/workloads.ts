import {
  at,
  entry,
  problem,
  items,
  mustBeAtLeast,
  mustBeText,
  knownText,
  UNKNOWN,
} from "../inputChecks";
import { comesFromSome, ofType, shareNamespace, violations } from "../relations";
import { type PolicyResource, PRODUCTION, type RuleDefinition, type Violation } from "../rule";
import { checkContainers, checkPod, WORKLOADS } from "../podChecks";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

const HANDLERS = ["httpGet", "tcpSocket", "exec", "grpc"];

/** One can be replaced while the other serves requests. */
const MIN_REPLICAS = 2;

export const workloadRules: readonly RuleDefinition[] = [
  // The image behind a tag can change between two pods of one rollout, and a restart can then run an untested image.
  // A digest identifies the content itself.
  {
    id: "images-by-digest",
    title: "Pods refer to images by digest",
    references: {
      azurePolicy: ["021f8078-41a0-40e6-81b6-c6597da9f3ee"],
      other: ["Kubernetes, Images, image names"],
    },
    checkStack: (resources) => checkImages(resources, /@sha256:[0-9a-f]{64}$/, "name@sha256:…"),
  },
  // Nodes pull with an identity from an Azure registry, through the private network. Any other registry needs a
  // secret or is open to everybody, and may be gone tomorrow.
  {
    id: "images-from-azure",
    title: "Pods run images from an Azure Container Registry",
    references: { cisAks: ["5.1.4"], azurePolicy: ["febd0533-8e55-448f-b837-bd0e06f16469"] },
    checkStack: (resources) =>
      checkImages(resources, /^[a-z0-9]+\.azurecr\.io\//, "an image in <registry>.azurecr.io"),
  },
  // Without requests a node is given more pods than it has resources for; without a limit one container takes the
  // memory of all others on it.
  {
    id: "pods-limits",
    title: "Containers set resource requests and limits",
    references: {
      azurePolicy: ["e345eecc-fa47-480f-9e88-67dcc122b164", "03a4ecdb-0684-4039-be91-2762979e1bc8"],
    },
    types: WORKLOADS,
    checkResource: checkContainers((container) =>
      ["requests.cpu", "requests.memory", "limits.cpu", "limits.memory"].flatMap((path) =>
        mustBeText(container, `resources.${path}`, "a quantity"),
      ),
    ),
  },
  // Without the first, requests go to a server that still loads its model; without the second, a dead container is
  // not restarted.
  {
    id: "pods-probes",
    title: "Containers have readiness and liveness probes",
    references: { azurePolicy: ["b1a9997f-2883-4f12-bdff-2280f99b5915"] },
    types: WORKLOADS,
    checkResource: checkContainers((container, _pod, list) =>
      list === "containers"
        ? ["readinessProbe", "livenessProbe"].flatMap(hasHandler(container))
        : [],
    ),
  },
  // If all pods are in one zone, or on one node, its failure stops all of them.
  {
    id: "pods-spread",
    title: "Pods are spread over zones",
    targets: PRODUCTION,
    references: { azurePolicy: ["34c88cd4-5d72-4dbb-bf77-12c3cafe8791"] },
    types: WORKLOADS,
    checkResource: checkPod((pod) =>
      items(pod["topologySpreadConstraints"]).some(
        (constraint) => knownText(constraint, "topologyKey") === "topology.kubernetes.io/zone",
      )
        ? []
        : [
            problem(
              "topologySpreadConstraints",
              pod["topologySpreadConstraints"],
              "a list with topology.kubernetes.io/zone",
            ),
          ],
    ),
  },
  // Upgrades drain nodes. Without a budget all pods of a release may be evicted at once; with one that allows no
  // eviction, the node is never drained and the upgrade of AKS fails.
  {
    id: "workloads-disruption-budget",
    title: "Every deployment has a disruption budget that allows evictions",
    targets: PRODUCTION,
    references: { azurePolicy: ["d9e8f2c1-4c5a-4f5c-8b5a-2abf1e9f7b4d"] },
    checkStack: (resources) => {
      const budgets = ofType(resources, "kubernetes:policy/v1:PodDisruptionBudget");
      return ofType(resources, DEPLOYMENT).flatMap((deployment) => {
        const own = budgets.filter(
          (budget) => shareNamespace(budget, deployment, resources) && selects(budget, deployment),
        );
        if (own.length === 0) return violations(deployment, ["has no PodDisruptionBudget"]);
        return own
          .filter((budget) => !allowsEviction(budget))
          .flatMap((budget) =>
            violations(budget, ["allows no eviction; set spec.maxUnavailable to 1 or more"]),
          );
      });
    },
  },
  // With one pod every update and every lost node is an outage. A deployment without a number of its own has that of
  // its autoscaler. A canary serves a share of the requests and may be one pod: the route can exclude it.
  {
    id: "workloads-minimum-replicas",
    title: "Every deployment has two replicas or more",
    targets: PRODUCTION,
    references: { other: ['AKS, "Deployment and cluster reliability best practices", replicas'] },
    checkStack: (resources) => {
      const scalers = ofType(resources, "kubernetes:autoscaling/v2:HorizontalPodAutoscaler");
      return ofType(resources, DEPLOYMENT).flatMap((deployment) => {
        const labels = at(deployment.inputs, "metadata.labels");
        const minimum = entry(labels, "mlscore/track") === "canary" ? 1 : MIN_REPLICAS;
        if (at(deployment.inputs, "spec.replicas") !== undefined) {
          return violations(deployment, mustBeAtLeast(deployment.inputs, "spec.replicas", minimum));
        }
        const own = scalers.filter(
          (scaler) => shareNamespace(scaler, deployment, resources) && scales(scaler, deployment),
        );
        if (own.length === 0) {
          const message = problem(
            "spec.replicas",
            undefined,
            `${minimum} or more, or an autoscaler's`,
          );
          return violations(deployment, [message]);
        }
        return own.flatMap((scaler) =>
          violations(scaler, mustBeAtLeast(scaler.inputs, "spec.minReplicas", minimum)),
        );
      });
    },
  },
];

/** Resources that build an image and output its digest. */
const BUILDS = ["azure-native:containerregistry:TaskRun", "docker:index/image:Image"];

/**
 * Violations of containers whose image does not match. In the preview of a build the image is unknown; that is allowed
 * only where it comes from a build of this stack, which outputs `name@sha256:…` in the stack's registry.
 */
function checkImages(
  resources: readonly PolicyResource[],
  pattern: RegExp,
  wanted: string,
): Violation[] {
  const builds = ofType(resources, ...BUILDS);
  return ofType(resources, ...WORKLOADS).flatMap((workload) => {
    const isBuiltHere = comesFromSome(workload, "spec", builds);
    const check = checkContainers(({ image }) => {
      const isUnknown = image === UNKNOWN;
      const isValid = isUnknown ? isBuiltHere : typeof image === "string" && pattern.test(image);
      return isValid ? [] : [problem("image", image, wanted)];
    });
    return violations(workload, check(workload));
  });
}

function hasHandler(container: unknown) {
  return (probe: string): string[] =>
    HANDLERS.some((handler) => at(container, `${probe}.${handler}`) !== undefined)
      ? []
      : [problem(probe, at(container, probe), `a probe with one of ${HANDLERS.join(", ")}`)];
}

function selects(budget: PolicyResource, deployment: PolicyResource): boolean {
  const wanted = at(budget.inputs, "spec.selector.matchLabels");
  if (typeof wanted !== "object" || wanted === null) return false;
  const labels = at(deployment.inputs, "spec.template.metadata.labels");
  const pairs = Object.entries(wanted);
  return pairs.length > 0 && pairs.every(([key, value]) => entry(labels, key) === value);
}

/** `minAvailable` is not accepted: as a number it blocks every eviction once the number of pods is reduced. */
function allowsEviction({ inputs }: PolicyResource): boolean {
  const most = at(inputs, "spec.maxUnavailable");
  return most !== undefined && most !== UNKNOWN && most !== 0 && most !== "0" && most !== "0%";
}

function scales(scaler: PolicyResource, deployment: PolicyResource): boolean {
  const name = at(deployment.inputs, "metadata.name");
  return (
    at(scaler.inputs, "spec.scaleTargetRef.kind") === "Deployment" &&
    name !== undefined &&
    at(scaler.inputs, "spec.scaleTargetRef.name") === name
  );
}
