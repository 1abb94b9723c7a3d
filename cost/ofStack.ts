import { runOnEmulator } from "../emulator/onEmulator";
import { graphOf } from "../graph/graph";
import { plainInputs, revealed } from "../graph/plainInputs";
import { readStackSettings } from "../graph/settings";
import { chargesOf } from "./charges";
import { regionOf } from "./estimate";
import type { DeclaredPart } from "./machines";
import type { Meter } from "./prices";

/** What a stack declares, by an evaluation without a cloud. @throws UserError or ConfigError for a stack that is wrong */
export async function declaredBy(stack: string): Promise<readonly DeclaredPart[]> {
  const run = await runOnEmulator(stack, readStackSettings(stack), []);
  return graphOf(run).map(({ declared: { type, name, inputs }, created: { id } }) => {
    return { type, name, id, inputs: plainInputs(inputs, revealed) };
  });
}

/** What the price list is asked for a stack. */
export function metersOf(
  resources: readonly DeclaredPart[],
): readonly (readonly [Meter, string])[] {
  const region = regionOf(resources);
  return chargesOf(resources).flatMap(({ meter }) =>
    meter === undefined ? [] : [[meter, region] as const],
  );
}
