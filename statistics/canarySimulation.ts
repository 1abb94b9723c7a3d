import { rareHits, trialsToHit, type Random } from "./random";

/** One step of a simulated rollout. */
export interface SimulatedStep {
  /** To the canary. */
  readonly requests: number;
  /** The canary's part of the requests to it and the old deployments; missing when these get none. */
  readonly share?: number;
  /** Part of the requests that fail. */
  readonly canaryRate: number;
  readonly oldRate: number;
}

/** What has come until a failed request to the canary. */
export interface Seen {
  readonly requests: number;
  readonly errors: number;
  readonly oldRequests: number;
  readonly oldErrors: number;
}

/**
 * The first failed request to the canary at which a gate stops it; undefined where that does not happen. Evidence against a
 * canary rises with its failed requests alone, so a gate that looks at these sees all that one sees that looks at each request.
 *
 * @returns requests to the canary by then
 */
export function stoppedAfter(
  { requests, share, canaryRate, oldRate }: SimulatedStep,
  isStopped: (seen: Seen) => boolean,
  random: Random,
): number | undefined {
  const perRequest = share === undefined ? 0 : (1 - share) / share;
  let oldErrors = 0;
  let came = 0;
  for (let errors = 1; ; errors += 1) {
    const gap = trialsToHit(canaryRate, random);
    came += gap;
    if (came > requests) return undefined;
    oldErrors += rareHits(gap * perRequest * oldRate, random);
    const seen = { requests: came, errors, oldRequests: came * perRequest, oldErrors };
    if (isStopped(seen)) return came;
  }
}
