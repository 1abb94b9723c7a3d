import { declaredOf, type Declared } from "../../preflight/declared";
import { emulatedSubscription, soundSubscription } from "../../preflight/emulator";
import { readerOf } from "../../preflight/reader";
import { preflight, type Preflight } from "../../preflight/run";
import { graphOf } from "../../graph/graph";
import type { StackSettings } from "../../graph/settings";
import type { EmulatorRun } from "../../emulator/onEmulator";
import type { RecordedRead } from "../../emulator/subscription/app";
import type { PreparedSubscription } from "../../emulator/subscription/app";

export const TENANT = "77777777-7777-7777-7777-777777777777";
/** Before the support of the fixtures' Kubernetes version nears its end. */
export const NOW = new Date("2026-12-01T00:00:00Z");

export function declaredBy(settings: StackSettings, run: EmulatorRun): Declared {
  const stack = settings["mlscore:target"] ?? "";
  const { tenantId } = run;
  return declaredOf(stack, settings, graphOf(run), { tenantId, wantedTenantId: TENANT });
}

export type Change = (sound: PreparedSubscription) => Partial<PreparedSubscription>;

/** Preflight of a stack on the emulator, where a sound subscription is changed before. */
export async function preflightOf(
  declared: Declared,
  change: Change = () => ({}),
): Promise<Preflight & { readonly recorded: readonly RecordedRead[] }> {
  const sound = soundSubscription(declared, TENANT);
  const { arm, reads } = emulatedSubscription({ ...sound, ...change(sound) });
  const result = await preflight(declared, { reader: readerOf(arm), now: NOW });
  return { ...result, recorded: reads.recorded };
}

/** Replaces what a document at the path, or every list that ends so, answers. */
export function withDocument(end: string, body: unknown): Change {
  return ({ documents }) => {
    const paths = Object.keys(documents).filter((path) => path.endsWith(end));
    if (paths.length !== 1) throw new Error(`${String(paths.length)} documents end with ${end}`);
    return { documents: { ...documents, [paths[0] ?? ""]: body } };
  };
}

export function withoutDocument(end: string): Change {
  return ({ documents }) => ({
    documents: Object.fromEntries(
      Object.entries(documents).filter(([path]) => !path.endsWith(end)),
    ),
  });
}

export function withList(end: string, items: readonly unknown[]): Change {
  return ({ lists }) => {
    const paths = Object.keys(lists).filter((path) => path.endsWith(end));
    if (paths.length === 0) throw new Error(`no list ends with ${end}`);
    return { lists: { ...lists, ...Object.fromEntries(paths.map((path) => [path, items])) } };
  };
}

/** Lists whose items a function changes. */
export function withItems(end: string, changed: (item: unknown) => unknown): Change {
  return (sound) => {
    const found = Object.entries(sound.lists).find(([path]) => path.endsWith(end));
    if (found === undefined) throw new Error(`no list ends with ${end}`);
    return withList(end, found[1].map(changed))(sound);
  };
}
