import { PROJECT_DIRECTORY } from "../projectDirectory";
import { stacksIn } from "../policy/stacks";
import {
  baseCommit,
  whileCheckedOut,
  workingTree,
  type BaseCommit,
  type WorkingTree,
} from "./base";
import { commitFiles, isSameFor, type CommitFiles } from "./commitFiles";
import type { Evaluated } from "./compare";
import { evaluatedFrom, readableSettings, rendered, type Rendered } from "./evaluate";
import { evaluationKey, keepRendering, keptRendering } from "./evaluationCache";

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

export interface TreesOptions {
  /** Folder that the review is written to, which no evaluation reads. */
  readonly output?: string;
  /** @default the project's */
  readonly repository?: string;
  /** Where evaluations of commits are kept. @default the user's cache folder */
  readonly cache?: string;
  /** Renders a stack of a checkout. @default with the checkout's own program */
  readonly render?: (directory: string, stack: string) => Promise<Rendered>;
}

/**
 * The working tree and a commit, all stacks of both at the same time. A side is not evaluated where git shows that it reads what the
 * other one reads, and a commit is evaluated once. Imports little, so that the evaluations run while whatever judges and draws them is
 * loaded.
 */
export async function evaluatedTrees(
  reference: string | undefined,
  { output, repository = PROJECT_DIRECTORY, cache, render = rendered }: TreesOptions = {},
): Promise<Trees> {
  const commit = baseCommit(repository, reference);
  const after = workingTree(repository);
  const files = commitFiles(repository, commit.id, output);
  const names = [...new Set([...files.stacks, ...stacksIn(repository)])].sort();
  const changed = files.changedInTree();
  // Those of the working tree run while git checks the commit out.
  const sides = await Promise.all(
    names.map((stack) => begun(stack, { files, changed, repository, cache, render })),
  );
  const evaluations = (checkout?: string) =>
    Promise.all(
      sides.map(async (side) => {
        const { stack, ofTree } = side;
        const ofCommit = renderedCommit(side, { files, checkout, cache, render });
        const [before, after] = await Promise.all([
          ofCommit.then((one) => evaluatedFrom(one, () => files.settingsOf(stack))),
          ofTree.then((one) => evaluatedFrom(one, () => readableSettings(repository, stack))),
        ]);
        return { stack, before, after };
      }),
    );
  const stacks = sides.some(({ ofCommit }) => ofCommit === "checkout")
    ? await whileCheckedOut(repository, commit, evaluations)
    : await evaluations();
  return { commit, after, hasOtherPackages: files.hasOtherPackages, stacks };
}

/** A stack whose evaluation in the working tree has begun. */
interface Side {
  readonly stack: string;
  /** What it is kept under. */
  readonly key: string | undefined;
  readonly ofTree: Promise<Rendered>;
  /** The commit's rendering where it is known, or else where it comes from. */
  readonly ofCommit: Rendered | "tree" | "checkout";
}

type Render = NonNullable<TreesOptions["render"]>;

async function begun(
  stack: string,
  {
    files,
    changed,
    repository,
    cache,
    render,
  }: {
    readonly files: CommitFiles;
    readonly changed: readonly string[] | undefined;
    readonly repository: string;
    readonly cache: string | undefined;
    readonly render: Render;
  },
): Promise<Side> {
  const key = files.inputs === undefined ? undefined : evaluationKey(files.inputs, stack);
  const kept = key === undefined ? undefined : await keptRendering(key, cache);
  const known: Rendered | undefined =
    kept === undefined ? undefined : { kind: "rendering", rendering: kept };
  const isSame = isSameFor(stack, changed);
  const ofTree = isSame && known !== undefined ? Promise.resolve(known) : render(repository, stack);
  // A failure is told where the result is awaited, which may be after a failure of git.
  ofTree.catch(() => undefined);
  const ofCommit = files.stacks.includes(stack)
    ? (known ?? (isSame ? "tree" : "checkout"))
    : ({ kind: "absent" } as const);
  return { stack, key, ofTree, ofCommit };
}

async function renderedCommit(
  { stack, key, ofTree, ofCommit }: Side,
  {
    files,
    checkout,
    cache,
    render,
  }: {
    readonly files: CommitFiles;
    readonly checkout: string | undefined;
    readonly cache: string | undefined;
    readonly render: Render;
  },
): Promise<Rendered> {
  if (typeof ofCommit === "object") return ofCommit;
  if (ofCommit === "checkout" && checkout === undefined) throw new Error("nothing is checked out");
  const result = await (checkout === undefined || ofCommit === "tree"
    ? ofTree
    : render(checkout, stack));
  // Meanwhile somebody may have changed the working tree, and another day may have begun.
  const isOfCommit = ofCommit === "checkout" || isSameFor(stack, files.changedInTree());
  const isOfDay = files.inputs !== undefined && key === evaluationKey(files.inputs, stack);
  if (result.kind === "rendering" && key !== undefined && isOfCommit && isOfDay) {
    await keepRendering(key, result.rendering, cache);
  }
  return result;
}
