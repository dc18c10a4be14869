import type { MemberId, Tone } from "@orbit/catalog";
import { usePresence } from "@orbit/react";

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return ((words[0]?.[0] ?? "?") + (words.length > 1 ? (words.at(-1)?.[0] ?? "") : "")).toUpperCase();
}

/** Somebody's initials on their colour. Decoration: the name stands beside it. */
export function Avatar({ name, tone, size = "medium" }: { name: string; tone: Tone; size?: "small" | "medium" }) {
  return (
    <span className={`avatar avatar-${size}`} data-tone={tone} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

/** An avatar with a dot that tells whether they are there. */
export function LiveAvatar({ id, name, tone, size }: { id: MemberId; name: string; tone: Tone; size?: "small" }) {
  const { status } = usePresence(id);
  return (
    <span className="live-avatar" data-status={status}>
      <Avatar name={name} tone={tone} {...(size && { size })} />
      <span className="presence-dot" />
    </span>
  );
}
