/**
 * A table of entities while a batch of events is applied to it. The base is copied at the first change; an entity that
 * is set to what it already says keeps its identity.
 */
export class TableDraft<Id extends string, Entity> {
  readonly #base: ReadonlyMap<Id, Entity>;
  #copy: Map<Id, Entity> | undefined;

  constructor(base: ReadonlyMap<Id, Entity>) {
    this.#base = base;
  }

  get(id: Id): Entity | undefined {
    return this.result.get(id);
  }

  set(id: Id, entity: Entity): void {
    const old = this.result.get(id);
    if (old === undefined || !isEqual(old, entity)) this.#changing.set(id, entity);
  }

  delete(id: Id): void {
    if (this.result.has(id)) this.#changing.delete(id);
  }

  /** Sets each entity to what `change` makes of it; the same object is no change. */
  map(change: (entity: Entity) => Entity): void {
    for (const [id, entity] of this.result) {
      const changed = change(entity);
      if (changed !== entity) this.set(id, changed);
    }
  }

  /** Becomes exactly these. */
  replace(entries: Iterable<readonly [Id, Entity]>): void {
    const next = new Map(entries);
    for (const id of this.result.keys()) {
      if (!next.has(id)) this.delete(id);
    }
    for (const [id, entity] of next) this.set(id, entity);
  }

  /** The base itself where nothing changed. */
  get result(): ReadonlyMap<Id, Entity> {
    return this.#copy ?? this.#base;
  }

  get #changing(): Map<Id, Entity> {
    this.#copy ??= new Map(this.#base);
    return this.#copy;
  }
}

/** Whether two pieces of JSON say the same. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key as keyof typeof a], b[key as keyof typeof b]));
}
