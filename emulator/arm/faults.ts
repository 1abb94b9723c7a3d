import { z } from "zod";
import type { AssumptionId } from "../../assumptions";

/** Which calls a fault hits, and how many of them. */
const call = {
  method: z.enum(["GET", "PUT", "PATCH", "POST", "DELETE"]).exactOptional(),
  /** Part of the path, in any case; all paths when missing. */
  path: z.string().exactOptional(),
  /** @default 1 */
  times: z.number().int().min(1).exactOptional(),
};
const some = z.number().int().min(1);
const text = z.string().min(1);

/** A kind of fault, with the assumption about Azure that it emulates. */
function kind<const K extends string, S extends z.ZodRawShape>(
  name: K,
  source: AssumptionId,
  shape: S,
) {
  return z.strictObject({ kind: z.literal(name), ...shape, ...call }).meta({ source });
}

const faultSchema = z.discriminatedUnion("kind", [
  /** 409: another operation runs. */
  kind("conflict", "endpoint-one-write", {}),
  /** 429; a client waits so many seconds. */
  kind("throttled", "arm-throttling", { retryAfterSeconds: z.number().int().min(0) }),
  /** 500, before anything changed. */
  kind("internal", "arm-transient-faults", {}),
  /** The operation that a write starts is in progress for so many polls. */
  kind("slowOperation", "arm-async-operations", { polls: some }),
  /** The operation that a write starts fails and changes nothing. */
  kind("failedOperation", "arm-async-operations", { code: text, message: text }),
  /** So many reads after a write of an endpoint has ended still show what was before it (Azure/azure-dev issue 3881). */
  kind("staleReads", "endpoint-traffic-visible-late", { reads: some }),
  /**
   * So many writes after one has ended are refused because the endpoint is "in Updating provisioning state"
   * (Azure/azure-sdk-for-net issue 36961).
   */
  kind("busyAfterSuccess", "endpoint-busy-after-success", { writes: some }),
  /** The creation of an endpoint is answered with NotFound, as for some time after one of its name was deleted. */
  kind("notFoundAfterDeletion", "endpoint-name-after-deletion", {}),
  /** No answer: the call never arrives, or its answer is lost after it took effect. */
  kind("droppedConnection", "arm-transient-faults", { moment: z.enum(["before", "after"]) }),
]);

export type Fault = z.output<typeof faultSchema>;
type Kind = Fault["kind"];
export type FaultOf<K extends Kind> = Extract<Fault, { kind: K }>;

/** @throws ZodError when it is none */
export function parseFault(value: unknown): Fault {
  return faultSchema.parse(value);
}

/** What goes wrong on purpose. Each fault goes off as often as it says, oldest first, and is then gone. */
export class Faults {
  private armed: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.armed.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.armed = [];
  }

  /** Those that have not gone off as often as they were to. A test's faults that never happened prove nothing. */
  pending(): Fault[] {
    return this.armed.map(({ fault }) => fault);
  }

  /** The next fault of the kinds that hits this call; taken, it counts as gone off. */
  take<K extends Kind>(
    method: string,
    path: string,
    ...kinds: readonly K[]
  ): FaultOf<K> | undefined {
    const next = this.armed.find(
      ({ fault }) =>
        (kinds as readonly Kind[]).includes(fault.kind) &&
        (fault.method ?? method) === method &&
        path.toLowerCase().includes((fault.path ?? "").toLowerCase()),
    );
    if (next === undefined) return undefined;
    next.left -= 1;
    if (next.left === 0) this.armed = this.armed.filter((one) => one !== next);
    return next.fault as FaultOf<K>;
  }
}

/** No answer is sent, as when a connection is lost. */
export class DroppedConnection extends Error {
  override readonly name = "DroppedConnection";
}
