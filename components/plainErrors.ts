import { inspect } from "node:util";

/**
 * Makes Node describe every error by its stack and its causes alone.
 *
 * Pulumi's host describes the error that ends a program with `util.inspect` and colours, also one whose stack it then
 * hides (cmd/run/error.js and run.js of @pulumi/pulumi 3.270). On Node 20 that appends to one string until memory ends
 * when a frame is in a file directly in `node_modules/@pulumi` (markNodeModules in Node's lib/internal/util/inspect.js;
 * Node 22 and 24 are not affected), as the source maps of the SDK say of it. On every version an error that refers to a
 * resource is described with all that the resource refers to.
 */
export function describeErrorsByStack(): void {
  // Not enumerable, like all of an error's methods; replaceable, as the program is evaluated more than once in tests.
  Object.defineProperty(Error.prototype, inspect.custom, {
    value: described,
    configurable: true,
    writable: true,
  });
}

/** More causes than this are a circle. */
const MOST_CAUSES = 10;

function described(this: Error): string {
  return textsOf(this, MOST_CAUSES).join("\n[cause]: ");
}

function textsOf(error: unknown, most: number): string[] {
  if (!(error instanceof Error) || most === 0) return [];
  const text = error.stack ?? `${error.name}: ${error.message}`;
  return [text, ...textsOf(error.cause, most - 1)];
}
