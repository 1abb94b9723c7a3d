/** The parts of Kubernetes' objects that a rollout reads; the others are kept as they are. */
import { z } from "zod";
import { UserError } from "../../errors";

const condition = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  observedGeneration: z.number().optional(),
});

const backendRef = z.looseObject({
  name: z.string(),
  /** Gateway API, HTTPBackendRef: "If unspecified, weight defaults to 1". */
  weight: z.number().optional(),
});

export const route = z.looseObject({
  metadata: z.looseObject({
    generation: z.number(),
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).optional(),
    managedFields: z.array(z.looseObject({ manager: z.string().optional() })).optional(),
  }),
  spec: z.looseObject({
    hostnames: z.array(z.string()).optional(),
    rules: z.array(z.looseObject({ backendRefs: z.array(backendRef).optional() })).optional(),
  }),
  status: z
    .looseObject({ parents: z.array(z.looseObject({ conditions: z.array(condition).optional() })) })
    .optional(),
});

export type Route = z.output<typeof route>;

export const deployment = z.looseObject({
  metadata: z.looseObject({ name: z.string(), generation: z.number() }),
  spec: z.looseObject({
    replicas: z.number().optional(),
    template: z.looseObject({
      spec: z.looseObject({ containers: z.array(z.looseObject({ image: z.string() })) }),
    }),
  }),
  status: z.looseObject({
    observedGeneration: z.number().optional(),
    replicas: z.number().optional(),
    updatedReplicas: z.number().optional(),
    availableReplicas: z.number().optional(),
    conditions: z.array(condition).optional(),
  }),
});

export type Deployment = z.output<typeof deployment>;

export const gateway = z.looseObject({ spec: z.looseObject({ gatewayClassName: z.string() }) });

export const autoscaler = z.looseObject({
  spec: z.looseObject({
    minReplicas: z.number().optional(),
    maxReplicas: z.number(),
    metrics: z
      .array(
        z.looseObject({
          resource: z
            .looseObject({
              target: z.looseObject({ averageUtilization: z.number().optional() }),
            })
            .optional(),
        }),
      )
      .optional(),
  }),
  status: z
    .looseObject({
      currentReplicas: z.number().optional(),
      currentMetrics: z
        .array(
          z.looseObject({
            resource: z
              .looseObject({
                current: z.looseObject({ averageUtilization: z.number().optional() }),
              })
              .optional(),
          }),
        )
        .nullish(),
    })
    .optional(),
});

export type Autoscaler = z.output<typeof autoscaler>;

const quantities = z.record(z.string(), z.string()).optional();

export const quota = z.looseObject({
  status: z.looseObject({ hard: quantities, used: quantities }).optional(),
});

export type Quota = z.output<typeof quota>;

export const disruptionBudget = z.looseObject({
  status: z.looseObject({ disruptionsAllowed: z.number().optional() }).optional(),
});

export const listOf = <T extends z.ZodType>(item: T) => z.looseObject({ items: z.array(item) });

/** @throws UserError when the API server answers with something else */
export function as<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined ? "" : ` (${issue.path.join(".")}: ${issue.message})`;
  throw new UserError(`${what} has a form that this program does not know${where}`);
}
