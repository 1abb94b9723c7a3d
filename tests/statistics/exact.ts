/** Exact chances of counts, by adding up all that can happen. */

/** The logarithm of the chance of each number of hits in so many trials; the chances themselves underflow. */
export function logBinomial(trials: number, rate: number): number[] {
  const power = (count: number, base: number) => (count === 0 ? 0 : count * Math.log(base));
  let choose = 0;
  return Array.from({ length: trials + 1 }, (_, hits) => {
    if (hits > 0) choose += Math.log((trials - hits + 1) / hits);
    return choose + power(hits, rate) + power(trials - hits, 1 - rate);
  });
}

/** The chance that an alarm is ever given when each trial is looked at; more hits never take one back. */
export function alarmChance(
  trials: number,
  rate: number,
  isAlarm: (hits: number, trials: number) => boolean,
): number {
  let chances = [1];
  let alarmed = 0;
  for (let trial = 1; trial <= trials; trial += 1) {
    chances = afterOne(chances, rate);
    while (chances.length > 0 && isAlarm(chances.length - 1, trial)) alarmed += chances.pop() ?? 0;
  }
  return alarmed;
}

function afterOne(chances: readonly number[], rate: number): number[] {
  return [...chances, 0].map(
    (chance, hits) => chance * (1 - rate) + (hits > 0 ? (chances[hits - 1] ?? 0) * rate : 0),
  );
}
