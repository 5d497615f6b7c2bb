// A shop in the middle of its day: a warehouse of its own with stock, one that is read-only, and an order that is held.
import type { Server } from './server.js';
import { ok, type Shop } from './shop.js';

export interface StockedShop { shop: Shop; warehouse_id: string; fba: string; held: string }

export async function open_stocked_shop(server: Server, stock: Record<string, number>, order: { sku: string; quantity: number }): Promise<StockedShop> {
  const shop = await server.open_shop();
  const warehouse_id = await shop.add_warehouse();
  const fba = await shop.add_warehouse('FBA', 'FBA');
  for (const [sku, quantity] of Object.entries(stock)) await shop.add_item(sku, quantity > 0 ? { [warehouse_id]: quantity } : {});
  const { data } = await ok(shop.reserve({ reference: 'held', lines: [order] }), 201);
  return { shop, warehouse_id, fba, held: data.id };
}
