/** Somebody in Entra ID. */
export interface Principal {
  readonly objectId: string;
  readonly principalType: "User" | "Group" | "ServicePrincipal";
}

/** Somebody who sends requests to the endpoint. */
export interface Caller extends Principal {
  /** Who it is, for people. */
  readonly note?: string | undefined;
}
