// Live pictures on a canvas: the newest frame, the corners around what was found, the oval and the warmest spot.

const GOOD = "#7EDBA4", FOUND = "#F0B440", WHITE = "#FFFFFF", DARK = "#10242B";

export class Picture {
  /** kind: "camera" or "thermal"; zoom: how far a camera frame may be enlarged past its whole width. */
  constructor(canvas, kind, { zoom = 1.28, frame = true } = {}) {
    Object.assign(this, { canvas, kind, zoom, frame, bitmap: null, outline: null, spot: null });
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  async show(blob) {
    const bitmap = await createImageBitmap(blob);
    this.bitmap?.close();
    this.bitmap = bitmap;
    this.draw();
  }

  mark({ outline = null, spot = null }) {
    const key = JSON.stringify([outline, spot]);
    if (key === this.key) return;
    Object.assign(this, { key, outline, spot });
    this.draw();
  }

  draw() {
    const { canvas } = this;
    const width = Math.round(canvas.clientWidth), height = Math.round(canvas.clientHeight);
    if (!width || !height) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d");
    pen.imageSmoothingQuality = "high";
    pen.fillStyle = this.kind === "camera" ? "#2B3538" : "#14131F";
    pen.fillRect(0, 0, width, height);
    const place = this.bitmap ? this.paint(pen, width, height) : null;
    if (this.kind === "camera") {
      if (this.frame) this.guide(pen, width, height);
      if (place && this.outline) this.corners(pen, place);
    } else {
      if (this.frame) this.oval(pen, width, height);
      if (place && this.spot) this.cross(pen, place.x(this.spot[0]), place.y(this.spot[1]));
    }
  }

  paint(pen, width, height) {
    const { bitmap } = this;
    const whole = Math.min(width / bitmap.width, height / bitmap.height);
    const cover = Math.max(width / bitmap.width, height / bitmap.height);
    const strip = width / height > bitmap.width / bitmap.height; // a low, wide box shows a strip of the picture
    const scale = this.kind === "camera" && !strip ? Math.min(cover, whole * this.zoom) : cover;
    const w = bitmap.width * scale, h = bitmap.height * scale;
    if (this.kind === "camera" && (w < width || h < height)) {
      pen.filter = "blur(28px) brightness(.55)";
      pen.drawImage(bitmap, (width - bitmap.width * cover) / 2, (height - bitmap.height * cover) / 2,
        bitmap.width * cover, bitmap.height * cover);
      pen.filter = "none";
    }
    const [cx, cy] = this.centre();
    const left = clamp(width / 2 - cx * w, width, w, 0.5), top = clamp(height / 2 - cy * h, height, h, this.frame ? 0 : 0.5);
    pen.drawImage(bitmap, left, top, w, h);
    return { x: (share) => left + share * w, y: (share) => top + share * h };
  }

  /** Middle of what was found, so that it stays in view when the picture is larger than its box. */
  centre() {
    const points = this.outline?.points;
    if (!points) return this.kind === "thermal" ? [0.5, 0.42] : [0.5, 0.5];
    return [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
  }

  corners(pen, place) {
    const points = this.outline.points.map(([x, y]) => [place.x(x), place.y(y)]);
    stroke(pen, this.outline.good ? GOOD : FOUND, Math.max(6, this.canvas.width / 90));
    points.forEach((point, n) => {
      const next = points[(n + 1) % 4], last = points[(n + 3) % 4];
      pen.beginPath();
      pen.moveTo(...along(point, last, 0.2));
      pen.lineTo(...point);
      pen.lineTo(...along(point, next, 0.2));
      pen.stroke();
    });
  }

  guide(pen, width, height) {
    const inset = width * 0.06, arm = width * 0.12, r = 28;
    const right = width - inset, bottom = height - Math.max(inset, 190);
    stroke(pen, WHITE, Math.max(8, width / 90));
    for (const [x, y, sx, sy] of [[inset, inset, 1, 1], [right, inset, -1, 1], [right, bottom, -1, -1], [inset, bottom, 1, -1]]) {
      pen.beginPath();
      pen.moveTo(x, y + sy * arm);
      pen.lineTo(x, y + sy * r);
      pen.quadraticCurveTo(x, y, x + sx * r, y);
      pen.lineTo(x + sx * arm, y);
      pen.stroke();
    }
  }

  oval(pen, width, height) {
    stroke(pen, WHITE, Math.max(5, width / 130));
    pen.setLineDash([26, 20]);
    pen.beginPath();
    const tall = height * 0.34;
    pen.ellipse(width / 2, height * 0.44, Math.min(tall * 0.72, width * 0.4), tall, 0, 0, Math.PI * 2);
    pen.stroke();
    pen.setLineDash([]);
  }

  cross(pen, x, y) {
    const r = Math.max(16, this.canvas.width / 22);
    for (const [colour, line] of [[DARK, 14], [WHITE, 7]]) {
      stroke(pen, colour, (line * r) / 34);
      pen.beginPath();
      pen.arc(x, y, r, 0, Math.PI * 2);
      pen.stroke();
    }
  }
}

function stroke(pen, colour, width) {
  Object.assign(pen, { strokeStyle: colour, lineWidth: width, lineCap: "round", lineJoin: "round" });
}

function along([x, y], [toX, toY], share) {
  return [x + (toX - x) * share, y + (toY - y) * share];
}

/** Where a picture starts: at its share of the free room when it is smaller, else so that no edge shows. */
function clamp(start, box, size, share) {
  return size <= box ? (box - size) * share : Math.min(0, Math.max(box - size, start));
}
