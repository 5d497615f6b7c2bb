// The plain search for an order in which a short history could have happened one by one (Wing and Gong, 1993): every
// operation that may come next is tried. It knows nothing of versions, ledgers or anything else that makes it fast, so
// that the checker for long histories can be compared with it.
import type { Operation } from './history.js';
import { execute, outcome_text, state_text, type State } from './stock.js';

const operations_max = 30;

export function has_an_order(operations: readonly Operation[], opening: State): boolean {
  if (operations.length > operations_max) throw new Error(`${operations.length} operations are too many to try all orders`);
  const failed = new Set<string>();
  const answered = operations.reduce((mask, { outcome }, i) => (outcome ? mask | (1 << i) : mask), 0);

  const goes_on = (placed: number, state: State): boolean => {
    if ((placed & answered) === answered) return true;
    const configuration = `${placed} ${state_text(state)}`;
    if (failed.has(configuration)) return false;
    const rest = operations.map((_, i) => i).filter((i) => (placed & (1 << i)) === 0);
    const first_answer = Math.min(...rest.map((i) => operations[i].answered));
    for (const i of rest) {
      const { name, request, outcome, invoked } = operations[i];
      if (invoked >= first_answer) continue;
      const next = execute(state, name, request);
      // One without an answer may have been done at any time, or never.
      if (outcome ? outcome_text(outcome) !== outcome_text(next.outcome) : next.outcome.kind === 'refused') continue;
      if (goes_on(placed | (1 << i), next.state)) return true;
    }
    failed.add(configuration);
    return false;
  };
  return goes_on(0, opening);
}
