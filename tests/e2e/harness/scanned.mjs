// A code on the screen, read as a phone reads it.
import decode from "qr/decode.js";

/** What the code in a picture on the screen says. */
export async function scanned(picture) {
  const shot = (await picture.screenshot()).toString("base64");
  const elsewhere = await picture.page().context().newPage();
  const { width, height, data } = await elsewhere.evaluate(async (shot) => {
    const image = new Image();
    image.src = `data:image/png;base64,${shot}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const drawing = canvas.getContext("2d");
    drawing.drawImage(image, 0, 0);
    const { width, height, data } = drawing.getImageData(0, 0, image.width, image.height);
    return { width, height, data: [...data] };
  }, shot);
  await elsewhere.close();
  return decode({ width, height, data: Uint8ClampedArray.from(data) });
}
