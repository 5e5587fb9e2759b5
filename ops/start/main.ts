/**
 * `npm start [-- --fresh] [--no-shoppers] [--port 8787] [--shop-port 8788]`. Runs `demo.ts` in a process group of its own: Ctrl-C
 * reaches every process of the terminal's group, workerd too, and the queue that lives in its memory would be lost.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const demo = fork(fileURLToPath(new URL('./demo.ts', import.meta.url)), process.argv.slice(2), { detached: true });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => demo.kill('SIGTERM'));
demo.on('exit', (code) => process.exit(code ?? 1));
