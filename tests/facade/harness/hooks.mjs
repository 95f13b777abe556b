// The façade imports the built module; here it gets one that the tests play.
const GLUE = /\/pkg\/dist\/clawline\.js$/;

export async function resolve(specifier, context, next) {
  const url = context.parentURL && specifier.startsWith(".") ? new URL(specifier, context.parentURL).href : "";
  return GLUE.test(url) ? { url: new URL("raw.mjs", import.meta.url).href, shortCircuit: true } : next(specifier, context);
}
