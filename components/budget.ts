import * as consumption from "@pulumi/azure-native/consumption";
import * as pulumi from "@pulumi/pulumi";
import type { Budget } from "../config/budget";
import type { CommonConfig } from "../config/types";
import { resourceGroup } from "./resourceGroup";

/** Azure's name rules for budgets have 63 characters; one of a group needs no more than this. */
const NAME = "monthly-cost";

/** The stack's resource group, by its name, with the budget that the settings give it. */
export function budgetedGroup(config: CommonConfig, now: Date): pulumi.Output<string> {
  const name = resourceGroup(config);
  if (config.budget !== undefined) monthlyBudget(config, config.budget, name, now);
  return name;
}

/**
 * A month's budget of the group, with mail as soon as a share of it is spent, or forecast. It stops nothing.
 *
 * It begins in the month in which it is made, and Azure takes none before (see the assumption budget-start); later updates
 * leave the date as it is. Its logical name has the group's, because a budget of another group is another one, which begins
 * when it is made.
 */
function monthlyBudget(
  { subscription, resourceGroup: group }: CommonConfig,
  budget: Budget,
  groupName: pulumi.Output<string>,
  now: Date,
): void {
  const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  new consumption.Budget(
    `budget-${group.name}`,
    {
      budgetName: NAME,
      scope: pulumi.interpolate`/subscriptions/${subscription.id}/resourceGroups/${groupName}`,
      category: "Cost",
      timeGrain: "Monthly",
      amount: budget.amount,
      timePeriod: { startDate: month.toISOString().replace(".000", "") },
      notifications: {
        ...notifications("Actual", budget.actualPercent, budget),
        ...notifications("Forecasted", budget.forecastPercent, budget),
      },
    },
    { ignoreChanges: ["timePeriod"] },
  );
}

function notifications(
  thresholdType: "Actual" | "Forecasted",
  percents: readonly number[],
  { contactEmails, contactRoles }: Budget,
) {
  return Object.fromEntries(
    percents.map((threshold) => [
      `${thresholdType.toLowerCase()}-${String(threshold)}-percent`,
      {
        enabled: true,
        operator: "GreaterThanOrEqualTo",
        threshold,
        thresholdType,
        contactEmails: [...contactEmails],
        contactRoles: [...contactRoles],
      },
    ]),
  );
}
