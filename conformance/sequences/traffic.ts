import type { Sequence } from "../sequence";
import { ACCEPTED, BAD_REQUEST, ENDPOINT, putEndpoint, putSplit, shows, UPDATED } from "./requests";

/** Which live splits are taken, and what a write without one does. */
export const traffic: Sequence = {
  id: "endpoint-traffic",
  title: "Live traffic",
  needsFixture: true,
  steps: [
    {
      name: "a split that sums to 99",
      request: putSplit({ blue: 90, green: 9 }),
      expected: BAD_REQUEST,
      proves: ["endpoint-traffic-sum"],
    },
    {
      name: "a split with a deployment that does not exist",
      request: putSplit({ blue: 90, purple: 10 }),
      expected: BAD_REQUEST,
      proves: ["endpoint-traffic-known-deployments"],
    },
    {
      name: "a split that sums to 100",
      request: putSplit({ blue: 90, green: 10 }),
      expected: UPDATED,
      proves: ["endpoint-traffic-sum"],
    },
    shows("a read of the split", { blue: 90, green: 10 }, {}, ["endpoint-traffic-sum"]),
    {
      name: "a PATCH of the tags",
      request: { method: "PATCH", path: ENDPOINT, body: { tags: { patched: "1" } } },
      expected: ACCEPTED,
      proves: ["endpoint-patch"],
    },
    shows("a read after the PATCH", { blue: 90, green: 10 }, {}, ["endpoint-patch"]),
    {
      name: "a split that leaves green out",
      request: putSplit({ blue: 100 }),
      expected: UPDATED,
      proves: ["endpoint-traffic-omitted"],
    },
    shows("a read without green", { blue: 100 }, {}, ["endpoint-traffic-omitted"]),
    {
      name: "a split with names in capitals",
      request: putSplit({ BLUE: 90, GREEN: 10 }),
      expected: UPDATED,
      proves: ["endpoint-traffic-name-case"],
    },
    shows("a read of the names", { blue: 90, green: 10 }, {}, ["endpoint-traffic-name-case"]),
    {
      name: "a write without traffic",
      request: putEndpoint(ENDPOINT),
      expected: UPDATED,
      proves: ["endpoint-traffic-absent"],
    },
    shows("a read after the write without traffic", {}, {}, ["endpoint-traffic-absent"]),
    {
      name: "a split of zeros",
      request: putSplit({ blue: 0, green: 0 }),
      expected: UPDATED,
      proves: ["endpoint-traffic-sum"],
    },
  ],
};

/** Which mirrored splits are taken, and who loses them. */
export const mirror: Sequence = {
  id: "endpoint-mirror",
  title: "Mirrored traffic",
  needsFixture: true,
  steps: [
    {
      name: "mirrored traffic of more than half",
      request: putSplit({ blue: 100 }, { green: 51 }),
      expected: BAD_REQUEST,
      proves: ["endpoint-mirror-limits"],
    },
    {
      name: "mirrored traffic for two deployments",
      request: putSplit({ blue: 0, green: 0 }, { blue: 10, green: 10 }),
      expected: BAD_REQUEST,
      proves: ["endpoint-mirror-limits"],
    },
    {
      name: "mirrored traffic for a deployment with live traffic",
      request: putSplit({ blue: 90, green: 10 }, { green: 10 }),
      expected: BAD_REQUEST,
      proves: ["endpoint-mirror-or-live"],
    },
    {
      name: "mirrored traffic of half",
      request: putSplit({ blue: 100 }, { green: 50 }),
      expected: UPDATED,
      proves: ["endpoint-mirror-limits"],
    },
    shows("a read of the mirrored traffic", { blue: 100 }, { green: 50 }, [
      "endpoint-mirror-limits",
    ]),
    {
      name: "a write by an API version without mirrored traffic",
      request: { ...putEndpoint(ENDPOINT, { traffic: { blue: 100 } }), apiVersion: "2022-05-01" },
      expected: UPDATED,
      proves: ["endpoint-mirror-old-clients"],
    },
    shows("a read after the older write", { blue: 100 }, {}, ["endpoint-mirror-old-clients"]),
  ],
};
