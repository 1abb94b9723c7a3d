import { textAt } from "../../graph/paths";
import { authenticationChanges } from "../authentication";
import { details, say, strong, table, type Headline, type Section, type Text } from "../document";
import { grantChanges, grants, isSameGrant, type Grant, type GrantChange } from "../grants";
import type { StackGraph, StackReview } from "../model";

/** What callers show, role assignments in Azure, and the pods that act as an identity. */
export function accessSection({ before, after }: StackReview): Section {
  const olds = before === undefined ? [] : grants(before);
  const news = after === undefined ? [] : grants(after);
  const changes = grantChanges(olds, news);
  const replaced = changes.flatMap(({ instead }) => (instead === undefined ? [] : [instead]));
  const gone = olds.filter(
    (grant) => !replaced.includes(grant) && !news.some((other) => isSameGrant(grant, other)),
  );
  const unchanged = news.filter((grant) => !changes.some((change) => change.grant === grant));
  const federated = federationChanges(before, after);
  const rows: Text[][] = [
    ...changes.map(({ grant, instead, isWider }) => [
      say`${isWider ? strong`wider` : instead === undefined ? strong`new` : strong`changed`}`,
      ...cells(grant, instead),
    ]),
    ...gone.map((grant) => [say`${strong`removed`}`, ...cells(grant)]),
  ];
  return {
    title: "Access",
    headlines: [
      ...authenticationChanges(before, after),
      ...changes.map(headline),
      ...federated,
      ...gone.map(({ whoWords, role, scopeWords }): Headline => {
        return {
          weight: "note",
          text: say`${whoWords} loses ${role.name} on ${scopeWords}`,
        };
      }),
    ],
    blocks: table("Changed role assignments", ["", "principal", "role", "scope"], rows),
    unchanged: details(
      say`Unchanged: ${unchanged.length}`,
      table(
        "Unchanged role assignments",
        ["principal", "role", "scope"],
        unchanged.map((one) => cells(one)),
      ),
    ),
  };
}

function cells({ whoWords, role, scope, scopeWords }: Grant, instead?: Grant): Text[] {
  const former = (was: Text, now: Text, isSame: boolean): Text =>
    isSame ? now : say`${now}, was ${was}`;
  const name = say`${role.name}`;
  if (instead === undefined) return [whoWords, name, scopeWords];
  return [
    whoWords,
    former(say`${instead.role.name}`, name, instead.role.name === role.name),
    former(instead.scopeWords, scopeWords, instead.scope === scope),
  ];
}

function headline({ grant, instead, isWider }: GrantChange): Headline {
  const { whoWords, role, scopeWords } = grant;
  const was =
    instead === undefined ? [] : say` (was ${instead.role.name} on ${instead.scopeWords})`;
  const text = say`${whoWords} gets ${role.name} on ${scopeWords}${was}`;
  return isWider
    ? { weight: "blocking", text: say`${strong`Wider role:`} ${text}` }
    : { weight: "review", text: say`${strong`Role:`} ${text}` };
}

/** Pods, or other holders of a token of that issuer, that can sign in as an identity. */
function federationChanges(
  before: StackGraph | undefined,
  after: StackGraph | undefined,
): Headline[] {
  const olds = new Set(federations(before).map(({ key }) => key));
  return federations(after)
    .filter(({ key }) => !olds.has(key))
    .map(({ text }) => ({ weight: "review", text }));
}

function federations(graph: StackGraph | undefined): { key: string; text: Text }[] {
  return (graph?.resources ?? [])
    .filter(({ type }) => type.endsWith(":FederatedIdentityCredential"))
    .map(({ inputs }) => {
      const subject = textAt(inputs, "subject");
      const identity = textAt(inputs, "resourceName");
      return {
        key: `${identity} ${subject}`,
        text: say`${strong`Identity:`} ${subject} acts as ${identity}`,
      };
    });
}
