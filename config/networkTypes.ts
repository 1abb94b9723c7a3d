import type { IsolationMode } from "./isolationMode";
import type { NetworkLevel } from "./networkLevel";
import type { WorkspaceZone } from "./workspaceZones";

/** What config/ hands to components/ about a sandbox's network. */

export type OutboundRule =
  | { readonly type: "FQDN"; readonly destination: string }
  | {
      readonly type: "ServiceTag";
      readonly serviceTag: string;
      readonly protocol: "TCP" | "UDP" | "ICMP" | "*";
      readonly portRanges: string;
    }
  | {
      readonly type: "PrivateEndpoint";
      readonly serviceResourceId: string;
      readonly subresourceTarget: string;
    };

/** Where the private endpoints of a stack's own workspace go. */
export interface PrivateEndpointNetwork {
  readonly vnet:
    | {
        readonly kind: "created";
        /** CIDR of the whole network. */
        readonly addressSpace: string;
        /** CIDR of its only subnet. */
        readonly subnets: { readonly privateEndpoints: string };
      }
    | {
        readonly kind: "existing";
        readonly id: string;
        readonly subnetIds: { readonly privateEndpoints: string };
      };
  /** Zones that exist already, in the hub for instance; the stack makes and links all others. */
  readonly privateDnsZoneIds: Readonly<Partial<Record<WorkspaceZone, string>>>;
}

export interface SandboxNetwork {
  readonly level: NetworkLevel;
  /** Of the workspace's managed network; with an existing workspace the least that it must have. */
  readonly isolationMode: IsolationMode;
  readonly outboundRules: Readonly<Record<string, OutboundRule>>;
  /** In a private level, of the stack's own workspace alone. */
  readonly privateEndpoints?: PrivateEndpointNetwork;
  /** Size of the machine on which the workspace builds images; missing where it builds none, or where Azure chooses. */
  readonly imageBuildVmSize?: string;
}
