import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ReadRequest } from "@pulumi/pulumi/proto/provider_pb";

/**
 * An import reads a resource that no state knows, so the engine sends no properties, and the server of @pulumi/pulumi 3.270.0 fails
 * on that (provider/server.js, `read`): it gets empty ones.
 */
export function takeReadsWithoutState(): void {
  const own = Object.getOwnPropertyDescriptor(ReadRequest.prototype, "getProperties");
  const get = own?.value as (this: ReadRequest) => Struct | undefined;
  ReadRequest.prototype.getProperties = function (this: ReadRequest) {
    return get.call(this) ?? new Struct();
  };
}
