'use strict';
// The probe service, from its proto file: nothing is generated.
const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const file = path.join(__dirname, '..', '..', '..', 'Probe', 'protos', 'probe.proto');
const definition = loader.loadSync(file, { keepCase: true, longs: Number, defaults: true });

exports.grpc = grpc;
exports.ProbeService = grpc.loadPackageDefinition(definition).probe.v1.ProbeService;
exports.say = (line) => process.stdout.write(`${line}\n`);

// What a google.rpc.Status with one google.rpc.ResourceInfo looks like on the wire: code 5, a message, one detail.
exports.details = Buffer.concat([
  Buffer.from([0x08, 5, 0x12, 4]), Buffer.from('gone'), Buffer.from([0x1a, 0x3c, 0x0a, 0x2b]),
  Buffer.from('type.googleapis.com/google.rpc.ResourceInfo'),
  Buffer.from([0x12, 0x0d, 0x0a, 5]), Buffer.from('probe'), Buffer.from([0x12, 4]), Buffer.from('mano'),
]);

// The entries of metadata whose key begins with "echo-".
exports.echoed = (metadata) => {
  const result = new grpc.Metadata();
  for (const key of Object.keys(metadata.getMap()).filter((k) => k.startsWith('echo-'))) {
    metadata.get(key).forEach((value) => result.add(key, value));
  }
  return result;
};
