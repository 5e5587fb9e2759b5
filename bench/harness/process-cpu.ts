import { readFile } from 'node:fs/promises';

/** Ticks a second in which Linux counts a process's time. */
const TICKS_PER_SECOND = 100;

/** CPU time that a process has used so far, user and system, in ms. Linux only. */
export async function processCpuMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The second field, the name, may hold spaces; it ends with the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
}
