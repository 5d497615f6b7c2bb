// What a run did, for the soak's report: lines of JSON in the file that FAULT_FIGURES names, if it names one.
import { appendFileSync } from 'node:fs';
import { seed } from './random.js';

export interface Figures {
  // The file of the test without its endings, and what of it this is.
  test: string;
  part?: string;
  cycles: number;
  of: number;
  // What clients asked for, the audits' own reading left out.
  operations: number;
  faults: Record<string, number>;
  // Whatever a later run should be compared by.
  details?: Record<string, number>;
}

// After each cycle: the last line of a test and part counts. A run that goes wrong has none for the cycle in which it
// did, and is told by its test.
export function note_figures(figures: Figures): void {
  const file = process.env.FAULT_FIGURES;
  if (file) appendFileSync(file, `${JSON.stringify({ ...figures, seed })}\n`);
}
