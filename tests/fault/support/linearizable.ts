// Judges whether a history is linearizable: whether there is an order in which the operations, done one by one, each at
// a moment between its beginning and its answer, give exactly the answers that were given.
//
// The store as a whole is the object. A bulk is one operation on several records and a page of a list is one too, so a
// reader that sees a bulk in one record and not in another has no place in any order.
import type { History, Operation } from './history.js';
import { changed_skus, execute, outcome_text, state_text, type State } from './stock.js';
import { succeeded, witness_problems } from './witness.js';

export type Verdict = { is_linearizable: true; configurations: number } | { is_linearizable: false; reasons: string[] };

const configurations_max = 1_000_000;

export function judge(history: History): Verdict {
  const reasons = witness_problems(history);
  return reasons.length > 0 ? { is_linearizable: false, reasons } : find_order(history.operations, { items: history.opening, held: new Set() });
}

// Looks for an order by answers alone. The versions in them leave little to choose: each write that has told its version
// has one place in its record's order, and no write may pass a version that somebody has yet to read.
export function find_order(operations: readonly Operation[], opening: State): Verdict {
  return new Search(operations).run(opening);
}

// What has been placed: of those with an answer the first ones by their beginning, and some beyond.
interface Configuration { first: number; beyond: readonly number[]; open: readonly number[]; state: State }

interface Frame { configuration: Configuration; next: () => Configuration | undefined }

class Search {
  // By their beginning.
  #answered: Operation[];
  // Those without an answer: done at any time after their beginning, or never.
  #open: Operation[];
  #texts: string[];
  // By SKU and version: who made it, for writes that told, and who read it.
  #maker = new Map<string, number>();
  #readers = new Map<string, number[]>();
  #visited = new Set<string>();
  #furthest = -1;
  #stuck = '';

  constructor(operations: readonly Operation[]) {
    const by_beginning = [...operations].sort((a, b) => a.invoked - b.invoked);
    this.#answered = by_beginning.filter(({ outcome }) => outcome);
    this.#open = by_beginning.filter(({ outcome }) => !outcome);
    this.#texts = this.#answered.map(({ outcome }) => outcome_text(outcome!));
    for (const [i, operation] of this.#answered.entries()) {
      const outcome = operation.outcome!;
      if (outcome.kind === 'written') for (const { sku, version } of outcome.lines) this.#maker.set(`${sku}@${version}`, i);
      if (outcome.kind !== 'seen') continue;
      for (const { sku, version } of outcome.records) {
        if (version !== undefined) this.#readers.set(`${sku}@${version}`, [...(this.#readers.get(`${sku}@${version}`) ?? []), i]);
      }
    }
  }

  run(opening: State): Verdict {
    const frames: Frame[] = [];
    let entered: Configuration | undefined = { first: 0, beyond: [], open: [], state: opening };
    while (this.#visited.size < configurations_max) {
      if (entered) {
        const configuration = this.#place_reads(entered);
        if (configuration.first === this.#answered.length) return { is_linearizable: true, configurations: this.#visited.size };
        frames.push({ configuration, next: this.#is_new(configuration) ? this.#successors(configuration) : () => undefined });
      }
      const frame = frames.at(-1);
      if (!frame) return { is_linearizable: false, reasons: [`no order: ${this.#stuck}`] };
      entered = frame.next();
      if (!entered) frames.pop();
    }
    return { is_linearizable: false, reasons: [`undecided after ${configurations_max} configurations: ${this.#stuck}`] };
  }

  #is_new({ first, beyond, open, state }: Configuration): boolean {
    const text = `${first} ${beyond.join(',')} ${open.join(',')} ${state_text(state)}`;
    if (this.#visited.has(text)) return false;
    this.#visited.add(text);
    return true;
  }

  #is_placed({ first, beyond }: Configuration, i: number): boolean {
    return i < first || beyond.includes(i);
  }

  // Those that may come next as far as real time goes: none that has not been placed was answered before they began.
  #candidates(configuration: Configuration): { answered: number[]; open: number[] } {
    let first_answer = Infinity;
    const answered: number[] = [];
    for (let i = configuration.first; i < this.#answered.length && this.#answered[i].invoked < first_answer; i += 1) {
      if (this.#is_placed(configuration, i)) continue;
      first_answer = Math.min(first_answer, this.#answered[i].answered);
      answered.push(i);
    }
    const open = this.#open.map((_, i) => i).filter((i) => this.#open[i].invoked < first_answer && !configuration.open.includes(i));
    return { answered, open };
  }

  // With one more placed.
  #with(configuration: Configuration, i: number, state: State): Configuration {
    const placed = [...configuration.beyond, i].sort((a, b) => a - b);
    let { first } = configuration;
    while (placed[0] === first) {
      placed.shift();
      first += 1;
    }
    return { ...configuration, first, beyond: placed, state };
  }

  // Whatever changes nothing may as well come as soon as it fits: nobody else is hindered by that.
  #place_reads(configuration: Configuration): Configuration {
    let now = configuration;
    for (let is_over = false; !is_over; ) {
      is_over = true;
      for (const i of this.#candidates(now).answered) {
        const { name, request } = this.#answered[i];
        if (succeeded(this.#answered[i]) || outcome_text(execute(now.state, name, request).outcome) !== this.#texts[i]) continue;
        now = this.#with(now, i, now.state);
        is_over = false;
      }
    }
    return now;
  }

  // One after the other: what may follow, those first that were answered first.
  #successors(configuration: Configuration): () => Configuration | undefined {
    const { answered, open } = this.#candidates(configuration);
    this.#note_progress(configuration, answered);
    const writes = answered.filter((i) => succeeded(this.#answered[i])).sort((a, b) => this.#answered[a].answered - this.#answered[b].answered);
    const rest = [...writes.map((i) => () => this.#after(configuration, i)), ...open.map((i) => () => this.#after_open(configuration, i))];
    return () => {
      for (let attempt = rest.shift(); attempt; attempt = rest.shift()) {
        const next = attempt();
        if (next) return next;
      }
      return undefined;
    };
  }

  #after(configuration: Configuration, i: number): Configuration | undefined {
    const operation = this.#answered[i];
    const { outcome, state } = execute(configuration.state, operation.name, operation.request);
    if (outcome_text(outcome) !== this.#texts[i] || !this.#may_pass(configuration, operation, state, i)) return undefined;
    return this.#with(configuration, i, state);
  }

  #after_open(configuration: Configuration, i: number): Configuration | undefined {
    const operation = this.#open[i];
    const { outcome, state } = execute(configuration.state, operation.name, operation.request);
    if (outcome.kind === 'refused' || !this.#may_pass(configuration, operation, state)) return undefined;
    return { ...configuration, open: [...configuration.open, i].sort((a, b) => a - b), state };
  }

  // Whether no version is passed that somebody has yet to read, and none is made that is another one's.
  #may_pass(configuration: Configuration, { request }: Operation, state: State, i?: number): boolean {
    return changed_skus(request).every((sku) => {
      const before = configuration.state.items.get(sku)!.version;
      const after = state.items.get(sku)!.version;
      for (let version = before; version < after; version += 1) {
        if (this.#readers.get(`${sku}@${version}`)?.some((reader) => !this.#is_placed(configuration, reader))) return false;
        const maker = this.#maker.get(`${sku}@${version + 1}`);
        if (maker !== undefined && maker !== i) return false;
      }
      return true;
    });
  }

  #note_progress({ first, beyond, state }: Configuration, candidates: number[]): void {
    const placed = first + beyond.length;
    if (placed <= this.#furthest) return;
    this.#furthest = placed;
    const waiting = candidates.map((i) => this.#answered[i]).sort((a, b) => a.answered - b.answered).slice(0, 4)
      .map(({ name, request, outcome }) => `${name} (${request.kind}: ${outcome_text(outcome!)})`);
    this.#stuck = `after ${placed} of ${this.#answered.length} operations, with ${state_text(state)}, none of these fits: ${waiting.join('; ')}`;
  }
}
