import { connection } from "next/server";
import { Chat } from "./Chat.jsx";

export default async function Page() {
  // Not at build time: the nonce of the policy is another one for each visitor.
  await connection();
  return <Chat />;
}
