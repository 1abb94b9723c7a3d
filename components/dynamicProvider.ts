/**
 * The code of a dynamic resource as Pulumi's dynamic-provider host gets it: where to load it from, not the code itself.
 *
 * Serialised code would be part of the resource's identity: any edit to it would replace the resource (a traffic
 * split would be set to zero for a moment), and whatever it captured would lie in the state (pulumi/pulumi issue 8265).
 * For the same reason this text must not change.
 *
 * @param file module below components/, without its ending, that exports `provider`
 */
export function dynamicProvider(file: string): string {
  return `exports.handler = () =>
  require("tsx/cjs/api").require("./components/${file}.ts", process.cwd() + "/index.ts").provider;`;
}
