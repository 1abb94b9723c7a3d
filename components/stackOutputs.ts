import * as pulumi from "@pulumi/pulumi";

/** Outputs of a stack as its last update left them; undefined where they cannot be read. */
export type StackOutputs = Readonly<Record<string, unknown>> | undefined;

/** The engine's own function (readStackOutputs in its builtins.go), which a StackReference is read by as well. */
export const READ_STACK_OUTPUTS = "pulumi:pulumi:readStackOutputs";

/**
 * Outputs of a stack as its last update left them, read from where the state is kept. A call and no StackReference: that
 * would keep a copy in this stack's state, which is out of date as soon as this update has changed its own outputs, so
 * that the next refresh reports an update.
 *
 * @param stack full name, `organization/project/stack`
 * @returns undefined where no state can be read: when the program is evaluated without the Pulumi engine
 */
export async function stackOutputs(stack: string): Promise<StackOutputs> {
  const read: unknown = await pulumi.runtime.invoke(READ_STACK_OUTPUTS, { name: stack });
  const { outputs } = read as { readonly outputs?: unknown };
  if (typeof outputs === "object" && outputs !== null) return outputs as Record<string, unknown>;
  // The engine always has an answer: without one, nothing that depends on it may go on.
  if (pulumi.runtime.hasEngine()) throw new Error(`the outputs of ${stack} could not be read`);
  return undefined;
}

/** Full name of the stack that is evaluated. */
export function ownStack(): string {
  return [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
}
