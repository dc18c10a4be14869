import { useState } from "react";

/**
 * What a control shows: what was asked for, from then until the node's word arrives or the command is refused; else what
 * is. So a choice doesn't jump back for the moment that a command takes.
 */
export function useAsked<Value>(actual: Value, isRefused: boolean): readonly [Value, (value: Value) => void] {
  const [asked, setAsked] = useState<{ readonly value: Value; readonly instead: Value }>();
  const holds = asked !== undefined && asked.instead === actual && !isRefused;
  return [holds ? asked.value : actual, (value) => setAsked({ value, instead: actual })];
}
