import { beforeAll, describe, expect, it } from "@jest/globals";
import type { ClusterIdentity } from "../../../components/clusterIdentity";
import type { EmulatorRun } from "../../../emulator/onEmulator";
import { inputsOf, namesOf, SUBSCRIPTION } from "../../stacks";
import { identity, REGISTRY, valueOf, VNET, ZONE } from "./clusterParts";
import { declared, GROUP, PLACE, typeCounts } from "./declared";

// Proves who gets which role on what; it does not prove that AKS is content with these roles.

const ROLES = {
  dnsContributor: "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
  networkContributor: "4d97b98b-1d4f-4787-a291-c67834d212e7",
  identityOperator: "f1a07417-d97a-45cb-824c-7a7467783830",
  acrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
};
const identityId = (name: string) =>
  `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;

describe("the cluster's identities", () => {
  let run: EmulatorRun;
  let created: ClusterIdentity;
  beforeAll(async () => {
    run = await declared(() => {
      created = identity();
    });
  });
  const outputsOf = (name: string) =>
    run.created.get(`azure-native:managedidentity:UserAssignedIdentity::${name}`)?.outputs ?? {};

  it("are one for the control plane and one for the kubelets", () => {
    expect(typeCounts(run)).toMatchObject({
      "managedidentity:UserAssignedIdentity": 2,
      "authorization:RoleAssignment": 4,
    });
    expect(
      inputsOf(run, "managedidentity:UserAssignedIdentity", "cluster-identity-control-plane"),
    ).toEqual({ ...PLACE, resourceName: "id-flood-cluster" });
    expect(
      inputsOf(run, "managedidentity:UserAssignedIdentity", "cluster-identity-kubelet"),
    ).toEqual({ ...PLACE, resourceName: "id-flood-kubelet" });
  });

  it("have four roles: the control plane on zone, network and kubelet identity, the kubelets on the registry", () => {
    const controlPlane = outputsOf("cluster-identity-control-plane")["principalId"];
    const kubelet = outputsOf("cluster-identity-kubelet")["principalId"];
    expect(controlPlane).not.toBe(kubelet);
    const grants = namesOf(run, ":RoleAssignment").map((name) => {
      const inputs = inputsOf(run, "authorization:RoleAssignment", name);
      return [
        name,
        inputs["roleDefinitionId"],
        inputs["scope"],
        inputs["principalId"],
        inputs["principalType"],
      ];
    });
    const role = (id: string) =>
      `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${id}`;
    const kind = "ServicePrincipal";
    expect(grants).toEqual([
      ["cluster-identity-acr-pull", role(ROLES.acrPull), REGISTRY, kubelet, kind],
      ["cluster-identity-dns", role(ROLES.dnsContributor), ZONE, controlPlane, kind],
      [
        "cluster-identity-kubelet-operator",
        role(ROLES.identityOperator),
        identityId("id-flood-kubelet"),
        controlPlane,
        kind,
      ],
      ["cluster-identity-network", role(ROLES.networkContributor), VNET, controlPlane, kind],
    ]);
  });

  it("name every role as what the cluster waits for", async () => {
    const urns = await Promise.all(created.ready.map(({ urn }) => valueOf(urn)));
    expect(urns.map((urn) => urn.split("::").at(-1)).sort()).toEqual(
      namesOf(run, ":RoleAssignment"),
    );
  });

  it("give AKS the kubelet's identity in three forms", async () => {
    const { resourceId, clientId, objectId } = created.kubelet;
    expect(await valueOf(resourceId)).toBe(identityId("id-flood-kubelet"));
    expect(await valueOf(clientId)).toBe(outputsOf("cluster-identity-kubelet")["clientId"]);
    expect(await valueOf(objectId)).toBe(outputsOf("cluster-identity-kubelet")["principalId"]);
    expect(await valueOf(created.controlPlaneId)).toBe(identityId("id-flood-cluster"));
  });
});
