// A plain WebSocket; it never reconnects.
import { requests } from "../../subjects/requests.js";

export const open = (url, onDelta) => requests(new WebSocket(`${url}/plain`), onDelta);
