//! Drawings as SVG: plotters draws bars, histogram and axes, qrcode the code. No text of evidence
//! is in any of them.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use vestige_model::time;

use crate::facts::Histogram;
use crate::say;

/// A drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The SVG document.
    pub svg: String,
    /// What it shows, for who does not see it.
    pub alt: String,
}

/// Bars and axes: dark on white, so that a copy without colour says the same.
const INK: RGBColor = RGBColor(0x1f, 0x3a, 0x5f);
const AXIS: RGBColor = RGBColor(0x2b, 0x33, 0x3d);
const GRID: RGBColor = RGBColor(0xd5, 0xda, 0xe1);
const TRACK: RGBColor = RGBColor(0xe8, 0xeb, 0xf0);

const FONT: &str = "DejaVu Sans Mono";
/// Plotters writes a font size that is smaller by its factor of 1.24.
const TEXT: i32 = 13;

const WIDTH: u32 = 760;
const HEIGHT: u32 = 250;
/// Room for the labels of the axes, in pixels.
const LEFT: i32 = 82;
const RIGHT: i32 = 14;
const TOP: i32 = 12;
const BOTTOM: i32 = 34;

const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Steps between labels of a time axis.
const STEPS: [i64; 20] = [
    SECOND,
    5 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    91 * DAY,
    365 * DAY,
    3650 * DAY,
];

/// Events over time; none where no event has a time.
#[must_use]
pub fn histogram(histogram: &Histogram) -> Option<Figure> {
    let (first, last) = (histogram.buckets.first()?.0, histogram.buckets.last()?.0);
    let length = histogram.length.max(1);
    let plot = Plot {
        start: i128::from(first),
        end: i128::from(last) + i128::from(length),
        length: i128::from(length),
        most: nice(histogram.buckets.iter().map(|bucket| bucket.1).max()?),
    };
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
    // A string takes everything: what cannot fail is not told.
    let drawn = plot
        .draw(&area, &histogram.buckets)
        .and_then(|()| area.present().ok());
    drop(area);
    drawn?;
    let sum: u128 = histogram
        .buckets
        .iter()
        .map(|bucket| u128::from(bucket.1))
        .sum();
    Some(Figure {
        svg,
        alt: format!(
            "Histogram of {sum} events from {} to {}, bars of one {}",
            time::format(first),
            time::format(last),
            self::length(length)
        ),
    })
}

/// A duration in words: `hour`, `6 hours`.
#[must_use]
pub fn length(ns: i64) -> String {
    for (unit, name) in [
        (DAY, "day"),
        (HOUR, "hour"),
        (MINUTE, "minute"),
        (SECOND, "second"),
    ] {
        if ns >= unit && ns % unit == 0 {
            return match ns / unit {
                1 => name.to_owned(),
                many => format!("{many} {name}s"),
            };
        }
    }
    format!("{ns} ns")
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

struct Plot {
    start: i128,
    end: i128,
    length: i128,
    most: u64,
}

impl Plot {
    fn draw(&self, area: &Area<'_>, buckets: &[(i64, u64)]) -> Option<()> {
        area.fill(&WHITE).ok()?;
        self.counts(area)?;
        self.times(area)?;
        for (start, count) in buckets {
            let from = self.x(i128::from(*start));
            // A gap between bars where there is room for one; never less than a pixel of bar.
            let to = self.x(i128::from(*start) + self.length);
            let to = if to - from > 3 {
                to - 1
            } else {
                to.max(from + 1)
            };
            let top = self.y(*count).min(floor() - 1);
            area.draw(&Rectangle::new([(from, top), (to, floor())], INK.filled()))
                .ok()?;
        }
        let line = PathElement::new(vec![(LEFT, floor()), (WIDTH as i32 - RIGHT, floor())], AXIS);
        area.draw(&line).ok()
    }

    fn x(&self, time: i128) -> i32 {
        let room = i128::from(WIDTH as i32 - LEFT - RIGHT);
        let span = (self.end - self.start).max(1);
        LEFT + i32::try_from((time - self.start) * room / span).unwrap_or(0)
    }

    fn y(&self, count: u64) -> i32 {
        let room = i128::from(floor() - TOP);
        let up = i128::from(count) * room / i128::from(self.most.max(1));
        floor() - i32::try_from(up).unwrap_or(0)
    }

    fn counts(&self, area: &Area<'_>) -> Option<()> {
        let style = label(HPos::Right, VPos::Center);
        let parts = if self.most.is_multiple_of(4) {
            4
        } else {
            self.most.clamp(1, 5)
        };
        for part in 0..=parts {
            let count = self.most / parts * part;
            let y = self.y(count);
            if part > 0 {
                let line = PathElement::new(vec![(LEFT, y), (WIDTH as i32 - RIGHT, y)], GRID);
                area.draw(&line).ok()?;
            }
            area.draw(&Text::new(say::number(count), (LEFT - 8, y), style.clone()))
                .ok()?;
        }
        Some(())
    }

    fn times(&self, area: &Area<'_>) -> Option<()> {
        let span = self.end - self.start;
        let step = STEPS
            .into_iter()
            .map(i128::from)
            .find(|step| span / step <= 6);
        let step = step.unwrap_or(span.max(1));
        let style = label(HPos::Center, VPos::Top);
        let mut at = (self.start + step - 1).div_euclid(step) * step;
        while at <= self.end {
            let x = self.x(at);
            let tick = PathElement::new(vec![(x, floor()), (x, floor() + 4)], AXIS);
            area.draw(&tick).ok()?;
            let text = clock(i64::try_from(at).ok()?, step);
            let half = text.len() as i32 * 4;
            let place = x.clamp(half, WIDTH as i32 - half);
            area.draw(&Text::new(text, (place, floor() + 8), style.clone()))
                .ok()?;
            at += step;
        }
        Some(())
    }
}

fn floor() -> i32 {
    HEIGHT as i32 - BOTTOM
}

/// A label of the time axis, as exact as its step.
fn clock(ns: i64, step: i128) -> String {
    let text = time::format(ns);
    let cut = |from: usize, to: usize| text.get(from..to).unwrap_or(&text).replace('T', " ");
    match step {
        step if step < i128::from(MINUTE) => cut(11, 19),
        step if step < i128::from(DAY) => cut(5, 16),
        _ => cut(0, 10),
    }
}

fn label(h: HPos, v: VPos) -> TextStyle<'static> {
    (FONT, TEXT).into_font().color(&AXIS).pos(Pos::new(h, v))
}

/// The end of an axis that holds `most`: one, two or five times a power of ten, or four of it.
fn nice(most: u64) -> u64 {
    let mut power = 1u64;
    loop {
        for factor in [1, 2, 4, 5, 8] {
            match power.checked_mul(factor) {
                Some(end) if end >= most => return end,
                Some(_) => {}
                None => return u64::MAX,
            }
        }
        power = power.saturating_mul(10);
    }
}

const BAR: (u32, u32) = (200, 12);

/// A bar for a part of a whole.
#[must_use]
pub fn bar(part: u64, whole: u64) -> Figure {
    let (width, height) = (BAR.0 as i32, BAR.1 as i32);
    let filled = u128::from(part) * u128::from(BAR.0) / u128::from(whole.max(1));
    let filled = i32::try_from(filled).unwrap_or(width).clamp(1, width);
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, BAR).into_drawing_area();
        // As above: a string takes everything.
        let _ = area.draw(&Rectangle::new([(0, 0), (width, height)], TRACK.filled()));
        let _ = area.draw(&Rectangle::new([(0, 0), (filled, height)], INK.filled()));
        let _ = area.present();
    }
    Figure {
        svg,
        alt: format!("{part} of {whole}"),
    }
}

/// A QR code; none for a text that fits into no code.
#[must_use]
pub fn qr(text: &str) -> Option<Figure> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let svg = code
        .render::<svg::Color<'_>>()
        .min_dimensions(240, 240)
        .dark_color(svg::Color("#000000"))
        .light_color(svg::Color("#ffffff"))
        .build();
    Some(Figure {
        svg,
        alt: format!("QR code of {text}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number() {
        for (most, end) in [
            (0, 1),
            (1, 1),
            (3, 4),
            (6, 8),
            (9, 10),
            (11, 20),
            (470, 500),
            (501, 800),
        ] {
            assert_eq!(nice(most), end, "{most}");
        }
        assert_eq!(nice(u64::MAX), u64::MAX);
    }

    #[test]
    fn hostile_counts_and_times_are_drawn_too() {
        for buckets in [
            vec![(i64::MIN, u64::MAX), (i64::MAX, 1)],
            vec![(0, 1)],
            vec![(-1, 0), (0, 0)],
        ] {
            let drawn = histogram(&Histogram {
                bucket: "day".to_owned(),
                length: DAY,
                buckets,
                undated: 0,
            });
            assert!(drawn.unwrap().svg.contains("<rect"));
        }
        assert!(histogram(&Histogram::default()).is_none());
    }

    #[test]
    fn a_length_is_said_in_its_largest_unit() {
        assert_eq!(length(HOUR), "hour");
        assert_eq!(length(6 * HOUR), "6 hours");
        assert_eq!(length(36 * HOUR), "36 hours");
        assert_eq!(length(7), "7 ns");
    }
}
