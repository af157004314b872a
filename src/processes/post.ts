import { Logger } from '@nestjs/common';
import { Child, ChildFailed } from './child.js';
import type { Assignment, Role } from './messages.js';

/** A child that lived for less was not worth starting at once again. */
const SHORT_LIFE_MS = 10_000;
const FIRST_DELAY_MS = 500;
const MOST_DELAY_MS = 30_000;

export interface PostEvents {
  /** It may be given work. */
  arrived(child: Child): void;
  /** It gets no more work: it ends on its own terms, or has ended. */
  left(child: Child): void;
  ended(child: Child): void;
}

/** A place among the processes that is filled again whenever who filled it ends. */
export class Post {
  private readonly logger = new Logger('Processes');
  private current: Child | undefined;
  private arrivedAt = 0;
  /** All that live, with those that are leaving and one that may be starting. */
  private readonly children = new Set<Child>();
  private shortLives = 0;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly role: Role,
    private readonly assignment: () => Assignment,
    /** How long one that is replaced may go on with what it has begun. */
    private readonly leaveMs: number,
    private readonly events: PostEvents,
  ) {}

  /** Starts the process, which loads the program but nothing else before it is `fill`ed. */
  prepare(): Child {
    if (this.closed) throw new ChildFailed('no process is started any more: it is being stopped');
    const child = new Child(this.role);
    this.children.add(child);
    child.onLeaving = () => this.replace(child);
    void child.ended.then((how) => this.onEnd(child, how));
    return child;
  }

  /** Puts a new child in the place; who was there before leaves. Rejects with `ChildFailed`, and then nothing has changed. */
  async fill(child = this.prepare()): Promise<{ readonly tls: boolean }> {
    const ready = await child.start(this.assignment());
    const before = this.current;
    this.current = child;
    this.arrivedAt = Date.now();
    this.events.arrived(child);
    if (before) this.retire(before);
    return ready;
  }

  get occupant(): Child | undefined {
    return this.current;
  }

  /** Nobody is put here any more; everybody is told to end. */
  async close(graceMs: number, gently = false): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    const { current } = this;
    this.current = undefined;
    if (current) this.events.left(current);
    for (const child of this.children) child.stop(graceMs, gently);
    await Promise.all([...this.children].map((child) => child.ended));
  }

  kill(): void {
    this.closed = true;
    for (const child of this.children) child.kill();
  }

  private retire(child: Child): void {
    this.events.left(child);
    child.stop(this.leaveMs, true);
  }

  private replace(child: Child): void {
    if (this.closed || child !== this.current) return child.stop(this.leaveMs, true);
    this.logger.log(`the ${child.name} was asked to end; another takes its place`);
    this.current = undefined;
    this.retire(child);
    this.refill(0);
  }

  private onEnd(child: Child, how: string): void {
    this.children.delete(child);
    const unexpected = child === this.current;
    if (unexpected) this.events.left(child);
    this.events.ended(child);
    if (!unexpected || this.closed) return;
    this.current = undefined;
    this.shortLives = Date.now() - this.arrivedAt < SHORT_LIFE_MS ? this.shortLives + 1 : 0;
    const delay = this.delay();
    this.logger.error(`the ${child.name} ended: ${how}; another is started${delay === 0 ? '' : ` in ${delay / 1000} s`}`);
    this.refill(delay);
  }

  private delay(): number {
    return this.shortLives <= 1 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (this.shortLives - 2), MOST_DELAY_MS);
  }

  private refill(delay: number): void {
    this.timer = setTimeout(() => {
      if (this.closed || this.current) return;
      this.fill().then(
        () => this.logger.log(`the ${this.current?.name} is ready`),
        (error: unknown) => this.failed(error),
      );
    }, delay);
  }

  private failed(error: unknown): void {
    if (this.closed || this.current) return;
    this.shortLives += 1;
    const delay = Math.max(this.delay(), FIRST_DELAY_MS);
    this.logger.error(`${error instanceof Error ? error.message : String(error)}; tried again in ${delay / 1000} s`);
    this.refill(delay);
  }
}
