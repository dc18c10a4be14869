export const seats = ["a", "b", "c", "d"] as const;
export type Seat = (typeof seats)[number];

/** Where this tab sits: side by side, several people are signed in within one browser, each at a seat of their own. */
export const seat: Seat | undefined = seats.find((one) => one === new URLSearchParams(location.search).get("seat"));

/** The address of something on the node, as seen from this tab's seat, or from the one given. */
export function seated(address: string, at: Seat | undefined = seat): string {
  if (at === undefined) return address;
  return `${address}${address.includes("?") ? "&" : "?"}seat=${at}`;
}
