import { parseYaml } from "../input/yaml";

export interface ClusterEndpoint {
  /** `https://…:443` */
  readonly server: string;
  /** Base64 of the certificate that the API server's own is signed with. */
  readonly certificateAuthorityData: string;
}

// AKS's server application in Entra ID, the same in every tenant (AKS, "Use kubelogin to authenticate users").
const SERVER_APPLICATION = "6dae42f8-4368-4678-94ff-3960e28e3630";

/**
 * Kubeconfig that gets a token for the identity that is signed in to the Azure CLI, in the stack's tenant. It holds no secret, so it may lie in the
 * state. Written here because AKS's own asks for a device code, which no pipeline can type (Azure/AKS issue 4990).
 */
export function kubeloginKubeconfig(
  clusterName: string,
  tenantId: string,
  { server, certificateAuthorityData }: ClusterEndpoint,
): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: clusterName,
        cluster: { server, "certificate-authority-data": certificateAuthorityData },
      },
    ],
    users: [
      {
        name: "azure-cli",
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "kubelogin",
            args: [
              "get-token",
              "--login",
              "azurecli",
              // Without it, the tenant of whatever subscription the CLI chose last.
              "--tenant-id",
              tenantId,
              "--server-id",
              SERVER_APPLICATION,
            ],
            interactiveMode: "Never",
            provideClusterInfo: false,
          },
        },
      },
    ],
    contexts: [{ name: clusterName, context: { cluster: clusterName, user: "azure-cli" } }],
    "current-context": clusterName,
  });
}

/**
 * Where the API server is, out of AKS's answer. Nothing else of the answer is taken: were local accounts on, it would
 * hold a client's key, and what azure-native looks up is not marked as secret (pulumi-azure-native issue 2408).
 *
 * @param kubeconfigs answer of `listManagedClusterUserCredentials`: kubeconfigs in base64
 */
export function clusterEndpoint(
  kubeconfigs: readonly { readonly value: string }[],
): ClusterEndpoint {
  const text = Buffer.from(kubeconfigs[0]?.value ?? "", "base64").toString("utf8");
  const config = parseYaml(text, { version: "1.2" }).yaml?.value as
    | {
        readonly clusters?: readonly { readonly cluster?: Readonly<Record<string, string>> }[];
      }
    | null
    | undefined;
  const cluster = config?.clusters?.[0]?.cluster ?? {};
  const { server, "certificate-authority-data": certificateAuthorityData } = cluster;
  if (server === undefined || certificateAuthorityData === undefined) {
    throw new Error("AKS's kubeconfig names no cluster with a server and a certificate authority");
  }
  return { server, certificateAuthorityData };
}
