import { ADVICE } from "./advice.js";

const DOCS = "https://github.com/clawline/clawline/blob/main/docs/ERRORS.md";

export class GatewayError extends Error {
  name = "GatewayError";

  constructor({ code, message, advice = ADVICE[code], sent = false, accepted = false, gateway }) {
    super(message);
    this.code = code;
    this.sent = sent;
    this.accepted = accepted;
    this.docsUrl = `${DOCS}#${code.toLowerCase()}`;
    if (advice) this.advice = advice;
    if (gateway !== undefined) this.gateway = gateway;
  }

  /** For logs: without it, JSON leaves out what an error says. */
  toJSON() {
    const { name, code, message, advice, docsUrl, sent, accepted } = this;
    return { name, code, message, advice, docsUrl, sent, accepted };
  }
}

const text = (value) => (typeof value === "string" && value !== "" ? value : undefined);

/** The gateway refused a request, in whatever words. */
export function refusal(refused) {
  const gateway = refused ?? {};
  const code = text(gateway.details?.code) ?? text(gateway.code) ?? "unknown";
  return new GatewayError({ code, message: text(gateway.message) ?? "The gateway refused.", sent: true, gateway });
}

/** The gateway would refuse it. */
export function lacking(method, scope) {
  return new GatewayError({ code: "MISSING_SCOPE", message: `${method} needs the scope ${scope}, which this connection does not have.` });
}

/** The gateway does not have it, whatever it said. */
export function unknownMethod(method, version, gateway) {
  const who = version === undefined ? "The gateway" : `The gateway (version ${version})`;
  return new GatewayError({ code: "unknown-method", message: `${who} has no method ${method}.`, sent: true, gateway });
}

/**
 * What an app's own function throws must not break the client: the page's
 * handler of errors hears it.
 */
export function report(error) {
  queueMicrotask(() => {
    throw error;
  });
}

/** Calls an app's function. */
export function call(listener, ...args) {
  try {
    listener(...args);
  } catch (error) {
    report(error);
  }
}
