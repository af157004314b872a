/** The order in which a schema moves on while programs of before and after it run. */
export const PHASES = ['expand', 'migrate', 'contract'] as const;

/**
 * `expand` adds what the program before does not see, `migrate` moves data, `contract` takes away what only the program before
 * needs, and lets the new one write what that one could not read.
 */
export type Phase = (typeof PHASES)[number];

/** The phase is part of the name, so that a program knows it of migrations that are newer than it is. */
export const phaseOf = (name: string): Phase => PHASES.find((phase) => name.endsWith(`.${phase}`)) ?? 'expand';
