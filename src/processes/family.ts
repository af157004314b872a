import { Logger } from '@nestjs/common';
import type { Child } from './child.js';
import { Dispatcher } from './dispatcher.js';
import type { Assignment, Role } from './messages.js';
import { Post } from './post.js';
import { CountsOfAll } from './shared-counts.js';

/** How long a worker that was replaced may go on with uploads and downloads. */
const LEAVE_MS = 24 * 3600 * 1000;
/** What the background does can be interrupted: it is done again. */
const LEAVE_BACKGROUND_MS = 5_000;

/** The processes that the primary leads: HTTP workers, and one that works in the background. */
export class Family {
  readonly dispatcher: Dispatcher;
  private readonly logger = new Logger('Processes');
  private readonly counts = new CountsOfAll();
  private readonly background: Post;
  private workers: Post[];
  /** Places that are no more, with somebody still leaving. */
  private readonly abolished = new Set<Post>();

  constructor(private assignment: Assignment) {
    const { workers, listener } = assignment.settings;
    this.dispatcher = new Dispatcher(listener.backlog);
    this.background = this.post('background');
    this.workers = Array.from({ length: workers }, () => this.post('http'));
  }

  /**
   * The processes load the program while `database` is being made ready. The background process brings the schema up to date,
   * then the workers start. Rejects with the first `ChildFailed`; the caller stops the rest.
   */
  async start(database: Promise<Assignment['database']>): Promise<{ readonly tls: boolean }> {
    const background = this.background.prepare();
    const prepared = this.workers.map((post) => ({ post, child: post.prepare() }));
    this.assignment = { ...this.assignment, database: await database };
    await this.background.fill(background);
    const [first] = await Promise.all(prepared.map(({ post, child }) => post.fill(child)));
    return { tls: first?.tls ?? false };
  }

  /** One after the other is replaced by a process with the new settings. Where one does not come up, all keep or get back the old. */
  async renew(assignment: Assignment): Promise<void> {
    const before = this.assignment;
    this.assignment = assignment;
    const places = this.placesFor(assignment.settings.workers);
    const renewed: Post[] = [];
    try {
      for (const post of [this.background, ...places]) {
        await post.fill();
        renewed.push(post);
      }
    } catch (error) {
      this.assignment = before;
      await this.restore(renewed, places);
      throw error;
    }
    const surplus = this.workers.filter((post) => !places.includes(post));
    this.workers = places;
    for (const post of surplus) this.abolish(post);
  }

  async stop(graceMs: number): Promise<void> {
    this.dispatcher.closeWaiting();
    await Promise.all(this.everybody().map((post) => post.close(graceMs)));
  }

  kill(): void {
    for (const post of this.everybody()) post.kill();
  }

  private async askMetrics(): Promise<string | undefined> {
    return this.background.occupant?.askMetrics();
  }

  private everybody(): Post[] {
    return [this.background, ...this.workers, ...this.abolished];
  }

  private placesFor(count: number): Post[] {
    const kept = this.workers.slice(0, count);
    return [...kept, ...Array.from({ length: count - kept.length }, () => this.post('http'))];
  }

  private async restore(renewed: readonly Post[], places: readonly Post[]): Promise<void> {
    for (const post of places) if (!this.workers.includes(post)) this.abolish(post);
    for (const post of renewed) {
      if (post === this.background || this.workers.includes(post)) await post.fill().catch((error: unknown) => this.logger.error(String(error)));
    }
  }

  private abolish(post: Post): void {
    this.abolished.add(post);
    void post.close(LEAVE_MS, true).then(() => this.abolished.delete(post));
  }

  private post(role: Role): Post {
    const leaveMs = role === 'http' ? LEAVE_MS : LEAVE_BACKGROUND_MS;
    return new Post(role, () => this.assignment, leaveMs, role === 'http' ? this.workerEvents() : NOTHING);
  }

  private workerEvents() {
    return {
      arrived: (child: Child) => {
        child.onAccepted = () => this.dispatcher.accepted(child);
        child.onCount = (asked) => void this.counts.answer(asked).then((counted) => child.tellCount(counted));
        child.onMetricsAsked = ({ ticket }) => void this.askMetrics().then((text) => child.tellMetrics({ kind: 'metrics-told', ticket, text }));
        this.dispatcher.add(child);
      },
      left: (child: Child) => this.dispatcher.retire(child),
      ended: (child: Child) => {
        this.dispatcher.remove(child);
        // What it was receiving belongs to nobody now, and need not wait for its lease.
        this.background.occupant?.recoverUploads();
      },
    };
  }
}

const NOTHING = { arrived: () => undefined, left: () => undefined, ended: () => undefined };
