'use strict';
// The REST pages: our routes, and of each what the OpenAPI files of two editions of the standard know of it: parameters and status codes.
const fs = require('fs');
const path = require('path');
const yaml = require('js-yaml'); // of @stoplight/prism-cli, whose version is fixed

const routes = require('./routes.json');
const SUPPORT = ['/mec_app_support/v1', '/mec_app_support/v2'];
const FILES = {
  app_pkgm: ['gs010-2-v2.1.1/MEC010-2_AppPkgMgmt.yaml', 'MEC01002_AppPkgMgmt.yaml'],
  app_lcm: ['gs010-2-v2.1.1/MEC010-2_AppLcm.yaml', 'MEC01002_AppLcm.yaml'],
  granting: ['gs010-2-v2.1.1/MEC010-2_AppGrant.yaml', 'MEC01002_AppGrant.yaml'],
  mec_app_support: ['gs011/MecAppSupportApi.yaml', 'MecAppSupportApi.yaml'],
  mec_service_mgmt: ['gs011/MecServiceMgmtApi.yaml', 'MecServiceMgmtApi.yaml'],
};
const plain = (p) => p.replace(/\{[^}]*\}/g, '{}');

module.exports = (folder, pages) => {
  const known = {};
  for (const [api, [old, latest]] of Object.entries(FILES)) {
    known[api] = [['2021', `mec-forge-2021/${old}`], ['2026', `mec-forge-2026/${latest}`]].map(([year, file]) => [year, operations(path.join(folder, file))]);
  }

  pages.set('rest-mec010-2.md', page(
    'MEC 010-2 over REST', 'Served by the MEO on its HTTP port. [How to use it](../how-to/use-the-rest-api.md); what is said in the same words over gRPC: [index](README.md).',
    routes.meo, known, [
      '## States', '',
      '| resource | attribute | states |', '|---|---|---|',
      '| package | onboardingState | CREATED → UPLOADING → PROCESSING → ONBOARDED; a refused upload goes back to CREATED |',
      '| package | operationalState | ENABLED, DISABLED |',
      '| package | usageState | IN_USE, NOT_IN_USE |',
      '| instance | instantiationState | NOT_INSTANTIATED, INSTANTIATED |',
      '| instance | operationalState | STARTED, STOPPED |',
      '| operation | operationState | STARTING → PROCESSING → COMPLETED or FAILED; FAILED_TEMP when undoing gave up |', '',
      '## What holds everywhere', '',
      '| | |', '|---|---|',
      '| lists | `filter`, `fields`, `exclude_fields`, `exclude_default`, `all_fields`, `nextpage_opaque_marker`; the next page is in `Link` |',
      '| repeating | `Idempotency-Key` on what changes something ([asking twice](../theory/idempotency.md)) |',
      '| reading again | `ETag`, `If-None-Match`, `If-Match` where a resource changes |',
      '| failures | ProblemDetails (RFC 9457): 400 wrong in itself, 404 not there, 409 the state or the room forbids it, 412 stale ETag, 416 no such range, 503 not now |',
    ]));
  pages.set('rest-mp1.md', page(
    'Mp1 over REST', 'Served by the MEC platform to applications (MEC 011), which it knows by their address. `/mec_app_support` has two versions, `v1` and `v2`, that answer alike.',
    routes.platform.flatMap(([m, p, what]) => (p.startsWith('{support}') ? [[m, p.replace('{support}', SUPPORT[1]), what]] : [[m, p, what]])), known, []));
};

function operations(file) {
  const api = yaml.load(fs.readFileSync(file, 'utf8'));
  const resolve = (x) => (x.$ref ? x.$ref.slice(2).split('/').reduce((at, key) => at[key], api) : x);
  const found = new Map();
  for (const [route, item] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (['get', 'post', 'put', 'patch', 'delete'].includes(method)) {
        const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolve);
        found.set(`${method.toUpperCase()} ${plain(route)}`, {
          query: method !== 'get' || route.endsWith('}') || route.endsWith('/appd') ? [] : parameters.filter((p) => p.in === 'query').map((p) => p.name),
          codes: Object.keys(operation.responses ?? {}).filter((c) => /^\d/.test(c)),
        });
      }
    }
  }
  return found;
}

function page(title, intro, served, known, more) {
  const lines = [`# ${title}`, '', intro, ''];
  let api = '';
  for (const [method, route, what] of served) {
    const [, name, version] = route.split('/');
    if (`${name}/${version}` !== api) {
      api = `${name}/${version}`;
      lines.push('', `## /${api}`, '', '| | path | what it does | query | status codes | in the standard of |', '|---|---|---|---|---|---|');
    }
    const below = plain(route.slice(`/${api}`.length));
    const found = known[name].map(([year, all]) => [year, all.get(`${method} ${below}`)]).filter(([, operation]) => operation);
    const merged = (of) => [...new Set(found.flatMap(([, operation]) => of(operation)))];
    const query = merged((o) => o.query).map((q) => `\`${q}\``).join(' ');
    const codes = merged((o) => o.codes).sort().join(' ');
    lines.push(`| ${method} | \`${route.slice(api.length + 1)}\` | ${what} | ${query} | ${codes} | ${found.map(([year]) => year).join(', ') || 'beyond it'} |`);
  }
  return [...lines, '', ...more].join('\n');
}
