import type { Permission } from "@orbit/catalog";
import { batch, Store } from "@tanstack/store";
import { emptyState, may, type StateDraft, type WorkspaceState } from "./workspace_state.ts";

/** What one reads: the value now, and a call for each change. */
export interface Readable<T> {
  get(): T;
  subscribe(listener: (value: T) => void): { unsubscribe: () => void };
}

/** A store for each part of a WorkspaceState. */
export type WorkspaceStores = { readonly [Key in keyof WorkspaceState]: Readable<WorkspaceState[Key]> };

type WritableStores = { readonly [Key in keyof WorkspaceState]: Store<WorkspaceState[Key]> };

const keys = Object.keys(emptyState) as (keyof WorkspaceState)[];

export function createStores(): WritableStores {
  return Object.fromEntries(keys.map((key) => [key, new Store<unknown>(emptyState[key])])) as unknown as WritableStores;
}

export function stateOf(stores: WorkspaceStores): WorkspaceState {
  return Object.fromEntries(keys.map((key) => [key, stores[key].get()])) as unknown as WorkspaceState;
}

/** Writes what the draft changed; each store that did change tells its subscribers once. */
export function commit(stores: WritableStores, draft: StateDraft): void {
  const next = draft.result();
  batch(() => {
    for (const key of keys) {
      const store: Store<unknown> = stores[key];
      if (store.get() !== next[key]) store.setState(() => next[key]);
    }
  });
}

/** Whether your role holds the permission now. */
export function can(stores: Pick<WorkspaceStores, "you" | "members">, permission: Permission): boolean {
  return may(stores.you.get(), stores.members.get(), permission);
}
