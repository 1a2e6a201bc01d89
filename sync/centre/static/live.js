// The link to the centre: one WebSocket that brings the board; a plain request when it is quiet; it reconnects by itself.

const QUIET_MS = 1500;
const GONE_MS = 3000;
const RETRY_MS = [500, 1000, 2000, 4000];

/**
 * Follow the board for as long as the page is open.
 * `onBoard(board, at)` gets each new board and the moment it came (performance.now()); `onLink(state, since)` gets
 * "connecting", "live" or "gone" and the moment of the last answer.
 */
export function follow({ socketUrl, boardUrl, onBoard, onLink }) {
  let answeredAt = null;
  let startedAt = performance.now();
  let attempts = 0;
  let asking = false;
  let socket = null;

  const take = (board) => {
    answeredAt = performance.now();
    onBoard(board, answeredAt);
    tell();
  };
  const tell = () => {
    const silent = performance.now() - (answeredAt ?? startedAt);
    onLink(silent > GONE_MS ? "gone" : answeredAt === null ? "connecting" : "live", answeredAt);
  };
  const connect = () => {
    socket = new WebSocket(socketUrl);
    socket.onopen = () => {
      attempts = 0;
    };
    socket.onmessage = (message) => take(JSON.parse(message.data));
    socket.onclose = () => {
      setTimeout(connect, RETRY_MS[Math.min(attempts, RETRY_MS.length - 1)]);
      attempts += 1;
    };
  };
  const ask = async () => {
    if (asking || (answeredAt !== null && performance.now() - answeredAt < QUIET_MS)) return;
    asking = true;
    try {
      const answer = await fetch(boardUrl, { cache: "no-store", signal: AbortSignal.timeout(2500) });
      if (answer.ok) take(await answer.json());
    } catch {
      // The centre is away; `tell` says so when it has been away for long enough.
    } finally {
      asking = false;
    }
  };
  connect();
  ask();
  setInterval(() => {
    ask();
    tell();
  }, 500);
}
