import type { Sequence } from "../sequence";
import { creation } from "./creation";
import { mirror, traffic } from "./traffic";
import { concurrency, deletion, scaling } from "./writes";

/** All sequences, in the order in which they are run: the last one takes the fixture apart. */
export const sequences: readonly Sequence[] = [
  creation,
  traffic,
  mirror,
  concurrency,
  scaling,
  deletion,
];
