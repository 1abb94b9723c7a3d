import { z } from "zod";
import type { ComparisonRules } from "../answers/differences";
import { comparedSchema, type Window } from "./window";

const count = z.number().min(0);

const counters = z.strictObject({
  requests: count,
  byStatus: z.record(z.string(), count),
  histogram: z.array(z.tuple([z.number(), count])),
});

/** Where a window of time begins, as it is kept in the record. */
export const markerSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("local"),
    /** When the endpoint was started; its counters are gone when it ends. */
    startedAt: z.string(),
    deployments: z.record(
      z.string(),
      z.strictObject({
        revision: z.string(),
        live: counters,
        mirrored: counters,
        /** Missing in records of before answers were compared. */
        comparison: comparedSchema.exactOptional(),
      }),
    ),
  }),
  z.strictObject({ kind: z.literal("azure"), from: z.iso.datetime() }),
  z.strictObject({
    kind: z.literal("prometheus"),
    from: z.iso.datetime(),
    /** Counters of each of the gateway's pods, by deployment. */
    deployments: z.record(z.string(), z.record(z.string(), counters)),
  }),
]);

export type Marker = z.output<typeof markerSchema>;

/** Counts what comes to the deployments. */
export interface Meter {
  /** What is to be known about the numbers, for people; empty when there is nothing. */
  readonly caveats: readonly string[];
  /**
   * From now on, answers to mirrored requests are compared with those to the live ones; without rules, no longer. Missing
   * where nobody gets the answers to mirrored requests.
   */
  compare?(rules: ComparisonRules | undefined): Promise<void>;
  /** The window that begins now. */
  begin(): Promise<Marker>;
  /** What came to each deployment since then. */
  since(marker: Marker): Promise<Window>;
}
