import { at, problem, items, mayOnlyBe, mustBe, knownText } from "../inputChecks";
import { type RuleDefinition } from "../rule";
import { checkContainers, checkPod, inherited, WORKLOADS } from "../podChecks";

const ACCOUNT = "kubernetes:core/v1:ServiceAccount";

const KINDS = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);

export const podSecurityRules: readonly RuleDefinition[] = [
  // Kubernetes mounts a token in every pod unless this is disabled. Nothing here calls the API server. The token of
  // workload identity is a separate one.
  {
    id: "pods-no-api-token",
    title: "Pods have no API server token",
    references: { cisAks: ["4.1.6"], azurePolicy: ["423dd1ba-798e-40e4-9c4d-b6902674b423"] },
    types: [...WORKLOADS, ACCOUNT],
    checkResource: (resource) =>
      resource.type === ACCOUNT
        ? mustBe(resource.inputs, "automountServiceAccountToken", false)
        : checkPod((pod) => mustBe(pod, "automountServiceAccountToken", false))(resource),
  },
  // A server on a port above 1024 needs none of the capabilities that Linux splits root into. None is added back.
  {
    id: "pods-no-capabilities",
    title: "Containers drop all capabilities",
    references: {
      cisAks: ["4.6.2"],
      azurePolicy: ["c26596ff-4d70-4e6a-9a30-c2506bd2f80c"],
      other: ["Kubernetes, Pod Security Standards, restricted"],
    },
    types: WORKLOADS,
    checkResource: checkContainers((container) => {
      const drop = at(container, "securityContext.capabilities.drop");
      const add = at(container, "securityContext.capabilities.add");
      return [
        ...(items(drop).includes("ALL")
          ? []
          : [problem("securityContext.capabilities.drop", drop, '["ALL"]')]),
        ...(add === undefined || (Array.isArray(add) && add.length === 0)
          ? []
          : [problem("securityContext.capabilities.add", add, "left out")]),
      ];
    }),
  },
  // Kubernetes allows it by default: a program with the setuid bit is enough.
  {
    id: "pods-no-escalation",
    title: "No container allows privilege escalation",
    references: {
      cisAks: ["4.2.5"],
      azurePolicy: ["1c6e92c9-99f0-4e55-9cf2-0c234dc48f99"],
      other: ["Kubernetes, Pod Security Standards, restricted"],
    },
    types: WORKLOADS,
    checkResource: checkContainers((container) =>
      mustBe(container, "securityContext.allowPrivilegeEscalation", false),
    ),
  },
  // Variables are shown with the pod, inherited by child processes and written into crash reports. Secrets are
  // mounted as files or, better, avoided.
  {
    id: "pods-no-secret-variables",
    title: "No environment variable is taken from a secret",
    references: { cisAks: ["4.5.1"] },
    types: WORKLOADS,
    checkResource: checkContainers((container) => [
      ...items(container["env"]).flatMap((variable) =>
        at(variable, "valueFrom.secretKeyRef") === undefined
          ? []
          : [`variable ${knownText(variable, "name") ?? ""} is taken from a secret`],
      ),
      ...items(container["envFrom"]).flatMap((source) =>
        at(source, "secretRef") === undefined ? [] : ["variables are taken from a secret"],
      ),
    ]),
  },
  // A privileged container has full control of its node. The default is false.
  {
    id: "pods-not-privileged",
    title: "No container is privileged",
    references: {
      cisAks: ["4.2.1"],
      azurePolicy: ["95edb821-ddaf-4404-9732-666045e056b4"],
      other: ["Kubernetes, Pod Security Standards, baseline"],
    },
    types: WORKLOADS,
    checkResource: checkContainers((container) =>
      mayOnlyBe(container, "securityContext.privileged", false),
    ),
  },
  // Root in a container becomes root on the node as soon as another protection fails. A container inherits the
  // settings of its pod.
  {
    id: "pods-not-root",
    title: "No container runs as root",
    references: {
      cisAks: ["4.6.2"],
      azurePolicy: ["f06ddb64-5fa3-4b77-b166-acb36f7f6042"],
      other: ["Kubernetes, Pod Security Standards, restricted"],
    },
    types: WORKLOADS,
    checkResource: checkContainers((container, pod) => {
      const [nonRoot, user] = ["runAsNonRoot", "runAsUser"].map((key) =>
        inherited(container, pod, `securityContext.${key}`),
      );
      return [
        ...(nonRoot === true ? [] : [problem("securityContext.runAsNonRoot", nonRoot, "true")]),
        ...(typeof user === "number" && user > 0
          ? []
          : [problem("securityContext.runAsUser", user, "a user other than 0")]),
      ];
    }),
  },
  // With the node's network, processes or memory, a pod can read and send traffic as the node does, without any
  // network policy.
  {
    id: "pods-off-the-host",
    title: "Pods do not use the host's network, processes or IPC",
    references: {
      cisAks: ["4.2.2", "4.2.3", "4.2.4"],
      azurePolicy: ["47a1ee2f-2a2a-4576-bf2a-e0e36709c2b8", "82985f06-dc18-4a48-bc1c-b9f4f0098cfe"],
      other: ["Kubernetes, Pod Security Standards, baseline"],
    },
    types: WORKLOADS,
    checkResource: (resource) => [
      ...checkPod((pod) =>
        ["hostNetwork", "hostPID", "hostIPC"].flatMap((key) => mayOnlyBe(pod, key, false)),
      )(resource),
      ...checkContainers((container) =>
        items(container["ports"]).flatMap((port) => mayOnlyBe(port, "hostPort", 0)),
      )(resource),
    ],
  },
  // All pods in the namespace share the account `default`: a right granted to it is granted to all of them.
  {
    id: "pods-own-account",
    title: "Pods use a service account of their own",
    references: { cisAks: ["4.1.5", "5.2.1"] },
    types: WORKLOADS,
    checkResource: checkPod((pod) => {
      const account = knownText(pod, "serviceAccountName");
      return account !== undefined && account !== "" && account !== "default"
        ? []
        : [problem("serviceAccountName", pod["serviceAccountName"], "an account of its own")];
    }),
  },
  // An attacker in a server can neither leave files there nor replace the model. Data that must be written goes to a
  // volume.
  {
    id: "pods-read-only",
    title: "Containers have a read-only root file system",
    references: { azurePolicy: ["df49d893-a74c-421d-bc95-c663042e5b80"] },
    types: WORKLOADS,
    checkResource: checkContainers((container) =>
      mustBe(container, "securityContext.readOnlyRootFilesystem", true),
    ),
  },
  // Without a profile every system call is allowed, also those that only exploits use.
  {
    id: "pods-seccomp",
    title: "Containers use a seccomp profile",
    references: {
      cisAks: ["4.6.2"],
      azurePolicy: ["975ce327-682c-4f2e-aa46-b9598289b86c"],
      other: ["Kubernetes, Pod Security Standards, restricted"],
    },
    types: WORKLOADS,
    checkResource: checkContainers((container, pod) => {
      const type = inherited(container, pod, "securityContext.seccompProfile.type");
      return type === "RuntimeDefault" || type === "Localhost"
        ? []
        : [problem("securityContext.seccompProfile.type", type, '"RuntimeDefault" or "Localhost"')];
    }),
  },
  // A hostPath is the node's disk. The allowed kinds are those of the restricted standard; any other kind fails.
  {
    id: "pods-volumes",
    title: "Volumes are of kinds that do not expose the node",
    references: {
      azurePolicy: ["16697877-1118-4fb1-9b65-9898ec2509ec", "098fc59e-46c7-4d99-9b16-64990e543d75"],
      other: ["Kubernetes, Pod Security Standards, restricted"],
    },
    types: WORKLOADS,
    checkResource: checkPod((pod) => {
      const volumes = pod["volumes"] ?? [];
      if (!Array.isArray(volumes)) return [problem("volumes", volumes, "a list")];
      return volumes.flatMap((volume: unknown) => {
        const kinds = Object.keys(volume ?? {}).filter((key) => key !== "name");
        const name = knownText(volume, "name") ?? "without a name";
        return kinds.length === 1 && kinds.every((kind) => KINDS.has(kind))
          ? []
          : [`volume ${name} is of kind ${kinds.join(" and ") || "none"}, which is not allowed`];
      });
    }),
  },
];
