export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again and again until the answer is true; false once the time is up. */
export async function becomes(isTrue: () => boolean | Promise<boolean>, patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    if (await isTrue()) return true;
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
}
