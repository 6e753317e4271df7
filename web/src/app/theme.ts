import {
  createTheme,
  Drawer,
  Menu,
  Modal,
  Paper,
  Table,
  Tooltip,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core';

const lagoon: MantineColorsTuple = [
  '#eef8f8',
  '#dcf0f1',
  '#b5e0e3',
  '#88ced4',
  '#5fbcc5',
  '#3ea7b2',
  '#25909b',
  '#147a85',
  '#0f6670',
  '#0a4f57',
];

const gray: MantineColorsTuple = [
  '#f7f9fa',
  '#eff3f4',
  '#e3e9eb',
  '#d3dbde',
  '#b7c2c7',
  '#95a2a9',
  '#5d6b74',
  '#46545d',
  '#303c44',
  '#1d272e',
];

const dark: MantineColorsTuple = [
  '#dbe2e5',
  '#bcc6cb',
  '#9aa7ae',
  '#74828a',
  '#3a464e',
  '#2d383f',
  '#232c32',
  '#1a2227',
  '#12181c',
  '#0c1114',
];

// Named families before `system-ui`, which on many Linux desktops is a wide bitmap-era face.
const sans =
  "Inter, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', system-ui, sans-serif";

/** A dialog is no landmark: its `<header>` would be a second banner of the page. */
const dialogParts = {
  attributes: { header: { role: 'presentation' } },
  styles: { title: { fontWeight: 650, fontSize: 17 } },
};

export const theme = createTheme({
  primaryColor: 'lagoon',
  // Shade 7 and lighter fail WCAG AA as a background of white text.
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  black: '#18222a',
  colors: { lagoon, gray, dark },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: sans,
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.625rem', lineHeight: '1.3' }, h2: { fontSize: '1.0625rem', lineHeight: '1.4' } },
  },
  components: {
    Paper: Paper.extend({ defaultProps: { radius: 'lg' } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'sm' } }),
    Tooltip: Tooltip.extend({
      defaultProps: { withArrow: true, openDelay: 200, events: { hover: true, focus: true, touch: true } },
    }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        radius: 'lg',
        overlayProps: { backgroundOpacity: 0.45, blur: 2 },
        ...dialogParts,
      },
    }),
    Drawer: Drawer.extend({
      defaultProps: { position: 'right', overlayProps: { backgroundOpacity: 0.35 }, ...dialogParts },
    }),
    // Its focus placeholder is no valid child of a menu.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    MenuDivider: Menu.Divider.extend({ defaultProps: { role: 'separator' } }),
  },
});

/** Grounds of coloured alerts and badges. Mantine's are too strong for the text on them in the light, and glaring in the dark. */
const grounds = (of: (name: string) => string) =>
  Object.fromEntries(['red', 'orange', 'teal'].map((name) => [`--mantine-color-${name}-light`, of(name)]));

/** Mantine's own dimmed, placeholder and error colours miss the 4.5:1 contrast; `--surface` is the ground under cards. */
export const cssVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': colors.gray[6],
    '--mantine-color-placeholder': '#6b7982',
    '--mantine-color-error': colors.red[9],
    '--mantine-color-default-border': colors.gray[3],
    '--surface': colors.gray[0],
    ...grounds((name) => `var(--mantine-color-${name}-0)`),
    '--hairline': colors.gray[2],
  },
  dark: {
    '--mantine-color-dimmed': colors.dark[2],
    '--mantine-color-placeholder': colors.dark[2],
    '--mantine-color-error': colors.red[4],
    '--surface': colors.dark[8],
    ...grounds((name) => `color-mix(in srgb, var(--mantine-color-${name}-7) 16%, var(--mantine-color-dark-7))`),
    '--hairline': colors.dark[5],
  },
});
