import * as pulumi from "@pulumi/pulumi";

/**
 * Outputs of a stack as its last update left them, read from where the state is kept.
 *
 * @param stack full name, `organization/project/stack`
 * @returns undefined where no state can be read: when the program is evaluated without the Pulumi engine
 */
export async function stackOutputs(
  stack: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { outputs } = new pulumi.StackReference(stack);
  // Wanted here and now, to decide before anything is declared; outputs have this promise for the SDK's own look-ups.
  const { promise } = outputs as unknown as {
    promise: () => Promise<Record<string, unknown> | undefined>;
  };
  const value: unknown = await promise.call(outputs);
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)
    : undefined;
}

/** Full name of the stack that is evaluated. */
export function ownStack(): string {
  return [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
}
