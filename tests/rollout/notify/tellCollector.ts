/** Tells the collector of the environment of the transition in the first argument, and prints what came of it as JSON. */
import { TELEMETRY } from "../../../rollout/notify/telemetry";
import type { Transition } from "../../../rollout/notify/transition";

void TELEMETRY.tell(JSON.parse(process.argv[2] ?? "") as Transition).then((problem) => {
  process.stdout.write(JSON.stringify(problem ?? null));
});
