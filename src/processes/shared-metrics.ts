/** Somebody wants to know what Prometheus is told: a worker of the primary, the primary of the background process. */
export interface MetricsAsked {
  readonly kind: 'metrics-asked';
  readonly ticket: number;
}

export interface MetricsTold {
  readonly kind: 'metrics-told';
  readonly ticket: number;
  /** Undefined: nobody knows now. */
  readonly text: string | undefined;
}

/** A scraper gives up after ten seconds. */
const PATIENCE_MS = 8_000;

/** Who asks; each answer finds its question by the ticket. */
export class MetricsQuestions {
  private readonly waiting = new Map<number, (text: string | undefined) => void>();
  private tickets = 0;

  constructor(private readonly send: (asked: MetricsAsked) => void) {}

  ask(): Promise<string | undefined> {
    const ticket = (this.tickets += 1);
    return new Promise((resolve) => {
      const late = setTimeout(() => this.hear({ kind: 'metrics-told', ticket, text: undefined }), PATIENCE_MS);
      this.waiting.set(ticket, (text) => {
        clearTimeout(late);
        resolve(text);
      });
      this.send({ kind: 'metrics-asked', ticket });
    });
  }

  hear({ ticket, text }: MetricsTold): void {
    this.waiting.get(ticket)?.(text);
    this.waiting.delete(ticket);
  }
}
