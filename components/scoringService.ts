import * as apps from "@pulumi/kubernetes/apps/v1";
import * as autoscaling from "@pulumi/kubernetes/autoscaling/v2";
import * as core from "@pulumi/kubernetes/core/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import * as pulumi from "@pulumi/pulumi";
import type {
  Canary,
  ScoringProbes,
  ScoringResources,
  ScoringScale,
} from "../config/production/productionTypes";
import type { OnlineDeploymentDefinition } from "../config/types";
import { autoscalerBody, disruptionBudgetBody } from "./scoring/autoscaling";
import { usesAzure } from "./scoring/environment";
import { serviceBody } from "./scoring/gateway";
import { names, type Track } from "./scoring/labels";
import { limitRangeBody, mostPods, quotaBody, serviceAccountBody } from "./scoring/namespace";
import { scoringPolicies } from "./scoring/networkPolicies";
import { gracePeriodSeconds, workloadBody } from "./scoring/workload";
import { scoringGateway, type ScoringGatewayArgs } from "./scoringGateway";
import { networkPolicies, readerRole, scoringNamespace } from "./scoringNamespace";

export interface ScoringServiceArgs extends ScoringGatewayArgs {
  readonly deployment: OnlineDeploymentDefinition;
  /** `name@sha256:…` */
  readonly image: pulumi.Input<string>;
  /** 64 hex digits over code, environment and model. */
  readonly releaseId: string;
  /** A second release that gets a share of the requests; its image with the registry's host. */
  readonly canary?: Omit<Canary, "image"> & {
    readonly image: pulumi.Input<string>;
    /** Why it may run without having soaked; written on its Deployment. */
    readonly releaseException?: string;
  };
  readonly scale: ScoringScale;
  readonly resources: ScoringResources;
  readonly probes: ScoringProbes;
  /** Name of the node pool that runs the pods. */
  readonly userPool: string;
  /** Client id of the identity that the pods act as. */
  readonly identityClientId: pulumi.Input<string>;
  /** What brings the kinds Gateway and HTTPRoute to the cluster: only objects of these wait for it, and no pod. */
  readonly gatewayApi?: pulumi.Resource;
  /** CIDR of the private endpoints' subnet, where it is known. */
  readonly privateEndpointsCidr?: string;
  /** Why the release may run without having soaked; written on the Deployment. */
  readonly releaseException?: string;
}

/** Time for new nodes and a rollout pod by pod. */
const ROLLOUT = { create: "30m", update: "30m" };

/**
 * The scoring pods on Kubernetes with all that keeps them: two guarded namespaces, autoscaling, and a gateway that
 * divides the requests between the stable release and a canary. Give it the cluster's provider.
 *
 * The gateway has a namespace of its own, because its pods come from the controller's template, which the `restricted`
 * pod security standard refuses for want of a seccomp profile (istio issue 56383).
 */
export class ScoringService extends pulumi.ComponentResource {
  /** Name of the namespace, once it is there. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: ScoringServiceArgs, opts: pulumi.ComponentResourceOptions) {
    super("mlscore:scoringService:ScoringService", name, {}, opts);
    const { endpointName } = args;
    this.namespace = scoringNamespace(name, endpointName, "restricted", args, this);
    readerRole(name, this.namespace, args, this);
    const guards = this.guards(name, args);
    const tracks: pulumi.Resource[] = [];
    tracks.push(...this.track(name, "stable", args, guards));
    if (args.canary !== undefined) tracks.push(...this.track(name, "canary", args, guards));
    this.scaling(name, args);
    const { canary, deployment, gatewayApi } = args;
    scoringGateway(
      name,
      args,
      {
        namespace: this.namespace,
        requestTimeoutMs: deployment.requestSettings.requestTimeoutMs,
        ...(canary === undefined ? {} : { canaryWeight: canary.weight }),
      },
      // Last, so that requests are sent only where pods are ready.
      { parent: this, kinds: gatewayApi === undefined ? [] : [gatewayApi], services: tracks },
    );
    this.registerOutputs({ namespace: this.namespace });
  }

  /** What has to hold before the first pod starts: its account, its share and its way in and out. */
  private guards(name: string, args: ScoringServiceArgs): pulumi.Resource[] {
    const { endpointName, resources } = args;
    const pods = mostPods(
      args.scale.maxReplicas,
      args.canary?.replicas,
      gracePeriodSeconds(args.deployment),
    );
    const policies = scoringPolicies({
      endpointName,
      namespace: this.namespace,
      usesAzure: usesAzure(args.deployment),
      ...(args.privateEndpointsCidr === undefined
        ? {}
        : { privateEndpointsCidr: args.privateEndpointsCidr }),
    });
    return [
      new core.ServiceAccount(
        `${name}-service-account`,
        serviceAccountBody(
          names.serviceAccount,
          endpointName,
          this.namespace,
          args.identityClientId,
        ),
        { parent: this },
      ),
      new core.ResourceQuota(`${name}-quota`, quotaBody(endpointName, this.namespace, pods), {
        parent: this,
      }),
      new core.LimitRange(
        `${name}-limit-range`,
        limitRangeBody(endpointName, this.namespace, resources),
        { parent: this },
      ),
      ...networkPolicies(name, policies, this),
    ];
  }

  private track(
    name: string,
    track: Track,
    args: ScoringServiceArgs,
    guards: readonly pulumi.Resource[],
  ): pulumi.Resource[] {
    const { endpointName, deployment, resources, probes, userPool, canary, releaseException } =
      args;
    const release =
      track === "canary" && canary !== undefined
        ? { ...canary }
        : {
            image: args.image,
            releaseId: args.releaseId,
            ...(releaseException === undefined ? {} : { releaseException }),
          };
    const workload = new apps.Deployment(
      `${name}-${track}`,
      workloadBody({
        endpointName,
        namespace: this.namespace,
        track,
        deployment,
        resources,
        probes,
        userPool,
        ...release,
      }),
      { parent: this, dependsOn: [...guards], customTimeouts: ROLLOUT },
    );
    // After the pods, because Pulumi takes a Service for made when it has some.
    const service = new core.Service(
      `${name}-${track}-service`,
      serviceBody(endpointName, this.namespace, track),
      { parent: this, dependsOn: [workload] },
    );
    return [workload, service];
  }

  private scaling(name: string, { endpointName, scale }: ScoringServiceArgs): void {
    // Not after the Deployment: a smaller maximum must take pods away before an update finds room for its own.
    new autoscaling.HorizontalPodAutoscaler(
      `${name}-autoscaler`,
      autoscalerBody(endpointName, this.namespace, scale),
      { parent: this },
    );
    new policy.PodDisruptionBudget(
      `${name}-disruption-budget`,
      disruptionBudgetBody(endpointName, this.namespace),
      { parent: this },
    );
  }
}
