import { z } from "zod";
import { UserError } from "../errors";

const state = z.object({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean().default(false),
  id: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  outputs: z.record(z.string(), z.unknown()).optional(),
  protect: z.boolean().default(false),
  ignoreChanges: z.array(z.string()).default([]),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).default({}),
});

/** A resource on one side of a step. */
export type State = z.output<typeof state>;

const step = z.object({
  op: z.string(),
  urn: z.string(),
  oldState: state.optional(),
  newState: state.optional(),
  replaceReasons: z.array(z.string()).nullish(),
});

export type Step = z.output<typeof step>;

/** What `pulumi preview --json` prints, as far as a review needs it. */
const preview = z.object({
  steps: z.array(step).default([]),
  diagnostics: z.array(z.object({ message: z.string(), severity: z.string() })).default([]),
  changeSummary: z.record(z.string(), z.number()).default({}),
});

const COMMAND = "pulumi preview --json --show-sames --stack NAME > FILE";

/** A preview as the engine printed it. */
export interface EnginePreview {
  readonly stack: string;
  readonly steps: readonly Step[];
  readonly warnings: readonly string[];
  /** Why the preview failed. */
  readonly errors: readonly string[];
}

/**
 * @param text what `pulumi preview --json` printed
 * @param file for messages
 * @throws UserError when it is something else
 */
export function enginePreview(text: string, file: string): EnginePreview {
  const { steps, diagnostics, changeSummary } = parsed(text, file);
  const stack = steps.map(({ urn }) => /^urn:pulumi:([^:]+)::/.exec(urn)?.[1]).find(Boolean);
  if (stack === undefined) {
    throw new UserError(`${file} has no steps, so it does not say which stack it is of.`);
  }
  // Half a stack would be judged as if the rest were not there.
  if ((changeSummary["same"] ?? 0) > steps.filter(({ op }) => op === "same").length) {
    throw new UserError(`${file} leaves out what does not change. Write it with: ${COMMAND}`);
  }
  const said = (severity: string) =>
    diagnostics
      .filter((one) => one.severity === severity)
      .map(({ message }) => message.replace(/^(warning|error): /, "").trim());
  return { stack, steps, warnings: said("warning"), errors: said("error") };
}

function parsed(text: string, file: string): z.output<typeof preview> {
  try {
    return preview.parse(JSON.parse(text));
  } catch {
    throw new UserError(
      `${file} is not what \`pulumi preview --json\` prints. Write it with: ${COMMAND}`,
    );
  }
}
