// For each line of standard input, a Kubernetes object in JSON: a line with the array of its faults.
import { createInterface } from 'node:readline';
import { faultsOf } from '../../../Deploy.Tests/schema/faults.mjs';

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await faultsOf(JSON.parse(line))));
}
