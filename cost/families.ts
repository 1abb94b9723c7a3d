import { cpusOf, cpusOfNumbered, seriesOf } from "../config/production/vmSizes";
import { quotaOf, type Machines } from "./machines";

/** What a size of machines is, from Azure's answer, or from the size's name. */
export interface SizeFacts {
  readonly family: string;
  readonly cpus: number;
}

interface FamilyPart {
  readonly machines: Machines;
  readonly cpus: number;
}

/** Cores of one family of machines. */
export interface FamilyCores {
  readonly family: string;
  readonly parts: readonly FamilyPart[];
  readonly least: number;
  readonly usual: number;
  readonly most: number;
  /** With what an upgrade adds and what Azure ML reserves: so much quota is needed. */
  readonly quota: number;
}

/** The cores of all machines by family; what nobody knows the size of is left out. */
export function coresByFamily(
  machines: readonly Machines[],
  factsOf: (size: string) => SizeFacts | undefined,
): readonly FamilyCores[] {
  const known = machines.flatMap((one) => {
    const facts = factsOf(one.size);
    return facts === undefined ? [] : [{ family: facts.family, cpus: facts.cpus, machines: one }];
  });
  return [...new Set(known.map(({ family }) => family))].map((family) => {
    const parts = known.filter((one) => one.family === family);
    const sum = (count: (machines: Machines) => number) =>
      parts.reduce((total, part) => total + count(part.machines) * part.cpus, 0);
    return {
      family,
      parts: parts.map(({ machines, cpus }) => ({ machines, cpus })),
      least: sum(({ least }) => least),
      usual: sum(({ usual }) => usual),
      most: sum(({ most }) => most),
      quota: sum(quotaOf),
    };
  });
}

/** What the name of a size tells, where it does. */
export function factsByName(size: string): SizeFacts | undefined {
  const cpus = cpusOf(size) ?? cpusOfNumbered(size);
  const family = seriesOf(size);
  return cpus === undefined || family === undefined ? undefined : { family, cpus };
}
