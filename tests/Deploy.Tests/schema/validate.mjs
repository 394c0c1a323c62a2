// Checks Kubernetes objects against the API's own schema: standard input is a JSON array of objects; every fault is printed
// on a line of its own.
import { readFileSync } from 'node:fs';
import { faultsOf } from './faults.mjs';

const faults = [];
for (const object of JSON.parse(readFileSync(0, 'utf8'))) faults.push(...await faultsOf(object));

console.log(faults.join('\n'));
process.exitCode = faults.length ? 1 : 0;
