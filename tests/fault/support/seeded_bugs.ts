// A good history, made bad in one place: what a store with that bug would have let its clients see.
import assert from 'node:assert/strict';
import type { History, LedgerLine, Operation } from './history.js';
import type { Level, Seen, Written } from './stock.js';

// `reason` is what the judgement must say; `in_answers` whether the answers alone, without the ledger, give it away.
export interface SeededBug { name: string; reason: RegExp; in_answers: boolean; seed(history: History): void }

const written = ({ outcome }: Operation): Written[] => (outcome?.kind === 'written' ? outcome.lines : []);
const seen = ({ outcome }: Operation): Seen[] => (outcome?.kind === 'seen' ? outcome.records : []);
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

function show_before(row: Seen, { warehouse, before }: Written): void {
  (row.levels[warehouse] as Level).on_hand = before;
}

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
      const [put, list] = find_pair(of_kind(history, 'put'), of_kind(history, 'list'), (a) => is_gone_for_good(history, written(a)[0]));
      const [line] = written(put);
      show_before(seen(list).find(({ sku }) => sku === line.sku)!, line);
    },
  },
  {
    name: 'a_list_shows_one_half_of_a_bulk', reason: /^no order/, in_answers: true,
    seed(history) {
      const [bulk, list] = find_pair(of_kind(history, 'bulk'), of_kind(history, 'list'), (a) =>
        new Set(written(a).map(({ sku }) => sku)).size === written(a).length && written(a).some((line) => is_gone_for_good(history, line)));
      const line = written(bulk).find((one) => is_gone_for_good(history, one))!;
      show_before(seen(list).find(({ sku }) => sku === line.sku)!, line);
    },
  },
  {
    name: 'one_half_of_a_bulk_without_an_answer_is_in_the_ledger', reason: /^torn/, in_answers: false,
    seed(history) {
      const bulk = must_find(of_kind(history, 'bulk').find((one) => written(one).length > 1));
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
];
