import { textAt, textsAt } from "../../graph/paths";
import { plainText } from "../document";
import { grants, UNKNOWN_PRINCIPAL } from "../grants";
import type { Op } from "../model";
import type { Edge } from "./model";
import { IDENTITIES, PRINCIPAL } from "./parts";
import {
  actorsOf,
  actorWithId,
  groupNode,
  nodeOf,
  type Actor,
  type Part,
  type Scene,
} from "./scene";

/** Who acts as whom, and with which access: identities of the stack, and people it knows by their object ids. */
export function identityPart(scene: Scene): Part {
  const identities = actorsOf(scene, "UserAssignedIdentity");
  const given = grants(scene.graph);
  const opOf = new Map(
    actorsOf(scene, "RoleAssignment").map(({ resource, op }) => [resource.name, op]),
  );
  const strangers = new Map(
    given
      .filter(({ identity }) => identity === undefined)
      .map(({ who, whoWords }) => [who, plainText(whoWords)]),
  );
  return {
    placed: [
      ...(identities.length > 0 ? [{ node: groupNode(IDENTITIES, "managed identities") }] : []),
      ...identities.map((identity) => ({ node: nodeOf(identity), parent: IDENTITIES })),
      ...[...strangers].map(([who, words]) => {
        const id = who.startsWith(UNKNOWN_PRINCIPAL) ? "" : who;
        const kind = words.slice(0, words.length - id.length).trim();
        return { node: groupNode(`${PRINCIPAL}${who}`, kind, id) };
      }),
    ],
    edges: [
      ...given.flatMap(({ who, identity, role, scope, name }): Edge[] => {
        const target = actorWithId(scene, scope);
        if (target === undefined) return [];
        const from = identity ?? `${PRINCIPAL}${who}`;
        const op: Op = opOf.get(name) ?? "same";
        const isInWords = op === "same" && identity !== undefined && identities.includes(target);
        return [{ from, to: target.resource.urn, label: role.name, kind: "role", op, isInWords }];
      }),
      ...actorsOf(scene, "ManagedCluster", "OnlineEndpoint").flatMap((one) => actsAs(scene, one)),
      ...actorsOf(scene, "FederatedIdentityCredential").flatMap((one) => podsActAs(scene, one)),
    ],
  };
}

/** What a resource is given identities for, by their ids. */
function actsAs(scene: Scene, { resource, op }: Actor): Edge[] {
  const kubelet = textAt(resource.inputs, "identityProfile.kubeletidentity.resourceId");
  const ids = [...textsAt(resource.inputs, "identity.userAssignedIdentities"), kubelet];
  return ids.flatMap((id) => {
    const identity = actorWithId(scene, id);
    return identity === undefined
      ? []
      : [
          {
            from: resource.urn,
            to: identity.resource.urn,
            label: "acts as",
            kind: "acts",
            op,
          } as const,
        ];
  });
}

/** `system:serviceaccount:<namespace>:<name>` is a service account of the cluster. */
function podsActAs(scene: Scene, { resource, op }: Actor): Edge[] {
  const [, , namespace, name] = textAt(resource.inputs, "subject").split(":");
  const account = actorsOf(scene, "ServiceAccount").find(
    ({ resource: { inputs } }) =>
      textAt(inputs, "metadata.namespace") === namespace &&
      textAt(inputs, "metadata.name") === name,
  );
  const identity = actorsOf(scene, "UserAssignedIdentity").find(
    (one) => one.resource.inputs["resourceName"] === resource.inputs["resourceName"],
  );
  if (account === undefined || identity === undefined) return [];
  const [from, to] = [account.resource.urn, identity.resource.urn];
  return [{ from, to, label: "acts as", kind: "acts", op }];
}
