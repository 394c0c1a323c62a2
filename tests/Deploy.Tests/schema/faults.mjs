// What is wrong with a Kubernetes object by the API's own schema, strictly. The validators of kubernetes-models (made from
// the OpenAPI document of Kubernetes) say nothing about fields that they do not know; but they never look at such a field
// either, and that is noticed here.

/** A view of `value` that notes in `seen` which paths were read. */
function watched(value, path, seen) {
  if (value === null || typeof value !== 'object') return value;
  return new Proxy(value, {
    get(target, key) {
      if (typeof key === 'symbol') return target[key];
      if (Array.isArray(target) && key === 'length') return target.length;
      const own = `${path}/${key}`;
      if (Object.hasOwn(target, key)) seen.add(own);
      return watched(target[key], own, seen);
    },
  });
}

function neverRead(value, path, seen, found) {
  if (value === null || typeof value !== 'object') return;
  for (const [key, below] of Object.entries(value)) {
    const own = `${path}/${key}`;
    if (seen.has(own)) neverRead(below, own, seen, found);
    else found.push(own);
  }
}

/** The faults of one object, a sentence each. */
export async function faultsOf(object) {
  const faults = [];
  const name = `${object.kind}/${object.metadata?.name}`;
  let models;
  try {
    models = await import(`kubernetes-models/${object.apiVersion}`);
  } catch {
    faults.push(`${name}: apiVersion ${object.apiVersion} is not known`);
    return faults;
  }
  const Model = models[object.kind];
  if (!Model) {
    faults.push(`${name}: ${object.apiVersion} has no kind ${object.kind}`);
    return faults;
  }
  const seen = new Set(['/apiVersion', '/kind']);
  try {
    // The instance holds the watched fields; its validate() runs the schema over them.
    const model = new Model();
    for (const key of Object.keys(object)) model[key] = watched(object[key], `/${key}`, seen);
    const before = new Set(Object.keys(object));
    const view = new Proxy(model, { get(target, key, receiver) {
      if (before.has(key)) seen.add(`/${key}`);
      return Reflect.get(target, key, receiver);
    } });
    Model.prototype.validate.call(view);
  } catch (e) {
    faults.push(`${name}: ${e.message}`);
  }
  const unknown = [];
  neverRead(object, '', seen, unknown);
  for (const path of unknown) faults.push(`${name}: ${path} is not a field of ${object.kind}`);
  return faults;
}
