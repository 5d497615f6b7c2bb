// What the versions and the ledger prove about a history without any search. A version counts the changes of a record,
// so the versions that answers carry are the order in which the store says that it worked; here that order is held
// against real time, the values, the ledger and the answers.
import type { History, LedgerLine, Operation } from './history.js';
import { changed_skus, levels_text, type Level, type Written } from './stock.js';

const shipped_reason = 'order_shipped';
const synced_reason = 'marketplace_sync';
// A synced row's two changes.
const changes_of_sync = 2;
const problems_max = 20;

// What is found of one operation in the ledgers.
interface Expected { operation: Operation; keys: string[]; found: Map<string, LedgerLine> }

export function witness_problems(history: History): string[] {
  const witness = new Witness(history);
  witness.ledgers();
  witness.real_time();
  for (const sku of history.opening.keys()) {
    witness.values(sku);
    witness.density(sku);
  }
  return witness.problems.slice(0, problems_max);
}

export const succeeded = ({ outcome }: Operation) => outcome?.kind === 'written' || outcome?.kind === 'done';
const is_partial = ({ request }: Operation) => request.kind === 'bulk' && request.is_partial === true;
const written_lines = ({ outcome }: Operation): Written[] => (outcome?.kind === 'written' ? outcome.lines : []);

// How a line of the ledger tells whose it is.
function line_key({ sku, warehouse, reason, note, after }: LedgerLine): string {
  if (reason === shipped_reason) return `${sku} ${warehouse} shipped ${note}`;
  return reason === synced_reason ? `${sku} ${warehouse} synced ${after}` : `${sku} ${warehouse} ${note}`;
}

// In the order of what was answered, as far as anything was.
function expected_keys({ name, request, outcome }: Operation): string[] {
  if (request.kind === 'put') return [`${request.update.sku} ${request.update.warehouse} ${name}`];
  if (request.kind === 'bulk') {
    const left_out = new Set(outcome?.kind === 'written' ? outcome.errors?.map(({ index }) => index) : []);
    return request.updates.map(({ sku, warehouse }, index) => `${sku} ${warehouse} ${name}/${index}`).filter((_, index) => !left_out.has(index));
  }
  if (request.kind === 'sync') return request.rows.map(({ sku, warehouse, on_hand }) => `${sku} ${warehouse} synced ${on_hand}`);
  if (request.kind === 'ship') return request.lines.map(({ sku, warehouse }) => `${sku} ${warehouse} shipped ${request.reservation}`);
  return [];
}

class Witness {
  readonly problems: string[] = [];
  #by_key = new Map<string, Expected>();
  #all: Expected[] = [];

  constructor(readonly history: History) {
    // Of several who tried to ship the same, the one that did it.
    const rank = (operation: Operation) => (succeeded(operation) ? 2 : operation.outcome ? 0 : 1);
    for (const operation of history.operations) {
      const expected = { operation, keys: expected_keys(operation), found: new Map() };
      if (expected.keys.length > 0) this.#all.push(expected);
      for (const key of expected.keys) {
        const other = this.#by_key.get(key);
        if (!other || rank(other.operation) < rank(operation)) this.#by_key.set(key, expected);
      }
    }
  }

  #expect(condition: boolean, text: () => string): void {
    if (!condition) this.problems.push(text());
  }

  // Every line belongs to one write, once, and continues where the one before it ended; every write that was
  // acknowledged has all of its lines, one that was refused none, and one without an answer all or none.
  ledgers(): void {
    for (const [sku, lines] of this.history.ledgers) this.#ledger(sku, lines);
    for (const { operation, keys, found } of this.#all) {
      const { name, outcome } = operation;
      const own = keys.filter((key) => this.#by_key.get(key)!.operation === operation);
      if (outcome?.kind === 'refused') this.#expect(found.size === 0, () => `${name} was refused and stands in the ledger`);
      else if (outcome) this.#expect(found.size === keys.length, () => `lost update: ${name} was acknowledged, and ${keys.length - found.size} of its ${keys.length} lines are not in the ledger`);
      else this.#expect(found.size === 0 || found.size === own.length || is_partial(operation), () => `torn: ${name} had no answer, and ${found.size} of its ${own.length} lines are in the ledger`);
      for (const [index, line] of written_lines(operation).entries()) {
        const there = found.get(keys[index]);
        this.#expect(!there || (there.id === line.id && there.before === line.before && there.after === line.after), () =>
          `${name} was answered with ${JSON.stringify(line)}; the ledger has ${JSON.stringify(there)}`);
      }
    }
  }

  #ledger(sku: string, lines: LedgerLine[]): void {
    const on_hand = this.history.opening.get(sku)!.levels.map((level) => level.on_hand);
    const left = new Set<Operation>();
    let { version } = this.history.opening.get(sku)!;
    let last: Operation | undefined;
    for (const line of lines) {
      const where = () => `${sku}: ${JSON.stringify(line)}`;
      const expected = this.#by_key.get(line_key(line));
      this.#expect(line.before === on_hand[line.warehouse], () => `${where()} begins with ${line.before}, but ${on_hand[line.warehouse]} were there`);
      on_hand[line.warehouse] = line.after;
      if (!expected) {
        this.problems.push(`${where()} was written by nobody`);
        continue;
      }
      const { operation, keys, found } = expected;
      const key = line_key(line);
      this.#expect(!found.has(key), () => `duplicated: ${operation.name} stands in the ledger twice, ${where()}`);
      found.set(key, line);
      this.#expect(operation === last || !left.has(operation), () => `torn: others stand between the lines of ${operation.name}, ${where()}`);
      if (last && last !== operation) left.add(last);
      last = operation;
      // One that no answer numbered is at least one on.
      const told = written_lines(operation)[keys.indexOf(key)]?.version;
      this.#expect(told === undefined || told > version, () => `reordered: ${operation.name} was acknowledged as version ${told} of ${sku}, and its line stands where version ${version} had been already`);
      version = told ?? version + 1;
    }
  }

  // What was answered before an operation began is what it begins with, at least.
  real_time(): void {
    for (const sku of this.history.opening.keys()) {
      const told: { operation: Operation; lowest: number; highest: number }[] = [];
      for (const operation of this.history.operations) {
        const versions = this.#versions(operation, sku);
        if (versions.length > 0) told.push({ operation, lowest: Math.min(...versions), highest: Math.max(...versions) });
      }
      const by_answer = [...told].sort((a, b) => a.operation.answered - b.operation.answered);
      let answered = 0;
      let newest: (typeof told)[number] | undefined;
      for (const { operation, lowest } of [...told].sort((a, b) => a.operation.invoked - b.operation.invoked)) {
        for (; by_answer[answered]?.operation.answered < operation.invoked; answered += 1) {
          if (!newest || by_answer[answered].highest > newest.highest) newest = by_answer[answered];
        }
        if (!newest) continue;
        const { highest, operation: earlier } = newest;
        const story = () => `version ${lowest} of ${sku} although ${earlier.name} had been answered with version ${highest} before it began`;
        if (operation.request.kind === 'get') this.#expect(lowest >= highest, () => `stale read: ${operation.name} shows ${story()}`);
        else this.#expect(lowest > highest, () => `reordered: ${operation.name} made ${story()}`);
      }
    }
  }

  #versions({ outcome }: Operation, sku: string): number[] {
    if (outcome?.kind === 'written') return outcome.lines.filter((line) => line.sku === sku).map(({ version }) => version);
    if (outcome?.kind === 'seen') return outcome.records.filter((seen) => seen.sku === sku && seen.version !== undefined).map(({ version }) => version!);
    return [];
  }

  // Each version is one change's, reads of one version agree, a write's neighbours show what it found and left, and
  // nobody sees a version in the middle of what is done as one.
  values(sku: string): void {
    const shown = new Map<number, { levels: readonly Level[]; name: string }>();
    for (const { name, outcome } of this.history.operations) {
      const records = outcome?.kind === 'seen' ? outcome.records.filter((seen) => seen.sku === sku && seen.version !== undefined) : [];
      for (const { version, levels } of records) {
        const other = shown.get(version!);
        this.#expect(!other || levels_text(other.levels) === levels_text(levels), () => `${name} and ${other!.name} show different records as version ${version} of ${sku}`);
        shown.set(version!, { levels, name });
      }
    }
    const makers = new Map<number, Operation>();
    for (const operation of this.history.operations) {
      const lines = written_lines(operation).filter((line) => line.sku === sku);
      for (const [index, { version, warehouse, before, after }] of lines.entries()) {
        const other = makers.get(version);
        this.#expect(!other, () => `lost update: ${operation.name} and ${other!.name} both made version ${version} of ${sku}`);
        makers.set(version, operation);
        this.#expect(version === lines[0].version + index, () => `torn: ${operation.name} made version ${version} of ${sku} apart from its others`);
        const step = operation.request.kind === 'sync' ? changes_of_sync : 1;
        const middle = step === 1 ? undefined : shown.get(version - 1);
        this.#expect(!middle, () => `torn: ${middle!.name} shows version ${version - 1} of ${sku}, in the middle of ${operation.name}`);
        const then = shown.get(version);
        const earlier = shown.get(version - step);
        this.#expect(!then || then.levels[warehouse].on_hand === after, () => `${operation.name} left ${after} as version ${version} of ${sku}, and ${then!.name} shows ${then!.levels[warehouse].on_hand}`);
        this.#expect(!earlier || earlier.levels[warehouse].on_hand === before, () => `${operation.name} found ${before} after version ${version - step} of ${sku}, which ${earlier!.name} shows with ${earlier!.levels[warehouse].on_hand}`);
        this.#expect(!then || index === lines.length - 1, () => `torn: ${then!.name} shows version ${version} of ${sku}, in the middle of ${operation.name}`);
      }
    }
  }

  // The last version is as far from the first as changes were acknowledged; those without an answer may add to them.
  density(sku: string): void {
    const last_answer = this.history.operations.reduce((latest, { answered, request }) => (changed_skus(request).length > 0 && answered < Infinity ? Math.max(latest, answered) : latest), 0);
    const last = this.history.operations.find(({ request, invoked, outcome }) => request.kind === 'get' && request.sku === sku && outcome?.kind === 'seen' && invoked > last_answer);
    if (!last) return;
    let least = this.history.opening.get(sku)!.version;
    let most = least;
    for (const operation of this.history.operations) {
      // Of a partial bulk that was answered, what it wrote.
      const changes = is_partial(operation) && operation.outcome ? written_lines(operation).filter((line) => line.sku === sku).length : this.#changes(operation, sku);
      if (succeeded(operation)) least += changes;
      if (succeeded(operation) || !operation.outcome) most += changes;
    }
    const [version] = this.#versions(last, sku);
    this.#expect(least <= version && version <= most, () => `version gap: ${sku} has version ${version} after changes that make it ${least}${most > least ? ` to ${most}` : ''}`);
  }

  #changes({ request }: Operation, sku: string): number {
    const count = (of: { sku: string }[]) => of.filter((line) => line.sku === sku).length;
    if (request.kind === 'put') return count([request.update]);
    if (request.kind === 'bulk') return count(request.updates);
    if (request.kind === 'sync') return changes_of_sync * count(request.rows);
    if (request.kind === 'create' || request.kind === 'delete') return count([request]);
    if (request.kind === 'get' || request.kind === 'list') return 0;
    return count(request.lines) * (request.kind === 'ship' ? 2 : 1);
  }
}
