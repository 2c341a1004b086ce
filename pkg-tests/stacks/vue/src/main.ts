/** Starts the application. */

import { permgate } from "permgate/vue";
import { createApp } from "vue";
import App from "./App.vue";
import { permissions } from "./permissions";
import router from "./router";

const app = createApp(App);

app.use(permgate, { permissions, router, to: "/" });
app.use(router);

app.mount("#app");
