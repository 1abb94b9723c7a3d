import type { Sequence } from "../sequence";
import {
  ACCEPTED,
  BAD_REQUEST,
  BLUE,
  ENDPOINT,
  GREEN,
  NOT_FOUND,
  putSplit,
  shows,
  UPDATED,
} from "./requests";

/** Writes that meet another one, and writes that must not. */
export const concurrency: Sequence = {
  id: "endpoint-concurrency",
  title: "Writes at the same time",
  needsFixture: true,
  steps: [
    {
      name: "a known state",
      request: putSplit({ blue: 100, green: 0 }),
      expected: UPDATED,
    },
    {
      name: "a read with an ETag",
      request: { method: "GET", path: ENDPOINT },
      expected: { status: 200, etag: true },
      proves: ["endpoint-if-match"],
    },
    {
      name: "a write with an ETag that is not the endpoint's",
      request: { ...putSplit({ blue: 90, green: 10 }), headers: { "if-match": '"outdated"' } },
      expected: { status: 412, code: "PreconditionFailed" },
      proves: ["endpoint-if-match"],
    },
    {
      name: "a write that is not waited for",
      request: putSplit({ blue: 80, green: 20 }),
      wait: "accept",
      expected: { status: 200 },
    },
    {
      name: "a second write meanwhile",
      request: putSplit({ blue: 70, green: 30 }),
      expected: { status: 409, code: "Conflict" },
      proves: ["endpoint-one-write"],
    },
    shows("a read of the first write's split", { blue: 80, green: 20 }, {}, ["endpoint-one-write"]),
  ],
};

/** How a deployment's number of instances changes. */
export const scaling: Sequence = {
  id: "deployment-scaling",
  title: "Instances of a deployment",
  needsFixture: true,
  steps: [
    {
      name: "a PATCH of the capacity",
      request: { method: "PATCH", path: GREEN, body: { sku: { capacity: 2 } } },
      expected: ACCEPTED,
      proves: ["deployment-patch"],
    },
    {
      name: "a read of the capacity",
      request: { method: "GET", path: GREEN },
      eventually: true,
      expected: {
        status: 200,
        values: {
          "sku.capacity": 2,
          "properties.provisioningState": "Succeeded",
          "properties.endpointComputeType": "Managed",
        },
      },
      proves: ["deployment-patch"],
    },
  ],
};

/** What is deleted, what is not, and what goes along. It takes the fixture apart, so it comes last. */
export const deletion: Sequence = {
  id: "endpoint-deletion",
  title: "Deployments and their endpoint are deleted",
  needsFixture: true,
  steps: [
    { name: "all traffic to green", request: putSplit({ blue: 0, green: 100 }), expected: UPDATED },
    {
      name: "a deletion of a deployment with live traffic",
      request: { method: "DELETE", path: GREEN },
      expected: BAD_REQUEST,
      proves: ["deployment-delete-with-traffic"],
    },
    {
      name: "mirrored traffic to green",
      request: putSplit({ blue: 100 }, { green: 10 }),
      expected: UPDATED,
    },
    {
      name: "a deletion of a deployment with mirrored traffic",
      request: { method: "DELETE", path: GREEN },
      expected: BAD_REQUEST,
      proves: ["deployment-delete-with-mirror"],
    },
    { name: "nothing to green", request: putSplit({ blue: 100, green: 0 }), expected: UPDATED },
    {
      name: "a deletion of a deployment without traffic",
      request: { method: "DELETE", path: GREEN },
      expected: ACCEPTED,
      proves: ["deployment-delete-with-traffic"],
    },
    {
      name: "a read of the deleted deployment",
      request: { method: "GET", path: GREEN },
      eventually: true,
      expected: NOT_FOUND,
    },
    {
      name: "a second deletion of the deployment",
      request: { method: "DELETE", path: GREEN },
      expected: { status: 204 },
      proves: ["endpoint-delete-missing"],
    },
    {
      name: "a deletion of the endpoint with the other deployment",
      request: { method: "DELETE", path: ENDPOINT },
      expected: ACCEPTED,
      proves: ["arm-deletes-below"],
    },
    {
      name: "a read of the other deployment",
      request: { method: "GET", path: BLUE },
      eventually: true,
      expected: NOT_FOUND,
      proves: ["arm-deletes-below"],
    },
  ],
};
