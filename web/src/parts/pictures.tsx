/** Pictures made of numbers, as SVG: no style that a policy would refuse. */

import type { Answer } from "../engine/engine";
import type { Say } from "../words";

const WIDTH = 640;
const HEIGHT = 320;
const [LEFT, RIGHT, ABOVE, BELOW] = [64, 16, 30, 44];

/** Round numbers between two others, about so many. */
export function ticks(low: number, high: number, count = 5): number[] {
  const rough = (high - low) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * ([1, 2, 5, 10].find((m) => m * unit >= 0.75 * rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

export function Curve({ answer, label, say }: { answer: Answer; label: string; say: Say }) {
  const { steps, values, tangent } = answer as { steps: number[]; values: (number | null)[]; tangent: number[] };
  const known = values.filter((y): y is number => y !== null);
  const low = Math.min(...known);
  const high = Math.max(...known);
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  const [first, last] = [steps[0], steps[steps.length - 1]];
  const x = (t: number) => LEFT + ((t - first) / (last - first)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => HEIGHT - BELOW - ((value - low + room) / (high - low + 2 * room)) * (HEIGHT - BELOW - ABOVE);
  let path = "";
  let pen = false;
  values.forEach((value, place) => {
    if (value === null) pen = false;
    else {
      path += `${pen ? "L" : "M"}${x(steps[place]).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = true;
    }
  });
  const line = tangent.map((value, place) => `${place ? "L" : "M"}${x(steps[place]).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const middle = Math.floor(steps.length / 2);
  return (
    <svg class="picture" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <clipPath id="inside">
        <rect x={LEFT} y={ABOVE} width={WIDTH - LEFT - RIGHT} height={HEIGHT - BELOW - ABOVE} />
      </clipPath>
      {ticks(low - room, high + room).map((value) => (
        <g key={value}>
          <path class="axis" d={`M${LEFT} ${y(value)}H${WIDTH - RIGHT}`} />
          <text x={LEFT - 8} y={y(value) + 4} text-anchor="end">
            {tidy(value)}
          </text>
        </g>
      ))}
      {ticks(first, last, 4).map((value) => (
        <text key={value} x={x(value)} y={HEIGHT - BELOW + 18} text-anchor="middle">
          {tidy(value)}
        </text>
      ))}
      <path class="axis" d={`M${x(0)} ${ABOVE}V${HEIGHT - BELOW}`} />
      <text x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 6} text-anchor="middle">
        {say("picture.step")}
      </text>
      <g clip-path="url(#inside)">
        <path class="curve" d={path} />
        <path class="tangent" d={line} />
        <circle class="point" cx={x(steps[middle])} cy={y(tangent[middle])} r="5" />
      </g>
      <path class="curve" d={`M${LEFT} 13h26`} />
      <text x={LEFT + 34} y={17}>
        {say("picture.legend.curve")}
      </text>
      <path class="tangent" d={`M${LEFT + 130} 13h26`} />
      <text x={LEFT + 164} y={17}>
        {say("picture.legend.tangent")}
      </text>
    </svg>
  );
}

const tidy = (value: number) => (value !== 0 && (Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3) ? value.toExponential(1) : String(value)).replace("-", "−");

export function Grid(props: { cells: number[][]; label: string; onHover: (text: string) => void }) {
  const rows = props.cells.length;
  const columns = props.cells[0]?.length ?? 0;
  const largest = Math.max(...props.cells.flat().map(Math.abs), 1e-300);
  const side = Math.min(40, 400 / Math.max(rows, columns));
  const numbered = (count: number) => [...Array(count).keys()].filter((k) => count <= 12 || (k + 1) % 6 === 0 || k === 0);
  return (
    <svg class="picture grid" viewBox={`-26 -22 ${columns * side + 34} ${rows * side + 28}`} role="img" aria-label={props.label} {...{ width: columns * side + 34 }}>
      {numbered(columns).map((j) => (
        <text key={`c${j}`} x={(j + 0.5) * side} y={-7} text-anchor="middle">
          {j + 1}
        </text>
      ))}
      {numbered(rows).map((i) => (
        <text key={`r${i}`} x={-7} y={(i + 0.5) * side + 4} text-anchor="end">
          {i + 1}
        </text>
      ))}
      <rect class="frame" x="-0.5" y="-0.5" width={columns * side + 1} height={rows * side + 1} />
      {props.cells.flatMap((row, i) =>
        row.map((value, j) => {
          const strength = Math.abs(value) / largest;
          if (strength < 1e-12) return null;
          return (
            <rect
              key={`${i},${j}`}
              class={value > 0 ? "positive" : "negative"}
              x={j * side + 1}
              y={i * side + 1}
              width={side - 2}
              height={side - 2}
              fill-opacity={(0.15 + 0.85 * Math.sqrt(strength)).toFixed(3)}
              onMouseEnter={() => props.onHover(`[${i + 1}, ${j + 1}] = ${short(value)}`)}
            />
          );
        }),
      )}
    </svg>
  );
}

export const short = (value: number) => (Math.abs(value) >= 1e4 || (value !== 0 && Math.abs(value) < 1e-2) ? value.toExponential(1) : value.toPrecision(3));
