// Trusted certificates, from options and environment variables.

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

/** Creates two CAs, and a certificate for `localhost` from the first. */
function makeCertificates() {
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  for (const name of ['ca', 'other']) {
    openssl('req', '-x509', ...key, '-subj', `/CN=CA ${name}`, '-keyout', `${name}.key`, '-out', `${name}.pem`);
  }
  writeFileSync(file('names'), 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n');
  openssl('req', ...key.slice(0, -2), '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr');
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'server.csr', ...signing, '-out', 'server.pem');
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'renumerate-tls-'));
  makeCertificates();
  server = createServer(
    { key: readFileSync(file('server.key')), cert: readFileSync(file('server.pem')) },
    (request, response) => {
      request
        .resume()
        .on('end', () => response.setHeader('content-type', 'application/json').end(JSON.stringify({ id: ID })));
    },
  );
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
});

after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

/** Starts a program that calls the server and prints the id prefix or the error. */
function program(options, env) {
  const clientOptions = {
    privateKey: 'sk_x',
    baseUrl: `https://localhost:${server.address().port}`,
    maxRetries: 0,
    ...options,
  };
  const code = `
    import { Renumerate } from '@renumerate/node';
    const client = new Renumerate(${JSON.stringify(clientOptions)});
    const describe = ({ name, phase, message }) => [name, phase, message].join(' ');
    const call = client.createRetentionSession({ customerId: 'cus_1' });
    console.log(await call.then(({ id }) => id.slice(0, 4), describe));`;
  return start([process.execPath, '--input-type=module', '--eval', code], { env });
}

const call = (options, env) => finish(program(options, env));

// Rules: S13
test('unknown CA is rejected with an error that names the option', async () => {
  match(await call({}), /^RenumerateNetworkError tls .*caBundle/);
});

// Rules: S13
test('CA is trusted through the option, RENUMERATE_CA_BUNDLE and NODE_EXTRA_CA_CERTS', async () => {
  strictEqual(await call({ caBundle: file('ca.pem') }), 'ret_\n');
  strictEqual(await call({}, { RENUMERATE_CA_BUNDLE: file('ca.pem') }), 'ret_\n');
  strictEqual(await call({}, { NODE_EXTRA_CA_CERTS: file('ca.pem') }), 'ret_\n');
});

test('caBundle and NODE_EXTRA_CA_CERTS are combined, and an invalid extra file is ignored', async () => {
  // Node prints a warning, which `finish` would reject.
  const { code, out } = await program({ caBundle: file('ca.pem') }, { NODE_EXTRA_CA_CERTS: file('server.key') }).exited;
  deepStrictEqual([code, out], [0, 'ret_\n']);
  strictEqual(await call({ caBundle: file('other.pem') }, { NODE_EXTRA_CA_CERTS: file('ca.pem') }), 'ret_\n');
});
