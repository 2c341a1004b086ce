/** The icons, as the paths of 24-unit strokes. */

const PATHS = {
  alert: "M12 8v5m0 3.5v.01M10.3 3.9 2.5 17.5A2 2 0 0 0 4.2 20.5h15.6a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0Z",
  arrow: "M5 12h14m-6-6 6 6-6 6",
  bolt: "M13 3 5.5 13.5H12L11 21l7.5-10.5H12Z",
  check: "m5 12.5 4.5 4.5L19 7.5",
  cross: "m6.5 6.5 11 11m0-11-11 11",
  copy: "M9 9h10v11H9zM5 15V4h10",
  download: "M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19.5h14",
  frames: "M4.5 4.5h9v9h-9zm5.500 12v3h10v-10h-3",
  gate: "M4.5 20.5V11a7.5 7.5 0 0 1 15 0v9.5M12 20.5V13M8.2 20.5v-9M15.8 20.5v-9",
  grid: "M4.5 4.5h6v6h-6zm9 0h6v6h-6zm-9 9h6v6h-6zm9 0h6v6h-6z",
  key: "M14.5 4.5a5 5 0 1 1-4.3 7.5L4 18v2h3v-2h2v-2h2l1.2-1.3M16 8.5v.01",
  leave: "M14 4.5h5v15h-5M4.5 12H15m-4-4 4 4-4 4",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  menu: "M4 7h16M4 12h16M4 17h16",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z",
  pencil: "m4.5 19.5 1-4L16 5a2 2 0 0 1 3 3L8.5 18.5l-4 1Z",
  plug: "M9 3v5m6-5v5M6.5 8h11v4a5.5 5.5 0 0 1-11 0Zm5.5 9.5V21",
  plus: "M12 5v14M5 12h14",
  pulse: "M3 12.5h4l2.5-7 4.5 13 2.5-6h4.5",
  refresh: "M19.5 11a7.5 7.5 0 0 0-13.4-3.6L4.5 9m0-4.5V9H9m-4.5 4a7.5 7.5 0 0 0 13.4 3.6l1.6-1.6m0 4.5V15H15",
  search: "M10.5 4.5a6 6 0 1 1 0 12 6 6 0 0 1 0-12Zm4.5 10.5 4.5 4.5",
  shield: "M12 3.5 5 6v5.5c0 4.2 2.9 7.4 7 9 4.1-1.6 7-4.8 7-9V6Zm-3 8.3 2.2 2.2 4-4.2",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8Zm0-5v1.5m0 15V21M3 12h1.5m15 0H21M5.6 5.6l1.1 1.1m10.6 10.6 1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1",
  trash: "M5 7h14M10 7V4.5h4V7m-7 0 .8 12.5h8.4L17 7m-6.5 3.5v6m3-6v6",
  users: "M9 5a3.2 3.2 0 1 1 0 6.4A3.2 3.2 0 0 1 9 5Zm-6 14c.4-3 2.7-5 6-5s5.600 2 6 5m0-13.600a3 3 0 0 1 0 5.600m2.500 3.600c1.900.7 3.100 2.300 3.500 4.400",
} as const;

const SVG = "http://www.w3.org/2000/svg";

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** An icon as large as the text around it; it says nothing to screen readers. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
