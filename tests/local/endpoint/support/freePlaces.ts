import type { RoutingTarget } from "../../../../local/endpoint/routingTarget";

/**
 * Takes every place on a deployment's instances at once, and gives them back.
 *
 * @throws what the pool says when one of them is still held
 */
export async function expectEveryPlaceFree(
  { pool }: Pick<RoutingTarget, "pool">,
  places: number,
): Promise<void> {
  const taken: (() => void)[] = [];
  for (let place = 0; place < places; place += 1) {
    const admission = pool.enter();
    if (typeof admission === "string") throw new Error(admission);
    const lease = await admission.lease(AbortSignal.timeout(60_000));
    if (lease === "not-ready") throw new Error(lease);
    taken.push(() => {
      lease.release();
      admission.leave();
    });
  }
  for (const give of taken) give();
}
