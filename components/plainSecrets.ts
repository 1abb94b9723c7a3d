import * as pulumi from "@pulumi/pulumi";
import { withoutSecrets } from "../secrets/tree";

/**
 * Makes the engine encrypt every input that looks like a secret, in the state and in previews, on whichever resource it stands. An
 * evaluation without the engine has no stack to do that for; it masks such inputs itself (graph/plainInputs.ts).
 */
export function encryptPlainSecrets(): void {
  const stack: pulumi.Resource | undefined = pulumi.runtime.getStackResource();
  if (stack === undefined) return;
  pulumi.runtime.registerStackTransformation(({ props, opts }) => {
    const { inputs, secretOutputs } = encrypted(props);
    if (secretOutputs.length === 0) return undefined;
    const { additionalSecretOutputs = [] } = opts as pulumi.CustomResourceOptions;
    const all = [...additionalSecretOutputs, ...secretOutputs];
    return { props: inputs, opts: { ...opts, additionalSecretOutputs: all } };
  });
}

/**
 * Inputs in which every text that looks like a secret is one for Pulumi.
 *
 * @returns with them, the top-level properties that have one: Azure answers with them in plain text, which must not reach the
 *     state either
 */
export function encrypted(props: pulumi.Inputs): {
  readonly inputs: pulumi.Inputs;
  readonly secretOutputs: readonly string[];
} {
  const found = new Set<string>();
  const inputs = withoutSecrets(props, (text, { path }) => {
    found.add(/^[^.[]+/.exec(path)?.[0] ?? path);
    return pulumi.secret(text);
  });
  return { inputs: inputs as pulumi.Inputs, secretOutputs: [...found] };
}
