/** How the chance of a false alarm is shared out, so that it holds for a whole rollout. */

/** Of a step's risk, what its first window gets; each later one gets a tenth of the one before. All together: all of it. */
const FIRST_WINDOW = 0.9;

/**
 * The risk of one window of a step. A window begins anew when the step's split had to be written again, and what came before
 * is not counted: that is another test of the same step.
 *
 * @param total of the whole rollout
 * @param window from 1
 */
export function windowRisk(total: number, steps: number, window: number): number {
  return (total / steps) * FIRST_WINDOW * (1 - FIRST_WINDOW) ** (window - 1);
}
