import { BOTH, type ResourceRule } from "../../rule";
import { at, fault, items, mustBe } from "../../inputChecks";

/**
 * Requests and predictions would be readable on the network. Advisory: the certificate is put into the vault by hand
 * once the stack is there, and until then the settings may choose plain HTTP (`plainHttp: true`, docs/configuration.md).
 */
export const gatewayTls: ResourceRule = {
  id: "gateway-tls",
  title: "The gateway takes requests over TLS alone",
  severity: "advisory",
  targets: BOTH,
  references: {
    cisAks: ["5.4.5"],
    azurePolicy: ["1a5b4dca-0b6f-4cf5-907c-56316bc1bf3d"],
  },
  sees: "resource",
  types: ["kubernetes:gateway.networking.k8s.io/v1:Gateway"],
  check: ({ inputs }) => {
    const listeners = items(at(inputs, "spec.listeners"));
    if (listeners.length === 0) {
      return [fault("spec.listeners", at(inputs, "spec.listeners"), "a list of listeners")];
    }
    return listeners.flatMap((listener) => [
      ...mustBe(listener, "protocol", "HTTPS", "TLS"),
      ...mustBe(listener, "tls.mode", "Terminate", "Passthrough"),
    ]);
  },
};
