/**
 * How many random cases a test tries: few in `npm test`, which is run before each commit, and all of them with
 * `npm test -- --all`, which .ci/run calls.
 */
export function cases(quick: number, all: number): number {
  return process.env["MLSCORE_TEST_ALL"] === "1" ? all : quick;
}
