import { createApp } from "vue";
import App from "./App.vue";
import { client } from "./client.ts";

client.connect();
createApp(App).mount("#app");
