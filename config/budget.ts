import { z } from "zod";
import { matching } from "./fields";
import { wholeNumber } from "./azureml/yamlValues";

/** What a month may cost, and who hears of it. */
export interface Budget {
  /** A month, in the currency in which the subscription is billed: Azure takes no other. */
  readonly amount: number;
  readonly contactEmails: readonly string[];
  /** Roles of Azure RBAC whose holders on the group hear of it too. */
  readonly contactRoles: readonly string[];
  /** Percent of the amount, by what has been spent and by what Azure forecasts for the month. */
  readonly actualPercent: readonly number[];
  readonly forecastPercent: readonly number[];
}

/** Azure REST API, Budgets - Create Or Update (2024-08-01): notifications of a budget, and limits of their thresholds. */
const MOST_NOTIFICATIONS = 5;
const MOST_PERCENT = 1000;

function percents(wanted: readonly number[]) {
  return z
    .array(wholeNumber(1, MOST_PERCENT, "percent of the amount"))
    .refine((all) => new Set(all).size === all.length, { message: "names a percentage twice" })
    .default([...wanted]);
}

/** The setting `budget` of a stack. Azure wants an e-mail address or an action group in each notification. */
export const budgetSettings = z
  .strictObject({
    amount: wholeNumber(1, 1_000_000_000, "a month, in the subscription's currency"),
    contactEmails: z
      .array(matching(/^[^\s@,;]+@[^\s@,;.]+(?:\.[^\s@,;.]+)+$/, "an e-mail address"))
      .min(1, { message: "names nobody; Azure wants an address in each notification" }),
    contactRoles: z.array(matching(/^[A-Za-z][\w ]{0,63}$/, "a role such as Owner")).default([]),
    actualPercent: percents([80, 100]),
    forecastPercent: percents([100]),
  })
  .refine(
    ({ actualPercent, forecastPercent }) => {
      const count = actualPercent.length + forecastPercent.length;
      return count > 0 && count <= MOST_NOTIFICATIONS;
    },
    {
      message: `must have 1 to ${String(MOST_NOTIFICATIONS)} percentages in all: Azure takes no more`,
    },
  );
