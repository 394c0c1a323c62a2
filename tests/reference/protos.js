'use strict';
// Our protos as plain objects with their comments, read from the image that buf makes of them.
const path = require('path');

const SCALARS = {
  TYPE_DOUBLE: 'double', TYPE_FLOAT: 'float', TYPE_INT64: 'int64', TYPE_UINT64: 'uint64', TYPE_INT32: 'int32', TYPE_UINT32: 'uint32',
  TYPE_BOOL: 'bool', TYPE_STRING: 'string', TYPE_BYTES: 'bytes',
};

module.exports = (root, execFileSync) => {
  const buf = path.join(root, 'tests/node_modules/.bin/buf');
  const image = JSON.parse(execFileSync(buf, ['build', root, '-o', '-#format=json'], { maxBuffer: 1 << 28 }));
  const files = image.file.filter((f) => f.package.startsWith('mano.'));
  const types = new Map();
  const services = [];
  for (const file of files) {
    const comments = new Map((file.sourceCodeInfo?.location ?? []).map((l) => [(l.path ?? []).join('.'), (l.leadingComments ?? '').replace(/^ /gm, '').trim()]));
    const said = (...at) => comments.get(at.join('.')) ?? '';
    const outer = [];
    (file.messageType ?? []).forEach((m, i) => outer.push(addMessage(types, file, m, [4, i], '', said)));
    (file.enumType ?? []).forEach((e, i) => addEnum(types, file, e, [5, i], '', said));
    (file.service ?? []).forEach((s, i) => services.push({
      name: s.name, package: file.package, fullName: `${file.package}.${s.name}`, comment: said(6, i),
      methods: s.method.map((m, j) => ({
        name: m.name, input: m.inputType.slice(1), output: m.outputType.slice(1), comment: said(6, i, 2, j),
        clientStreaming: m.clientStreaming ?? false, serverStreaming: m.serverStreaming ?? false,
      })),
    }));
  }
  const order = ['onboarding', 'lifecycle', 'inventory', 'granting', 'site', 'platform', 'vim'];
  const rank = (s) => order.indexOf(s.package.split('.')[1]);
  services.sort((a, b) => rank(a) - rank(b));
  return { services, types, files };
};

function addMessage(types, file, message, at, outside, said) {
  const short = outside + message.name;
  const fullName = `${file.package}.${short}`;
  const maps = new Map((message.nestedType ?? []).filter((n) => n.options?.mapEntry).map((n) => [`.${fullName}.${n.name}`, n]));
  const inside = [];
  types.set(fullName, {
    short, fullName, package: file.package, comment: said(...at), inside,
    fields: (message.field ?? []).map((f, i) => {
      const entry = maps.get(f.typeName);
      const map = entry && { key: SCALARS[entry.field[0].type], scalar: SCALARS[entry.field[1].type], type: entry.field[1].typeName?.slice(1) };
      return {
        name: f.name, comment: said(...at, 2, i), map, scalar: SCALARS[f.type], type: entry ? undefined : f.typeName?.slice(1),
        repeated: f.label === 'LABEL_REPEATED', optional: f.proto3Optional ?? false,
        oneof: f.oneofIndex !== undefined && !f.proto3Optional ? message.oneofDecl[f.oneofIndex].name : undefined,
      };
    }),
  });
  (message.nestedType ?? []).forEach((n, i) => n.options?.mapEntry || inside.push(addMessage(types, file, n, [...at, 3, i], `${short}.`, said)));
  (message.enumType ?? []).forEach((e, i) => inside.push(addEnum(types, file, e, [...at, 4, i], `${short}.`, said)));
  return fullName;
}

function addEnum(types, file, type, at, outside, said) {
  const short = outside + type.name;
  types.set(`${file.package}.${short}`, {
    short, fullName: `${file.package}.${short}`, package: file.package, comment: said(...at), inside: [], fields: [],
    values: type.value.map((v, i) => ({ name: v.name, number: v.number ?? 0, comment: said(...at, 2, i) })),
  });
  return `${file.package}.${short}`;
}
