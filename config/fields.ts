import { z } from "zod";
import { text, wholeNumber } from "./azureml/yamlValues";
import { WORKLOAD_PATTERN, WORKSPACE_PATTERN } from "./names";

/** Pieces of the settings' schemas that both stacks share. Whatever comes from the engine is text or JSON. */

/** Text of a certain form; `wanted` completes "must be". */
export function matching(pattern: RegExp, wanted: string) {
  return text(wanted).refine((value) => pattern.test(value), {
    message: `is {value}; must be ${wanted}`,
  });
}

/** One of some words, to the letter. */
export function oneOf<const T extends string>(words: readonly T[]) {
  const wanted = words.length > 1 ? `one of ${words.join(", ")}` : words.join("");
  return text(wanted)
    .refine((value) => words.some((word) => word === value), {
      message: `is {value}; must be ${wanted}`,
    })
    .transform((value) => value as T);
}

/** Text that YAML reads as a number where nobody puts it in quotes: a zone `1`, a CPU quantity `2`. */
export function matchingOrNumber(pattern: RegExp, wanted: string) {
  return z.preprocess(
    (input) => (typeof input === "number" ? String(input) : input),
    matching(pattern, wanted),
  );
}

/** A switch; as text too, since settings that stand alone come as text. */
export function trueOrFalse() {
  return z.unknown().transform((input, context): boolean => {
    if (input === true || input === "true") return true;
    if (input === false || input === "false") return false;
    context.addIssue({ code: "custom", message: "is {value}; must be true or false", input });
    return z.NEVER;
  });
}

/** Why something out of the ordinary is allowed; `wanted` completes "must be". */
export function reason(wanted: string) {
  return (
    text(wanted)
      .refine((reason) => reason.trim().length >= 10 && reason.length <= 500, {
        message: "must say why, in 10 to 500 characters",
      })
      // It is read in the plan: nothing there may be hidden, or show in another order than it is written.
      .refine((reason) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(reason), {
        message: "must be one line, without control characters or marks of text direction",
      })
  );
}

/** Plain text where a mapping or a list is the other form: neither of them is then text that is wrong. */
function plain(reader: z.ZodType<string>) {
  return z
    .string()
    .transform((value): unknown => value)
    .pipe(reader);
}

export const guid = matching(
  /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
  "a GUID, 8-4-4-4-12 hex digits",
);

/**
 * The subscription that the stack may touch. `azure-native:subscriptionId` is azure-native's own setting, so that its
 * default provider, every look-up of it, and this project's own calls have the same one, whatever the Azure CLI chose last.
 */
export const subscription = {
  "azure-native:subscriptionId": guid,
  /** Its display name, for people. */
  subscriptionName: text("the subscription's name").optional(),
};

/** Azure's naming rules for resource groups. */
const resourceGroupName = matching(
  /^[\w.()-]{0,89}[\w()-]$/,
  "1–90 letters, digits or -_.(), not ending with a full stop",
);

/** A group by its name alone exists already. */
export const resourceGroup = z.union([
  plain(resourceGroupName).transform((name) => ({ name, create: false })),
  z.strictObject({
    name: resourceGroupName,
    /** Whether the stack makes the group (and deletes it on destroy) or finds it there. */
    create: trueOrFalse().default(false),
  }),
]);

const workspaceName = matching(
  WORKSPACE_PATTERN,
  "the name of a workspace, 3–33 letters, digits, - or _",
);

/** An Azure ML workspace that exists already and that the stack uses without owning it; its name alone is enough. */
export const existingWorkspace = z.union([
  plain(workspaceName).transform((name) => ({ name, resourceGroup: undefined })),
  z.strictObject({
    name: workspaceName,
    /** Group of the workspace. Default: the stack's own, which then exists already too. */
    resourceGroup: resourceGroupName.optional(),
  }),
]);

/** Azure region, for example `canadacentral`. */
export const location = matching(/^[a-z][a-z0-9]+$/, "a region's short name such as canadacentral");

export const workload = matching(
  WORKLOAD_PATTERN,
  "2–12 lower-case letters and digits, a letter first",
);

/** Raised to make a stack again under new names while Azure still keeps the deleted ones. */
export const generation = wholeNumber(
  1,
  999,
  "raised by one after a destroy, for new names",
).default(1);

/** Folder with the endpoint's and deployments' YAML, relative to the project. */
export const endpointDirectory = text("the folder with the endpoint's YAML");

export const logRetentionDays = matching(/^\d+$/, "a whole number of days from 30 to 730")
  .transform(Number)
  .refine((days) => days >= 30 && days <= 730, {
    message: "is {value}; must be a whole number of days from 30 to 730",
  })
  .default(30);

const principal = z.strictObject({
  objectId: guid,
  principalType: oneOf(["User", "Group", "ServicePrincipal"]),
});

/** People, groups or identities of Entra ID; nobody unless said. An object id alone is one user's. */
export const principals = z
  .union([
    plain(guid).transform((objectId) => [{ objectId, principalType: "User" as const }]),
    eachOnce(principal),
  ])
  .default([]);

/** Who may send requests to the endpoint; the note says who it is, and is shown in Azure with the role. */
export const callers = eachOnce(principal.extend({ note: note().optional() })).default([]);

function note() {
  return text("who it is, for people").refine(
    (note) => /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,200}$/u.test(note),
    {
      message:
        "must be one line of 1 to 200 characters, without control characters or marks of text direction",
    },
  );
}

function eachOnce<T extends { readonly objectId: string }>(one: z.ZodType<T>) {
  return z
    .array(one)
    .refine(
      (all) => new Set(all.map(({ objectId }) => objectId.toLowerCase())).size === all.length,
      { message: "names somebody twice" },
    );
}

export const protect = trueOrFalse().default(true);

/** Whether the stack declares dashboards, which cost nothing. */
export const dashboards = trueOrFalse().default(true);
