// One WebSocket to the kiosk's own server: views, newest pictures, a beat each second; joins again by itself.

const SILENT_MS = 3000;
const RETRY_MS = 700;

export class Link {
  /** handlers: hello() -> first message or null, view, words, picture(letter, blob), beat, gone(seconds), back, closed(code). */
  constructor(path, handlers) {
    this.path = path;
    this.handlers = handlers;
    this.heard = performance.now();
    this.silent = false;
    this.join();
    setInterval(() => this.watch(), 500);
  }

  join() {
    const socket = new WebSocket(`ws://${location.host}${this.path()}`);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () => {
      const hello = this.handlers.hello?.();
      if (hello) socket.send(JSON.stringify(hello));
    };
    socket.onmessage = (event) => this.take(event.data);
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.handlers.closed?.(event.code);
      setTimeout(() => this.join(), RETRY_MS);
    };
  }

  take(data) {
    this.heard = performance.now();
    if (this.silent) {
      this.silent = false;
      this.handlers.back?.();
    }
    if (typeof data !== "string") {
      const letter = String.fromCharCode(new Uint8Array(data, 0, 1)[0]);
      const type = letter === "C" ? "image/jpeg" : "image/png";
      const drawn = () => this.send({ type: "drawn" });
      this.handlers.picture(letter, new Blob([data.slice(1)], { type })).then(drawn, drawn);
      return;
    }
    const message = JSON.parse(data);
    this.handlers[message.type]?.(message);
  }

  watch() {
    const quiet = performance.now() - this.heard;
    if (quiet < SILENT_MS) return;
    this.silent = true;
    this.handlers.gone?.(Math.round(quiet / 1000));
    if (this.socket.readyState === WebSocket.OPEN) this.socket.close();
  }

  send(message) {
    if (this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }
}
