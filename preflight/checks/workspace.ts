import { storageFacts, workspaceFacts, workspaceProblems } from "../../components/workspaceFacts";
import type { Declared, ExistingWorkspace } from "../declared";
import type { AnswerTo, Check, Found } from "../finding";
import type { Question } from "../question";

function workspaceQuestion({ id }: ExistingWorkspace): Question {
  return {
    path: id,
    // The one that azure-native 3.28 reads workspaces with.
    apiVersion: "2025-12-01",
    action: "Microsoft.MachineLearningServices/workspaces/read",
  };
}

function storageQuestion(path: string): Question {
  return {
    path,
    apiVersion: "2024-01-01",
    action: "Microsoft.Storage/storageAccounts/read",
  };
}

/** A document of ARM as azure-native returns it: the properties beside the id. */
function flat(body: unknown): unknown {
  const { properties, ...others } = body as { readonly properties?: object };
  return { ...others, ...properties };
}

function factsOf(workspace: ExistingWorkspace, answerTo: AnswerTo) {
  const { status, body } = answerTo(workspaceQuestion(workspace));
  return status === 404 ? undefined : workspaceFacts(flat(body));
}

/** The existing workspace is there, and has what the stack needs. */
export const workspace: Check = {
  id: "workspace",
  title: "the existing workspace",
  questions: ({ workspace }) => (workspace === undefined ? [] : [workspaceQuestion(workspace)]),
  next({ workspace }, answerTo) {
    if (workspace === undefined || answerTo(workspaceQuestion(workspace)).status >= 400) return [];
    const account = factsOf(workspace, answerTo)?.storageAccountId;
    return account === undefined ? [] : [storageQuestion(account)];
  },
  findings({ workspace, resourceGroup, location }: Declared, answerTo): Found[] {
    if (workspace === undefined) return [];
    const { id, needs } = workspace;
    const facts = factsOf(workspace, answerTo);
    if (facts === undefined) {
      const [, , , , group = resourceGroup.name] = id.split("/");
      return [
        {
          key: ["mlscore:workspace", "name"],
          missing: `there is no workspace ${needs.workspaceName} in ${group}, or the signed-in identity cannot read it`,
          who: "you: name another workspace, or let the stack create one",
          command: `az ml workspace list --resource-group ${group} --query "[?location=='${location}'].name"`,
        },
      ];
    }
    const account = facts.storageAccountId;
    const storage = account === undefined ? undefined : answerTo(storageQuestion(account));
    const ofStorage = storage?.status === 200 ? storageFacts(flat(storage.body)) : undefined;
    return workspaceProblems(needs, facts, ofStorage).map(({ severity, key, message }) => ({
      key: [`mlscore:${key}`],
      kind: severity === "error" ? "shortage" : "note",
      missing: `${key} ${message}`,
      who: "the owner of the workspace",
      command: `az resource show --ids ${id}`,
    }));
  },
};
