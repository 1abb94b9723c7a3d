/** Finds the processes of a state directory in the system's list of processes, whatever its files say. */
import { z } from "zod";

import { runCommand } from "./command";
import { readJson } from "./readJson";

export interface EndpointProcesses {
  readonly supervisors: readonly number[];
  /** Leaders of the scoring processes' groups. */
  readonly groups: readonly number[];
}

interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly command: string;
}

/** The command lines of a supervisor: of its own (spawnSupervisor.ts) and inside `up`. */
const SUPERVISOR = /\blocal[/\\](cli|endpoint[/\\]main)\.ts\b/;

/** Groups by token, as stateDirectory.ts writes them. */
const recordedSchema = z.record(z.string(), z.number());

/**
 * A scoring process has a token and the state directory in its command line (serverProcess.ts); a supervisor with a process of
 * its own has the directory there too (spawnSupervisor.ts). Any other supervisor is the parent of a scoring process.
 * A process id that was written down counts together with its token only: the system uses ids again.
 */
export async function endpointProcesses(paths: {
  readonly directory: string;
  readonly home: string;
  readonly processes: string;
}): Promise<EndpointProcesses> {
  const listed = await listProcesses();
  const recorded = Object.entries(readJson(paths.processes, recordedSchema) ?? {});
  const scoring = listed.filter(
    ({ command, group }) =>
      (command.includes(" --token ") && hasOption(command, "--home", paths.home)) ||
      recorded.some(([token, leader]) => leader === group && hasOption(command, "--token", token)),
  );
  const parents = new Set(scoring.map(({ parent }) => parent));
  const supervisors = listed.filter(
    ({ pid, command }) =>
      SUPERVISOR.test(command) &&
      (parents.has(pid) || hasOption(command, "--state", paths.directory)),
  );
  return {
    supervisors: supervisors.map(({ pid }) => pid),
    groups: [...new Set(scoring.map(({ group }) => group))],
  };
}

async function listProcesses(): Promise<Listed[]> {
  const listed: Listed[] = [];
  // Line by line: the list can be longer than the output that is kept.
  await runCommand("ps", ["-A", "-ww", "-o", "ppid=,pid=,pgid=,args="], {
    timeoutMs: 5000,
    onLine(line) {
      const [, parent, pid, group, command] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s(.*)$/.exec(line) ?? [];
      if (command === undefined) return;
      listed.push({ parent: Number(parent), pid: Number(pid), group: Number(group), command });
    },
  });
  return listed;
}

function hasOption(command: string, option: string, value: string): boolean {
  return `${command} `.includes(` ${option} ${value} `);
}
