// Not the whole SDK, which takes a second to load.
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { UserError } from "../errors";
import type { StackSettings } from "../graph/settings";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import type { WorkingTree } from "./base";
import { comment, SIGNS } from "./comment";
import { comparedStack, reviewed, type Judge } from "./compare";
import { joined, plainText, prose, say, type Text } from "./document";
import { readableSettings } from "./evaluate";
import type { RefusedChange, Resource, ResourceChange, Review } from "./model";
import { page } from "./page";
import { previewedStack } from "./preview";
import { refusedChanges } from "./refusedChanges";
import { reportOf } from "./report";
import type { Trees } from "./trees";

/** The files of a review, and its verdict. */
export interface ReviewFiles {
  /** One line for a terminal. */
  readonly verdict: string;
  /** Text by file name. */
  readonly files: Readonly<Record<"review.md" | "review.html", string>>;
}

export async function reviewFiles(review: Review): Promise<ReviewFiles> {
  const report = reportOf(review);
  return {
    verdict: `${SIGNS[report.weight]} ${plainText(report.verdict)}`,
    files: { "review.md": comment(report), "review.html": await page(report) },
  };
}

/** The working tree against a commit. */
export function reviewOfTrees(
  { commit, after, hasOtherPackages, stacks }: Trees,
  judge: Judge,
): Review {
  const packages = hasOtherPackages
    ? say` The base has a different package-lock.json and was evaluated with the packages of the working tree.`
    : [];
  return {
    stacks: stacks.map(({ stack, before, after }) => comparedStack(stack, before, after, judge)),
    compared: say`After: ${workingTreeText(after)}. Before: ${commit.reference}, commit ${short(commit.id)}. Both were evaluated without a cloud: manual changes in Azure are not visible, nor whether a release has soaked.${packages}`,
  };
}

/** For example "the working tree at commit `1a2b3c4d5e6f`, with uncommitted changes". */
function workingTreeText({ commit, parents, hasUncommittedChanges }: WorkingTree): Text {
  const merged =
    parents.length < 2
      ? []
      : say` (merge of ${joined(
          parents.map(short).map((id) => say`${id}`),
          " and ",
        )})`;
  const changes = hasUncommittedChanges
    ? "with uncommitted changes"
    : "without uncommitted changes";
  return commit === undefined
    ? say`the working tree, which has no commit`
    : say`the working tree at commit ${short(commit)}${merged}, ${prose(changes)}`;
}

/** As much of a commit's id as people read. */
function short(id: string): string {
  return id.slice(0, 12);
}

/** Real previews as a review, a file for each stack. @throws UserError when two are of one stack */
export function reviewOfPreviews(
  files: readonly { readonly file: string; readonly text: string }[],
  judge: Judge,
  tree: WorkingTree,
): Review {
  const previews = files.map(({ file, text }) => previewedStack(text, file));
  const stacks = previews.map(({ stack }) => stack);
  const twice = stacks.find((stack, index) => stacks.indexOf(stack) < index);
  if (twice !== undefined) throw new UserError(`Two of the previews are of the stack "${twice}".`);
  return {
    compared: say`From a real preview: what Pulumi would do, based on the state of the stack. After: what the program declared when the preview was made; a preview does not name its commit, and this review was made in ${workingTreeText(tree)}. Before: the state. Manual changes in Azure are visible only in a preview with ${"--refresh"}.`,
    stacks: previews.map(({ stack, before, after, changes, errors }) => {
      const settings = readableSettings(PROJECT_DIRECTORY, stack);
      const isNew = before.resources.length === 0;
      const failed = errors.length > 0;
      return reviewed(stack, {
        before: isNew ? undefined : { graph: before, settings },
        after: failed ? undefined : { graph: after, settings },
        changes: failed ? [] : changes,
        refusedChanges: failed ? [] : refusedUpdates(before.resources, settings, changes),
        judge,
        refusals: errors,
        notes: isNew ? [{ note: "New stack: everything is created.", said: [] }] : [],
      });
    }),
  };
}

/**
 * A preview does not know ids and outputs of what would be new, so only the updates are tried whose values are all known.
 */
function refusedUpdates(
  resources: readonly Resource[],
  settings: StackSettings,
  changes: readonly ResourceChange[],
): readonly RefusedChange[] {
  const known = changes.filter(
    ({ op, resource: { inputs } }) =>
      op === "update" && !JSON.stringify(inputs).includes(unknownValue),
  );
  return refusedChanges({ resources, settings }, { settings }, known);
}
