// All that a server shows of a world, as text by path.
import { over_connections } from './connection.js';
import type { World } from './world.js';

export type Everything = Map<string, string>;

// What is answered with an error or in part is left out.
export async function read_everything(url: string, { model, key }: World): Promise<Everything> {
  const shown: Everything = new Map();
  const paths = ['/api/inventory/warehouses', '/api/inventory?limit=200', '/api/reservations?limit=200', '/api/reservations?limit=200&status=held'];
  for (const sku of model.skus.keys()) paths.push(`/api/inventory/${sku}`, `/api/inventory/${sku}/adjustments`);
  for (const id of model.reservations.keys()) paths.push(`/api/reservations/${id}`);
  await over_connections(url, paths, async (connection, path) => {
    const answer = await connection.send({ method: 'GET', path, key });
    if (answer && answer.status < 500) shown.set(path, `${answer.status} ${answer.text}`);
  });
  return shown;
}
