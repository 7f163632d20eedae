// Codes from the camera: by the browser's own reader where it has one, else by the bundled one.
import decodeQR from "qr/decode.js";

async function reader() {
  try {
    if ((await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async (canvas) => (await detector.detect(canvas))[0]?.rawValue;
    }
  } catch {
    // no such thing here
  }
  return async (canvas) => {
    const { width, height } = canvas;
    try {
      return decodeQR(canvas.getContext("2d").getImageData(0, 0, width, height));
    } catch {
      return undefined; // no code in this picture
    }
  };
}

// Show the camera in `video` and call `found` with the first code; returns a function that ends it.
export async function scan(video, found) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  let running = true;
  const stop = () => {
    running = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  video.srcObject = stream;
  await video.play();
  const read = await reader();
  const canvas = document.createElement("canvas");
  const look = async () => {
    if (!running) return;
    if (video.videoWidth) {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      canvas.getContext("2d", { willReadFrequently: true }).drawImage(video, 0, 0);
      const text = await read(canvas);
      if (text && running) {
        stop();
        found(text);
        return;
      }
    }
    setTimeout(look, 150);
  };
  look();
  return stop;
}
