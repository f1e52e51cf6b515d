// Which process is whose, read from /proc: the lab signals the process inside its namespaces, not the one that entered.
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The pid of the only child of a process that forks once (unshare, nsenter). Throws while it has none. */
export function childPidOf(parent: ChildProcess): number {
  const pid = findChildPid(parent);
  if (pid === undefined) throw new Error(`Process ${parent.pid} has no child.`);
  return pid;
}

export function findChildPid(parent: ChildProcess): number | undefined {
  try {
    const text = readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8');
    const [first] = text.split(' ').filter((word) => word !== '');
    return first === undefined ? undefined : Number(first);
  } catch {
    return undefined;
  }
}

/** The pids of all processes on this machine that live in the pid namespace of `pid`, itself included. */
export function processesSharingPidNamespaceOf(pid: number): number[] {
  const namespace = pidNamespaceOf(pid);
  if (namespace === undefined) return [];
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((candidate) => pidNamespaceOf(candidate) === namespace);
}

export function pidNamespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}
