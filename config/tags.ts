import { z } from "zod";
import { text } from "./azureml/yamlValues";

/**
 * Tags that every resource of a stack can have (Azure Resource Manager, "Use tags to organize your Azure resources",
 * limitations).
 */

/** Characters of a name: 512, but a storage account takes 128. */
const LONGEST_NAME = 128;

const LONGEST_VALUE = 256;

const RESERVED = /^(?:azure|microsoft|windows)/i;

interface Limits {
  readonly most: number;
  /** Why a name cannot be one on some resource of the stack. */
  readonly nameProblem: (name: string) => string | undefined;
}

const value = text("text of up to 256 characters").refine((tag) => tag.length <= LONGEST_VALUE, {
  message: `has more than ${LONGEST_VALUE} characters, Azure's limit for the value of a tag`,
});

export const sandboxTags = tags({
  most: 50,
  nameProblem: (name) =>
    /[<>%&\\?/]/.test(name) ? String.raw`cannot have any of < > % & \ ? / in its name` : undefined,
});

/** Private DNS zones take 15 tags, without blanks and special characters in their names, or a digit before them. */
export const productionTags = tags({
  most: 15,
  nameProblem: (name) =>
    /^[A-Za-z][\w.-]*$/.test(name)
      ? undefined
      : "cannot be the name of a tag on private DNS zones; it has letters, digits or -_. and begins with a letter",
});

function tags({ most, nameProblem }: Limits) {
  return z
    .record(z.string(), value)
    .superRefine((input, context) => {
      const problem = (path: string[], message: string) => {
        context.addIssue({ code: "custom", path, message });
      };
      const names = Object.keys(input);
      if (names.length > most) {
        problem([], `has ${names.length} tags; resources of this stack can have ${most} at most`);
      }
      const seen = new Map<string, string>();
      for (const name of names) {
        const reason =
          commonProblem(name) ?? nameProblem(name) ?? repeated(seen.get(name.toLowerCase()));
        if (reason !== undefined) problem([name], reason);
        seen.set(name.toLowerCase(), name);
      }
    })
    .default({});
}

function commonProblem(name: string): string | undefined {
  if (name.trim() === "") return "is a tag without a name";
  if (name.length > LONGEST_NAME) {
    return `has a name of ${name.length} characters; storage accounts take ${LONGEST_NAME}`;
  }
  const reserved = RESERVED.exec(name)?.[0];
  return reserved === undefined ? undefined : `begins with "${reserved}", which Azure reserves`;
}

function repeated(other: string | undefined): string | undefined {
  return other === undefined ? undefined : `is the same tag as ${other}; case does not count`;
}
