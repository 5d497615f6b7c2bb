// Requests made from the API description: what it allows, what it all but allows, and what nobody should send.
import fc, { type Arbitrary } from 'fast-check';
import { allows_body, operations, resolve, type Parameter, type Schema } from './openapi.js';

export interface AnyRequest {
  method: string;
  template: string;
  path: string;
  headers: Record<string, string>;
  body?: Buffer;
  // allowed: the description allows all of it. forbidden: its body breaks the schema. unclear: all else.
  kind: 'allowed' | 'forbidden' | 'unclear';
}

// Values that exist on the server, by the name of their schema: without them, all there is to see is 404.
export type Known = Record<string, string[]>;

const spice = [
  '', '\0', '\n', "'", '"', '\\', '%', '%00', '../', '*', '\u202e', '\ufeff', '\ud83e', 'null', '-1', '1e400', 'NaN', '__proto__',
  '🧦'.repeat(40), 'x'.repeat(1001), "' OR 1=1", '${7*7}', '<script>',
];
const hostile_text = fc.oneof(fc.constantFrom(...spice), fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 }));
const hostile_number = fc.oneof(fc.constantFrom(-1, 0, -0, 0.5, 1e12 + 1, 2 ** 53, -(2 ** 53), 2 ** 63, 2 ** 64, 1e21, 1e308, 5e-324), fc.integer(), fc.double());
const deep = JSON.parse('['.repeat(20) + ']'.repeat(20)) as unknown;
const hostile_value: Arbitrary<unknown> = fc.oneof(hostile_text, hostile_number, fc.constantFrom(null, true, false, [], {}, deep), fc.jsonValue({ maxDepth: 3 }));

// What a field of text may hold: no control characters, which it is nowhere allowed to hold.
const text = (min: number, max: number) => fc.string({ unit: 'binary', minLength: min, maxLength: Math.min(max, 60) }).map((one) => one.replace(/\p{Cc}/gu, 'x'));

function allowed(schema: Schema, known: Known): Arbitrary<unknown> {
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop()!;
    const made = name === 'Sku' ? text(1, 30).filter((sku) => !['.', '..', 'bulk', 'sync', 'warehouses'].includes(sku)) : allowed(resolve(schema).node, known);
    return known[name] ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known[name]) }, { weight: 1, arbitrary: made }) : made;
  }
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const types = [schema.type ?? 'object'].flat();
  return fc.oneof(...types.map((type) => of_type(type, schema, known)));
}

function of_type(type: string, schema: Schema, known: Known): Arbitrary<unknown> {
  const { minimum = -1e12, maximum = 1e12, minLength = 0, maxLength = 60 } = schema;
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.oneof(
        fc.integer({ min: Math.max(minimum, -20), max: Math.min(maximum, 20) }),
        fc.maxSafeInteger().map((n) => minimum + (Math.abs(n) % (maximum - minimum + 1))),
        fc.constantFrom(minimum, maximum),
      );
    case 'string':
      // A pattern that says what may not stand in a text is about control characters, of which text() has none.
      return schema.pattern && !schema.pattern.startsWith('^[^') ? fc.stringMatching(new RegExp(schema.pattern)) : text(minLength, maxLength);
    case 'array':
      return fc.array(allowed(schema.items!, known), { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 6, 6) });
    default: {
      const fields = Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, field]) => [name, allowed(field, known)]));
      const always = schema.required ?? [];
      // Of fields that exclude each other, one.
      const choices = (schema.oneOf ?? []).map((choice) => choice.required![0]);
      const pick = (choice?: string) => {
        const kept = Object.fromEntries(Object.entries(fields).filter(([name]) => name === choice || !choices.includes(name)));
        return fc.record(kept, { requiredKeys: [...always, ...(choice ? [choice] : [])] });
      };
      return choices.length > 0 ? fc.oneof(...choices.map(pick)) : pick();
    }
  }
}

type Place = { holder: Record<string, unknown>; name: string };
const places = (value: unknown): Place[] =>
  typeof value !== 'object' || value === null ? [] : Object.entries(value).flatMap(([name, inner]) => [{ holder: value as Record<string, unknown>, name }, ...places(inner)]);

// One place of a good body is changed: left out, said twice in a list, made something else, joined by a new field.
const nearly = (good: Arbitrary<unknown>): Arbitrary<unknown> =>
  fc.tuple(good, fc.nat(), fc.constantFrom('drop', 'replace', 'add', 'rename', 'wrap'), hostile_value, hostile_text).map(([value, at, how, other, name]) => {
    const body = structuredClone(value);
    const all = places(body);
    if (all.length === 0) return other;
    const place = all[at % all.length];
    if (how === 'drop' || how === 'rename') {
      const was = place.holder[place.name];
      if (Array.isArray(place.holder)) place.holder.splice(Number(place.name), 1);
      else delete place.holder[place.name];
      if (how === 'rename' && !Array.isArray(place.holder)) place.holder[place.name.toUpperCase()] = was;
    } else if (how === 'add' && !Array.isArray(place.holder)) {
      Object.defineProperty(place.holder, name, { value: other, enumerable: true, configurable: true, writable: true });
    } else place.holder[place.name] = how === 'wrap' ? [place.holder[place.name]] : other;
    return body;
  });

// Good bytes with a few of them changed, cut off or said twice.
const broken = (good: Arbitrary<unknown>): Arbitrary<Buffer> =>
  fc.tuple(good, fc.constantFrom('flip', 'cut', 'twice'), fc.nat(), fc.integer({ min: 1, max: 255 })).map(([value, how, at, bits]) => {
    const bytes = Buffer.from(JSON.stringify(value));
    if (how === 'twice') return Buffer.concat([bytes, bytes]);
    if (how === 'cut') return bytes.subarray(0, at % bytes.length);
    bytes[at % bytes.length] ^= bits;
    return bytes;
  });

type Part<T> = { value: T; kind: AnyRequest['kind'] };
const is = (kind: AnyRequest['kind']) => <T>(value: T): Part<T> => ({ value, kind });

function any_body(method: string, template: string, schema: Schema, known: Known): Arbitrary<Part<Buffer>> {
  const good = allowed(schema, known);
  const judged = (value: unknown) => is(allows_body(method, template, value) ? 'unclear' : 'forbidden')(Buffer.from(JSON.stringify(value)));
  return fc.oneof(
    { weight: 5, arbitrary: good.map((value) => is('allowed')(Buffer.from(JSON.stringify(value)))) },
    { weight: 4, arbitrary: nearly(good).map(judged) },
    { weight: 1, arbitrary: hostile_value.map(judged) },
    { weight: 1, arbitrary: broken(good).map(is('unclear')) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => is('unclear')(Buffer.from(bytes))) },
  );
}

const in_query = ({ name, explode }: Parameter, value: unknown) => {
  const encode = (one: unknown) => encodeURIComponent(String(one));
  if (!Array.isArray(value)) return `${name}=${encode(value)}`;
  return explode ? value.map((one) => `${name}=${encode(one)}`).join('&') : `${name}=${value.map(encode).join(',')}`;
};
const encoded = (one: string) => encodeURIComponent(one.replace(/\p{Cs}/gu, '?'));
const in_header = (one: string) => Buffer.from(one).toString('latin1').replace(/[^\t -~\x80-\xff]/g, '').trim();
const raw_path = fc.constantFrom('', '%', '%zz', '%ff', '%00', '%2e%2e', '..', '.', '/', 'bulk', 'sync', 'warehouses', '%2F', 'a%0Ab', '%F0%9F%A7%A6', '~!$&()*+,;=:@');

function any_parameter(parameter: Parameter, known: Known): Arbitrary<Part<string>> {
  const named = known[parameter.name];
  const good = named ? fc.constantFrom(...named) : allowed(parameter.schema, known);
  switch (parameter.in) {
    case 'path':
      return fc.oneof(
        { weight: 6, arbitrary: good.map((value) => is('allowed')(encodeURIComponent(String(value)))) },
        { weight: 1, arbitrary: raw_path.map(is('unclear')) },
        { weight: 1, arbitrary: hostile_text.map((value) => is('unclear')(encoded(value))) },
      );
    case 'query':
      return fc.oneof(
        // A cursor belongs to its filter and, of a history, goes with a limit: that is more than a schema can say.
        { weight: 6, arbitrary: good.map((value) => is(parameter.name === 'cursor' ? 'unclear' : 'allowed')(in_query(parameter, value))) },
        { weight: 1, arbitrary: fc.tuple(good, good).map(([one, two]) => is('unclear')(`${in_query(parameter, one)}&${in_query(parameter, two)}`)) },
        { weight: 1, arbitrary: fc.oneof(hostile_text, hostile_number.map(String)).map((value) => is('unclear')(`${parameter.name}=${encoded(value)}`)) },
        { weight: 1, arbitrary: raw_path.map((value) => is('unclear')(`${parameter.name}=${value}`)) },
      );
    default:
      return fc.oneof(
        { weight: 6, arbitrary: good.map((value) => is('allowed')(in_header(String(value)))) },
        { weight: 1, arbitrary: hostile_text.map((value) => is('unclear')(in_header(value))) },
      );
  }
}

// Nearly always the first; now and then one of the others.
const mostly = <T>(weight: number, usual: T, ...others: Arbitrary<T>[]) => fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.oneof(...others) });
const unclear = <T>(some: Arbitrary<T>) => some.map(is('unclear'));

const extras = mostly<string | undefined>(12, undefined, fc.tuple(hostile_text, hostile_text).map(([name, value]) => `${encoded(name)}=${encoded(value)}`));
const odd_types = fc.constantFrom('text/plain', 'application/json; charset=latin1', 'application/json;;', 'multipart/form-data');
const types = mostly(20, is('allowed')('application/json'), unclear(odd_types), unclear(hostile_text.map(in_header)));

function authorizations(key: string): Arbitrary<Part<string>> {
  const odd = fc.constantFrom('', 'Bearer', `Basic ${key}`, `bearer ${key} `, key, `Bearer ${key}x`, `Bearer ${key.slice(0, -1)}`);
  return mostly(25, is('allowed')(`Bearer ${key}`), unclear(odd), unclear(hostile_text.map((one) => in_header(`Bearer ${one}`))));
}

function any_of_operation({ method, path: template, operation }: (typeof operations)[number], key: string, known: Known): Arbitrary<AnyRequest> {
  const parameters = (operation.parameters ?? []).map((parameter) => resolve(parameter).node);
  const optional = parameters.filter((one) => one.in !== 'path');
  const in_path = parameters.filter((one) => one.in === 'path');
  const given = (some: Parameter[]) => fc.tuple(...some.map((parameter) => fc.option(any_parameter(parameter, known), { nil: undefined, freq: 1 })));
  const schema = operation.requestBody?.content['application/json'].schema;
  const body: Arbitrary<Part<Buffer> | undefined> = schema ? any_body(method, template, schema, known) : fc.constant(undefined);
  const path_parameters = fc.tuple(...in_path.map((parameter) => any_parameter(parameter, known)));
  return fc.tuple(path_parameters, given(optional), body, extras, types, authorizations(key)).map(([path_values, values, sent, extra, type, authorization]) => {
    const path = in_path.reduce((so_far, { name }, i) => so_far.replace(`{${name}}`, () => path_values[i].value), template);
    const of = (where: string) => optional.flatMap((parameter, i) => (parameter.in === where && values[i] ? [{ parameter, part: values[i]! }] : []));
    const query = [...of('query').map(({ part }) => part.value), ...(extra === undefined ? [] : [extra])].filter((one) => one !== '');
    const headers: Record<string, string> = Object.fromEntries(of('header').map(({ parameter, part }) => [parameter.name, part.value]));
    headers.Authorization = authorization.value;
    if (sent) headers['Content-Type'] = type.value;
    const others = [...path_values, ...values, authorization, ...(sent ? [type] : [])].map((part) => part?.kind ?? 'allowed');
    const all_allowed = extra === undefined && others.every((kind) => kind === 'allowed');
    const kind = sent?.kind === 'forbidden' ? 'forbidden' : all_allowed ? (sent?.kind ?? 'allowed') : 'unclear';
    return { method, template, path: query.length > 0 ? `${path}?${query.join('&')}` : path, headers, body: sent?.value, kind };
  });
}

// Operations that take nothing are seldom asked: they have little to say.
export const any_request = (key: string, known: Known): Arbitrary<AnyRequest> =>
  fc.oneof(...operations.map((one) => ({ weight: one.operation.parameters || one.operation.requestBody ? 8 : 1, arbitrary: any_of_operation(one, key, known) })));
