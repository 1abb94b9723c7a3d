import { sameText } from "../../graph/sameText";
import { v4 as uuid } from "uuid";
import { Refusal } from "../azure/refusal";
import type { ArmDocument } from "./backend";
import { endpointOf } from "./paths";

/** A long-running operation on an endpoint or a deployment. It has taken effect, or failed, when it is seen to end. */
export interface Operation {
  /** As in Azure's own addresses of operations: `oe` for an endpoint, `od` for a deployment. */
  readonly name: string;
  /** Of the endpoint or deployment that is written. */
  readonly id: string;
  readonly method: "PUT" | "PATCH" | "DELETE";
  readonly startTime: string;
  endTime?: string;
  status: "InProgress" | "Succeeded" | "Failed";
  error?: { readonly code: string; readonly message: string };
  /** What is shown of the resource meanwhile; undefined until the write has been accepted. */
  meanwhile?: ArmDocument;
}

/** What a write leads to besides its effect. */
export interface Course {
  /** Polls of the operation that find it in progress. */
  readonly polls: number;
  /** Why it fails in the end. */
  readonly error?: { readonly code: string; readonly message: string };
  readonly meanwhile: ArmDocument;
  /** Reads after its end that still show `before`. */
  readonly staleReads: number;
  readonly before: ArmDocument | undefined;
  /** Writes after its end that are refused. */
  readonly busyWrites: number;
}

interface Running {
  readonly operation: Operation;
  course?: Course;
  pollsLeft: number;
}

/** Operations that can be asked for; older ones are forgotten. */
const KEPT = 200;

/**
 * The operations under way and lately ended. There is no clock: an operation ends when it has been polled often enough
 * (its status or its resource was read, or another write was refused because of it), so it ends for every client that
 * goes on, and tests are exact.
 */
export class Operations {
  private readonly known = new Map<string, Running>();
  private readonly stale = new Map<string, { document: ArmDocument; reads: number }>();
  private readonly busy = new Map<string, number>();

  /**
   * Takes the endpoint for a write: one operation at a time on an endpoint and its deployments.
   * @throws Refusal while another one is under way, or just after it as a fault
   */
  begin(method: Operation["method"], id: string): Operation {
    const endpoint = endpointOf(id);
    const current = this.runningOn(endpoint);
    if (current !== undefined) {
      this.poll(current.operation);
      if (current.operation.status === "InProgress") throw conflict(endpoint);
    }
    const refusals = this.busy.get(key(endpoint)) ?? 0;
    if (refusals > 0) {
      this.busy.set(key(endpoint), refusals - 1);
      throw stillUpdating(id);
    }
    const kind = sameText(endpoint, id) ? "oe" : "od";
    const operation: Operation = {
      name: `${kind}:${uuid()}`,
      id,
      method,
      startTime: new Date().toISOString(),
      status: "InProgress",
    };
    this.known.set(operation.name, { operation, pollsLeft: Infinity });
    for (const name of [...this.known.keys()].slice(0, -KEPT)) this.known.delete(name);
    return operation;
  }

  /** The write was not accepted after all. */
  abandon(operation: Operation): void {
    this.known.delete(operation.name);
  }

  accept(operation: Operation, course: Course): void {
    const running = this.known.get(operation.name);
    if (running === undefined) return;
    operation.meanwhile = course.meanwhile;
    running.course = course;
    running.pollsLeft = course.polls;
  }

  /** One poll of the operation; the one after the last ends it. */
  poll(operation: Operation): void {
    const running = this.known.get(operation.name);
    if (running?.operation.status !== "InProgress") return;
    if (running.pollsLeft > 0) {
      running.pollsLeft -= 1;
      return;
    }
    if (running.course !== undefined) this.end(running.operation, running.course);
  }

  find(name: string): Operation | undefined {
    return this.known.get(name)?.operation;
  }

  /** What a read of a resource shows, which counts as a poll. Undefined where there is none. */
  view(id: string, now: ArmDocument | undefined): ArmDocument | undefined {
    const running = this.runningOn(endpointOf(id));
    if (running !== undefined && sameText(running.operation.id, id)) {
      this.poll(running.operation);
      const { status, meanwhile } = running.operation;
      if (status === "InProgress" && meanwhile !== undefined) return meanwhile;
    }
    const stale = this.stale.get(key(id));
    if (stale === undefined) return now;
    stale.reads -= 1;
    if (stale.reads === 0) this.stale.delete(key(id));
    return stale.document;
  }

  /** Ids of resources below that are only shown because an operation on them is under way. */
  meanwhileBelow(id: string): ArmDocument[] {
    const below = `${key(id)}/`;
    return [...this.known.values()]
      .filter(({ operation }) => operation.status === "InProgress")
      .flatMap(({ operation: { meanwhile } }) => (meanwhile === undefined ? [] : [meanwhile]))
      .filter((document) => key(document.id).startsWith(below));
  }

  private end(operation: Operation, course: Course): void {
    operation.endTime = new Date().toISOString();
    if (course.error !== undefined) {
      operation.status = "Failed";
      operation.error = course.error;
      return;
    }
    operation.status = "Succeeded";
    if (course.staleReads > 0 && course.before !== undefined) {
      this.stale.set(key(operation.id), { document: course.before, reads: course.staleReads });
    }
    if (course.busyWrites > 0) this.busy.set(key(endpointOf(operation.id)), course.busyWrites);
  }

  private runningOn(endpointId: string): Running | undefined {
    return [...this.known.values()].find(
      ({ operation }) =>
        operation.status === "InProgress" && sameText(endpointOf(operation.id), endpointId),
    );
  }
}

function key(id: string): string {
  return id.toLowerCase();
}

/** In the words of Azure/azure-cli issue 17075. */
export function conflict(endpointId: string): Refusal {
  const workspace = endpointId.split("/")[8] ?? "";
  return new Refusal(
    "Conflict",
    `Conflict of operation, another operation on same entity is already running in workspace ${workspace}.`,
    "endpoint-one-write",
  );
}

/** In the words of Azure/azure-sdk-for-net issue 36961; with which status Azure says it is not known. */
function stillUpdating(id: string): Refusal {
  const [endpoint = "", deployment] = id.split("/deployments/");
  const name = endpoint.slice(endpoint.lastIndexOf("/") + 1);
  const what =
    deployment === undefined
      ? `update endpoint ${name}`
      : `create a deployment in endpoint ${name}`;
  return new Refusal(
    "BadRequest",
    `Cannot ${what} because it is in Updating provisioning state.`,
    "endpoint-busy-after-success",
  );
}
