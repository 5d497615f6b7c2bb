// A tenant's view of the API: the typed client with every answer checked against the API description, and a short
// name for each call that the tests make all the time.
import assert from 'node:assert/strict';
import createClient, { type Client, type Middleware } from 'openapi-fetch';
import type { components, paths } from '../generated/openapi.js';
import { send, type RawAnswer, type RawRequest } from './http.js';
import { assert_described, status_of } from './openapi.js';
import type { KeyOptions, Server } from './server.js';

type Schemas = components['schemas'];
export type InventoryRecord = Schemas['InventoryRecord'];
export type InventoryDetail = Schemas['InventoryDetail'];
export type Adjustment = Schemas['Adjustment'];
export type Reservation = Schemas['Reservation'];
export type InventoryUpdate = Omit<Schemas['InventoryUpdate'], 'reason'> & { reason?: string };
export type BulkRow = InventoryUpdate & { sku: string };
type HeaderValues = Record<string, string>;
type Query<Path extends keyof paths> = paths[Path] extends { get: { parameters: { query?: infer Q } } } ? Q : never;

export interface Answer<Body> { status: number; headers: Headers; body: Body }

const checked: Middleware = {
  async onResponse({ request, response }) {
    const copy = response.clone();
    const text = request.method === 'HEAD' ? '' : await copy.text();
    const is_json = copy.headers.get('content-type')?.startsWith('application/json');
    const { pathname } = new URL(request.url);
    assert_described(request.method, pathname, response.status, response.headers, text === '' ? undefined : is_json ? JSON.parse(text) : text);
  },
};

// `status` goes as one comma-separated parameter, `sku` is repeated.
function query_string(query: Record<string, unknown>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (Array.isArray(value) && name !== 'status') for (const one of value) search.append(name, String(one));
    else search.append(name, String(value));
  }
  return search.toString();
}

async function answer<Body>(call: Promise<{ data?: Body; error?: unknown; response: Response }>): Promise<Answer<Body>> {
  const { data, error, response } = await call;
  return { status: response.status, headers: response.headers, body: (response.ok ? data : error) as Body };
}

// The body of an answer that must be a success.
export async function ok<Body>(call: Promise<Answer<Body>>, status = 200): Promise<Body> {
  const { status: got, body } = await call;
  assert.equal(got, status, JSON.stringify(body));
  return body;
}

export interface Refusal { code: string; message: string; details: Record<string, any> }

// The error of an answer that must be a refusal with this code (and the status that belongs to it).
export async function refused(call: Promise<{ status: number; body: unknown }>, code: string): Promise<Refusal> {
  const { status, body } = await call;
  const error = (body as { error?: Refusal } | undefined)?.error;
  assert(error, `refused with ${code} expected, ${status} came: ${JSON.stringify(body)?.slice(0, 400)}`);
  assert.equal(error.code, code, JSON.stringify(error));
  assert.equal(status, status_of(code));
  return error;
}

export class Shop {
  readonly #api: Client<paths>;

  constructor(readonly server: Server, readonly tenant: string, readonly key: string) {
    this.#api = createClient<paths>({ baseUrl: server.url, headers: { Authorization: `Bearer ${key}` }, querySerializer: query_string });
    this.#api.use(checked);
  }

  // The same tenant with a new key.
  async with_key(scopes: string[], options: KeyOptions = {}): Promise<Shop & { key_id: string }> {
    const { id, key } = await this.server.create_key(this.tenant, scopes, options);
    return Object.assign(new Shop(this.server, this.tenant, key), { key_id: id });
  }

  // The same tenant and key after the server came back on another port.
  again(): Shop {
    return new Shop(this.server, this.tenant, this.key);
  }

  send(method: string, path: string, options: RawRequest = {}): Promise<RawAnswer> {
    return send(this.server.url, method, path, { key: this.key, ...options });
  }

  list(query: Query<'/api/inventory'> = {}) {
    return answer(this.#api.GET('/api/inventory', { params: { query } }));
  }
  get(sku: string, header: HeaderValues = {}) {
    return answer(this.#api.GET('/api/inventory/{sku}', { params: { path: { sku }, header } }));
  }
  put(sku: string, body: InventoryUpdate, header: HeaderValues = {}) {
    return answer(this.#api.PUT('/api/inventory/{sku}', { params: { path: { sku }, header }, body: body as Schemas['InventoryUpdate'] }));
  }
  bulk(updates: BulkRow[], mode?: Schemas['BulkMode'], header: HeaderValues = {}) {
    const body = { updates: updates as Schemas['BulkUpdateRow'][], ...(mode && { mode }) } as Schemas['BulkUpdate'];
    return answer(this.#api.POST('/api/inventory/bulk', { params: { header }, body }));
  }
  sync(updates: Schemas['SyncUpdateRow'][], mode?: Schemas['BulkMode'], header: HeaderValues = {}) {
    const body = { updates, ...(mode && { mode }) } as Schemas['SyncUpdate'];
    return answer(this.#api.POST('/api/inventory/sync', { params: { header }, body }));
  }
  history(sku: string, query: Query<'/api/inventory/{sku}/adjustments'> = {}) {
    return answer(this.#api.GET('/api/inventory/{sku}/adjustments', { params: { path: { sku }, query } }));
  }

  create_item(body: Partial<Schemas['ItemCreate']> & { sku: string }, header: HeaderValues = {}) {
    return answer(this.#api.POST('/api/inventory', { params: { header }, body: body as Schemas['ItemCreate'] }));
  }
  change_item(sku: string, body: Schemas['ItemPatch'], header: HeaderValues = {}) {
    return answer(this.#api.PATCH('/api/inventory/{sku}', { params: { path: { sku }, header }, body }));
  }
  delete_item(sku: string, header: HeaderValues = {}) {
    return answer(this.#api.DELETE('/api/inventory/{sku}', { params: { path: { sku }, header } }));
  }

  warehouses() {
    return answer(this.#api.GET('/api/inventory/warehouses', {}));
  }
  create_warehouse(body: Schemas['WarehouseCreate'], header: HeaderValues = {}) {
    return answer(this.#api.POST('/api/inventory/warehouses', { params: { header }, body }));
  }
  change_warehouse(warehouse_id: string, body: Schemas['WarehousePatch'], header: HeaderValues = {}) {
    return answer(this.#api.PATCH('/api/inventory/warehouses/{warehouse_id}', { params: { path: { warehouse_id }, header }, body }));
  }

  reservations(query: Query<'/api/reservations'> = {}) {
    return answer(this.#api.GET('/api/reservations', { params: { query } }));
  }
  reservation(reservation_id: string) {
    return answer(this.#api.GET('/api/reservations/{reservation_id}', { params: { path: { reservation_id } } }));
  }
  reserve(body: Schemas['ReservationCreate'], header: HeaderValues = {}) {
    return answer(this.#api.POST('/api/reservations', { params: { header }, body }));
  }
  ship(reservation_id: string, body?: Schemas['ReservationShip'], header: HeaderValues = {}) {
    return answer(this.#api.POST('/api/reservations/{reservation_id}/ship', { params: { path: { reservation_id }, header }, body }));
  }
  release(reservation_id: string, header: HeaderValues = {}) {
    return answer(this.#api.POST('/api/reservations/{reservation_id}/release', { params: { path: { reservation_id }, header } }));
  }

  // Set-up in one line each; they must succeed.
  async add_warehouse(name = 'Warehouse A', type: Schemas['WarehouseType'] = 'own'): Promise<string> {
    return (await ok(this.create_warehouse({ name, type }), 201)).data.id;
  }
  async add_item(sku: string, stock: Record<string, number> = {}, settings: Partial<Schemas['ItemCreate']> = {}): Promise<void> {
    await ok(this.create_item({ ...settings, sku }), 201);
    for (const [warehouse_id, quantity] of Object.entries(stock)) await ok(this.put(sku, { warehouse_id, quantity }));
  }
  async record(sku: string): Promise<InventoryDetail> {
    return (await ok(this.get(sku))).data;
  }
  async on_hand(sku: string): Promise<number> {
    return (await this.record(sku)).total_on_hand;
  }
  async adjustments(sku: string): Promise<Adjustment[]> {
    return (await ok(this.history(sku))).data;
  }
}
