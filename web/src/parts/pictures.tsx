/** Pictures made of numbers, as SVG: no library, and no style that a policy would refuse. */

const WIDTH = 640;
const HEIGHT = 300;
const EDGE = 44;

export function Curve(props: { steps: number[]; values: (number | null)[]; tangent: number[]; label: string }) {
  const known = props.values.filter((y): y is number => y !== null);
  const low = Math.min(...known);
  const high = Math.max(...known);
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  const x = (t: number) => EDGE + ((t - props.steps[0]) / (props.steps[props.steps.length - 1] - props.steps[0])) * (WIDTH - 2 * EDGE);
  const y = (value: number) => HEIGHT - EDGE + 14 - ((value - low + room) / (high - low + 2 * room)) * (HEIGHT - EDGE - 14);
  let path = "";
  let pen = false;
  props.values.forEach((value, place) => {
    if (value === null) pen = false;
    else {
      path += `${pen ? "L" : "M"}${x(props.steps[place]).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = true;
    }
  });
  const line = props.tangent.map((value, place) => `${place ? "L" : "M"}${x(props.steps[place]).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const middle = Math.floor(props.steps.length / 2);
  return (
    <svg class="picture" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={props.label}>
      <clipPath id="inside">
        <rect x={EDGE} y={4} width={WIDTH - 2 * EDGE} height={HEIGHT - EDGE + 10} />
      </clipPath>
      <path class="axis" d={`M${EDGE} ${HEIGHT - EDGE + 14}H${WIDTH - EDGE}M${EDGE} 6V${HEIGHT - EDGE + 14}`} />
      <g clip-path="url(#inside)">
        <path class="curve" d={path} />
        <path class="tangent" d={line} />
        <circle class="point" cx={x(props.steps[middle])} cy={y(props.tangent[middle])} r="5" />
      </g>
      <text x={EDGE - 6} y={y(high) + 4} text-anchor="end">{short(high)}</text>
      <text x={EDGE - 6} y={y(low) + 4} text-anchor="end">{short(low)}</text>
      <text x={x(props.steps[middle])} y={HEIGHT - 10} text-anchor="middle">0</text>
      <text x={x(1)} y={HEIGHT - 10} text-anchor="middle">1</text>
      <text x={x(-1)} y={HEIGHT - 10} text-anchor="middle">−1</text>
    </svg>
  );
}

export function Grid(props: { cells: number[][]; label: string; onHover: (text: string) => void }) {
  const rows = props.cells.length;
  const columns = props.cells[0]?.length ?? 0;
  const largest = Math.max(...props.cells.flat().map(Math.abs), 1e-300);
  const side = Math.min(56, 420 / Math.max(rows, columns));
  return (
    <svg class="picture grid" viewBox={`-1 -1 ${columns * side + 2} ${rows * side + 2}`} role="img" aria-label={props.label}>
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

const short = (value: number) => (Math.abs(value) >= 1e4 || (value !== 0 && Math.abs(value) < 1e-2) ? value.toExponential(1) : value.toPrecision(3));
