const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?/g;

/** JSON, indented and coloured. */
export function Payload({ value }: { value: unknown }) {
  const text = JSON.stringify(value, null, 2);
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(token)) {
    if (match.index > at) parts.push(text.slice(at, match.index));
    const kind =
      match[1] === undefined ? (match[3] === undefined ? "number" : "word") : match[2] === undefined ? "string" : "key";
    parts.push(
      <span key={match.index} className={`json-${kind}`}>
        {match[0]}
      </span>,
    );
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre className="payload" tabIndex={0}>
      {parts}
    </pre>
  );
}
