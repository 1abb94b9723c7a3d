import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { ALERTS } from "./allAlerts";

/** Prometheus' own test of rules (Debian package prometheus). */

/** Values of series, a step apart, in promtool's notation. */
export type Series = Readonly<Record<string, string>>;

export interface Run {
  readonly name: string;
  readonly series: Series;
  /** Minutes between two values and two evaluations; more than one for windows of days, which would take minutes. @default 1 */
  readonly step?: number;
  /** After so many minutes … */
  readonly at: number;
  /** … these alerts fire, and no other. */
  readonly firing: readonly string[];
  /** Not at that moment alone: at any moment before. */
  readonly since?: "the beginning";
}

/** Why there is no promtool; undefined when there is. */
export function whyNoPromtool(): string | undefined {
  const { status } = spawnSync("promtool", ["--version"]);
  return status === 0 ? undefined : "promtool is missing (Debian: apt-get install prometheus)";
}

export interface Evaluation {
  readonly expression: string;
  /** Value by labels, `{pod="a"}`. */
  readonly samples: Readonly<Record<string, number>>;
}

/** What promtool says to the values of expressions over series a minute apart, after so many minutes. */
export function testValues(
  series: Series,
  at: number,
  evaluations: readonly Evaluation[],
): { readonly ok: boolean; readonly output: string } {
  return runPromtool([
    {
      name: "values.yml",
      content: {
        evaluation_interval: "1m",
        tests: [
          {
            interval: "1m",
            input_series: inputSeries(series),
            promql_expr_test: evaluations.map(({ expression, samples }) => ({
              expr: expression,
              eval_time: `${at}m`,
              exp_samples: Object.entries(samples).map(([labels, value]) => ({ labels, value })),
            })),
          },
        ],
      },
    },
  ]);
}

/** What promtool says to the alerts' rules in all runs, each from an empty database. */
export function testRules(runs: readonly Run[]): { readonly ok: boolean; readonly output: string } {
  const steps = [...new Set(runs.map(({ step = 1 }) => step))];
  return runPromtool(
    steps.map((step) => ({
      name: `every-${step}-minutes.yml`,
      content: tests(
        runs.filter((run) => (run.step ?? 1) === step),
        step,
      ),
    })),
  );
}

function runPromtool(files: readonly { readonly name: string; readonly content: unknown }[]) {
  const folder = mkdtempSync(join(tmpdir(), "mlscore-promtool-"));
  try {
    writeFileSync(join(folder, "rules.yml"), stringify(rules()));
    for (const { name, content } of files) writeFileSync(join(folder, name), stringify(content));
    const names = files.map(({ name }) => name);
    const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", ...names], {
      cwd: folder,
      encoding: "utf8",
    });
    return { ok: status === 0, output: `${stdout}${stderr}` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function rules() {
  const prometheus = ALERTS.flatMap(({ name, prometheus: rule }) =>
    rule === undefined ? [] : [{ alert: name, expr: rule.expression, for: duration(rule.for) }],
  );
  return { groups: [{ name: "alerts", interval: "1m", rules: prometheus }] };
}

function inputSeries(series: Series) {
  return Object.entries(series).map(([selector, values]) => ({ series: selector, values }));
}

/** `PT15M` → `15m` */
function duration(iso: string): string {
  return iso.replace("PT", "").toLowerCase();
}

function tests(runs: readonly Run[], step: number) {
  return {
    rule_files: ["rules.yml"],
    evaluation_interval: `${step}m`,
    tests: runs.map(({ name, series, at, firing, since }) => ({
      name,
      interval: `${step}m`,
      input_series: inputSeries(series),
      promql_expr_test: [
        {
          expr:
            since === undefined
              ? 'group by (alertname) (ALERTS{alertstate="firing"})'
              : `group by (alertname) (max_over_time(ALERTS{alertstate="firing"}[${at}m]))`,
          eval_time: `${at}m`,
          exp_samples: [...firing]
            .sort()
            .map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 })),
        },
      ],
    })),
  };
}
