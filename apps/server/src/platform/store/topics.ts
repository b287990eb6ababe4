/** Who listens to which topic in this process. A topic takes no memory while nobody listens. */
export class Topics {
  readonly #listeners = new Map<string, Set<() => void>>();

  /** Returns the unsubscribe, which may be called twice. */
  subscribe(topic: string, listener: () => void): () => void {
    // An entry of its own: the same function may subscribe twice.
    const entry = () => listener();
    const entries = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, entries.add(entry));
    return () => {
      entries.delete(entry);
      if (entries.size === 0 && this.#listeners.get(topic) === entries) this.#listeners.delete(topic);
    };
  }

  tell(topic: string): void {
    for (const listener of [...(this.#listeners.get(topic) ?? [])]) attempt(listener);
  }

  /** For when hints may have been missed. */
  tellEveryone(): void {
    for (const topic of [...this.#listeners.keys()]) this.tell(topic);
  }

  /** How many topics have a listener. */
  get size(): number {
    return this.#listeners.size;
  }
}

/** Runs an effect of a committed transaction. One that throws must not keep the next from running. */
export function attempt(effect: () => void): void {
  try {
    effect();
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}
