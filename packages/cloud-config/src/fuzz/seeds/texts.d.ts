// esbuild gives the text of these files (tools/bundle.mjs).

declare module '*.yml' {
  const text: string;
  export default text;
}

declare module '*.txt' {
  const text: string;
  export default text;
}
