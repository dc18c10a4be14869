"""What a soak's samples come to: slopes, and what went wrong."""

import os
from pathlib import Path


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None


def slope(points):
    """By least squares, of (x, y); None for fewer than two."""
    count = len(points)
    if count < 2:
        return None
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else None


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def usage(pid):
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    return {"rss_kb": int(status["VmRSS"].split()[0]), "threads": int(status["Threads"]),
            "descriptors": len(os.listdir(f"/proc/{pid}/fd")), "cpu_s": cpu_seconds(pid)}


def metrics_in(text):
    """By name and labels."""
    values = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            values[name] = float(value)
    return values


def summary(samples, errors, warm_up):
    settled = [sample for sample in samples if sample["at_s"] >= warm_up]
    by_hour = {name: slope([(sample["at_s"] / 3600, sample[name]) for sample in settled])
               for name in ("rss_kb", "descriptors", "threads")}
    # Beside the number of tabs, which differs from sample to sample.
    by_hour["descriptors_beyond_tabs"] = slope(
        [(sample["at_s"] / 3600, sample["descriptors"] - sample["sockets"]) for sample in settled])
    return {
        "minutes": round(samples[-1]["at_s"] / 60, 1) if samples else 0,
        "warm_up_minutes": round(warm_up / 60, 1),
        "slope_per_hour": by_hour,
        "rss_kb": [settled[0]["rss_kb"], settled[-1]["rss_kb"], max(s["rss_kb"] for s in settled)] if settled else None,
        "latency_ms_p99_median": percentile([s["event_ms"]["p99"] for s in settled if s["event_ms"]["p99"]], 0.5),
        "errors": dict(sorted(errors.items())),
    }


def text_of(found):
    lines = [f"{found['minutes']} minutes, the first {found['warm_up_minutes']} of them to warm up"]
    if found["rss_kb"]:
        first, last, most = (f"{value / 1024:.1f}" for value in found["rss_kb"])
        lines.append(f"RSS after warm-up: {first} MB at first, {last} MB at last, {most} MB at most")
    for name, value in found["slope_per_hour"].items():
        lines.append(f"slope of {name}: " + ("too few samples" if value is None else f"{value:+.1f} an hour"))
    if found["latency_ms_p99_median"] is not None:
        lines.append(f"from a command to the event at a tab, p99 of 10 s: {found['latency_ms_p99_median']:.1f} ms (median)")
    lines.append("errors: " + (", ".join(f"{kind} {count}" for kind, count in found["errors"].items()) or "none"))
    return "\n".join(lines)
