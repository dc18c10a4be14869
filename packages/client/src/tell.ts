/** Calls each tap. One that throws stops neither the others nor the client; its error surfaces as any that nobody caught. */
export function tell<Tap>(taps: ReadonlySet<Tap>, call: (tap: Tap) => void): void {
  for (const tap of taps) {
    try {
      call(tap);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
