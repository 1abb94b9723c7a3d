import { UserError } from "../errors";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import { comparedStack, reviewed } from "./compare";
import { say } from "./document";
import { settingsIn } from "./evaluate";
import type { Judge } from "./policyCheck";
import type { Review } from "./model";
import { previewedStack } from "./preview";
import type { Trees } from "./trees";

/** The working tree against a commit. */
export function reviewOfTrees({ commit, hasOtherPackages, stacks }: Trees, judge: Judge): Review {
  const packages = hasOtherPackages
    ? say` The base names other packages; it was evaluated with those of the working tree.`
    : [];
  return {
    stacks: stacks.map(({ stack, before, after }) => comparedStack(stack, before, after, judge)),
    compared: say`Compared with ${commit.reference} (${commit.id.slice(0, 12)}) by evaluating both with no cloud: what was changed in Azure by hand does not show, nor whether a release has soaked.${packages}`,
  };
}

/** Real previews as a review, a file for each stack. @throws UserError when two are of one stack */
export function reviewOfPreviews(
  files: readonly { readonly file: string; readonly text: string }[],
  judge: Judge,
): Review {
  const previews = files.map(({ file, text }) => previewedStack(text, file));
  const stacks = previews.map(({ stack }) => stack);
  const twice = stacks.find((stack, index) => stacks.indexOf(stack) < index);
  if (twice !== undefined) throw new UserError(`Two of the previews are of the stack "${twice}".`);
  return {
    compared: say`Read from a real preview: what the engine would do to the stack as its state knows it. What was changed in Azure by hand shows only in a preview with ${"--refresh"}.`,
    stacks: previews.map(({ stack, before, after, changes, errors }) => {
      const settings = settingsIn(PROJECT_DIRECTORY, stack);
      const isNew = before.resources.length === 0;
      const failed = errors.length > 0;
      return reviewed(stack, {
        before: isNew ? undefined : { graph: before, settings },
        after: failed ? undefined : { graph: after, settings },
        changes: failed ? [] : changes,
        judge,
        refusals: errors,
        notes: isNew ? [{ note: "It is new: everything is created.", said: [] }] : [],
      });
    }),
  };
}
