import { z } from "zod";

/**
 * Tag that a rollout leaves on the endpoint when it has promoted its canary: which deployment, and when. It is written with
 * the final split, so that the next update knows since when the deployment has had all requests.
 */
export const PROMOTED_TAG = "mlscore-promoted";

export interface Promotion {
  readonly deployment: string;
  /** ISO 8601. */
  readonly at: string;
}

const time = z.iso.datetime({ offset: true });

export function promotedTag({ deployment, at }: Promotion): string {
  return `${deployment} ${at}`;
}

/** The last promotion; undefined where the tag is missing or says something else. */
export function promotionOf(tags: Readonly<Record<string, string>>): Promotion | undefined {
  const [deployment, at, ...more] = (tags[PROMOTED_TAG] ?? "").split(" ");
  const parsed = time.safeParse(at);
  if (deployment === undefined || deployment === "" || !parsed.success || more.length > 0) {
    return undefined;
  }
  return { deployment, at: parsed.data };
}
