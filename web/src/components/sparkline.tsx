const width = 160;
const height = 32;

/** Round trips over time, in milliseconds. */
export function Sparkline({ samples }: { samples: readonly number[] }) {
  const highest = Math.max(4, ...samples);
  const step = width / Math.max(1, samples.length - 1);
  const points = samples.map(
    (one, i) => `${(i * step).toFixed(1)},${(height - 2 - (one / highest) * (height - 4)).toFixed(1)}`,
  );
  const last = samples.at(-1);
  return (
    <span className="sparkline">
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
        <polyline points={points.join(" ")} />
      </svg>
      <span>{last === undefined ? "–" : `${last.toFixed(1)} ms`}</span>
      <span className="quiet">round trip</span>
    </span>
  );
}
