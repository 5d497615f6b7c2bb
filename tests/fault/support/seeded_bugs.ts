// A good history, made bad in one place: what a store with that bug would have let its clients see.
import assert from 'node:assert/strict';
import type { History, LedgerLine, Operation } from './history.js';
import type { HeldLine, Level, LineError, Seen, Update, Written } from './stock.js';

// `reason` is what the judgement must say; `in_answers` whether the answers alone, without the ledger, give it away.
export interface SeededBug { name: string; reason: RegExp; in_answers: boolean; seed(history: History): void }

const written = ({ outcome }: Operation): Written[] => (outcome?.kind === 'written' ? outcome.lines : []);
const seen = ({ outcome }: Operation): Seen[] => (outcome?.kind === 'seen' ? outcome.records : []);
const errors_of = ({ outcome }: Operation): LineError[] => (outcome?.kind === 'written' ? outcome.errors ?? [] : []);
const of_kind = (history: History, kind: string) => history.operations.filter(({ request, outcome }) => request.kind === kind && outcome && outcome.kind !== 'refused');

function must_find<T>(found: T | undefined): T {
  assert(found !== undefined, 'the history offers no place for this bug');
  return found;
}

// A pair of which the second began after the first was answered.
function find_pair(first: Operation[], second: Operation[], fits: (a: Operation, b: Operation) => boolean): [Operation, Operation] {
  for (const b of second) {
    const a = first.find((one) => one !== b && one.answered < b.invoked && fits(one, b));
    if (a) return [a, b];
  }
  return must_find<[Operation, Operation]>(undefined);
}

function line_of(history: History, { id, sku }: Written): LedgerLine {
  return must_find(history.ledgers.get(sku)!.find((line) => line.id === id));
}

// Whether what this write found on hand never comes back: who sees it afterwards is wrong.
function is_gone_for_good(history: History, line: Written): boolean {
  const ledger = history.ledgers.get(line.sku)!.filter(({ warehouse }) => warehouse === line.warehouse);
  const from = ledger.findIndex(({ id }) => id === line.id);
  return line.before !== line.after && ledger.slice(from).every(({ after }) => after !== line.before);
}

const row_of = (list: Operation, { sku }: Written) => seen(list).find((row) => row.sku === sku);

// Whether the list would be wrong if it showed what this write found.
const could_be_stale = (history: History, line: Written, list: Operation) => row_of(list, line) !== undefined && is_gone_for_good(history, line);

function show_before(list: Operation, line: Written): void {
  (row_of(list, line)!.levels[line.warehouse] as Level).on_hand = line.before;
}

const is_partial = ({ request }: Operation) => request.kind === 'bulk' && request.is_partial === true;
const shows_sku_of = ({ request }: Operation, get: Operation) => seen(get)[0]?.sku === (request as { sku: string }).sku;
const same_sku = (a: Operation, b: Operation) => written(a)[0].sku === written(b)[0].sku;

export const seeded_bugs: SeededBug[] = [
  {
    name: 'a_read_is_stale', reason: /^stale read/, in_answers: true,
    seed(history) {
      const gets = of_kind(history, 'get');
      const [old, late] = find_pair(gets, gets, (a, b) => seen(a)[0].sku === seen(b)[0].sku
        && gets.some((c) => c.answered < b.invoked && seen(c)[0].sku === seen(a)[0].sku && seen(c)[0].version! > seen(a)[0].version!));
      late.outcome = structuredClone(old.outcome);
    },
  },
  {
    name: 'a_row_of_a_list_is_stale', reason: /^no order/, in_answers: true,
    seed(history) {
      const [put, list] = find_pair(of_kind(history, 'put'), of_kind(history, 'list'), (a, b) => could_be_stale(history, written(a)[0], b));
      show_before(list, written(put)[0]);
    },
  },
  {
    name: 'a_list_shows_one_half_of_a_bulk', reason: /^no order/, in_answers: true,
    seed(history) {
      const [bulk, list] = find_pair(of_kind(history, 'bulk'), of_kind(history, 'list'), (a, b) =>
        new Set(written(a).map(({ sku }) => sku)).size === written(a).length && written(a).some((line) => could_be_stale(history, line, b)));
      show_before(list, written(bulk).find((line) => could_be_stale(history, line, list))!);
    },
  },
  {
    name: 'one_half_of_a_bulk_without_an_answer_is_in_the_ledger', reason: /^torn/, in_answers: false,
    seed(history) {
      const bulk = must_find(of_kind(history, 'bulk').find((one) => written(one).length > 1 && !is_partial(one)));
      const line = line_of(history, written(bulk)[0]);
      const ledger = history.ledgers.get(line.sku)!;
      ledger.splice(ledger.indexOf(line), 1);
      bulk.outcome = undefined;
      bulk.answered = Infinity;
    },
  },
  {
    name: 'two_writes_started_from_the_same_record', reason: /^lost update: .* both made version/, in_answers: true,
    seed(history) {
      const puts = of_kind(history, 'put');
      const [first, second] = find_pair(puts, puts, same_sku);
      written(second)[0].version = written(first)[0].version;
    },
  },
  {
    name: 'an_acknowledged_write_is_lost', reason: /^lost update: .* not in the ledger/, in_answers: false,
    seed(history) {
      const line = line_of(history, written(of_kind(history, 'put')[0])[0]);
      const ledger = history.ledgers.get(line.sku)!;
      ledger.splice(ledger.indexOf(line), 1);
    },
  },
  {
    name: 'two_acknowledgements_are_in_the_wrong_order', reason: /^reordered/, in_answers: true,
    seed(history) {
      const puts = of_kind(history, 'put');
      const [first, second] = find_pair(puts, puts, same_sku).map((put) => written(put)[0]);
      [first.version, second.version] = [second.version, first.version];
    },
  },
  {
    name: 'a_write_stands_in_the_ledger_twice', reason: /^duplicated/, in_answers: false,
    seed(history) {
      const line = line_of(history, written(of_kind(history, 'put')[0])[0]);
      history.ledgers.get(line.sku)!.push({ ...line, id: `${line.id}-again` });
    },
  },
  {
    name: 'a_version_is_left_out', reason: /^version gap/, in_answers: true,
    seed(history) {
      const { sku, version } = written(of_kind(history, 'put')[0])[0];
      for (const { outcome } of history.operations) {
        const told = outcome?.kind === 'written' ? outcome.lines : outcome?.kind === 'seen' ? outcome.records : [];
        for (const one of told) if (one.sku === sku && one.version !== undefined && one.version >= version) one.version += 1;
      }
    },
  },
  {
    name: 'a_compare_and_set_is_refused_for_what_was_never_there', reason: /^no order/, in_answers: true,
    seed(history) {
      const put = must_find(history.operations.find(({ outcome }) => outcome?.kind === 'refused' && outcome.code === 'QUANTITY_CHANGED'));
      (put.outcome as { details: { actual: number } }).details.actual = 1e9;
    },
  },
  {
    name: 'a_reservation_is_closed_twice', reason: /^version gap/, in_answers: true,
    seed(history) {
      const closed = must_find(history.operations.find(({ request, outcome }) => request.kind === 'release' && outcome?.kind === 'done'));
      history.operations.push({ ...closed, name: `${closed.name} again` });
    },
  },
  {
    name: 'an_item_is_shown_after_it_was_deleted', reason: /^(stale read|no order)/, in_answers: true,
    seed(history) {
      const refused = history.operations.filter(({ request, outcome }) => request.kind === 'get' && outcome?.kind === 'refused');
      const [gone, late] = find_pair(of_kind(history, 'delete'), refused, (a) => of_kind(history, 'get').some((get) => shows_sku_of(a, get) && get.answered < a.invoked));
      late.outcome = structuredClone(of_kind(history, 'get').find((get) => shows_sku_of(gone, get) && get.answered < gone.invoked)!.outcome);
    },
  },
  {
    name: 'a_partial_bulk_wrote_what_it_refused', reason: /written by nobody/, in_answers: false,
    seed(history) {
      const bulk = must_find(of_kind(history, 'bulk').find((one) => errors_of(one).length > 0));
      const [{ index }] = errors_of(bulk);
      const { sku, warehouse } = (bulk.request as { updates: Update[] }).updates[index];
      const ledger = history.ledgers.get(sku)!;
      const { after } = must_find(ledger.filter((line) => line.warehouse === warehouse).at(-1));
      ledger.push({ id: 'adj_more', sku, warehouse, before: after, after: after + 1, reason: 'manual_adjustment', note: `${bulk.name}/${index}` });
    },
  },
  {
    name: 'a_partial_bulk_refuses_what_it_has_done', reason: /^version gap/, in_answers: true,
    seed(history) {
      const bulk = must_find(of_kind(history, 'bulk').find((one) => one.outcome?.kind === 'written' && one.outcome.errors?.length === 0 && one.outcome.lines.length > 1));
      const outcome = bulk.outcome as { lines: Written[]; errors: LineError[] };
      outcome.errors.push({ index: outcome.lines.length - 1, code: 'NEGATIVE_QUANTITY' });
      outcome.lines.pop();
    },
  },
  {
    name: 'a_list_shows_one_half_of_a_sync', reason: /^no order/, in_answers: true,
    seed(history) {
      const [sync, list] = find_pair(of_kind(history, 'sync'), of_kind(history, 'list'), (a, b) => seen(b).some(({ sku, levels }) => {
        const { warehouse, after } = written(a)[0];
        return sku === written(a)[0].sku && levels[warehouse].on_hand === after;
      }));
      const [{ sku, warehouse }] = written(sync);
      (seen(list).find((row) => row.sku === sku)!.levels[warehouse] as Level).reserved += 1_000;
    },
  },
  {
    name: 'a_reservation_that_expired_is_shipped', reason: /^version gap/, in_answers: true,
    seed(history) {
      const expired = must_find(of_kind(history, 'expire').at(0));
      const request = { ...(expired.request as { reservation: string; lines: HeldLine[] }), kind: 'ship' as const };
      history.operations.push({ ...expired, name: 'late ship', invoked: expired.answered, answered: expired.answered + 0.5, request, outcome: { kind: 'done' } });
    },
  },
];
