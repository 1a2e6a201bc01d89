// A photograph of a paper by the lane's camera: live, then the frame that was taken, kept or taken again.

import { h, icon, mark } from "./dom.js";
import { Picture } from "./picture.js";

const SILENT_MS = 3000;

export class Photograph {
  /** kit: word, send(message). `digest` names the photograph that is shown; empty when there is none. */
  constructor(kit) {
    Object.assign(this, { kit, digest: "", seen: performance.now(), asked: false, dark: null });
    this.canvas = h("canvas", { role: "img", "aria-label": kit.word("guidance.live_picture") });
    this.image = h("img", { alt: kit.word("dialog.photograph_alt"), hidden: true });
    this.told = h("p", { role: "status" });
    this.shoot = h("button.d-btn.d-btn--main", { type: "button", id: "photograph", onclick: () => this.ask() });
    this.drop = h("button.d-btn", { type: "button", id: "photograph-drop", onclick: () => this.reset() }, kit.word("dialog.photograph_drop"));
    this.box = h("section.photo", {}, h("div.frame", {}, this.canvas, this.image), h("div.say", {}, this.told, h("div.acts", {}, this.shoot, this.drop)));
    this.picture = new Picture(this.canvas, "camera", { zoom: 1, frame: false });
    this.timer = setInterval(() => this.draw(), 500);
    this.draw();
  }

  close() {
    clearInterval(this.timer);
  }

  /** The newest frame of the camera. */
  show(blob) {
    this.seen = performance.now();
    return this.picture.show(blob);
  }

  ask() {
    this.asked = true;
    this.kit.send({ type: "photograph" });
  }

  take(answer) {
    if (answer.type !== "photograph" || !this.asked) return;
    this.asked = false;
    this.digest = answer.digest;
    this.seen = answer.digest ? this.seen : -SILENT_MS;
    if (answer.digest) this.image.src = answer.picture;
    this.draw(true);
  }

  reset() {
    this.digest = "";
    this.draw(true);
  }

  draw(now = false) {
    const { word } = this.kit;
    const dark = performance.now() - this.seen > SILENT_MS;
    if (!now && dark === this.dark) return;
    this.dark = dark;
    this.image.hidden = !this.digest;
    this.canvas.hidden = Boolean(this.digest);
    this.box.classList.toggle("is-dark", dark && !this.digest);
    const [sign, tone, key] = this.digest ? ["ok", "admit", "photograph_kept"] : dark ? ["warn", "unsure", "photograph_none"] : ["now", "now", "photograph_lay"];
    this.told.replaceChildren(mark(sign, tone), h("span", {}, h("b", {}, word(`dialog.${key}`)), this.digest || dark ? null : h("small", {}, word("dialog.photograph_off"))));
    this.shoot.replaceChildren(icon("camera"), word(this.digest ? "dialog.retake" : "dialog.photograph"));
    this.shoot.classList.toggle("d-btn--main", !this.digest);
    this.shoot.hidden = dark;
    this.drop.hidden = !this.digest;
  }
}
