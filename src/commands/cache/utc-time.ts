/** Seconds since 1970 as Python's `isoformat` writes them: `2023-11-14T22:13:20`, with six digits of a fraction where there is one. */
export function utcTime(seconds: number): string {
  // As Python does it: the fraction alone is rounded, and a half to the even side.
  const microseconds = halfToEven((seconds - Math.floor(seconds)) * 1e6);
  const whole = Math.floor(seconds) + Math.floor(microseconds / 1e6);
  const fraction = microseconds % 1e6;
  const text = new Date(whole * 1000).toISOString().slice(0, 19);
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(6, '0')}`;
}

function halfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
