/** Runs SQL given on stdin with ClickHouse's own code, in the folder that it is started in; prints rows as lines of JSON arrays. */
import { readFileSync } from 'node:fs';
import { Session } from 'chdb';

const session = new Session();
process.stdout.write(session.query(readFileSync(0, 'utf8'), 'JSONCompactEachRow'));
session.cleanup();
