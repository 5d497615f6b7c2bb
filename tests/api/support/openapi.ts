// The API description, and the check that an answer is what it promises: a documented status, the documented
// headers, a body of the documented schema, and an error code that is listed for that operation and status.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { repository } from './paths.js';

interface Header { $ref?: string; required?: boolean; schema?: object }
interface Response_ { $ref?: string; headers?: Record<string, Header>; content?: Record<string, unknown>; 'x-error-codes'?: string[] }
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: string[];
  properties?: Record<string, Schema>;
  required?: string[];
  oneOf?: Schema[];
  items?: Schema;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}
export interface Parameter { $ref?: string; name: string; in: 'path' | 'query' | 'header'; schema: Schema; explode?: boolean }
export interface Operation {
  operationId: string;
  'x-required-scope': string | null;
  parameters?: Parameter[];
  requestBody?: { required: boolean; content: { 'application/json': { schema: Schema } } };
  responses: Record<string, Response_>;
}

export const openapi = JSON.parse(readFileSync(join(repository, 'src/http/openapi/openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, object>>;
  'x-errors': Record<string, { status: number; description: string }>;
};

export const operations = Object.entries(openapi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);

// The template that `path` (percent-encoded, with or without a query) is one of, if any. Fixed words win over
// parameters, from the left.
export function template_of(path: string): string | undefined {
  const segments = path.split('?')[0].split('/');
  const fits = (template: string) => {
    const parts = template.split('/');
    return parts.length === segments.length && parts.every((part, i) => part === segments[i] || (part[0] === '{' && segments[i] !== ''));
  };
  const parameters = (template: string) => template.split('/').map((part) => (part[0] === '{' ? '1' : '0')).join('');
  return Object.keys(openapi.paths).filter(fits).sort((a, b) => (parameters(a) < parameters(b) ? -1 : 1))[0];
}

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(openapi, 'openapi');

function validator(...pointer: string[]): ValidateFunction {
  const path = pointer.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
  const found = ajv.getSchema(`openapi#/${encodeURI(path)}`);
  assert(found, `the API description has no ${path}`);
  return found;
}

function assert_valid(validate: ValidateFunction, value: unknown, what: string): void {
  if (!validate(value)) {
    const shown = JSON.stringify(value)?.slice(0, 600);
    assert.fail(`${what} is not as described: ${ajv.errorsText(validate.errors, { dataVar: 'body' })}\n${shown}`);
  }
}

// Whether the description allows this body for the operation.
export function allows_body(method: string, path: string, body: unknown): boolean {
  return validator('paths', path, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema')(body) as boolean;
}

export function resolve<T extends { $ref?: string }>(node: T): { node: T; pointer?: string[] } {
  if (!node.$ref) return { node };
  const [kind, name] = node.$ref.split('/').slice(2);
  return { node: openapi.components[kind][name] as T, pointer: ['components', kind, name] };
}

// Fails unless the answer to `method` on `path` is one that the API description knows. Answers to what it does not
// describe (unknown paths and methods) must be errors of the common shape. HEAD is GET without the body.
export function assert_described(method: string, path: string, status: number, headers: Headers, body: unknown): void {
  const what = `${method} ${path} → ${status}`;
  const template = template_of(path);
  const described_method = method === 'HEAD' ? 'get' : method.toLowerCase();
  const operation = template === undefined ? undefined : openapi.paths[template][described_method];
  assert(headers.get('x-request-id'), `${what} has no X-Request-ID`);
  if (template === undefined || operation === undefined) {
    assert([400, 401, 404, 405].includes(status), what);
    if (method !== 'HEAD') assert_valid(validator('components', 'schemas', 'Error'), body, what);
    return;
  }

  const reference = operation.responses[status];
  assert(reference, `${what} is not a documented status (${Object.keys(operation.responses)}): ${JSON.stringify(body)}`);
  const { node: response, pointer = ['paths', template, described_method, 'responses', String(status)] } = resolve(reference);
  for (const [name, header] of Object.entries(response.headers ?? {})) assert_header(what, name, header, headers);
  if (method === 'HEAD') return;

  const type = headers.get('content-type')?.split(';')[0];
  if (!response.content) {
    assert.equal(body, undefined, `${what} has a body`);
    return;
  }
  assert(type && type in response.content, `${what} has the content type ${type}`);
  assert_valid(validator(...pointer, 'content', type, 'schema'), body, what);
  if (status >= 400) {
    const code = (body as { error: { code: string } }).error.code;
    assert(response['x-error-codes']?.includes(code), `${what}: the code ${code} is not documented here`);
  }
}

function assert_header(what: string, name: string, reference: Header, headers: Headers): void {
  const { node: header } = resolve(reference);
  const text = headers.get(name);
  if (text === null) {
    assert(!header.required, `${what} has no ${name}`);
    return;
  }
  const schema = header.schema as { type?: string };
  const value = schema.type === 'integer' ? Number(text) : text;
  assert(ajv.validate(schema, value), `${what}: ${name}: ${text} is not as described`);
}

export function status_of(code: string): number {
  const error = openapi['x-errors'][code];
  assert(error, `${code} is not a documented error code`);
  return error.status;
}
