/** How the workspace's managed network treats outbound traffic; it can only be tightened, in this order. */
export const ISOLATION_MODES = [
  "Disabled",
  "AllowInternetOutbound",
  "AllowOnlyApprovedOutbound",
] as const;

export type IsolationMode = (typeof ISOLATION_MODES)[number];
