/** A function over two entries of its variable: its heights as a filled contour, and the ways down. */

import { contours } from "d3-contour";
import type { Answer } from "../engine/engine";
import { short } from "./pictures";

const SIDE = 360;
const LEFT = 52;
const BELOW = 44;
const ABOVE = 10;
const LEVELS = 11;

/** Heights at which lines are drawn: as many points lie between two of them as between any two others. */
export function levels(values: (number | null)[][], count = LEVELS): number[] {
  const known = values.flat().filter((y): y is number => y !== null).sort((a, b) => a - b);
  const found = Array.from({ length: count }, (_, k) => known[Math.round(((k + 1) / (count + 1)) * (known.length - 1))]);
  return [...new Set(found)].filter((level) => level > known[0]);
}

export function Surface({ answer, label }: { answer: Answer; label: string }) {
  const { across, up, values } = answer as { across: number[]; up: number[]; values: (number | null)[][] };
  const count = across.length;
  const width = across[count - 1] - across[0];
  const height = up[count - 1] - up[0];
  const x = (s: number) => LEFT + ((s - across[0]) / width) * SIDE;
  const y = (t: number) => ABOVE + SIDE - ((t - up[0]) / height) * SIDE;
  const flat = values.flat().map((value) => value ?? Number.NaN);
  // The library counts from the corner of a cell, the points lie in their middles.
  const cell = SIDE / (count - 1);
  const ring = (points: number[][]) => `${points.map(([s, t], place) => `${place ? "L" : "M"}${(LEFT + (s - 0.5) * cell).toFixed(1)} ${(ABOVE + SIDE - (t - 0.5) * cell).toFixed(1)}`).join("")}Z`;
  const shapes = contours()
    .size([count, count])
    .thresholds(levels(values))(flat)
    .map((shape) => shape.coordinates.map((polygon) => polygon.map(ring).join("")).join(""));
  const longest = Math.max(...answer.arrows.map((arrow: any) => Math.hypot(...(arrow.along as [number, number]))), 1e-300);
  return (
    <svg class="picture surface" viewBox={`0 0 ${SIDE + LEFT + 12} ${SIDE + ABOVE + BELOW}`} role="img" aria-label={label}>
      <clipPath id="field">
        <rect x={LEFT} y={ABOVE} width={SIDE} height={SIDE} />
      </clipPath>
      <rect class="ground" x={LEFT} y={ABOVE} width={SIDE} height={SIDE} />
      <g clip-path="url(#field)">
        {shapes.map((d, place) => (
          <path key={place} class="level" d={d} />
        ))}
        {values.flatMap((row, j) =>
          row.map((value, i) => value === null && <rect key={`${i},${j}`} class="undefined" x={x(across[i]) - cell / 2} y={y(up[j]) - cell / 2} width={cell + 0.5} height={cell + 0.5} />),
        )}
        {answer.arrows.map((arrow: any, place: number) => {
          const [s, t] = arrow.from as [number, number];
          const [ds, dt] = arrow.along as [number, number];
          const size = Math.hypot(ds, dt);
          if (!size) return null;
          // The square root keeps short ones in sight; both axes have one scale.
          const reach = 44 * Math.sqrt(size / longest);
          const [a, b] = [x(s), y(t)];
          const [c, d] = [a + (ds / size) * reach, b - (dt / size) * reach];
          const head = Math.min(7, 2 + reach / 5);
          const turn = Math.atan2(d - b, c - a);
          const wing = (by: number) => `L${(c - head * Math.cos(turn + by)).toFixed(1)} ${(d - head * Math.sin(turn + by)).toFixed(1)}`;
          return <path key={place} class="arrow" d={`M${a.toFixed(1)} ${b.toFixed(1)}L${c.toFixed(1)} ${d.toFixed(1)}${wing(0.45)}M${c.toFixed(1)} ${d.toFixed(1)}${wing(-0.45)}`} />;
        })}
        <circle class="point" cx={x(answer.at[0])} cy={y(answer.at[1])} r="5" />
      </g>
      <rect class="frame" x={LEFT} y={ABOVE} width={SIDE} height={SIDE} />
      {[across[0], answer.at[0], across[count - 1]].map((s, place) => (
        <text key={place} x={x(s)} y={ABOVE + SIDE + 17} text-anchor={["start", "middle", "end"][place]}>
          {short(s)}
        </text>
      ))}
      {[up[0], answer.at[1], up[count - 1]].map((t, place) => (
        <text key={place} x={LEFT - 6} y={y(t) + [0, 4, 10][place]} text-anchor="end">
          {short(t)}
        </text>
      ))}
      <text class="axis-name" x={LEFT + SIDE / 2} y={ABOVE + SIDE + 37} text-anchor="middle">
        {answer.names[0]}
      </text>
      <text class="axis-name" x={14} y={ABOVE + SIDE / 2 - 26}>
        {answer.names[1]}
      </text>
    </svg>
  );
}
