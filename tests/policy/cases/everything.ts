import { missing, needs, wrongly, type Case } from "../case";
import { add, alter, set, unset } from "../graphs";

/** Rules on all kinds of resources. */

const POD = "scoring-stable";
const VARIABLE = "properties.environmentVariables.CONNECTION";

export const everything: Readonly<Record<string, Case>> = {
  "no-container-instances": {
    from: "production",
    breaks: [
      ...[
        "azure-native:containerinstance:ContainerGroup",
        "azure-native:containerinstance:ContainerGroupProfile",
        "azure:containerservice/group:Group",
      ].map((type) => wrongly(type, add(type, {}), "added")),
      wrongly(
        "virtual nodes",
        set("cluster", "addonProfiles.aciConnectorLinux.enabled", true),
        "cluster",
      ),
      wrongly(
        "compute of a workspace",
        add("azure-native:machinelearningservices:Compute", { properties: { computeType: "ACI" } }),
        "added",
      ),
      wrongly(
        "pods on a virtual node",
        set(POD, "spec.template.spec.nodeSelector.type", "virtual-kubelet"),
        POD,
      ),
      wrongly(
        "pods that bear a virtual node",
        set(POD, "spec.template.spec.tolerations", [{ key: "virtual-kubelet.io/provider" }]),
        POD,
      ),
      missing("the pods' specification missing", unset(POD, "spec"), POD),
    ],
  },
  "only-reviewed-types": {
    from: "production",
    breaks: [
      "azure-native:resources:Deployment",
      "azure:storage/account:Account",
      "kubernetes:helm.sh/v3:Release",
      "kubernetes:core/v1:Secret",
      "aws:s3/bucket:Bucket",
      "constructor",
    ].map((type) => wrongly(type, add(type, {}), "added")),
  },
  "required-tags": {
    from: "sandbox",
    breaks: [
      ...["application", "environment", "owner"].flatMap((tag) =>
        needs("registry", `tags.${tag}`, "", 7),
      ),
      ...needs("endpoint-traffic", "settings.tags.owner", " "),
      ...needs("endpoint-compact", "tags.owner", ""),
    ],
  },
  "one-region": {
    from: "production",
    breaks: [
      ...["eastus", "canadaeast", "", 7].map((place) =>
        wrongly(`location = ${place}`, set("features", "location", place), "features"),
      ),
      wrongly(
        "location unknown",
        set("features", "location", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"),
        "features",
      ),
    ],
  },
  "ignored-changes": {
    from: "production",
    breaks: [
      ...["*", "publicNetworkAccess", "policies", "tags"].map(
        (path) => ["registry", path] as const,
      ),
      ["cluster", "agentPoolProfiles[0].count"] as const,
      ["cluster", "agentPoolProfiles[0].orchestratorVersion"] as const,
      ["cluster-scoring", "count"] as const,
    ].map(([name, path]) =>
      wrongly(
        `${name} ${path}`,
        alter(name, () => ({ ignoreChanges: [path] })),
        name,
      ),
    ),
  },
  "no-key-values": {
    from: "sandbox",
    breaks: [
      ...[
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=x",
        "Endpoint=sb://a;SharedAccessKeyName=b;SharedAccessKey=c",
        "InstrumentationKey=1",
        "https://a.blob.core.windows.net/c?sv=2024&sig=abc",
        "-----BEGIN RSA PRIVATE KEY-----",
      ].map((value) =>
        wrongly(value.slice(0, 30), set("endpoint-compact", VARIABLE, value), "endpoint-compact"),
      ),
      ...["password", "adminPassword", "clientSecret", "accountKey"].map((key) =>
        wrongly(key, set("registry", `credentials.${key}`, "x"), "registry"),
      ),
      wrongly("in a list", set("registry", "list", ["", { inner: "AccountKey=1" }]), "registry"),
    ],
  },
  "protected-foundations": {
    from: "production",
    breaks: ["cluster", "registry", "key-vault", "features"].map((name) =>
      missing(
        `${name} unprotected`,
        alter(name, () => ({ protect: false })),
        name,
      ),
    ),
  },
};
