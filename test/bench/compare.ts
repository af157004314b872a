export const ROUNDS = 3;

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly ours: () => Promise<number>;
  readonly reference: () => Promise<number>;
  /** Seconds: less is better, and the ratio is turned round. */
  readonly seconds?: boolean;
  readonly aim?: number;
}

/** Everything, or what has the word of the command line in its title. */
export const wanted = (what: string): boolean => what.includes(process.argv[2] ?? '');

/** Prints the median ratio of turns that ours and the reference take by turns. */
export async function compare({ what, unit, ours, reference, seconds, aim }: Row): Promise<void> {
  if (!wanted(what)) return;
  const ourValues: number[] = [];
  const theirValues: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [mine, theirs] = [await ours(), await reference()];
    if (round === 0) continue; // the first round warms up
    ourValues.push(mine);
    theirValues.push(theirs);
  }
  const ratios = ourValues.map((mine, i) => (seconds ? (theirValues[i] ?? NaN) / mine : mine / (theirValues[i] ?? NaN)));
  const ratio = median(ratios);
  const verdict = aim === undefined ? '' : ratio >= aim ? `aim ${aim}: reached` : `aim ${aim}: MISSED`;
  const figures = `${median(ourValues).toFixed(unit === 's' ? 2 : 0)} ${unit} to ${median(theirValues).toFixed(unit === 's' ? 2 : 0)} ${unit}`;
  console.log(`${what.padEnd(58)} ${ratio.toFixed(2).padStart(5)}  (${figures})  ${verdict}`);
}
