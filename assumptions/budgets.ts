import { documented, reported, type Assumption } from "./assumption";

const REST = "Azure REST API, Budgets - Create Or Update (2024-08-01)";

/** What a resource group may cost in a month. */
export const budgets = {
  "budget-start": {
    statement:
      "A budget starts on the first of a month, from June 2017 on; a new monthly one in the current month or up to twelve months later. An update may leave an older date as it is.",
    evidence: reported(
      `${REST}, timePeriod; hashicorp/terraform-provider-azurerm pull request 12121 (not before the current month); of updates nothing is said`,
    ),
    check:
      "PUT of a budget that starts on the second of a month, of one that starts a month ago, and of another amount a month later",
    dependents: ["components/budget.ts"],
  },
  "budget-amount": {
    statement:
      "The amount of a budget is above 0, in the currency in which the subscription is billed.",
    evidence: reported(
      "hashicorp/terraform-provider-azurerm, consumption budgets (amount above 0); the currency: Microsoft Learn, Create and manage budgets",
    ),
    check: "PUT of a budget with the amount 0",
    dependents: ["config/budget.ts"],
  },
  "budget-notifications": {
    statement: "A budget has at most five notifications.",
    evidence: documented(REST),
    check: "PUT of a budget with six",
    dependents: ["config/budget.ts"],
  },
  "budget-threshold": {
    statement: "The threshold of a notification is 0 to 1000 percent of the amount.",
    evidence: documented(REST),
    check: "PUT of a budget with a threshold of 1001",
    dependents: ["config/budget.ts"],
  },
  "budget-contact": {
    statement:
      "A notification of a group's budget names at least one e-mail address or action group; roles alone are not enough.",
    evidence: documented(REST),
    check: "PUT of a budget whose notification names a role alone",
    dependents: ["config/budget.ts"],
  },
} as const satisfies Readonly<Record<string, Assumption>>;
