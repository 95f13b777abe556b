//! A code to scan as a picture in a `data:` address, as OpenClaw sends it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qrcode::{Color, EcLevel, QrCode};

/// Pixels of one module: what a phone reads from the middle of a screen.
const SCALE: usize = 6;
/// Modules of white around the code, which readers need.
const QUIET: usize = 4;

/// The picture. The same text gives the same one. `None` for a text that no code
/// has room for.
pub(super) fn data_url(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let (width, colors) = (code.width(), code.to_colors());
    let side = (width + 2 * QUIET) * SCALE;
    let is_dark = |x: usize, y: usize| {
        let inside = |at: usize| (at / SCALE).checked_sub(QUIET).filter(|at| *at < width);
        let at = inside(y).zip(inside(x)).map(|(y, x)| y * width + x);
        at.and_then(|at| colors.get(at)) == Some(&Color::Dark)
    };
    let mut bits = Vec::new();
    for y in 0..side {
        for first in (0..side).step_by(8) {
            let byte =
                (first..first + 8).fold(0_u8, |byte, x| byte << 1 | u8::from(!is_dark(x, y)));
            bits.push(byte);
        }
    }
    let png = png(u32::try_from(side).ok()?, &bits).ok()?;
    Some(format!("data:image/png;base64,{}", STANDARD.encode(png)))
}

/// A square of black and white.
fn png(side: u32, bits: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(bits)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_the_code_with_white_around_it() {
        let text = "https://wa.me/settings/linked_devices#2@ref,noise,identity,adv,1";
        let url = data_url(text).unwrap();
        assert_eq!(data_url(text).unwrap(), url);
        // What a client names again has a bound in the published schema.
        assert!(url.len() < 16_384, "{}", url.len());
        let bytes = STANDARD.decode(url.split(',').nth(1).unwrap()).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let at = |x: usize, y: usize| pixels[y * info.line_size + x / 8] >> (7 - x % 8) & 1;
        // The corner of a code is dark, and its border is white.
        assert_eq!((at(0, 0), at(QUIET * SCALE, QUIET * SCALE)), (1, 0));
        assert_eq!(info.width, info.height);
        assert_eq!(data_url(&"x".repeat(10_000)), None);
    }
}
