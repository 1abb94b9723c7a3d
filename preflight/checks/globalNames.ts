import { nonEmptyTextAt, valueAt } from "../../graph/paths";
import { ofType, type Declared, type DeclaredResource } from "../declared";
import type { Check } from "../finding";
import type { Question } from "../question";

/** Where one name is taken in all of Azure, and how to ask for it. */
interface NameSpace {
  readonly id: string;
  readonly title: string;
  /** As people call it. */
  readonly what: string;
  readonly type: string;
  readonly apiVersion: string;
  /** Type in the request's body, where it is another one. */
  readonly bodyType: string;
}

/** Microsoft Learn, REST: Storage Accounts, Registries and Vaults - Check Name Availability. */
const NAME_SPACES: readonly NameSpace[] = [
  {
    id: "storage-name",
    title: "name of the storage account",
    what: "storage account",
    type: "Microsoft.Storage/storageAccounts",
    apiVersion: "2024-01-01",
    bodyType: "Microsoft.Storage/storageAccounts",
  },
  {
    id: "registry-name",
    title: "name of the registry",
    what: "registry",
    type: "Microsoft.ContainerRegistry/registries",
    apiVersion: "2023-07-01",
    bodyType: "Microsoft.ContainerRegistry/registries",
  },
  {
    id: "vault-name",
    title: "name of the key vault",
    what: "key vault",
    type: "Microsoft.KeyVault/vaults",
    apiVersion: "2024-11-01",
    bodyType: "Microsoft.KeyVault/vaults",
  },
];

const VAULTS = "Microsoft.KeyVault/vaults";

/** Whether the stack has the resource already: then the name is its own. */
export function existing({ id, apiVersion, type }: DeclaredResource): Question {
  return { path: id, apiVersion, action: `${type}/read` };
}

function availability(
  { subscriptionId }: Declared,
  { type, apiVersion, bodyType }: NameSpace,
  name: string,
): Question {
  const [namespace = ""] = type.split("/");
  return {
    path: `/subscriptions/${subscriptionId}/providers/${namespace}/checkNameAvailability`,
    apiVersion,
    action: `${namespace}/checkNameAvailability/read`,
    body: { name, type: bodyType },
  };
}

/** Microsoft Learn, REST: Vaults - Get Deleted. */
function deletedVault({ subscriptionId, location }: Declared, name: string): Question {
  return {
    path: `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`,
    apiVersion: "2024-11-01",
    action: "Microsoft.KeyVault/locations/deletedVaults/read",
  };
}

/** Names that only one subscription can have are free, or the stack's own already. */
export const globalNames: readonly Check[] = NAME_SPACES.map((space): Check => ({
  id: space.id,
  title: space.title,
  questions: (declared) =>
    ofType(declared, space.type).flatMap((resource) => [
      existing(resource),
      availability(declared, space, resource.name),
      ...(space.type === VAULTS ? [deletedVault(declared, resource.name)] : []),
    ]),
  findings: (declared, answerTo) =>
    ofType(declared, space.type).flatMap((resource) => {
      const { name } = resource;
      if (answerTo(existing(resource)).status !== 404) return [];
      if (space.type === VAULTS) {
        const deleted = answerTo(deletedVault(declared, name));
        if (deleted.status !== 404) return [softDeleted(declared, name, deleted.body)];
      }
      const { body } = answerTo(availability(declared, space, name));
      if (valueAt(body, "nameAvailable") !== false) return [];
      const said = nonEmptyTextAt(body, "message");
      return [
        {
          key: ["mlscore:generation"],
          missing: `the name ${name} of the ${space.what} is not free${said === undefined ? "" : `: ${withoutStop(said)}`}`,
          who: "you: raise mlscore:generation by one, which gives the stack new names",
          command: `pulumi config set mlscore:generation N --stack ${declared.stack}`,
        },
      ];
    }),
}));

function softDeleted(declared: Declared, name: string, body: unknown) {
  const until = nonEmptyTextAt(body, "properties.scheduledPurgeDate")?.slice(0, 10);
  return {
    check: "vault-deleted",
    key: ["mlscore:generation"],
    missing:
      `the key vault ${name} is soft-deleted and keeps its name` +
      (until === undefined ? "" : ` until ${until}`),
    who: "someone with Contributor on the vault's resource group, to recover it; or raise mlscore:generation by one",
    command: `az keyvault recover --name ${name} --location ${declared.location} --subscription ${declared.subscriptionId}`,
  };
}

function withoutStop(sentence: string): string {
  return sentence.trim().replace(/\.$/, "");
}
