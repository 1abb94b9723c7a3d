/** A number in [0, 1), like Math.random. */
export type Random = () => number;

/** Numbers that are the same for the same seed (mulberry32, in the public domain, by Tommy Ettinger). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Trials up to and including the next hit. */
export function trialsToHit(rate: number, random: Random): number {
  if (rate <= 0) return Number.POSITIVE_INFINITY;
  if (rate >= 1) return 1;
  return Math.floor(Math.log1p(-random()) / Math.log1p(-rate)) + 1;
}

/** Rare hits among very many trials, by their mean (Poisson; its inverse by adding up waiting times). */
export function rareHits(mean: number, random: Random): number {
  let hits = 0;
  for (let left = mean + Math.log1p(-random()); left > 0; left += Math.log1p(-random())) hits += 1;
  return hits;
}
