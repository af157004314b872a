/** Seconds since 1970 as Python's `isoformat` writes them: `2023-11-14T22:13:20`, with six digits of a fraction where there is one. */
export function utcTime(seconds: number): string {
  const microseconds = Math.round(seconds * 1e6);
  const whole = Math.floor(microseconds / 1e6);
  const fraction = microseconds - whole * 1e6;
  const text = new Date(whole * 1000).toISOString().slice(0, 19);
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(6, '0')}`;
}
