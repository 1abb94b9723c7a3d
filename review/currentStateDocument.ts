import { readFileSync } from "node:fs";
import { writeUserFile } from "../command";
import { UserError } from "../errors";
import { PROJECT_DIRECTORY } from "../projectDirectory";
import { stacksIn } from "../policy/stacks";
import { comparedStack, type Evaluated } from "./compare";
import { evaluated } from "./evaluate";
import type { StackReview } from "./model";
import { MARKS, currentStateText, withCurrentState } from "./currentState";
import { print } from "../output";

/** A stack as it stands. */
export function currentStack(stack: string, now: Evaluated): StackReview {
  return comparedStack(stack, now, now, () => []);
}

/** Makes the generated part of a document anew. @throws UserError when a stack is refused, or there is no such part */
export async function writeCurrentState(file: string): Promise<void> {
  const stacks = await Promise.all(
    stacksIn(PROJECT_DIRECTORY).map(async (stack) =>
      currentStack(stack, await evaluated(PROJECT_DIRECTORY, stack)),
    ),
  );
  const refusals = stacks.flatMap((one) => one.refusals.map((said) => `${one.stack}: ${said}`));
  if (refusals.length > 0) throw new UserError(refusals.join("\n"));
  let text: string;
  try {
    text = withCurrentState(readFileSync(file, "utf8"), currentStateText(stacks));
  } catch (error) {
    const why = (error as Error).message;
    throw new UserError(`${file} cannot be written: ${why}; it needs the line ${MARKS.begin}`);
  }
  writeUserFile(file, text);
  print(`${stacks.map((one) => one.stack).join(", ")} → ${file}`);
}
