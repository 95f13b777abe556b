import http from 'node:http';
import https from 'node:https';
import { Agent, type AgentConnectOpts } from 'agent-base';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import { type RequestInfo, type RequestInit, ProxyAgent, fetch as fetchVia } from 'undici';
import { Refused } from './refused.js';

/** The proxy on the way to a host of WhatsApp, which is always spoken to over TLS; empty where there is none. */
const proxyTo = (host: string): string => getProxyForUrl(`https://${host}/`);

/** Connects through the proxy, or directly where the environment wants that for a host. */
class Ways extends Agent {
  override connect(_: http.ClientRequest, { host, port, secureEndpoint }: AgentConnectOpts): http.Agent {
    const proxy = proxyTo(`${host ?? ''}:${String(port)}`);
    if (proxy) return new HttpsProxyAgent(proxy);
    return secureEndpoint ? https.globalAgent : http.globalAgent;
  }
}

/**
 * Lets everything go through the proxy that HTTPS_PROXY names, but for the hosts in NO_PROXY. There are three ways to
 * WhatsApp: the socket and uploads are given what this returns; downloads use `fetch`, which this replaces, so it comes
 * before Baileys is loaded. Returns nothing where there is no proxy. Throws `bad_arguments` for what is no proxy.
 */
export function takeProxy(): https.Agent | undefined {
  const name = ['https_proxy', 'HTTPS_PROXY'].find((name) => process.env[name]);
  if (!name) return undefined;
  const named = process.env[name] ?? '';
  // As other programs take it.
  const proxy = named.includes('://') ? named : `http://${named}`;
  if (!URL.canParse(proxy) || !['http:', 'https:'].includes(new URL(proxy).protocol)) {
    throw new Refused('bad_arguments', `${name} names no proxy: write it as http://HOST:PORT`);
  }
  process.env[name] = proxy;
  const known = new Map<string, ProxyAgent>();
  const dispatcherTo = (url: URL): ProxyAgent | undefined => {
    const proxy = proxyTo(url.host);
    if (proxy && !known.has(proxy)) known.set(proxy, new ProxyAgent(proxy));
    return known.get(proxy);
  };
  const fetchAsTold = (address: RequestInfo, options?: RequestInit): ReturnType<typeof fetchVia> => {
    const url = new URL(typeof address === 'string' || address instanceof URL ? address : address.url);
    return fetchVia(address, { ...options, dispatcher: dispatcherTo(url) });
  };
  globalThis.fetch = fetchAsTold as unknown as typeof fetch;
  return new Ways() as unknown as https.Agent;
}
