import type { StackSettings } from "../../graph/settings";
import type { StoredResource } from "../../graph/graph";

/** The environment variable with the path of the run's service. */
export const SERVICE_VARIABLE = "MLSCORE_TEST_EVALUATIONS";

/** What an evaluation depends on, beside the project's own files. */
export interface EvaluationRequest {
  /** As after `up`, or as in a first `pulumi preview`, where Azure's answers are unknown. */
  readonly kind: "up" | "preview";
  readonly stack: string;
  readonly settings: StackSettings;
  readonly prior: readonly StoredResource[];
  readonly otherStacks: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export type EvaluationAnswer = {
  /** What the program wrote by console.warn. */
  readonly warnings: readonly string[];
} & (
  | { readonly evaluation: unknown }
  /** `problems` where it is a ConfigError. */
  | {
      readonly error: {
        readonly name: string;
        readonly message: string;
        readonly problems?: unknown;
      };
    }
);

/** JSON that keeps maps, which an evaluation has. */
export function encode(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner instanceof Map ? { $map: [...(inner as Map<unknown, unknown>)] } : inner,
  );
}

export function decode(text: string): unknown {
  return JSON.parse(text, (_key, inner: unknown) =>
    isEncodedMap(inner) ? new Map(inner.$map) : inner,
  );
}

function isEncodedMap(value: unknown): value is { $map: [unknown, unknown][] } {
  return typeof value === "object" && value !== null && "$map" in value;
}
