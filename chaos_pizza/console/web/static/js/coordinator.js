// The coordinator's page: the responders' and, besides, what starts and ends a drill, and the sealed draw.

import { Coordinating } from "./coordinating.js";
import { Page } from "./page.js";

const signIn = {
  title: "The coordinator's page",
  text: "It wants the coordinator's token: the command that started this console printed it, at the end of this page's address.",
};

const panel = new Coordinating();
const page = new Page({ panel, wanted: (role) => role === "coordinator", signIn });
panel.attach(page.session);
page.open();
