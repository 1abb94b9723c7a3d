import { blaming, missing, needs, wrongly, type Case } from "../case";
import { add, alter, unset } from "../graphs";

const STORAGE = "workspace-storage";
const VAULT = "workspace-key-vault";
const COMPUTE = "properties.properties";

export const levels: Readonly<Record<string, Case>> = {
  "level-approved-outbound": {
    from: "privateSandbox",
    breaks: needs("workspace", "managedNetwork.isolationMode", "AllowInternetOutbound"),
  },
  "level-no-public-access": {
    from: "privateSandbox",
    breaks: [
      ...needs("workspace", "publicNetworkAccess", "Enabled"),
      ...needs("registry", "publicNetworkAccess", "Enabled"),
      ...needs(STORAGE, "publicNetworkAccess", "Enabled", "SecuredByPerimeter"),
      ...needs(STORAGE, "networkRuleSet.defaultAction", "Allow"),
      ...needs(VAULT, "properties.publicNetworkAccess", "Enabled"),
      ...needs(VAULT, "properties.networkAcls.defaultAction", "Allow"),
      ...needs("endpoint-traffic", "settings.publicNetworkAccess", "Enabled"),
      missing(
        "an endpoint that sets it itself and does not",
        (graph) =>
          unset(
            "endpoint",
            "properties.publicNetworkAccess",
          )(alter("endpoint", () => ({ ignoreChanges: [] }))(graph)),
        "endpoint",
      ),
      ...needs("image-build", `${COMPUTE}.enableNodePublicIp`, true),
      ...needs("image-build", `${COMPUTE}.remoteLoginPortPublicAccess`, "Enabled"),
      ...blaming("added", [
        wrongly("a public address", add("azure-native:network:PublicIPAddress", {}), "added"),
        wrongly(
          "a switch of a type that no rule knows, however deep",
          add("azure-native:search:Service", { properties: { publicNetworkAccess: "Enabled" } }),
          "added",
        ),
      ]),
    ],
  },
};
