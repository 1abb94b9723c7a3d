import { z } from "zod";
import { wholeNumber } from "../azureml/yamlValues";

const seconds = (why: string) => wholeNumber(1, 300, `seconds ${why}`);
const tries = (why: string) => wholeNumber(1, 300, why);

/** A probe whose first success counts, which is all that Kubernetes takes for startup and liveness. */
const probe = (period: number, timeout: number, failures: number) => ({
  periodSeconds: seconds("between two questions").default(period),
  timeoutSeconds: seconds("to answer").default(timeout),
  failureThreshold: tries("failures in a row").default(failures),
});

/**
 * Production's probes, in Kubernetes' words. A pod that no longer answers loses its requests after 15 seconds and is
 * restarted after a minute: late enough for a server that is only busy to recover, since a full server answers `/` when a
 * worker is free. A start takes up to 310 seconds, as long as Azure ML gives one (10 s, then 30 times 10 s).
 */
export const probes = z.strictObject({
  startup: z.strictObject(probe(2, 2, 155)).prefault({}),
  readiness: z
    .strictObject({ ...probe(5, 4, 3), successThreshold: tries("successes in a row").default(1) })
    .prefault({}),
  liveness: z.strictObject(probe(10, 5, 6)).prefault({}),
});
