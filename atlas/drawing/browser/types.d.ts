/* What the browser files tell each other: the types of data and of the globals, for `tsc` and for editors. */

/** What plants of a status wear; `shape` is SVG. See look.py. */
interface StatusLook {
  code: string;
  shape: string;
  isHollow: boolean;
}

/** Latitude and longitude. */
type Degrees = [number, number];
type Bounds = [Degrees, Degrees];
type Vector = [number, number, number];
type Theme = "light" | "dark";

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Web Mercator in 2^32 steps around the world, and the status code: one value a plant. */
interface PlantColumns {
  x: Uint32Array;
  y: Uint32Array;
  status: Uint8Array;
  unsure?: Uint8Array | null;
}

/** The plants that a filter shows; `rows` are their numbers in the table, null where all are shown. */
interface ShownPlants extends PlantColumns {
  size: number;
  rows: Uint32Array | null;
}

/** Plants that share a mark; see `group` in groups.js. */
interface PlantGroup {
  x: number;
  y: number;
  count: number;
  kinds: number[];
  row: number;
  host: number;
  place: string;
  copy: number;
}

/** What the map fires when a plant is chosen; `click` counts. */
interface SelectEvent extends L.LeafletEvent {
  plant: string;
  click: number;
}

/** A class made by Leaflet's `extend`, whose own types tell nothing about its members. */
interface LeafletClass {
  // biome-ignore lint/suspicious/noExplicitAny: see above
  new (...parts: any[]): any;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  prototype: any;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  extend(members: object & ThisType<any>): LeafletClass;
}

/** What is counted for a view, to be handed back with the next question. */
interface PlantGrid {
  zoom: number;
  worldPx: number;
  points: ShownPlants;
}

interface About {
  id: string;
  name: string;
  place: string;
  accuracy: number | null;
  models?: string;
  doubt?: string;
}

interface AboutColumns {
  ids: string[];
  names: string[];
  places: string[];
  accuracy_m: (number | null)[];
  models?: string[];
  doubts?: string[];
}

/** What the server, or the offline file, tells about a table; see table.js. */
interface ToldTable {
  version: string;
  size: number;
  statuses: string[];
  main?: number | null;
  points?: string | null;
  about?: AboutColumns;
  points_url?: string;
  names_url?: string;
  packed?: ArrayBuffer;
  lookup?: (row: number) => About | undefined;
}

interface PlantTable {
  version: string;
  size: number;
  statuses: string[];
  main: number | null;
  columns: PlantColumns;
  about(row: number): About | null;
  know(rows: number[]): Promise<void>;
}

/** See lines.js. */
interface StartLines {
  name: string;
  here: Degrees;
  places: number[];
}

/** A year to draw: `models` by number of the plant, `ghosts` the mask of all plants of the other filters. */
interface ToldYear {
  year: number;
  words: string;
  models: Record<number, string>;
  ghosts: string | null;
}

/** Which statuses are chosen, and how many plants each has under the other filters; see plants.js. */
interface ToldLegend {
  chosen: number[];
  counts: number[];
}

/** What changes with filters and clicks; see plants.js. */
interface Showing {
  mask: string | null;
  selected: number;
  pins?: number[];
  fit: { key: string; bounds: Bounds | null; all?: Bounds | null; is_home?: boolean; is_first?: boolean };
  year?: ToldYear | null;
  legend?: ToldLegend | null;
  text: string;
  lines?: StartLines | null;
}

interface OnlineLayer {
  key: string;
  name: string;
  url: string;
  attribution: string;
  max_zoom: number;
  has_names: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: a parsed file of the base map; basemap.js knows what is in it
type LoadFile = (name: string) => Promise<any>;

/** See folium_map.py; the optional ones are explained in map.js. */
/** A language by its code, and English text -> text in it, or the forms for numbers. See language.py. */
interface SpokenWords {
  language: string;
  texts: Record<string, string | string[]>;
}

interface MapSettings {
  basemap?: string;
  embedded: string;
  highlight: string[];
  statuses: string[];
  online: OnlineLayer[];
  words?: SpokenWords;
  fills?: boolean;
  theme?: Theme;
  load?: LoadFile;
  followTheme?: (apply: (theme: Theme) => void) => void;
}

interface BasemapOptions {
  url?: string;
  theme?: string;
  highlight?: string[];
  load?: LoadFile;
}

interface BasemapLayer extends L.Layer {
  ready: Promise<void>;
  setTheme(name: string): this;
  setHighlight(codes: string[]): this;
  avoid(zoom: number, boxes: Box[]): this;
}

interface Sight {
  keep(key: string, plant: number): void;
  forget(): void;
  first(key: string): { lat: number; lng: number; zoom: number; plant?: number; isAsked?: boolean } | null;
}

/** Where marks and names are, in pixels of the world at `zoom`. */
interface RoomEvent extends L.LeafletEvent {
  zoom: number;
  boxes: Box[];
}

interface PlantLabels {
  draw(table: PlantTable, groups: PlantGroup[], selected: number): void;
  clear(): void;
  hideNames(): void;
}

interface PlantList {
  rows: number[];
  open(table: PlantTable, rows: number[], point: L.Point, opener: HTMLElement): void;
  fill(): void;
  close(): void;
}

interface PlantOverview {
  draw(points: ShownPlants): void;
}

interface PlantYear {
  draw(columns: PlantColumns, told: ToldYear | null, shown: ShownPlants): number;
}

interface PlantLines {
  draw(columns: PlantColumns | null, lines: StartLines | null): void;
}

interface Window {
  /** By status code; the last one is for tables without statuses. */
  AtlasLooks: StatusLook[];
  AtlasBasemap: {
    create(options?: BasemapOptions): BasemapLayer;
    themes: Record<Theme, { sea: string }>;
  };
  AtlasGroups: {
    pick(columns: PlantColumns, mask: string | null): ShownPlants;
    group(
      points: ShownPlants,
      zoom: number,
      view: Box,
      last?: PlantGrid | null,
    ): { grid: PlantGrid; groups: PlantGroup[] };
    members(grid: PlantGrid, host: number): number[];
    holder(grid: PlantGrid, x: number, y: number): number;
    openZoom(points: ShownPlants, x: number, y: number, size: L.Point, from: number, to: number): number;
    radius(count: number): number;
    bytes(base64: string): Uint8Array<ArrayBuffer>;
  };
  AtlasTable: {
    read(told: ToldTable): PlantTable | null;
    load(
      told: ToldTable,
      hooks: { isWanted: () => boolean; onTrouble: () => void },
    ): Promise<PlantTable | null>;
  };
  AtlasMarks: {
    wearTheme(container: HTMLElement, theme: Theme): void;
    look(statuses: string[], status: number): number | string;
    icon(statuses: string[], status: number): HTMLElement;
    plantMark(table: PlantTable, row: number): HTMLElement;
    groupMark(statuses: string[], group: PlantGroup): HTMLElement;
    textElement<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, text: string): HTMLElementTagNameMap[Tag];
    plantLabel(table: PlantTable, row: number, isPinned?: boolean): string;
    plantTip(table: PlantTable, row: number): HTMLElement;
    groupLabel(table: PlantTable, group: PlantGroup, holds: boolean, isPinned?: boolean): string;
    noName: () => string;
  };
  AtlasLabels: { Labels: new (map: L.Map) => PlantLabels };
  AtlasList: { List: new (map: L.Map, pick: (row: number) => void) => PlantList };
  AtlasOverview: {
    Overview: new (map: L.Map, acts: { goHome: () => void; showAll: () => void }) => PlantOverview;
    outside(map: L.Map, points: ShownPlants): number;
  };
  AtlasSight: {
    askedLayer(): { key: string; isOwn: boolean };
    keepLayer(key: string): void;
    Sight: new (map: L.Map) => Sight;
  };
  AtlasWords: {
    use: (words: SpokenWords | undefined) => void;
    gettext: (message: string, values?: Record<string, string>) => string;
    ngettext: (one: string, many: string, count: number, values?: Record<string, string>) => string;
    number: (value: number) => string;
    country: (code: string, name: string) => string;
    parameter: () => string;
  };
  AtlasYear: {
    Year: new (map: L.Map) => PlantYear;
    tableIn(table: PlantTable, told: ToldYear): PlantTable;
  };
  AtlasLines: { Lines: new (map: L.Map) => PlantLines; way(from: Degrees, to: Degrees): Degrees[] };
  AtlasPlants: {
    update(map: L.Map, table: ToldTable, showing: Showing): object;
    states: WeakMap<L.Map, object>;
  };
  AtlasMap: { start(map: L.Map, settings: MapSettings): void; select(plant: string): void };
  /** For tests of the offline file. */
  atlasOffline: { unpacked(): string[]; map(): L.Map };
  /** In the frame that Streamlit shows the map in. */
  Streamlit?: { setComponentValue(value: object): void };
  /** What streamlit-folium has added to the map. */
  feature_group?: object[];
}
