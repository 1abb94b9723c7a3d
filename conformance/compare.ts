import { isDeepStrictEqual } from "node:util";
import { valueAt } from "../graph/paths";
import { sameSplit, type Traffic } from "../traffic/split";
import type { Answer, Expected } from "./sequence";

/** One difference from the expected response. */
export interface Difference {
  readonly what: string;
  readonly expected: unknown;
  readonly answered: unknown;
}

/** In what an answer is not as expected; nothing else of it counts, its message least of all. */
export function differences(expected: Expected, answer: Answer): Difference[] {
  const pairs: [string, unknown, unknown][] = [
    ["status", expected.status, answer.status],
    ["code", expected.code, answer.code],
    ["operation", expected.operation, answer.operation],
    ...Object.entries(expected.values ?? {}).map(([path, value]): [string, unknown, unknown] => [
      path,
      value,
      valueAt(answer.body, path),
    ]),
    ...(expected.etag === undefined
      ? []
      : [["etag", expected.etag, answer.etag !== undefined] as [string, unknown, unknown]]),
  ];
  return [
    ...pairs
      .filter(([, wanted, given]) => !isDeepStrictEqual(wanted, given))
      .map(([what, wanted, given]) => ({ what, expected: wanted, answered: given })),
    ...splitDifference("traffic", expected.traffic, answer),
    ...splitDifference("mirrorTraffic", expected.mirrorTraffic, answer),
  ];
}

function splitDifference(
  property: "traffic" | "mirrorTraffic",
  expected: Traffic | undefined,
  { body }: Answer,
): Difference[] {
  if (expected === undefined) return [];
  const answered = (valueAt(body, `properties.${property}`) ?? {}) as Traffic;
  const same = sameSplit(
    { traffic: expected, mirrorTraffic: {} },
    { traffic: answered, mirrorTraffic: {} },
  );
  return same ? [] : [{ what: property, expected, answered }];
}

/** For people: `status is 200 and not 400`. */
export function describeDifference({ what, expected, answered }: Difference): string {
  return `${what} is ${asText(answered)} and not ${asText(expected)}`;
}

function asText(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}
