import type { ScoringServiceArgs } from "../../../components/scoringService";
import { textAt, valueAt, type Inputs } from "../../../graph/paths";
import { scoringGraph } from "../../scoringObjects";

/** Inputs by `Kind logical-name`. */
export type Objects = ReadonlyMap<string, Inputs>;

export async function objects(changes: Partial<ScoringServiceArgs> = {}): Promise<Objects> {
  const graph = await scoringGraph(changes);
  return new Map(
    graph.map(({ declared, created }) => [
      `${textAt(created.inputs, "kind")} ${declared.name}`,
      created.inputs,
    ]),
  );
}

/** Value at a dotted path of one object; numbers are places in lists. */
export function at(all: Objects, key: string, path: string): unknown {
  const inputs = all.get(key);
  if (inputs === undefined) throw new Error(`no ${key} among ${[...all.keys()].join(", ")}`);
  return valueAt(inputs, path);
}

/** Labels or annotations at a path. */
export function texts(all: Objects, key: string, path: string): Record<string, string> {
  return at(all, key, path) as Record<string, string>;
}
