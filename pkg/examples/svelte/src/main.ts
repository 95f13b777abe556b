import { mount } from "svelte";
import App from "./App.svelte";
import { client } from "./client.ts";

client.connect();
mount(App, { target: document.querySelector("#app")! });
