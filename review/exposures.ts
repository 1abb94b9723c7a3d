import { listAt, textAt, valueAt } from "../graph/paths";
import { MONITORING_SWITCHES, SERVICE_SWITCHES } from "../policy/publicAccess";
import { say, type Text } from "./document";
import type { Resource, StackGraph, StackReview } from "./model";
import { named } from "./naming";

/** One way between a resource and the internet, for example `in`: "key vault v accepts requests from the internet". */
export interface Exposure {
  /** The same for the same way on both sides of a comparison. */
  readonly key: string;
  readonly resource: Resource;
  /** `out`: only answers to what was asked from inside come back. */
  readonly way: "in" | "out";
  readonly text: Text;
}

const SWITCHES: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.entries(SERVICE_SWITCHES).map(([type, path]) => [type, [path]])),
  ...MONITORING_SWITCHES,
};

const INTERNAL = "service.beta.kubernetes.io/azure-load-balancer-internal";

/** Everything of a stack that can be reached from the internet, or has an address in it. */
export function exposures(graph: StackGraph): Exposure[] {
  return graph.resources.flatMap((resource) => [
    ...openServices(resource),
    ...addresses(resource, graph),
    ...openCluster(resource),
    ...anonymousData(resource),
    ...openRules(resource),
    ...kubernetesWays(resource),
  ]);
}

/** Resources that the internet reaches in a way in which it did not before. */
export function newlyPublic({ before, after }: StackReview): Resource[] {
  const olds = new Set(before === undefined ? [] : exposures(before).map(({ key }) => key));
  const news = after === undefined ? [] : exposures(after);
  const found = news.filter(({ key, way }) => way === "in" && !olds.has(key));
  return [...new Set(found.map(({ resource }) => resource))];
}

function exposure(resource: Resource, what: string, way: Exposure["way"], text: Text): Exposure {
  return { key: `${resource.type}::${resource.name}::${what}`, resource, way, text };
}

function openServices(resource: Resource): Exposure[] {
  const open = (SWITCHES[resource.type] ?? []).filter(
    (path) => valueAt(resource.inputs, path) !== "Disabled",
  );
  // What TrafficSplit writes later has the last word (docs/decisions/0014), and says the same.
  return open.length === 0
    ? []
    : [
        exposure(
          resource,
          "network",
          "in",
          say`${named(resource)} accepts requests from the internet${lock(resource)}`,
        ),
      ];
}

/** What still stands between the internet and the service. */
function lock({ type, inputs }: Resource): Text {
  switch (type) {
    case "azure-native:machinelearningservices:OnlineEndpoint":
      return say`, from callers with a ${textAt(inputs, "properties.authMode")}`;
    case "azure-native:storage:StorageAccount":
      return valueAt(inputs, "allowSharedKeyAccess") === false
        ? say`, from identities with a role`
        : say`, also with the account key`;
    case "azure-native:containerregistry:Registry":
      return valueAt(inputs, "anonymousPullEnabled") === true
        ? say`, and anonymous pull is on`
        : say`, from identities with a role`;
    default:
      return say`, from identities with a role`;
  }
}

function addresses(resource: Resource, { resources }: StackGraph): Exposure[] {
  if (!resource.type.endsWith(":PublicIPAddress")) return [];
  const { id, urn } = resource;
  // Before the first update there is no id: the engine tells which property comes from which resource.
  const uses = ({ inputs, sources }: Resource) =>
    (id !== undefined && JSON.stringify(inputs).includes(id)) ||
    Object.values(sources).some((urns) => urns.includes(urn));
  const user = resources.find((one) => one !== resource && uses(one));
  const isOutbound = user?.type.endsWith(":NatGateway") === true;
  const use: Text =
    user === undefined
      ? say`, attached to nothing that the stack declares`
      : isOutbound
        ? say` for outbound traffic of the ${named(user)}; it accepts no inbound connections`
        : say` of the ${named(user)}`;
  return [exposure(resource, "address", isOutbound ? "out" : "in", say`${named(resource)}${use}`)];
}

function openCluster(resource: Resource): Exposure[] {
  if (!resource.type.endsWith(":ManagedCluster")) return [];
  const access = valueAt(resource.inputs, "apiServerAccessProfile");
  const outbound = textAt(resource.inputs, "networkProfile.outboundType");
  return [
    ...(valueAt(access, "enablePrivateCluster") === true
      ? []
      : [exposure(resource, "api", "in", say`${named(resource)}: its API server is public`)]),
    ...(valueAt(access, "enablePrivateClusterPublicFQDN") === true
      ? [
          exposure(
            resource,
            "name",
            "out",
            say`${named(resource)}: its private address is in public DNS`,
          ),
        ]
      : []),
    ...(outbound === "loadBalancer" || outbound === ""
      ? [
          exposure(
            resource,
            "outbound",
            "out",
            say`${named(resource)} uses a public load balancer for outbound traffic`,
          ),
        ]
      : []),
  ];
}

function anonymousData(resource: Resource): Exposure[] {
  const { type, inputs } = resource;
  const isOpen =
    (type.endsWith(":StorageAccount") && valueAt(inputs, "allowBlobPublicAccess") !== false) ||
    (type.endsWith(":BlobContainer") && !["", "None"].includes(textAt(inputs, "publicAccess")));
  return isOpen
    ? [
        exposure(
          resource,
          "anonymous",
          "in",
          say`${named(resource)} allows anonymous reads of blobs`,
        ),
      ]
    : [];
}

/** From anywhere, or from a range that is wider than any company's. */
const ANYWHERE = /^(\*|any|internet|::\/0|[\d.]+\/[0-7])$/i;

function openRules(resource: Resource): Exposure[] {
  if (!resource.type.endsWith(":NetworkSecurityGroup")) return [];
  return listAt(resource.inputs, "securityRules")
    .filter(
      (rule) =>
        textAt(rule, "access") === "Allow" &&
        textAt(rule, "direction") === "Inbound" &&
        [valueAt(rule, "sourceAddressPrefix"), valueAt(rule, "sourceAddressPrefixes")]
          .flat()
          .some((source) => typeof source === "string" && ANYWHERE.test(source)),
    )
    .map((rule) => {
      const name = textAt(rule, "name");
      const text = say`${named(resource)}: rule ${name} allows inbound traffic from the internet`;
      return exposure(resource, `rule ${name}`, "in", text);
    });
}

function kubernetesWays(resource: Resource): Exposure[] {
  const { type, inputs } = resource;
  const annotations = valueAt(inputs, "metadata.annotations") as
    Record<string, unknown> | undefined;
  const gateway = valueAt(inputs, "spec.infrastructure.annotations") as
    Record<string, unknown> | undefined;
  if (type === "kubernetes:core/v1:Service") {
    const kind = textAt(inputs, "spec.type");
    const isOpen =
      kind === "NodePort" || (kind === "LoadBalancer" && annotations?.[INTERNAL] !== "true");
    return isOpen
      ? [
          exposure(
            resource,
            "service",
            "in",
            say`${named(resource)} is a ${kind} that is not internal`,
          ),
        ]
      : [];
  }
  if (
    type.endsWith(":Gateway") &&
    type.startsWith("kubernetes:") &&
    gateway?.[INTERNAL] !== "true"
  ) {
    return [
      exposure(resource, "gateway", "in", say`${named(resource)} gets a public load balancer`),
    ];
  }
  return type.endsWith(":Ingress")
    ? [
        exposure(
          resource,
          "ingress",
          "in",
          say`${named(resource)} may be served by a public controller`,
        ),
      ]
    : [];
}
