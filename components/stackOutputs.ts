import * as pulumi from "@pulumi/pulumi";

/** Outputs of a stack as its last update left them; undefined where they cannot be read. */
export type StackOutputs = Readonly<Record<string, unknown>> | undefined;

/**
 * Outputs of a stack as its last update left them, read from where the state is kept.
 *
 * @param stack full name, `organization/project/stack`
 * @returns undefined where no state can be read: when the program is evaluated without the Pulumi engine
 */
export async function stackOutputs(stack: string): Promise<StackOutputs> {
  const { outputs } = new pulumi.StackReference(stack);
  // Wanted here and now, to decide before anything is declared; outputs have this promise for the SDK's own look-ups.
  // With unknowns: an update that left something out (--exclude) leaves them in single outputs, and without this they
  // would hide all others.
  const { promise } = outputs as unknown as {
    promise: (withUnknowns: true) => Promise<Record<string, unknown> | undefined>;
  };
  const value: unknown = await promise.call(outputs, true);
  if (typeof value === "object" && value !== null && !pulumi.isUnknown(value)) {
    return value as Record<string, unknown>;
  }
  // The engine always has an answer: without one, nothing that depends on it may go on.
  if (pulumi.runtime.hasEngine()) throw new Error(`the outputs of ${stack} could not be read`);
  return undefined;
}

/** Full name of the stack that is evaluated. */
export function ownStack(): string {
  return [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
}
