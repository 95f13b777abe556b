"use client";
import { GatewayClient } from "clawline";
import { useEffect, useState } from "react";
import { chat } from "../chat.js";

export function Chat() {
  const [answer, setAnswer] = useState("…");
  useEffect(() => {
    chat(GatewayClient, Object.fromEntries(new URLSearchParams(location.hash.slice(1)))).then(setAnswer);
  }, []);
  return <output>{answer}</output>;
}
