'use strict';
// Writes docs/reference from protos/ (and, where they are at hand, the OpenAPI files of the standard): generate.js [FOLDER]
// The protos are read by buf, with their comments. What the REST pages say in words is ours (routes.json); from the OpenAPI files
// come parameters and status codes alone. Without those files (MANO_SHARED, or ../shared) the REST pages stay as they are.
const fs = require('fs');
const path = require('path');
const { execFileSync } = require('child_process');

const root = path.resolve(__dirname, '../..');
const target = path.resolve(process.argv[2] || path.join(root, 'docs/reference'));
const { services, types, files } = require('./protos')(root, execFileSync);
const pages = new Map();

const slug = (heading) => heading.toLowerCase().replace(/[^\w\- ]/g, '').replace(/ /g, '-');
const cell = (text) => text.replace(/\|/g, '\\|').replace(/\n+/g, ' ').trim();

// A comment as Markdown. Tables of ours have no line under their head, and cells that go on in the next line.
function prose(comment) {
  const out = [];
  let table = [];
  const flush = () => {
    if (table.length > 0) {
      const [head, ...rows] = table;
      out.push('', `| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...rows.map((r) => `| ${r.join(' | ')} |`), '');
      table = [];
    }
  };
  for (const line of comment.split('\n').map((l) => l.trim())) {
    if (!line.startsWith('|')) {
      flush();
      out.push(line);
      continue;
    }
    const cells = line.slice(1, -1).split('|').map((c) => c.trim());
    const above = table[table.length - 1];
    if (table.length > 1 && above && cells.some((c) => c === '') && (cells[1] === '' || cells[0] === '')) {
      cells.forEach((c, i) => { above[i] = `${above[i]} ${c}`.trim(); });
    } else {
      table.push(cells);
    }
  }
  flush();
  return out.join('\n').replace(/\n{3,}/g, '\n\n').trim();
}

const packagePage = (name) => `${name}.md`;

// Requests and answers of one RPC are told with it; everything else on the page of its package.
const ofCalls = new Set(services.flatMap((s) => s.methods.flatMap((m) => [m.input, m.output])));

function link(type) {
  const found = types.get(type);
  if (!found) {
    return `\`${type}\``; // google.protobuf
  }
  return ofCalls.has(type) ? `\`${found.short}\`` : `[${found.short}](${packagePage(found.package)}#${slug(found.short)})`;
}

function typeOf(field) {
  const one = field.type ? link(field.type) : field.scalar;
  return field.map ? `map<${field.map.key}, ${field.map.type ? link(field.map.type) : field.map.scalar}>`
    : `${field.repeated ? 'repeated ' : field.optional ? 'optional ' : ''}${one}`;
}

function fieldTable(message) {
  if (message.fields.length === 0) {
    return 'No fields.';
  }
  const rows = message.fields.map((f) => {
    const oneof = f.oneof ? `One of \`${f.oneof}\`. ` : '';
    return `| \`${f.name}\` | ${typeOf(f)} | ${cell(oneof + f.comment)} |`;
  });
  return ['| field | type | meaning |', '|---|---|---|', ...rows].join('\n');
}

function nested(message) {
  return types.get(message).inside.map((inner) => typeText(inner, '####')).join('\n\n');
}

function typeText(name, level) {
  const type = types.get(name);
  const head = `${level} ${type.short}\n\n${prose(type.comment)}`;
  return type.values
    ? `${head}\n\n| value | number | meaning |\n|---|---|---|\n${type.values.map((v) => `| \`${v.name}\` | ${v.number} | ${cell(v.comment)} |`).join('\n')}`
    : `${head}\n\n${fieldTable(type)}`;
}

function servicePage(service) {
  const lines = [`# ${service.name}`, '', `\`${service.fullName}\` · [messages of ${service.package}](${packagePage(service.package)}) · [index](README.md)`, '', prose(service.comment)];
  for (const method of service.methods) {
    const kind = [method.clientStreaming ? 'a stream of requests' : '', method.serverStreaming ? 'a stream of answers' : ''].filter((k) => k).join(', ');
    lines.push('', `## ${method.name}`, '', `\`/${service.fullName}/${method.name}\`${kind ? ` · ${kind}` : ''}`, '', prose(method.comment));
    for (const [title, type] of [['Request', method.input], ['Response', method.output]]) {
      lines.push('', `**${title}** \`${types.get(type).short}\``, '', fieldTable(types.get(type)));
      for (const inner of types.get(type).inside) {
        lines.push('', `_${types.get(inner).short}_: see [${types.get(inner).package}](${packagePage(types.get(inner).package)}#${slug(types.get(inner).short)})`);
      }
    }
  }
  return lines.join('\n');
}

function messagesPage(name) {
  const own = [...types.values()].filter((t) => t.package === name && !ofCalls.has(t.fullName)).sort((a, b) => (a.short < b.short ? -1 : 1));
  const served = services.filter((s) => s.package === name);
  return [
    `# ${name}`, '',
    `${served.map((s) => `[${s.name}](${s.name}.md)`).concat('[index](README.md)').join(' · ')}`, '',
    own.map((t) => `[${t.short}](#${slug(t.short)})`).join(' · '), '',
    ...own.map((t) => `${typeText(t.fullName, '##')}\n`),
  ].join('\n');
}

const packages = [...new Set(files.map((f) => f.package))].sort();
const first = (text) => cell(text.split('\n\n')[0].split(/(?<=[.:])\s/)[0]).replace(/:$/, '.');
const who = { onboarding: 'MEO, for OSSs', lifecycle: 'MEO, for OSSs', inventory: 'MEO, for OSSs and sites', granting: 'MEO, for OSSs and sites', site: 'MEPM, for the MEO', platform: 'MEC platform, for the MEPM', vim: 'VIM adapters, for the MEPM' };

for (const service of services) {
  pages.set(`${service.name}.md`, servicePage(service));
}
for (const name of packages) {
  pages.set(packagePage(name), messagesPage(name));
}
pages.set('README.md', [
  '# API reference', '',
  'Made by `make reference` from `protos/` and the standard\'s OpenAPI files; a test fails when it is older than they are. How to call it: [in your language](../how-to/call-the-api-from-your-language.md), [over REST](../how-to/use-the-rest-api.md). What all reads have in common: [reading](../theory/reading.md); all changes: [asking twice](../theory/idempotency.md).', '',
  '## gRPC', '',
  '| service | served by | what it is |', '|---|---|---|',
  ...services.map((s) => `| [${s.name}](${s.name}.md) | ${who[s.package.split('.')[1]] || ''} | ${first(s.comment)} |`), '',
  `Messages and enumerations: ${packages.map((p) => `[${p}](${packagePage(p)})`).join(', ')}.`, '',
  'Every process also serves `grpc.health.v1.Health` and server reflection (v1 and v1alpha), so that `buf curl` and `grpcurl` need no proto files.', '',
  '## Failures', '',
  'A failed call carries `google.rpc.Status` in the trailer `grpc-status-details-bin`:', '',
  '| detail | with | says |', '|---|---|---|',
  '| [Failure](mano.common.v1.md#failure) | every failure of ours | a stable reason, a sentence, every fault with its path, whether asking again may help |',
  '| `google.rpc.ErrorInfo` | the same | the reason again, domain `mano`; metadata `subject`, `retryable` |',
  '| `google.rpc.BadRequest` | INVALID_ARGUMENT | one violation a fault |',
  '| [IllegalState](mano.common.v1.md#illegalstate), `google.rpc.PreconditionFailure` | FAILED_PRECONDITION | the present state and those that would do |',
  '| `google.rpc.QuotaFailure` | RESOURCE_EXHAUSTED | what is used up |',
  '| `google.rpc.ResourceInfo` | NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED | which resource |',
  '| `google.rpc.RetryInfo` | where asking again may help | how long to wait |',
  '| `google.rpc.RequestInfo` | who sent `x-request-id` or `traceparent` | that id |', '',
  'Details and message stay below what clients take by default (8 KiB of headers); of more faults than fit it is said how many are left out. UNKNOWN has no details: it is a bug of ours.', '',
  '## REST', '',
  '- [MEC 010-2 of the MEO](rest-mec010-2.md): packages, instances, operations, grants, subscriptions.',
  '- [Mp1 of the MEC platform](rest-mp1.md): MEC 011, for applications.',
].join('\n'));

const shared = process.env.MANO_SHARED || path.join(root, '../shared');
if (fs.existsSync(path.join(shared, 'etsi/openapi'))) {
  require('./rest')(path.join(shared, 'etsi/openapi'), pages);
} else {
  console.error(`reference: no ${shared}/etsi/openapi, so the REST pages stay as they are`);
}

fs.mkdirSync(target, { recursive: true });
for (const [name, text] of pages) {
  fs.writeFileSync(path.join(target, name), `${text.replace(/[ \t]+$/gm, '').trim()}\n`);
}
console.log(`reference: ${pages.size} pages in ${path.relative(process.cwd(), target) || '.'}`);
