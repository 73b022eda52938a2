// Which certificates are trusted, by each way there is to name them.

import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ID } from './fixtures.mjs';
import { finish, start } from './programs.mjs';

let folder;
let server;
const file = (name) => join(folder, name);

/** An authority and its certificate for `localhost`, and another authority. */
function makeCertificates() {
  const openssl = (...given) => execFileSync('openssl', given, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  for (const name of ['ca', 'other']) {
    openssl(
      'req',
      '-x509',
      ...key,
      '-subj',
      `/CN=The authority ${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
    );
  }
  writeFileSync(file('names'), 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n');
  openssl('req', ...key.slice(0, -2), '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr');
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'server.csr', ...signed, '-out', 'server.pem');
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'renumerate-tls-'));
  makeCertificates();
  server = createServer(
    { key: readFileSync(file('server.key')), cert: readFileSync(file('server.pem')) },
    (request, answer) => {
      request
        .resume()
        .on('end', () => answer.setHeader('content-type', 'application/json').end(JSON.stringify({ id: ID })));
    },
  );
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
});

after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

/** A program of its own, which prints what it gets from the server: the id's prefix, or the error. */
function program(options, env) {
  const given = {
    privateKey: 'sk_x',
    baseUrl: `https://localhost:${server.address().port}`,
    maxRetries: 0,
    ...options,
  };
  const code = `
    import { Renumerate } from '@renumerate/node';
    const client = new Renumerate(${JSON.stringify(given)});
    const told = ({ name, phase, message }) => [name, phase, message].join(' ');
    console.log(await client.createRetentionSession({ customerId: 'cus_1' }).then(({ id }) => id.slice(0, 4), told));`;
  return start([process.execPath, '--input-type=module', '--eval', code], { env });
}

const call = (options, env) => finish(program(options, env));

// Rules: S13
test('an authority that nobody knows is not trusted, and the error names the option', async () => {
  match(await call({}), /^NetworkError tls .*caBundle/);
});

// Rules: S13
test('an authority is trusted by the option, by our variable, and by that of Node', async () => {
  strictEqual(await call({ caBundle: file('ca.pem') }), 'ret_\n');
  strictEqual(await call({}, { RENUMERATE_CA_BUNDLE: file('ca.pem') }), 'ret_\n');
  strictEqual(await call({}, { NODE_EXTRA_CA_CERTS: file('ca.pem') }), 'ret_\n');
});

test('both files are trusted where there are two, and one that Node passes over is passed over', async () => {
  // Node warns of it, and `finish` would take that for a complaint.
  const { code, out } = await program({ caBundle: file('ca.pem') }, { NODE_EXTRA_CA_CERTS: file('server.key') }).ended;
  deepStrictEqual([code, out], [0, 'ret_\n']);
  strictEqual(await call({ caBundle: file('other.pem') }, { NODE_EXTRA_CA_CERTS: file('ca.pem') }), 'ret_\n');
});
