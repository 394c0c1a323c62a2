'use strict';
// A foreign gRPC client: client.js HOST:PORT CASE. Exit code 0 and "ok CASE", or what went wrong.
const assert = require('assert');
const { once } = require('events');
const { grpc, ProbeService, say, details, echoed } = require('./probe');

const MANY = 10000;
const FOREIGN = 'größer als 100%41 ✓\nzweite Zeile';
const { status } = grpc;
const [, , address, name] = process.argv;
const gzip = name === 'gzip' ? { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip } : {};
const client = new ProbeService(address, grpc.credentials.createInsecure(), gzip);

// A unary call: its response and all metadata, or its error.
const unary = (request, metadata = new grpc.Metadata(), options = {}, method = 'Unary') => new Promise((resolve, reject) => {
  let initial;
  let response;
  const call = client[method](request, metadata, options, (error, value) => {
    response = value;
    if (error) {
      reject(error);
    }
  });
  call.on('metadata', (received) => { initial = received; });
  call.on('status', (end) => resolve({ response, initial, trailing: end.metadata }));
});

const failure = (promise) => promise.then(() => assert.fail('the call succeeded'), (error) => error);

const collect = async (call, into = []) => {
  for await (const response of call) {
    into.push(response.number);
  }
  return into;
};

const numbers = Array.from({ length: MANY }, (_, i) => i);

async function send(call, requests) {
  for (const request of requests) {
    if (!call.write(request)) {
      await once(call, 'drain');
    }
  }
  call.end();
}

const clientStream = (requests) => new Promise((resolve, reject) => {
  const call = client.ClientStream((error, response) => (error ? reject(error) : resolve(response)));
  send(call, requests).catch(reject);
});

const line = () => once(process.stdin.resume(), 'data');

const cases = {
  async unary() {
    const payload = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const { response } = await unary({ text: 'grüße', number: 7, payload });
    assert.deepStrictEqual([response.text, response.number, response.payload], ['grüße', 7, payload]);
  },

  async client_stream() {
    const response = await clientStream(numbers.map((number) => ({ number })));
    assert.deepStrictEqual([response.count, response.sum], [MANY, (MANY * (MANY - 1)) / 2]);
  },

  async server_stream() {
    assert.deepStrictEqual(await collect(client.ServerStream({ responses: MANY })), numbers);
  },

  async duplex() {
    const call = client.Duplex();
    const read = collect(call);
    await send(call, numbers.map((number) => ({ number })));
    assert.deepStrictEqual(await read, numbers);
  },

  async slow_reader() {
    let read = 0;
    for await (const response of client.ServerStream({ responses: MANY, response_size: 4096 })) {
      if (read === 0) {
        say('reading stops');
        await line();
      }
      read += 1;
      assert.strictEqual(response.payload.length, 4096);
    }
    assert.strictEqual(read, MANY);
  },

  async deadline() {
    await unary({});
    const error = await failure(unary({ hang: true }, new grpc.Metadata(), { deadline: Date.now() + 5000 }));
    assert.strictEqual(error.code, status.DEADLINE_EXCEEDED);
  },

  async cancel() {
    const call = client.Duplex();
    call.write({ number: 1 });
    call.write({ hang: true });
    assert.strictEqual((await once(call, 'data'))[0].number, 1);
    const ended = once(call, 'error');
    call.cancel();
    assert.strictEqual((await ended.catch((error) => [error]))[0].code, status.CANCELLED);
    await line();
  },

  async error_message() {
    const error = await failure(unary({ fail_code: 9, fail_message: FOREIGN }));
    assert.deepStrictEqual([error.code, error.details], [status.FAILED_PRECONDITION, FOREIGN]);
  },

  async failure_in_a_stream() {
    const read = [];
    const error = await failure(collect(client.ServerStream({ responses: 10, fail_after: 3, fail_code: 8, fail_message: 'enough' }), read));
    assert.deepStrictEqual([read, error.code, error.details], [[0, 1, 2], status.RESOURCE_EXHAUSTED, 'enough']);
  },

  async metadata() {
    const sent = new grpc.Metadata();
    sent.add('echo-text', 'plain text');
    sent.add('echo-bytes-bin', Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
    sent.add('echo-one-bin', Buffer.from([0]));
    const { initial, trailing } = await unary({ echo_metadata: true }, sent);
    for (const received of [initial, trailing]) {
      assert.deepStrictEqual({ ...echoed(received).getMap() }, { ...sent.getMap() });
    }
  },

  async details() {
    const error = await failure(unary({ fail_code: 5, fail_message: 'gone', fail_details: true }));
    assert.deepStrictEqual([error.code, error.details], [status.NOT_FOUND, 'gone']);
    assert.deepStrictEqual(error.metadata.get('grpc-status-details-bin'), [details]);
  },

  async gzip() {
    const text = 'a'.repeat(10000);
    assert.strictEqual((await unary({ text, gzip: true })).response.text, text);
    assert.strictEqual((await clientStream(numbers.slice(0, 100).map((number) => ({ number, text })))).count, 100);
  },

  async over_limit() {
    assert.strictEqual((await failure(unary({ payload: Buffer.alloc(5 * 1024 * 1024) }))).code, status.RESOURCE_EXHAUSTED);
    assert.strictEqual((await failure(unary({ response_size: 5 * 1024 * 1024 }))).code, status.RESOURCE_EXHAUSTED);
    assert.strictEqual((await unary({ text: 'next' })).response.text, 'next');
  },

  async unknown_method() {
    assert.strictEqual((await failure(unary({}, new grpc.Metadata(), {}, 'Missing'))).code, status.UNIMPLEMENTED);
    const nobody = new Promise((resolve, reject) => {
      client.makeUnaryRequest('/probe.v1.Nobody/Unary', () => Buffer.alloc(0), (b) => b, {}, (error) => (error ? reject(error) : resolve()));
    });
    assert.strictEqual((await failure(nobody)).code, status.UNIMPLEMENTED);
  },

  async trailers_only() {
    const error = await failure(unary({ fail_code: 7 }));
    assert.deepStrictEqual([error.code, error.details], [status.PERMISSION_DENIED, '']);
    assert.deepStrictEqual(await collect(client.ServerStream({})), []);
  },

  async huge_metadata() {
    const sent = new grpc.Metadata();
    for (let i = 0; i < 1024; i += 1) {
      sent.add(`big-${i}`, 'x'.repeat(1024));
    }
    const error = await failure(unary({}, sent, { deadline: Date.now() + 20000 }));
    assert.notStrictEqual(error.code, status.DEADLINE_EXCEEDED);
    assert.strictEqual((await unary({ text: 'next' })).response.text, 'next');
  },
};

const started = Date.now();
cases[name]().then(
  () => { say(`ok ${name} ${Date.now() - started} ms`); process.exit(0); },
  (error) => { console.error(error); process.exit(1); },
);
