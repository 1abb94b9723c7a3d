import { refused, errorAnswer } from "../arm/answers";
import { Refusal } from "../azure/refusal";

export interface RecordedRead {
  readonly method: string;
  readonly path: string;
}

/** ARM's reads of a subscription, as a function of requests in this process. */
export interface SubscriptionReads {
  fetch(request: Request): Promise<Response>;
  /** Every request so far. */
  readonly recorded: readonly RecordedRead[];
}

/** Answers from a prepared subscription: what is not in it does not exist, and nothing can be changed. */
export function subscriptionReads(prepared: PreparedSubscription): SubscriptionReads {
  const recorded: RecordedRead[] = [];
  const documents = byLowerCase(prepared.documents);
  const lists = byLowerCase(prepared.lists);
  const refusals = Object.entries(byLowerCase(prepared.refusals));

  async function answer(request: Request, path: string): Promise<Response> {
    const { method } = request;
    const refusal = refusals.find(([beginning]) => path.startsWith(beginning))?.[1];
    if (refusal !== undefined) {
      const [status, code] = refusal;
      return errorAnswer(status, code, `${path} is refused.`);
    }
    if (method === "POST" && path.endsWith("/checknameavailability")) {
      return Response.json(availability(prepared, await request.json()));
    }
    if (method === "POST" && path.endsWith("/validate")) {
      return validated(prepared, await request.json());
    }
    if (method !== "GET") {
      return errorAnswer(405, "MethodNotAllowed", `${method} is not a read.`);
    }
    const list = lists[path];
    if (list !== undefined) return Response.json({ value: list });
    if (path in documents) return Response.json(documents[path]);
    throw new Refusal("ResourceNotFound", `${path} does not exist`, "arm-not-found");
  }

  return {
    recorded,
    async fetch(request) {
      const path = decodeURIComponent(new URL(request.url).pathname).toLowerCase();
      recorded.push({ method: request.method, path });
      try {
        return await answer(request, path);
      } catch (error) {
        return refused(error);
      }
    },
  };
}

/** In the words of Storage; registries and vaults differ in the message alone (their REST references). */
function availability({ takenNames }: PreparedSubscription, body: unknown): object {
  const { name, type } = body as { readonly name: string; readonly type: string };
  if (takenNames[type]?.includes(name) !== true) return { nameAvailable: true };
  return {
    nameAvailable: false,
    reason: "AlreadyExists",
    message: `The name ${name} is already taken.`,
  };
}

interface TemplateResource {
  readonly type?: string;
  readonly name?: string;
  readonly properties?: {
    readonly template?: { readonly resources?: readonly TemplateResource[] };
  };
}

/** A template's resources with those of its nested templates. */
function resourcesIn(resources: readonly TemplateResource[]): readonly TemplateResource[] {
  return resources.flatMap((one) => [
    one,
    ...resourcesIn(one.properties?.template?.resources ?? []),
  ]);
}

/** Refuses what a policy denies and what a deleted workspace keeps the name of, all at once as ARM's validation does. */
function validated(prepared: PreparedSubscription, body: unknown): Response {
  const { properties } = body as Required<TemplateResource>;
  const details = resourcesIn(properties.template?.resources ?? []).flatMap((one) => {
    const { type = "", name = "" } = one;
    const target = name.split("/").at(-1) ?? "";
    const assignment = prepared.deniedTypes[type];
    const isDeleted =
      type === "Microsoft.MachineLearningServices/workspaces" &&
      prepared.deletedWorkspaces.includes(name);
    return [
      ...(assignment === undefined
        ? []
        : [
            {
              code: "RequestDisallowedByPolicy",
              target,
              message: `Resource '${target}' was disallowed by policy '${assignment}'.`,
              additionalInfo: [
                {
                  type: "PolicyViolation",
                  info: { policyAssignmentId: `/assignments/${assignment}` },
                },
              ],
            },
          ]),
      ...(isDeleted
        ? [
            {
              code: "BadRequest",
              target,
              message: "Soft-deleted workspace exists. Please purge or recover it.",
            },
          ]
        : []),
    ];
  });
  if (details.length === 0) {
    return Response.json({ properties: { provisioningState: "Succeeded" } });
  }
  const error = {
    code: "InvalidTemplateDeployment",
    message: "The template deployment failed. Please see details for more information.",
    details,
  };
  return Response.json({ error }, { status: 400 });
}

function byLowerCase<T>(values: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(values).map(([path, value]) => [path.toLowerCase(), value]),
  );
}

/** A subscription as its owner left it, before a stack comes: what ARM's reads answer, prepared by a test or made sound. */
export interface PreparedSubscription {
  /** What a GET answers, by path without its query; any case of letters. */
  readonly documents: Readonly<Record<string, unknown>>;
  /** Lists: the pages that a GET answers, by path. */
  readonly lists: Readonly<Record<string, readonly unknown[]>>;
  /** Names that somebody else has in all of Azure, by resource type. */
  readonly takenNames: Readonly<Record<string, readonly string[]>>;
  /** Types that a policy of the tenant denies, with the assignment's name. */
  readonly deniedTypes: Readonly<Record<string, string>>;
  /** Azure ML workspaces that are soft-deleted. */
  readonly deletedWorkspaces: readonly string[];
  /** Refusals by the beginning of the path: status and code. */
  readonly refusals: Readonly<Record<string, readonly [status: number, code: string]>>;
}
