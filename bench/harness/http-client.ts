import { Agent, request } from 'node:http';

/** A request of the bench. */
export interface BenchRequest {
  readonly method?: 'GET' | 'POST' | 'PUT';
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, unless the headers say otherwise. */
  readonly body?: string | Uint8Array;
}

export interface BenchAnswer {
  readonly status: number;
  readonly body: string;
  /** ms from sending to the answer's last byte. */
  readonly ms: number;
}

/** workerd closes a connection that was idle for 5 s: one that is reused at that moment would be reset. */
const IDLE_MS = 3_000;

/** Sends requests to one server over connections that stay open; leaner than `fetch`, so that the client is not what is measured. */
export class HttpClient {
  readonly #url: URL;
  readonly #agent: Agent;

  constructor(url: string, connections: number) {
    this.#url = new URL(url);
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections, timeout: IDLE_MS });
  }

  send({ method = 'GET', path, headers, body }: BenchRequest): Promise<BenchAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<BenchAnswer>();
    const start = performance.now();
    const sent = request(
      {
        host: this.#url.hostname,
        port: this.#url.port,
        agent: this.#agent,
        method,
        path,
        headers: {
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const ms = performance.now() - start;
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8'), ms });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
    return promise;
  }

  /** Like `send`; throws when the status is not the expected one. */
  async expect(status: number, benchRequest: BenchRequest): Promise<BenchAnswer> {
    const answer = await this.send(benchRequest);
    if (answer.status === status) return answer;
    throw new Error(`${benchRequest.path} answered ${answer.status}: ${answer.body.slice(0, 300)}`);
  }

  close(): void {
    this.#agent.destroy();
  }
}
