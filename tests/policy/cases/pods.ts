import { after, missing, needs, wrongly, type Case } from "../case";
import { add, all, set, unset } from "../graphs";

const POD = "scoring-stable";
const SPEC = "spec.template.spec";
const CONTAINER = `${SPEC}.containers.0`;
const DIGEST = `sha256:${"a".repeat(64)}`;

/** Other kinds start pods too. */
const job = add("kubernetes:batch/v1:Job", {
  spec: {
    template: { spec: { containers: [{ name: "job", image: `crx.azurecr.io/flood@${DIGEST}` }] } },
  },
});

function onContainer(path: string, ...wrong: readonly unknown[]): Case {
  return {
    from: "production",
    breaks: [
      ...needs(POD, `${CONTAINER}.${path}`, ...wrong),
      missing(
        "it in an init container missing",
        set(POD, `${SPEC}.initContainers`, [{ name: "first" }]),
        POD,
      ),
    ],
  };
}

function onPod(path: string, ...wrong: readonly unknown[]): Case {
  return { from: "production", breaks: needs(POD, `${SPEC}.${path}`, ...wrong) };
}

/** What a container may have from its pod: right in either place, so the other one is taken away first. */
function inherited(path: string, ...wrong: readonly unknown[]): Case {
  return {
    from: "production",
    breaks: [
      ...after(unset(POD, `${SPEC}.${path}`), needs(POD, `${CONTAINER}.${path}`, ...wrong)),
      ...after(unset(POD, `${CONTAINER}.${path}`), needs(POD, `${SPEC}.${path}`, ...wrong)),
    ],
  };
}

/** What is right where it is left out. */
function neverTrue(path: string): Case["breaks"] {
  return [true, "true"].map((value) =>
    wrongly(`${path} = ${String(value)}`, set(POD, path, value), POD),
  );
}

export const pods: Readonly<Record<string, Case>> = {
  "pods-not-root": {
    from: "production",
    breaks: [
      ...inherited("securityContext.runAsNonRoot", false).breaks,
      ...inherited("securityContext.runAsUser", 0, "10001").breaks,
    ],
  },
  "pods-no-escalation": onContainer("securityContext.allowPrivilegeEscalation", true),
  "pods-not-privileged": {
    from: "production",
    breaks: [
      ...neverTrue(`${CONTAINER}.securityContext.privileged`),
      missing("containers missing", unset(POD, `${SPEC}.containers`), POD),
      missing("the pods' specification missing", unset(POD, "spec"), POD),
    ],
  },
  "pods-no-capabilities": {
    from: "production",
    breaks: [
      ...needs(POD, `${CONTAINER}.securityContext.capabilities.drop.0`, "NET_RAW"),
      wrongly(
        "one added",
        set(POD, `${CONTAINER}.securityContext.capabilities.add`, ["NET_BIND_SERVICE"]),
        POD,
      ),
    ],
  },
  "pods-seccomp": {
    ...inherited("securityContext.seccompProfile.type", "Unconfined"),
    given: all(set(POD, `${CONTAINER}.securityContext.seccompProfile.type`, "Localhost")),
  },
  "pods-read-only": onContainer("securityContext.readOnlyRootFilesystem", false),
  "pods-off-the-host": {
    from: "production",
    breaks: [
      ...["hostNetwork", "hostPID", "hostIPC"].flatMap((key) => neverTrue(`${SPEC}.${key}`)),
      wrongly("a port of the host", set(POD, `${CONTAINER}.ports.0.hostPort`, 5001), POD),
      missing("the pods' specification missing", unset(POD, "spec"), POD),
    ],
  },
  "pods-volumes": {
    from: "production",
    breaks: [
      wrongly("a hostPath", set(POD, `${SPEC}.volumes.0.hostPath`, { path: "/" }), POD),
      wrongly("a hostPath alone", set(POD, `${SPEC}.volumes`, [{ name: "x", hostPath: {} }]), POD),
      wrongly("a kind nobody knows", set(POD, `${SPEC}.volumes`, [{ name: "x", more: {} }]), POD),
      missing("no kind", unset(POD, `${SPEC}.volumes.0.emptyDir`), POD),
      wrongly("no list", set(POD, `${SPEC}.volumes`, "04da6b54-80e4-46f7-96ec-b56ff0331ba9"), POD),
    ],
  },
  "pods-no-api-token": {
    from: "production",
    breaks: [
      ...onPod("automountServiceAccountToken", true).breaks,
      ...needs("scoring-service-account", "automountServiceAccountToken", true),
    ],
  },
  "pods-own-account": onPod("serviceAccountName", "default", ""),
  "pods-probes": {
    from: "production",
    breaks: ["readinessProbe", "livenessProbe"].flatMap((probe) => [
      wrongly(`${probe} without a handler`, unset(POD, `${CONTAINER}.${probe}.httpGet`), POD),
      missing(`${probe} missing`, unset(POD, `${CONTAINER}.${probe}`), POD),
    ]),
  },
  "pods-limits": {
    from: "production",
    breaks: ["requests.cpu", "requests.memory", "limits.cpu", "limits.memory"].flatMap(
      (path) => onContainer(`resources.${path}`, "", 1).breaks,
    ),
  },
  "pods-no-secret-variables": {
    from: "production",
    breaks: [
      wrongly(
        "a variable from a secret",
        set(POD, `${CONTAINER}.env.0.valueFrom.secretKeyRef`, { name: "s", key: "k" }),
        POD,
      ),
      wrongly(
        "all variables from a secret",
        set(POD, `${CONTAINER}.envFrom`, [{ secretRef: { name: "s" } }]),
        POD,
      ),
      missing("the pods' specification missing", unset(POD, "spec.template"), POD),
    ],
  },
  "pods-spread": {
    from: "production",
    breaks: needs(POD, `${SPEC}.topologySpreadConstraints.0.topologyKey`, "kubernetes.io/hostname"),
  },
  "images-by-digest": {
    from: "production",
    breaks: onContainer(
      "image",
      "crinsight.azurecr.io/flood:1",
      "crinsight.azurecr.io/flood",
      "crinsight.azurecr.io/flood@sha256:123",
    ).breaks,
  },
  "images-from-azure": {
    from: "production",
    breaks: [
      ...onContainer(
        "image",
        `docker.io/flood@${DIGEST}`,
        `flood@${DIGEST}`,
        `azurecr.io.example.org/flood@${DIGEST}`,
      ).breaks,
      ...after(
        job,
        needs("added", `${SPEC}.containers.0.image`, `mcr.microsoft.com/flood@${DIGEST}`),
      ),
    ],
  },
};
