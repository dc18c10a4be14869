/** The end of an exhaustive switch: a case that was forgotten doesn't compile. Throws if one gets here all the same. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
