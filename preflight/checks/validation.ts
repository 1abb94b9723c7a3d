import { listAt, nonEmptyTextAt, valueAt } from "../../graph/paths";
import type { Declared } from "../declared";
import type { Check, Found } from "../finding";
import type { Answer, Question } from "../question";
import { groupExists, groupQuestion } from "./resourceGroup";

/** The one of nested deployments in the template (render/armTemplate.ts). */
const API_VERSION = "2024-03-01";
const NAME = "mlscore-preflight";

/**
 * Microsoft Learn, REST: Deployments - Validate, and Validate At Subscription Scope where the stack makes its resource
 * group. Validation deploys nothing and keeps nothing.
 */
function question(declared: Declared): Question {
  const { resourceGroup, subscriptionId, location, template } = declared;
  const scope = resourceGroup.create ? `/subscriptions/${subscriptionId}` : resourceGroup.id;
  const content = resourceGroup.create ? withGroup(declared) : template;
  return {
    path: `${scope}/providers/Microsoft.Resources/deployments/${NAME}/validate`,
    apiVersion: API_VERSION,
    action: "Microsoft.Resources/deployments/validate/action",
    isOptional: true,
    body: {
      ...(resourceGroup.create ? { location } : {}),
      properties: {
        mode: "Incremental",
        template: content,
        parameters: resourceGroup.create ? {} : placeholders(template),
      },
    },
  };
}

/** A text for each secure parameter: real secrets are no part of the question. */
function placeholders(template: Declared["template"]): Record<string, unknown> {
  const names = Object.keys(valueAt(template, "parameters") ?? {});
  return Object.fromEntries(names.map((name) => [name, { value: "preflight" }]));
}

/** The template of a resource group that is not there yet, as part of one for the subscription. */
function withGroup({ resourceGroup, location, template }: Declared): Record<string, unknown> {
  const { name } = resourceGroup;
  return {
    $schema:
      "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#",
    contentVersion: "1.0.0.0",
    resources: [
      { type: "Microsoft.Resources/resourceGroups", apiVersion: API_VERSION, name, location },
      {
        type: "Microsoft.Resources/deployments",
        apiVersion: API_VERSION,
        name: NAME,
        resourceGroup: name,
        dependsOn: [name],
        properties: {
          mode: "Incremental",
          expressionEvaluationOptions: { scope: "inner" },
          template,
          parameters: placeholders(template),
        },
      },
    ],
  };
}

/** Policies of the tenant, deleted workspaces and all else that Azure itself finds in the template without deploying it. */
export const validation: Check = {
  id: "validation",
  title: "policies and validation of the template",
  questions: (declared) => [
    ...(declared.resourceGroup.create ? [] : [groupQuestion(declared)]),
    question(declared),
  ],
  findings(declared, answerTo) {
    if (!declared.resourceGroup.create && !groupExists(declared, answerTo)) return [];
    return leaves(refusalIn(answerTo(question(declared)))).map((leaf) => foundFor(leaf, declared));
  },
};

/** A refusal comes with status 400, or in an answer of success. */
function refusalIn({ body }: Answer): unknown {
  return valueAt(body, "error");
}

/** The innermost errors: what stands around them says only that something is wrong within. */
function leaves(error: unknown): readonly unknown[] {
  if (typeof error !== "object" || error === null) return [];
  const details = listAt(error, "details").filter((one) => typeof one === "object" && one !== null);
  return details.length === 0 ? [error] : details.flatMap(leaves);
}

function foundFor(error: unknown, { stack, subscriptionId }: Declared): Found {
  const code = nonEmptyTextAt(error, "code") ?? "Unknown";
  const message = (nonEmptyTextAt(error, "message") ?? "no further details")
    .trim()
    .replace(/\.$/, "");
  const target = nonEmptyTextAt(error, "target");
  const where = target === undefined ? "" : `${target}: `;
  // Azure Policy, "Resolve errors for request disallowed by policy".
  if (code === "RequestDisallowedByPolicy") {
    const assignment = listAt(error, "additionalInfo").flatMap(
      (one) => nonEmptyTextAt(one, "info.policyAssignmentId") ?? [],
    )[0];
    return {
      check: "policy",
      missing: `a policy denies what the stack declares: ${where}${message}`,
      who: "someone with Resource Policy Contributor where the policy is assigned: an exemption",
      command: `az policy exemption create --name mlscore-${stack} --exemption-category Waiver --policy-assignment ${assignment ?? "<assignment id>"} --scope <scope>`,
    };
  }
  // CanadaPubSecALZ issue 380: "Soft-deleted workspace exists. Please purge or recover it".
  if (/soft-?deleted workspace/i.test(message)) {
    return {
      check: "workspace-deleted",
      key: ["mlscore:generation"],
      missing: `a workspace of this name is soft-deleted: ${where}${message}`,
      who: "someone with Contributor on the resource group (portal, Recently deleted); or raise mlscore:generation by one",
      command: `pulumi config set mlscore:generation N --stack ${stack}`,
    };
  }
  return {
    missing: `Azure rejects the template: ${where}${message} (${code})`,
    who: "you: change the settings that declare it",
    command: `npm run render -- --stack ${stack} --out OUT && az deployment group validate --subscription ${subscriptionId} --resource-group GROUP --template-file OUT/arm.json`,
  };
}
