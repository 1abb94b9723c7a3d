import { IS_PACKAGE } from "../projectDirectory";

/**
 * The code of a dynamic resource as Pulumi's dynamic-provider host gets it: where to load it from, not the code itself.
 *
 * Serialised code would be part of the resource's identity: any edit to it would replace the resource (a traffic
 * split would be set to zero for a moment), and whatever it captured would lie in the state (pulumi/pulumi issue 8265).
 * For the same reason this text must not change.
 *
 * The host runs in the program's folder and finds packages from there (`requireFromString` in @pulumi/pulumi,
 * cmd/dynamic-provider/index.js). The package exports these modules as `mlscore/providers/*`.
 *
 * @param file module below components/, without its ending, that exports `provider`
 */
export function dynamicProvider(file: string): string {
  if (IS_PACKAGE) {
    return `exports.handler = () => require("mlscore/providers/${file}").provider;`;
  }
  return `exports.handler = () =>
  require("tsx/cjs/api").require("./components/${file}.ts", process.cwd() + "/index.ts").provider;`;
}
