'use strict';
// A foreign gRPC server that does what the request says. Prints "listening PORT", then what it sees of cancelled calls.
const { once } = require('events');
const { setTimeout: sleep } = require('timers/promises');
const { grpc, ProbeService, say, details, echoed } = require('./probe');

function begin(call) {
  call.trailer = new grpc.Metadata();
  if (call.request.echo_metadata) {
    call.sendMetadata(echoed(call.metadata));
    call.trailer = echoed(call.metadata);
  }
}

async function obey(request, call, method) {
  if (request.hang) {
    say(`deadline ${call.getDeadline() === Infinity ? 'none' : 'set'}`);
    if (!call.cancelled) {
      await once(call, 'cancelled');
    }
    say(`cancelled ${method}`);
  }
  if (request.stubborn_ms) {
    await sleep(request.stubborn_ms);
  }
  if (request.throw_message) {
    throw new Error(request.throw_message);
  }
  if (request.fail_code) {
    const metadata = new grpc.Metadata();
    if (request.fail_details) {
      metadata.set('grpc-status-details-bin', details);
    }
    throw Object.assign(new Error(), { code: request.fail_code, details: request.fail_message, metadata });
  }
}

const answer = (request, number) => ({
  text: request.text,
  number,
  payload: request.response_size ? Buffer.alloc(request.response_size) : request.payload,
});

async function write(call, response) {
  if (!call.write(response)) {
    await once(call, 'drain');
  }
}

async function unary(call) {
  begin(call);
  await obey(call.request, call, 'Unary');
  return answer(call.request, call.request.number);
}

async function clientStream(call) {
  const response = { text: '', count: 0, sum: 0 };
  for await (const request of call) {
    await obey(request, call, 'ClientStream');
    response.text = request.text;
    response.count += 1;
    response.sum += request.number;
  }
  return response;
}

async function serverStream(call) {
  begin(call);
  const { request } = call;
  for (let number = 0; number < request.responses; number += 1) {
    if (request.fail_after && number === request.fail_after) {
      await obey(request, call, 'ServerStream');
    }
    await write(call, answer(request, number));
  }
  if (!request.fail_after) {
    await obey(request, call, 'ServerStream');
  }
}

// By events: async iteration over a duplex call of grpc-js stops after some thousand messages, with its own client too.
function duplex(call) {
  call.on('cancelled', () => say('ended Duplex'));
  return new Promise((resolve, reject) => {
    let before = Promise.resolve();
    call.on('data', (request) => {
      before = before.then(() => obey(request, call, 'Duplex')).then(() => {
        if (!call.write(answer(request, request.number))) {
          call.pause();
          call.once('drain', () => call.resume());
        }
      });
      before.catch(reject);
    });
    call.on('end', () => before.then(resolve, reject));
  });
}

const single = (serve) => (call, callback) => serve(call).then((response) => callback(null, response, call.trailer), callback);
const stream = (serve) => (call) => serve(call).then(() => call.end(call.trailer), (error) => call.emit('error', error));

const server = new grpc.Server();
server.addService(
  Object.fromEntries(Object.entries(ProbeService.service).filter(([name]) => name !== 'Missing')),
  { Unary: single(unary), ClientStream: single(clientStream), ServerStream: stream(serverStream), Duplex: stream(duplex) },
);
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error;
  }
  say(`listening ${port}`);
});
process.stdin.on('end', () => process.exit(0)).resume();
