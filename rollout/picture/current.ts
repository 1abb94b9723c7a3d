import type { EndpointStatus } from "../../local/endpoint/status";
import { localMeter } from "../localMeter";
import type { Analysis, Line } from "../record";
import { sampleOf } from "../sample";
import { recorded } from "../state";
import { totalsOf } from "../window";

/** What came so far in the step that the record says is under way on the local endpoint; undefined where there is none. */
export async function currentNumbers(
  lines: readonly Line[],
  status: EndpointStatus,
): Promise<Analysis | undefined> {
  const { open } = recorded(lines, status.name ?? "");
  if (open?.progress.kind !== "atStep") return undefined;
  const { rollout, progress } = open;
  const step = rollout.steps[progress.step];
  const { marker } = progress.done;
  if (step === undefined || marker?.kind !== "local") return undefined;
  const meter = localMeter({
    status: () => Promise.resolve(status),
    compare: () => Promise.resolve(),
  });
  const window = await meter.since(marker);
  const { canary, old } = sampleOf(step, rollout.canary, rollout.baseline, window);
  const { latency: _latency, ...oldTotals } = old;
  return { step: progress.step, canary: totalsOf(canary), old: oldTotals };
}
