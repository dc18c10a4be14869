declare global {
  /** Set it to true in the console, and every Orbit client tells there what it does. */
  var orbitDebug: boolean | undefined;
}

/** Writes to the console if `orbitDebug` is set; a tab that is reloaded keeps it with `localStorage.orbitDebug = 1`. */
export function debugLog(workspace: string, message: string, ...details: unknown[]): void {
  if (globalThis.orbitDebug === undefined) globalThis.orbitDebug = isSwitchedOn();
  if (globalThis.orbitDebug) console.debug(`orbit ${workspace}: ${message}`, ...details);
}

function isSwitchedOn(): boolean {
  try {
    return globalThis.localStorage?.getItem("orbitDebug") != null;
  } catch {
    return false;
  }
}
