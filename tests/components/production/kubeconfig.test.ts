import { describe, expect, it } from "@jest/globals";
import { clusterEndpoint, kubeloginKubeconfig } from "../../../components/kubeconfig";

// Proves what is written; no API server reads it here.

const ENDPOINT = { server: "https://flood.private.example:443", certificateAuthorityData: "Q0E=" };

/** AKS's answer, with a key in it as it would be if local accounts were on. */
const answer = (cluster: string) =>
  Buffer.from(
    `apiVersion: v1\nkind: Config\nclusters:\n- name: aks\n  cluster:\n${cluster}` +
      "users:\n- name: clusterUser\n  user:\n    client-key-data: c2VjcmV0LWtleQ==\n    token: hunter2\n",
  ).toString("base64");
const COMPLETE =
  "    certificate-authority-data: Q0E=\n    server: https://flood.private.example:443\n";

describe("the kubeconfig", () => {
  it("gets a token by kubelogin for the identity that is signed in to the Azure CLI", () => {
    expect(JSON.parse(kubeloginKubeconfig("aks-flood", "tenant", ENDPOINT))).toEqual({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "aks-flood",
          cluster: { server: ENDPOINT.server, "certificate-authority-data": "Q0E=" },
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
                "--tenant-id",
                "tenant",
                "--server-id",
                "6dae42f8-4368-4678-94ff-3960e28e3630",
              ],
              interactiveMode: "Never",
              provideClusterInfo: false,
            },
          },
        },
      ],
      contexts: [{ name: "aks-flood", context: { cluster: "aks-flood", user: "azure-cli" } }],
      "current-context": "aks-flood",
    });
  });

  it("takes the server and its authority out of AKS's answer, and nothing that is secret", () => {
    const endpoint = clusterEndpoint([{ value: answer(COMPLETE) }]);
    expect(endpoint).toEqual(ENDPOINT);
    const kubeconfig = kubeloginKubeconfig("aks-flood", "tenant", endpoint);
    expect(kubeconfig).not.toContain("c2VjcmV0LWtleQ==");
    expect(kubeconfig).not.toContain("hunter2");
  });

  it.each([
    ["no kubeconfig", []],
    ["an empty one", [{ value: "" }]],
    ["no server", [{ value: answer("    certificate-authority-data: Q0E=\n") }]],
    ["no authority", [{ value: answer("    server: https://flood.private.example:443\n") }]],
  ])("is a bug of ours or AKS's with %s", (_what, kubeconfigs) => {
    expect(() => clusterEndpoint(kubeconfigs)).toThrow(
      "AKS's kubeconfig names no cluster with a server and a certificate authority",
    );
  });
});
