//! Color of the brand in the styles of the widgets.

use crate::error::SandboxError;

/// Styles of the widgets, without those of the brand.
const STYLES: &str = include_str!("../../assets/widgets/widgets.css");

/// Backgrounds of the pages and of raised areas, in the light and in the dark color scheme, as in `STYLES`.
const LIGHT: [Color; 2] = [Color([0xff, 0xff, 0xff]), Color([0xf6, 0xf7, 0xf9])];
const DARK: [Color; 2] = [Color([0x16, 0x1a, 0x21]), Color([0x1f, 0x25, 0x2e])];

/// Minimum contrast of outlines and borders, by success criterion 1.4.11 of WCAG 2.2.
const MIN_CONTRAST: f64 = 3.0;

/// Color in the sRGB color space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Color([u8; 3]);

/// Returns the styles of the widgets with this brand color, which must have the form `#RRGGBB`.
pub(super) fn stylesheet(brand_color: Option<&str>) -> Result<String, SandboxError> {
    let Some(text) = brand_color else { return Ok(STYLES.to_owned()) };
    let color = Color::parse(text).ok_or_else(|| SandboxError::InvalidBrandColor(text.to_owned()))?;
    Ok(format!("{STYLES}\n{}", brand_styles(text, color)))
}

/// Returns the styles that replace the colors of buttons, outlines and selected options.
fn brand_styles(text: &str, color: Color) -> String {
    // For each color, either black or white has a contrast of at least 4.5. A hovered button is mixed with the other
    // one, so that the contrast grows.
    let (on_brand, shade) = if color.contrast(Color::BLACK) > color.contrast(Color::WHITE) {
        ("#000000", "#ffffff")
    } else {
        ("#ffffff", "#000000")
    };
    let common = format!("--brand: {text}; --on-brand: {on_brand}; --brand-shade: {shade};");
    let light = outlines(color, LIGHT);
    let dark = outlines(color, DARK);
    format!(
        ":root {{ {common} {light} }}\n\n@media (prefers-color-scheme: dark) {{\n  :root {{ {dark} }}\n}}\n"
    )
}

/// Returns the styles of outlines and borders on these backgrounds. If the contrast of the brand color is too low, they
/// have the color of the text.
fn outlines(color: Color, backgrounds: [Color; 2]) -> &'static str {
    if backgrounds.iter().all(|background| color.contrast(*background) >= MIN_CONTRAST) {
        "--accent: var(--brand); --brand-line: var(--brand);"
    } else {
        "--accent: var(--text); --brand-line: var(--line);"
    }
}

impl Color {
    const BLACK: Self = Self([0; 3]);
    const WHITE: Self = Self([0xff; 3]);

    /// Parses a color such as `#2450C5`.
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
        let [_, rgb @ ..] = number.to_be_bytes();
        Some(Self(rgb))
    }

    /// Returns the contrast of two colors, 1 to 21, as WCAG 2.2 defines it.
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// Returns the relative luminance, 0 to 1.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|byte| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_on_each_color_has_the_contrast_that_axe_requires() {
        for (text, on_brand) in [
            ("#000000", "#ffffff"),
            ("#ffffff", "#000000"),
            ("#777777", "#000000"),
            ("#747474", "#ffffff"),
            ("#FFD400", "#000000"),
            ("#2450c5", "#ffffff"),
        ] {
            let styles = brand_styles(text, Color::parse(text).unwrap());
            assert!(styles.contains(&format!("--brand: {text}; --on-brand: {on_brand};")), "{styles}");
        }
        for red in (0..=0xff).step_by(5) {
            for green in (0..=0xff).step_by(5) {
                for blue in (0..=0xff).step_by(15) {
                    let color = Color([red, green, blue]);
                    let best = color.contrast(Color::BLACK).max(color.contrast(Color::WHITE));
                    assert!(best >= 4.5, "{color:?}: {best}");
                }
            }
        }
    }

    #[test]
    fn outlines_have_the_brand_color_only_if_they_are_visible() {
        for (text, light, dark) in [
            ("#ffffff", "--accent: var(--text)", "--accent: var(--brand)"),
            ("#000000", "--accent: var(--brand)", "--accent: var(--text)"),
            ("#161a21", "--accent: var(--brand)", "--accent: var(--text)"),
            ("#ea580c", "--accent: var(--brand)", "--accent: var(--brand)"),
        ] {
            let color = Color::parse(text).unwrap();
            assert!(outlines(color, LIGHT).starts_with(light), "{text}");
            assert!(outlines(color, DARK).starts_with(dark), "{text}");
        }
    }

    #[test]
    fn backgrounds_are_those_of_the_styles() {
        let schemes = STYLES.split("@media (prefers-color-scheme: dark)").collect::<Vec<_>>();
        for (styles, [surface, raised]) in schemes.iter().zip([LIGHT, DARK]) {
            for (name, Color([red, green, blue])) in [("surface", surface), ("raised", raised)] {
                let declaration = format!("--{name}: #{red:02x}{green:02x}{blue:02x};");
                assert!(styles.contains(&declaration), "{declaration}");
            }
        }
    }

    #[test]
    fn only_six_hexadecimal_digits_are_a_color() {
        assert!(stylesheet(Some("#a1B2c3")).unwrap().ends_with("}\n"));
        for text in [
            "",
            "#",
            "red",
            "2450c5",
            "#fff",
            "#2450c5ff",
            "#24 0c5",
            "#+450c5",
            "#-450c5",
            "#ggg000",
            "#\u{661}000",
            "#000000;",
            "#000;}*{",
            "rgb(0,0,0)",
        ] {
            let error = stylesheet(Some(text)).unwrap_err().to_string();
            assert!(error.contains("such as #2450C5") && error.contains(&format!("{text:?}")), "{error}");
        }
    }
}
