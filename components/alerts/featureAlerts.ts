import type { Alert, Watched } from "./alert";

/** A table of the Log Analytics workspace with what Application Insights gets (Azure Monitor, table AppMetrics). */
const METRICS = "AppMetrics";

/** The gauge of the scoring code, in seconds (scoring/src/flashflood_azureml/measures.py). */
const AGE = "mlscore.feature_table.age";

/** Reports of processes, one a minute each: a table that is being replaced is old for a moment. */
const FEWEST = 10;

/** An alert on the age of the features that answers are computed from; none without a limit for it. */
export function featureAlerts({ objectives: { featureAgeHours } }: Watched): Alert[] {
  if (featureAgeHours === undefined) return [];
  return [
    {
      name: "FeaturesStale",
      severity: 2,
      summary: `Answers are computed from features that are older than ${featureAgeHours} hours.`,
      runbook: "features-stale",
      panel: "requests",
      log: {
        query: [
          METRICS,
          `| where TimeGenerated > ago(1h) and Name == "${AGE}"`,
          `| summarize Old = countif(Sum > ${featureAgeHours * 3600})`,
          `| where Old >= ${FEWEST}`,
        ].join("\n"),
        window: "PT1H",
        frequency: "PT15M",
      },
    },
  ];
}
