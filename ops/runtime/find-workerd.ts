import { readdir, readFile } from 'node:fs/promises';

/** Name of the environment variable that marks the workerd processes of one runtime. */
export const RUNTIME_MARK = 'VITRINE_RUNTIME';

/**
 * The process ids of the workerd that this process started with `mark` in its environment. Linux only (reads /proc);
 * elsewhere the list is empty.
 */
export async function findWorkerd(mark: string): Promise<number[]> {
  const wanted = `${RUNTIME_MARK}=${mark}`;
  const pids: number[] = [];
  for (const pid of await childProcesses()) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.split('\0').includes(wanted)) pids.push(pid);
  }
  return pids;
}

async function childProcesses(): Promise<number[]> {
  const threads = await readdir('/proc/self/task').catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/self/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}
