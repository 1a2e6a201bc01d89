// One WebSocket brings the world: its state as text, the newest picture as bytes. It reconnects by itself.

const GONE_MS = 3000;
const RETRY_MS = [300, 600, 1200, 2400];

/** Follow the world for as long as the page is open; `onLink` gets "connecting", "live" or "gone". */
export function watch({ onState, onPicture, onLink }) {
  const started = performance.now();
  let heardAt = null;
  let attempts = 0;
  const address = new URL("/live", location.href);
  address.protocol = address.protocol.replace("http", "ws");

  const tell = () => {
    const silent = performance.now() - (heardAt ?? started);
    onLink(silent > GONE_MS ? "gone" : heardAt === null ? "connecting" : "live");
  };
  const connect = () => {
    const socket = new WebSocket(address);
    socket.binaryType = "blob";
    socket.onmessage = ({ data }) => {
      heardAt = performance.now();
      attempts = 0;
      if (typeof data === "string") onState(JSON.parse(data));
      else onPicture(data.slice(0, data.size, "image/jpeg"));
      tell();
    };
    socket.onclose = () => {
      setTimeout(connect, RETRY_MS[Math.min(attempts, RETRY_MS.length - 1)]);
      attempts += 1;
    };
  };
  connect();
  setInterval(tell, 500);
}
