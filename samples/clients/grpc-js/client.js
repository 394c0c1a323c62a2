'use strict';
// Onboards an application, runs it, follows it and removes it again: client.js FOLDER, which has hello.json and bad.json.
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const protobuf = require('protobufjs');

const folder = process.argv[2];
const PROTOS = path.resolve(__dirname, '../../../protos');
const { mano } = grpc.loadPackageDefinition(loader.loadSync(
  ['mano/onboarding/v1/onboarding.proto', 'mano/lifecycle/v1/lifecycle.proto', 'mano/lifecycle/v1/operation.proto'],
  { includeDirs: [PROTOS], keepCase: true, longs: String, enums: String, defaults: true }));
const address = process.env.MEO ?? '127.0.0.1:7400';
const client = (Service) => new Service(address, grpc.credentials.createInsecure());
const packages = client(mano.onboarding.v1.OnboardingService);
const instances = client(mano.lifecycle.v1.LifecycleService);
const operations = client(mano.lifecycle.v1.OperationService);

// A key of its own: after a lost answer, the same call with the same key gives the same answer.
const once = () => {
  const metadata = new grpc.Metadata();
  metadata.set('idempotency-key', crypto.randomUUID());
  return metadata;
};
const soon = () => ({ deadline: Date.now() + 30_000 }); // no more time than this for the answer

const call = (service, method, request) => new Promise((resolve, reject) => {
  service[method](request, once(), soon(), (error, response) => (error ? reject(error) : resolve(response)));
});

// Every fault of a refusal, with its path, from the status that travels in the trailers.
const rpc = protobuf.loadSync(path.join(__dirname, '../protos/google/rpc/details.proto'));
function faults(error) {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  const { details } = bytes ? rpc.lookupType('google.rpc.Status').decode(bytes) : { details: [] };
  return details.filter((d) => d.type_url.endsWith('/google.rpc.BadRequest'))
    .flatMap((d) => rpc.lookupType('google.rpc.BadRequest').decode(d.value).fieldViolations);
}

async function onboard(file) {
  const { app_package: made } = await call(packages, 'CreateAppPackage', {});
  try {
    return await new Promise((resolve, reject) => {
      const upload = packages.UploadAppPackage(once(), soon(), (error, response) => (error ? reject(error) : resolve(response.app_package)));
      upload.write({ header: { app_package_id: made.app_package_id, file_name: file } });
      upload.write({ chunk: fs.readFileSync(path.join(folder, file)) });
      upload.end();
    });
  } catch (refused) {
    await call(packages, 'DeleteAppPackage', { app_package_id: made.app_package_id });
    throw refused;
  }
}

// Each message says where to go on: nothing is lost or told twice, whatever happened to the stream or to the MEO.
async function follow(operationId, loseAfter = 0) {
  const request = { operation_id: operationId, progress_interval: { seconds: 30 } };
  let last;
  for (;;) {
    const watch = operations.WatchOperation(request);
    try {
      for await (const message of watch) {
        request.resume_token = message.resume_token;
        if (!message.operation) {
          continue; // nothing changed
        }
        last = message.operation;
        console.log(`change ${last.revision}: ${last.detailed_state}`);
        loseAfter -= 1;
        if (loseAfter === 0) {
          watch.cancel(); // this sample loses its connection on purpose
        }
      }
      return last;
    } catch (lost) {
      if (lost.code !== grpc.status.UNAVAILABLE && lost.code !== grpc.status.CANCELLED) {
        throw lost;
      }
      console.log('resumed');
    }
  }
}

async function main() {
  try {
    await onboard('bad.json');
  } catch (refused) {
    console.log(`refused: ${grpc.status[refused.code]}`);
    for (const fault of faults(refused)) {
      console.log(`fault at ${fault.field}: ${fault.description}`);
    }
  }

  const hello = await onboard('hello.json');
  console.log(`onboarded ${hello.app_name}`);

  const { app_instance: instance } = await call(instances, 'CreateAppInstance', { app_package_id: hello.app_package_id, app_instance_name: 'from-grpc-js' });
  const { operation: instantiate } = await call(instances, 'InstantiateAppInstance', { app_instance_id: instance.app_instance_id, timeout: { seconds: 300 } });
  console.log(`instantiated: ${(await follow(instantiate.operation_id, 1)).state}`);

  // Names and states alone, of those that run, two at a time.
  const wanted = {
    filter: 'instantiation_state = INSTANTIATED AND app_name = hello-*', order_by: 'create_time desc', page_size: 2,
    read_mask: { paths: ['app_instance_name', 'instantiation_state', 'location.site_id'] },
  };
  do {
    const page = await call(instances, 'ListAppInstances', wanted);
    page.app_instances.forEach((found) => console.log(`listed ${found.app_instance_name} at ${found.location.site_id}`));
    wanted.page_token = page.next_page_token;
  } while (wanted.page_token);

  const { operation: terminate } = await call(instances, 'TerminateAppInstance', { app_instance_id: instance.app_instance_id });
  console.log(`terminated: ${(await follow(terminate.operation_id)).state}`);
  await call(instances, 'DeleteAppInstance', { app_instance_id: instance.app_instance_id });
  await call(packages, 'SetAppPackageOperationalState', { app_package_id: hello.app_package_id, operational_state: 'OPERATIONAL_STATE_DISABLED' });
  await call(packages, 'DeleteAppPackage', { app_package_id: hello.app_package_id });
  console.log('deleted');
}

main().catch((error) => { console.error(error); process.exitCode = 1; });
