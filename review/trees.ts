import { PROJECT_DIRECTORY } from "../projectDirectory";
import { stacksIn } from "../policy/stacks";
import {
  baseCommit,
  whileCheckedOut,
  workingTree,
  type BaseCommit,
  type WorkingTree,
} from "./base";
import type { Evaluated } from "./compare";
import { evaluated } from "./evaluate";

/** One stack as a commit and the working tree declare it. */
interface StackOnBothSides {
  readonly stack: string;
  readonly before: Evaluated;
  readonly after: Evaluated;
}

/** What two trees declare. */
export interface Trees {
  readonly commit: BaseCommit;
  /** The side after the change. */
  readonly after: WorkingTree;
  /** Whether the commit names other packages than those that it was evaluated with. */
  readonly hasOtherPackages: boolean;
  readonly stacks: readonly StackOnBothSides[];
}

/**
 * The working tree and a commit, all stacks of both at the same time. Imports little, so that the evaluations run while
 * whatever judges and draws them is loaded.
 */
export async function evaluatedTrees(reference: string | undefined): Promise<Trees> {
  const commit = baseCommit(PROJECT_DIRECTORY, reference);
  const after = workingTree(PROJECT_DIRECTORY);
  return whileCheckedOut(PROJECT_DIRECTORY, commit, async ({ directory, hasOtherPackages }) => {
    const names = [...new Set([...stacksIn(directory), ...stacksIn(PROJECT_DIRECTORY)])].sort();
    const stacks = await Promise.all(
      names.map(async (stack) => {
        const [before, after] = await Promise.all([
          evaluated(directory, stack),
          evaluated(PROJECT_DIRECTORY, stack),
        ]);
        return { stack, before, after };
      }),
    );
    return { commit, after, hasOtherPackages, stacks };
  });
}
