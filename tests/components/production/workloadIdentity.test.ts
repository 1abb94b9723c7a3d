import { beforeAll, describe, expect, it } from "@jest/globals";
import * as storage from "@pulumi/azure-native/storage";
import { WorkloadIdentity } from "../../../components/workloadIdentity";
import type { EmulatorRun } from "../../../emulator/onEmulator";
import { inputsOf, SUBSCRIPTION } from "../../stacks";
import { valueOf } from "./clusterParts";
import { declared, GROUP, PLACE, typeCounts } from "./declared";

// Proves who is trusted with what; it does not exchange a token.

const CONTAINER = `${GROUP}/providers/Microsoft.Storage/storageAccounts/stflood/blobServices/default/containers/features`;

describe("the identity of the scoring pods", () => {
  let run: EmulatorRun;
  let created: WorkloadIdentity;
  beforeAll(async () => {
    run = await declared(() => {
      const account = new storage.StorageAccount("account", {
        ...PLACE,
        accountName: "stflood",
        kind: "StorageV2",
        sku: { name: "Standard_LRS" },
      });
      const container = new storage.BlobContainer("features", {
        accountName: account.name,
        containerName: "features",
        resourceGroupName: "rg",
      });
      created = new WorkloadIdentity("scoring-identity", {
        ...PLACE,
        identityName: "id-flood-scoring",
        subscriptionId: SUBSCRIPTION,
        oidcIssuerUrl: "https://issuer.example/",
        namespace: "gauge",
        serviceAccount: "scoring",
        grant: {
          suffix: "features-reader",
          role: "Storage Blob Data Reader",
          scope: container.id,
        },
      });
    });
  });

  it("is one identity with one credential and one role", () => {
    expect(typeCounts(run)).toMatchObject({
      "managedidentity:UserAssignedIdentity": 1,
      "managedidentity:FederatedIdentityCredential": 1,
      "authorization:RoleAssignment": 1,
    });
  });

  it("is believed to one service account of one issuer only", () => {
    expect(
      inputsOf(run, "managedidentity:FederatedIdentityCredential", "scoring-identity-credential"),
    ).toEqual({
      federatedIdentityCredentialResourceName: "gauge-scoring",
      resourceName: "id-flood-scoring",
      resourceGroupName: "rg",
      issuer: "https://issuer.example/",
      subject: "system:serviceaccount:gauge:scoring",
      audiences: ["api://AzureADTokenExchange"],
    });
  });

  it("reads the features and does nothing else", () => {
    const grant = inputsOf(run, "authorization:RoleAssignment", "scoring-identity-features-reader");
    const identity = run.created.get(
      "azure-native:managedidentity:UserAssignedIdentity::scoring-identity",
    );
    expect(grant).toMatchObject({
      scope: CONTAINER,
      principalId: identity?.outputs["principalId"],
      principalType: "ServicePrincipal",
    });
    expect(String(grant["roleDefinitionId"]).split("/").at(-1)).toBe(
      "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    );
  });

  it("tells its client id, and what a pod has to wait for", async () => {
    const identity = run.created.get(
      "azure-native:managedidentity:UserAssignedIdentity::scoring-identity",
    );
    expect(await valueOf(created.clientId)).toBe(identity?.outputs["clientId"]);
    const urns = await Promise.all(created.ready.map(({ urn }) => valueOf(urn)));
    expect(urns.map((urn) => urn.split("::").at(-1))).toEqual([
      "scoring-identity-credential",
      "scoring-identity-features-reader",
    ]);
  });
});
