import type * as pulumi from "@pulumi/pulumi";
import * as kubernetes from "@pulumi/kubernetes/provider";
import { registryHost } from "../config/names";
import type { ProductionConfig } from "../config/production/productionTypes";
import { certificateRules } from "./alerts/certificateAlerts";
import type { AzureReads } from "./azureReads";
import { budgetedGroup } from "./budget";
import { qualifiedReference, ScoringImage } from "./image";
import { checkKubernetesSupport } from "./kubernetesSupport";
import { assertUpgradePath, liveCluster, type LiveCluster } from "./liveCluster";
import { platform, type Place, type Platform } from "./platform";
import { passGate, withPassed } from "./releaseGate";
import type { Caller } from "./signedIn";
import { gatewayNamespaceName, names as scoringNames } from "./scoring/labels";
import { ScoringService, type ScoringServiceArgs } from "./scoringService";
import { stackOutputs, type StackOutputs } from "./stackOutputs";
import { WorkloadIdentity } from "./workloadIdentity";

/**
 * Declares the whole production stack and returns its outputs. What decides whether and how, the soaked release and the
 * version that the cluster runs, is read before anything is declared.
 */
export async function production(
  config: ProductionConfig,
  caller: Caller,
  before: StackOutputs,
  stack: string,
  azure: AzureReads,
): Promise<Record<string, unknown>> {
  const { names, release, endpointName } = config;
  const sandbox = await stackOutputs(release.sandboxStack);
  const evidence = { sandbox, own: before, now: new Date() };
  const gateOf = (id: string) => passGate(id, release, evidence, stack);
  const gate = gateOf(release.id);
  const canaryGate = config.canary === undefined ? undefined : gateOf(config.canary.releaseId);
  const live = await checkedCluster(config, azure, stack, evidence.now);
  const { location, tags } = config;
  const place = { resourceGroupName: budgetedGroup(config, evidence.now), location, tags };
  const base = platform(config, place, caller, live);
  const { network, services, cluster } = base;
  const registryLoginServer = registryHost(names.registry);
  const image = new ScoringImage(
    "image",
    {
      ...place,
      source: config.image,
      repository: endpointName,
      releaseId: release.id,
      registryName: services.registry.name,
      registryLoginServer,
      ...(network.subnetIds.build === undefined ? {} : { buildSubnetId: network.subnetIds.build }),
    },
    { dependsOn: [...services.ready] },
  );
  const provider = clusterAccess(
    "kubernetes",
    { kubeconfig: cluster.kubeconfig, clusterId: cluster.id },
    { parent: cluster },
  );
  const pods = podIdentity(config, place, base);
  const certificate = gatewayCertificate(config, place, base);
  new ScoringService(
    "scoring",
    {
      ...config,
      image: image.reference,
      releaseId: release.id,
      ...canaryOf(config, registryLoginServer, canaryGate?.exceptionReason),
      userPool: config.scoringPool,
      gatewayApi: base.gatewayApi,
      identityClientId: pods.clientId,
      gatewaySubnetName: network.gatewaySubnetName,
      ...(certificate === undefined
        ? {}
        : {
            certificate: { uri: certificate.uri, identityClientId: certificate.identity.clientId },
          }),
      ...(config.network.vnet.kind === "existing"
        ? {}
        : { privateEndpointsCidr: config.network.vnet.subnets.privateEndpoints }),
      ...(gate.exceptionReason === undefined ? {} : { releaseException: gate.exceptionReason }),
    },
    {
      providers: { kubernetes: provider },
      dependsOn: [...base.ready, ...pods.ready, ...(certificate?.identity.ready ?? [])],
    },
  );

  return {
    resourceGroupName: place.resourceGroupName,
    clusterName: cluster.name,
    registryName: services.registry.name,
    image: image.reference,
    release: gate,
    ...(canaryGate === undefined ? {} : { canaryRelease: canaryGate }),
    soakedReleases: withPassed(before, [gate, ...(canaryGate === undefined ? [] : [canaryGate])]),
    namespace: endpointName,
    hostname: config.hostname,
  };
}

/** The live cluster, once it is certain that Azure can bring it to the version in the settings. */
async function checkedCluster(
  config: ProductionConfig,
  azure: AzureReads,
  stack: string,
  now: Date,
): Promise<LiveCluster> {
  const live = await liveCluster(
    { resourceGroupName: config.resourceGroup.name, clusterName: config.names.cluster },
    stack,
  );
  const { kubernetesVersion } = config.cluster;
  assertUpgradePath(live, kubernetesVersion, stack);
  const wanted = { minor: kubernetesVersion, live: live.version, location: config.location };
  await checkKubernetesSupport(azure, config.subscription.id, wanted, stack, now);
  return live;
}

/** Who the scoring pods are in Azure: a reader of the features. */
function podIdentity(config: ProductionConfig, place: Place, base: Platform): WorkloadIdentity {
  return new WorkloadIdentity("scoring-identity", {
    ...place,
    subscriptionId: config.subscription.id,
    identityName: config.names.scoringIdentity,
    oidcIssuerUrl: base.cluster.oidcIssuerUrl,
    namespace: config.endpointName,
    serviceAccount: scoringNames.serviceAccount,
    grant: {
      suffix: "features-reader",
      role: "Storage Blob Data Reader",
      scope: base.services.features.containerId,
    },
  });
}

/** The certificate that the settings name, and who may fetch it for the gateway. */
function gatewayCertificate(
  config: ProductionConfig,
  place: Place,
  base: Platform,
): { readonly uri: string; readonly identity: WorkloadIdentity } | undefined {
  const { certificateName, names } = config;
  if (certificateName === undefined) return undefined;
  if (base.called !== undefined) {
    certificateRules(
      "certificate-alerts",
      {
        ...place,
        topicName: names.vaultEvents,
        vaultId: base.services.vault.id,
        called: base.called,
      },
      { parent: base.services.vault },
    );
  }
  const identity = new WorkloadIdentity("gateway-identity", {
    ...place,
    subscriptionId: config.subscription.id,
    identityName: names.gatewayIdentity,
    oidcIssuerUrl: base.cluster.oidcIssuerUrl,
    namespace: gatewayNamespaceName(config.endpointName),
    serviceAccount: scoringNames.gatewayServiceAccount,
    grant: {
      suffix: "certificate-reader",
      role: "Key Vault Secrets User",
      scope: base.services.vault.id,
    },
  });
  // Without a version: a renewed certificate is taken over (AKS, application routing, DNS and TLS).
  return {
    uri: `https://${names.keyVault}.vault.azure.net/certificates/${certificateName}`,
    identity,
  };
}

function canaryOf(
  { canary }: ProductionConfig,
  registryLoginServer: string,
  releaseException: string | undefined,
): Pick<ScoringServiceArgs, "canary"> | Record<string, never> {
  if (canary === undefined) return {};
  const image = qualifiedReference(canary.image, registryLoginServer);
  return {
    canary: { ...canary, image, ...(releaseException === undefined ? {} : { releaseException }) },
  };
}

export interface ClusterAccessArgs {
  /** Names a program (kubelogin) that gets a token for the identity running the update; contains no secret. */
  readonly kubeconfig: pulumi.Input<string>;
  /** ARM id of the cluster. */
  readonly clusterId: pulumi.Input<string>;
}

/**
 * Pulumi's way into a cluster. The cluster's id says which cluster it is; without it Pulumi compares kubeconfigs, and a
 * new address or proxy of the same API server would replace everything in the cluster (pulumi-kubernetes issue 4019).
 * Objects are applied on the server, so a field that somebody else has taken is an error and not undone.
 */
function clusterAccess(
  name: string,
  { kubeconfig, clusterId }: ClusterAccessArgs,
  opts: pulumi.ResourceOptions,
): kubernetes.Provider {
  return new kubernetes.Provider(
    name,
    { kubeconfig, clusterIdentifier: clusterId, enableServerSideApply: true },
    opts,
  );
}
