import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { waitUntil } from '../../ops/wait-until.ts';

const SERVER = 'clickhouse-server';

/** A ClickHouse server of its own folder. */
export interface ClickHouseServer {
  readonly url: string;
  /** Ends it at once, as a machine that breaks does; its data stay. */
  kill(): Promise<void>;
  /** Starts it again, at the same address on the same data. */
  restart(): Promise<void>;
}

/** Whether Debian's server is there. */
export function hasClickHouseServer(): boolean {
  return spawnSync('which', [SERVER]).status === 0;
}

/** Starts Debian's ClickHouse server (18.16) with everything it writes in a folder. */
export async function startClickHouse(folder: string): Promise<ClickHouseServer> {
  mkdirSync(folder, { recursive: true });
  const ports = await freePorts(3);
  writeFileSync(path.join(folder, 'users.xml'), USERS);
  writeFileSync(path.join(folder, 'config.xml'), configOf(folder, ports));
  const url = `http://127.0.0.1:${ports[0]}`;
  let child: ChildProcess | undefined;
  const restart = async () => {
    child = spawn(SERVER, [`--config-file=${path.join(folder, 'config.xml')}`], { stdio: 'ignore', cwd: folder });
    const isThere = async () => (await fetch(`${url}/ping`).catch(() => undefined))?.ok === true;
    await waitUntil('ClickHouse is ready', isThere, 60_000);
  };
  await restart();
  return {
    url,
    restart,
    kill: async () => {
      const gone = new Promise((resolve) => child?.once('exit', resolve));
      child?.kill('SIGKILL');
      await gone;
    },
  };
}

const USERS = `<yandex>
  <profiles><default><max_memory_usage>2000000000</max_memory_usage></default></profiles>
  <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
  <quotas><default></default></quotas>
</yandex>
`;

function configOf(folder: string, [http, tcp, between]: readonly number[]): string {
  return `<yandex>
  <logger><level>warning</level><log>${folder}/server.log</log><errorlog>${folder}/errors.log</errorlog></logger>
  <http_port>${http}</http_port><tcp_port>${tcp}</tcp_port><interserver_http_port>${between}</interserver_http_port>
  <listen_host>127.0.0.1</listen_host>
  <path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path>
  <users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
  <mark_cache_size>100000000</mark_cache_size>
</yandex>
`;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}
