/** Requests that no careful caller sends, each made of a seed. */
import type { Random } from "../../../../local/endpoint/chooseDeployment";
import {
  BODIES,
  type Choice,
  EXTRAS,
  HOSTS,
  long,
  METHODS,
  PATHS,
  TYPES,
  VALUES,
  VERSIONS,
} from "./requestParts";
import { FRAMINGS } from "./requestFraming";

export interface GeneratedRequest {
  readonly bytes: Buffer;
  /** What stands out in it, for a failure's text. */
  readonly parts: readonly string[];
  /** Of each request in it. */
  readonly methods: readonly string[];
  /** The caller leaves before it has sent all; it has no answer to get. */
  readonly leaves: boolean;
  /** Where the bytes are cut into writes of their own. */
  readonly cuts: readonly number[];
}

/** One request, or several in one connection without a wait between them. */
export function generatedRequest(random: Random, key: string, sample: string): GeneratedRequest {
  const parts: string[] = [];
  const pick = <T>(choice: Choice<T>): T => {
    let left = random() * choice.reduce((sum, [weight]) => sum + weight, 0);
    const chosen = choice.find(([weight]) => (left -= weight) < 0) ?? choice[0];
    if (chosen === undefined) throw new Error("nothing to choose from");
    if (chosen[1] !== "") parts.push(chosen[1].slice(0, 60));
    return chosen[2];
  };
  const authorizations: Choice<readonly string[]> = [
    [50, "", [`Authorization: Bearer ${key}`]],
    [1, "no key", []],
    ...[
      "Bearer wrong",
      "Bearer",
      "Basic YTpi",
      `bearer ${key}`,
      `Bearer  ${key}`,
      `Bearer ${key}\u00ff`,
      "\u00ff",
    ].map((value) => [1, "invalid key", [`Authorization: ${value}`]] as const),
    [1, "long key", [`Authorization: Bearer ${long("k", 10_000)}`]],
  ];
  let isShort = false;
  const methods: string[] = [];
  const one = (): Buffer => {
    const method = pick(METHODS);
    methods.push(method);
    const line = [method, pick(PATHS), pick(VERSIONS)].join(" ");
    const mutated = random() < 0.3 ? mutatedSample(sample, random, parts) : sample;
    const framed = pick(FRAMINGS)(pick(BODIES)(mutated), Math.floor(random() * 1e6));
    isShort ||= framed.short === true;
    const head = [
      line,
      ...pick(HOSTS),
      ...pick(authorizations),
      ...pick(TYPES),
      ...pick(EXTRAS),
      ...framed.headers,
    ];
    return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), framed.body]);
  };
  const count = random() < 0.05 ? 2 + Math.floor(random() * 4) : 1;
  if (count > 1) parts.push(`${count} at once`);
  const bytes = Buffer.concat(Array.from({ length: count }, one));
  const cuts = Array.from({ length: random() < 0.2 ? 5 : 0 }, () =>
    Math.floor(random() * bytes.length),
  );
  return { bytes, parts, methods, leaves: isShort, cuts: cuts.sort((a, b) => a - b) };
}

function mutatedSample(sample: string, random: Random, parts: string[]): string {
  const values = [...sample.matchAll(/(?<=[:[,]\s*)(?:"[^"]*"|-?\d[\d.]*)/g)];
  const place = values[Math.floor(random() * values.length)];
  const value = VALUES[Math.floor(random() * VALUES.length)] ?? "";
  if (place === undefined) return sample;
  parts.push(`a value ${value.slice(0, 20)}`);
  return sample.slice(0, place.index) + value + sample.slice(place.index + place[0].length);
}
