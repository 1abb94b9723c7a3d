/** A thousand times as many requests are no plan any more. */
const MOST = 1024;

/**
 * How many more requests a verdict takes if they are like those that came, to two digits; undefined where even many times
 * as many would not do.
 *
 * @param isDone whether so many times as many would do; not yet with 1
 */
export function moreRequests(
  requests: number,
  isDone: (factor: number) => boolean,
): number | undefined {
  let enough = 2;
  while (!isDone(enough)) {
    enough *= 2;
    if (enough > MOST) return undefined;
  }
  let short = enough === 2 ? 1 : enough / 2;
  while (enough - short > 0.01 * (enough - 1)) {
    const middle = (short + enough) / 2;
    if (isDone(middle)) enough = middle;
    else short = middle;
  }
  return Number(Math.ceil((enough - 1) * requests).toPrecision(2));
}
