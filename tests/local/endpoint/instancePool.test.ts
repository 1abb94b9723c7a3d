import { describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";

import {
  InstancePool,
  type Admission,
  type Lease,
  type Member,
} from "../../../local/endpoint/instancePool";

const never = new AbortController().signal;
const member = (number: number): Member => ({ socketPath: `/${number}.sock` });

function admit(pool: InstancePool<Member>): Admission<Member> {
  const admission = pool.enter();
  if (typeof admission === "string") throw new Error(admission);
  return admission;
}

async function lease(admission: Admission<Member>): Promise<Lease<Member>> {
  const given = await admission.lease(never);
  if (given === "not-ready") throw new Error(given);
  return given;
}

describe("how many requests a deployment takes", () => {
  it("is 2 × max_concurrent × instance_count, and one more is too many", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }), (max, count) => {
        const pool = new InstancePool(max, count);
        pool.add(member(1));
        for (let i = 0; i < 2 * max * count; i += 1) expect(typeof pool.enter()).toBe("object");
        expect(pool.enter()).toBe("too-many");
      }),
    );
  });

  it("counts the desired instances, not the live ones, and follows a change of their number", () => {
    const pool = new InstancePool(1, 1);
    pool.add(member(1));
    pool.resize(2);
    for (let i = 0; i < 4; i += 1) admit(pool);
    expect(pool.enter()).toBe("too-many");
  });

  it("is none while no instance is live", () => {
    expect(new InstancePool(1, 3).enter()).toBe("not-ready");
  });

  it("is one more after a request has left, however often it says so", () => {
    const pool = new InstancePool(1, 1);
    pool.add(member(1));
    const first = admit(pool);
    admit(pool);
    first.leave();
    first.leave();
    expect(pool.inFlight()).toBe(1);
    admit(pool);
    expect(pool.enter()).toBe("too-many");
  });
});

describe("which instance gets a request", () => {
  it("never gives an instance more than max_concurrent, whatever the order of events", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat(9), { maxLength: 60 }),
        async (max, count, steps) => {
          const pool = new InstancePool(max, count);
          for (let number = 0; number < count; number += 1) pool.add(member(number));
          const held = new Map<string, number>();
          const leases: { lease: Lease<Member>; admission: Admission<Member> }[] = [];
          for (const step of steps) {
            if (step < 6) {
              const admission = pool.enter();
              if (typeof admission === "string") continue;
              void admission.lease(never).then((given) => {
                if (given === "not-ready") throw new Error(given);
                const { socketPath } = given.member;
                held.set(socketPath, (held.get(socketPath) ?? 0) + 1);
                expect(held.get(socketPath)).toBeLessThanOrEqual(max);
                leases.push({ lease: given, admission });
              });
            } else {
              const done = leases.shift();
              if (done === undefined) continue;
              const { socketPath } = done.lease.member;
              held.set(socketPath, held.get(socketPath)! - 1);
              done.lease.release();
              done.admission.leave();
            }
            await Promise.resolve();
            await Promise.resolve();
          }
        },
      ),
    );
  });

  it("is the least busy one, in turn among equals", async () => {
    const pool = new InstancePool(2, 2);
    pool.add(member(1));
    pool.add(member(2));
    const given: Member[] = [];
    for (let i = 0; i < 4; i += 1) given.push((await lease(admit(pool))).member);
    expect(given).toEqual([1, 2, 1, 2].map(member));
  });

  it("serves those who wait in the order in which they came", async () => {
    const pool = new InstancePool(1, 2);
    pool.add(member(1));
    const first = await lease(admit(pool));
    const order: string[] = [];
    const second = lease(admit(pool)).then((given) => {
      order.push("second");
      given.release();
    });
    const third = lease(admit(pool)).then(() => order.push("third"));
    first.release();
    await Promise.all([second, third]);
    expect(order).toEqual(["second", "third"]);
  });

  it("is none for those who wait when the last instance goes", async () => {
    const pool = new InstancePool(1, 2);
    const only = member(1);
    pool.add(only);
    await lease(admit(pool));
    const waiting = admit(pool).lease(never);
    pool.remove(only);
    await expect(waiting).resolves.toBe("not-ready");
  });

  it("is not one that is to be avoided", async () => {
    const pool = new InstancePool(1, 2);
    const [bad, good] = [member(1), member(2)];
    pool.add(bad);
    pool.add(good);
    const given = await admit(pool).lease(never, new Set([bad]));
    expect(given).toMatchObject({ member: good });
    await expect(admit(pool).lease(never, new Set([bad, good]))).resolves.toBe("not-ready");
  });

  it("does not forget what an instance holds when it leaves and comes back", async () => {
    const pool = new InstancePool(1, 2);
    const only = member(1);
    pool.add(only);
    const first = await lease(admit(pool));
    pool.remove(only);
    pool.add(only);
    const waiting = jest.fn();
    void lease(admit(pool)).then(waiting);
    await Promise.resolve();
    expect(waiting).not.toHaveBeenCalled();
    first.release();
    await new Promise(setImmediate);
    expect(waiting).toHaveBeenCalledTimes(1);
  });
});

describe("a request that stops waiting", () => {
  it("takes no place when one becomes free", async () => {
    const pool = new InstancePool(1, 1);
    pool.add(member(1));
    const first = await lease(admit(pool));
    const abort = new AbortController();
    const waiting = admit(pool).lease(abort.signal);
    abort.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    first.release();
    // Both places of the limit are taken, the instance itself is free.
    expect(pool.enter()).toBe("too-many");
  });
});

describe("waiting for a deployment to be idle", () => {
  it("ends when the last request leaves", async () => {
    const pool = new InstancePool(1, 1);
    pool.add(member(1));
    const admission = admit(pool);
    const idle = pool.drained(10_000);
    admission.leave();
    await expect(idle).resolves.toBe(true);
    await expect(pool.drained(0)).resolves.toBe(true);
  });

  it("ends unfinished when the time is up", async () => {
    const pool = new InstancePool(1, 1);
    pool.add(member(1));
    admit(pool);
    await expect(pool.drained(5)).resolves.toBe(false);
  });
});
