import { z } from "zod";
import { share, wholeNumber } from "./azureml/yamlValues";

/** What callers are promised; alerts say when a month's share of failed or slow requests is used up too fast. */
export interface Objectives {
  /** Percent of the requests that are answered, and not with 408, 424, 429 or 5xx. */
  readonly goodPercent: number;
  /** A request that takes longer is slow. */
  readonly latencyMs: number;
  /** Percent of the requests that are not slow. */
  readonly fastPercent: number;
  /** Over which both hold. */
  readonly periodDays: number;
  /** Features that are older are told, where telemetry shows their age. @default none are */
  readonly featureAgeHours?: number | undefined;
}

/**
 * Upper bounds of the latency histogram of the cluster's gateway: another value could not be counted exactly. They are the
 * defaults of Envoy (HistogramBucketSettings) up to the longest request of a managed endpoint.
 */
export const LATENCY_BOUNDS_MS = [
  1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000,
] as const;

/** Below 95 %, failures at the rate of the fastest alert would be more than all requests. */
const percent = (what: string) => share(95, 99.999, `percent of the requests that are ${what}`);

const latencyMs = wholeNumber(
  1,
  60_000,
  `milliseconds; one of ${LATENCY_BOUNDS_MS.join(", ")}`,
).refine((value) => LATENCY_BOUNDS_MS.some((bound) => bound === value), {
  message: `is {value}; must be one of ${LATENCY_BOUNDS_MS.join(", ")}, the bounds that the gateway counts by`,
});

/** `mlscore:objectives` of both stacks. */
export const objectives = z
  .strictObject({
    goodPercent: percent("good").default(99.5),
    latencyMs: latencyMs.default(1000),
    fastPercent: percent("not slow").default(99),
    periodDays: wholeNumber(7, 30, "days").default(30),
    featureAgeHours: wholeNumber(1, 8760, "hours").optional(),
  })
  .prefault({});
