import type { Sequence } from "../sequence";
import {
  ACCEPTED,
  BAD_REQUEST,
  CREATED,
  ENDPOINT_BODY,
  NOT_FOUND,
  putEndpoint,
  UPDATED,
} from "./requests";

const SPARE = "/onlineEndpoints/{{spareEndpoint}}";
const read = { method: "GET", path: SPARE } as const;

/** An endpoint without deployments, which costs nothing, from its creation to its second creation. */
export const creation: Sequence = {
  id: "endpoint-creation",
  title: "An endpoint is created, changed, deleted and created again",
  needsFixture: false,
  steps: [
    {
      name: "a request without an API version",
      request: { method: "GET", path: "", apiVersion: null },
      expected: { status: 400, code: "MissingApiVersionParameter" },
      proves: ["arm-api-version-missing"],
    },
    {
      name: "a request with an API version that there never was",
      request: { method: "GET", path: "", apiVersion: "2015-01-02" },
      expected: { status: 400, code: "NoRegisteredProviderFound" },
      proves: ["arm-api-version-unknown"],
    },
    {
      name: "a read of an endpoint that does not exist",
      request: read,
      expected: NOT_FOUND,
      proves: ["arm-not-found"],
    },
    {
      name: "a deletion of an endpoint that does not exist",
      request: { method: "DELETE", path: SPARE },
      expected: { status: 204 },
      proves: ["endpoint-delete-missing"],
    },
    {
      name: "a creation with traffic",
      request: putEndpoint(SPARE, { traffic: { blue: 100 } }),
      expected: BAD_REQUEST,
      proves: ["endpoint-traffic-at-creation"],
    },
    {
      name: "a creation with a body that is not an object",
      request: { method: "PUT", path: SPARE, body: "no object" },
      expected: { status: 400, code: "InvalidRequestContent" },
      proves: ["arm-request-content"],
    },
    {
      name: "a creation",
      request: putEndpoint(SPARE),
      expected: CREATED,
      proves: ["arm-async-operations"],
    },
    {
      name: "a read of the new endpoint",
      request: read,
      expected: {
        status: 200,
        values: { "properties.provisioningState": "Succeeded", "properties.authMode": "Key" },
        traffic: {},
        mirrorTraffic: {},
      },
    },
    {
      name: "a write with another authMode",
      request: putEndpoint(SPARE, { authMode: "AADToken" }),
      expected: { status: 400, code: "PropertyChangeNotAllowed" },
      proves: ["endpoint-immutable"],
    },
    {
      name: "a PATCH of the tags",
      request: {
        method: "PATCH",
        path: SPARE,
        body: { tags: { ...ENDPOINT_BODY.tags, extra: "1" } },
      },
      expected: ACCEPTED,
      proves: ["endpoint-patch"],
    },
    {
      name: "a read after the PATCH",
      request: read,
      eventually: true,
      expected: { status: 200, values: { "tags.extra": "1" } },
      proves: ["endpoint-patch"],
    },
    {
      name: "a PATCH of something else",
      request: { method: "PATCH", path: SPARE, body: { properties: { description: "other" } } },
      expected: BAD_REQUEST,
      proves: ["endpoint-patch-others"],
    },
    {
      name: "a write of own properties, without the extra tag",
      request: putEndpoint(SPARE, { properties: { first: "1" } }),
      expected: UPDATED,
    },
    {
      name: "a read after the write",
      request: read,
      eventually: true,
      expected: {
        status: 200,
        values: { "tags.extra": undefined, "properties.properties.first": "1" },
      },
      proves: ["endpoint-put-replaces"],
    },
    {
      name: "a write that changes one own property and adds one",
      request: putEndpoint(SPARE, { properties: { first: "2", second: "2" } }),
      expected: UPDATED,
    },
    {
      name: "a read of the own properties",
      request: read,
      eventually: true,
      expected: {
        status: 200,
        values: { "properties.properties.first": "1", "properties.properties.second": "2" },
      },
      proves: ["endpoint-properties-added"],
    },
    { name: "a deletion", request: { method: "DELETE", path: SPARE }, expected: ACCEPTED },
    { name: "a read after the deletion", request: read, eventually: true, expected: NOT_FOUND },
    {
      name: "a second creation under the same name",
      request: putEndpoint(SPARE),
      eventually: true,
      expected: CREATED,
      proves: ["endpoint-name-after-deletion"],
    },
    { name: "a second deletion", request: { method: "DELETE", path: SPARE }, expected: ACCEPTED },
  ],
};
