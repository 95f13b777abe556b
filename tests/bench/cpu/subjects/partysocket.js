// The raw client over a reconnecting WebSocket instead of a plain one.
import { WebSocket as ReconnectingSocket } from "partysocket";
import { requests } from "../../subjects/requests.js";

export const open = (url, onDelta) => requests(new ReconnectingSocket(`${url}/plain`), onDelta);
