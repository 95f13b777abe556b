//! When something happened, in any form that says so without doubt.

use super::Value;
use super::object::whole;

/// Up to here a number counts milliseconds, as on a clock that began lately;
/// from here on it counts seconds, …
const SECONDS: f64 = 1e8;
/// … from here on milliseconds again, …
const MILLIS: f64 = 1e11;
/// … and from here on it means nothing (the year 5138).
const NEVER: f64 = 1e14;

/// Unix milliseconds. Seconds and texts are understood, and a text without its
/// zone is not: it could mean many moments.
pub(super) fn time<O>(value: &Value<O>) -> Option<u64> {
    match value {
        Value::Number(number) => unix(*number),
        Value::Text(text) => digits(text).or_else(|| calendar(text.trim())),
        _ => None,
    }
}

fn unix(number: f64) -> Option<u64> {
    let millis = if (SECONDS..MILLIS).contains(&number) {
        number * 1_000.0
    } else {
        number
    };
    whole(millis.floor()).filter(|_| number < NEVER)
}

/// A number in quotes; parts of a second do not count.
fn digits(text: &str) -> Option<u64> {
    let text = text.trim();
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let is_number = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53")]
    let number = whole.parse::<u64>().ok().filter(|_| is_number)? as f64;
    unix(number)
}

/// `2026-11-29T12:30:05.123Z`, or with `+01:00`.
fn calendar(text: &str) -> Option<u64> {
    let mut rest = text;
    let year = number(&mut rest, 4)?;
    let month = after(&mut rest, &['-'], 2)?;
    let day = after(&mut rest, &['-'], 2)?;
    let hour = after(&mut rest, &['T', 't', ' '], 2)?;
    let minute = after(&mut rest, &[':'], 2)?;
    let second = after(&mut rest, &[':'], 2).unwrap_or(0);
    let mut millis = 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        let end = fraction
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(fraction.len());
        let (fraction, zone) = fraction.split_at_checked(end)?;
        for (digit, scale) in fraction.bytes().zip([100, 10, 1]) {
            millis += i64::from(digit - b'0') * scale;
        }
        rest = zone;
    }
    let east = match rest {
        "Z" | "z" => 0,
        zone => {
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let mut zone = zone.strip_prefix(['+', '-'])?;
            let hours = number(&mut zone, 2)?;
            zone = zone.strip_prefix(':').unwrap_or(zone);
            let minutes = number(&mut zone, 2)?;
            zone.is_empty().then_some(sign * (hours * 60 + minutes))?
        }
    };
    let is_real = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let minutes = (days(year, month, day) * 24 + hour) * 60 + minute - east;
    let at = (minutes * 60 + second) * 1_000 + millis;
    u64::try_from(at).ok().filter(|_| is_real)
}

/// The digits that come next, exactly so many.
fn number(rest: &mut &str, digits: usize) -> Option<i64> {
    let (digits, more) = rest.split_at_checked(digits)?;
    let is_number = digits.bytes().all(|b| b.is_ascii_digit());
    *rest = more;
    digits.parse().ok().filter(|_| is_number)
}

fn after(rest: &mut &str, signs: &[char], digits: usize) -> Option<i64> {
    let mut behind = rest.strip_prefix(signs)?;
    let number = number(&mut behind, digits)?;
    *rest = behind;
    Some(number)
}

/// Days since 1970 in the Gregorian calendar.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March have their leap day at the end.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leaps = year / 4 - year / 100 + year / 400;
    year * 365 + leaps + (month * 153 + 2) / 5 + day - 719_469
}

#[cfg(test)]
mod tests {
    use super::time;
    use crate::wire::Value;

    const MOMENT: u64 = 1_795_955_405_123;

    fn read(value: Value<()>) -> Option<u64> {
        time(&value)
    }

    fn written(text: &str) -> Option<u64> {
        read(Value::Text(text.to_owned()))
    }

    #[test]
    fn a_moment_is_understood_however_it_is_written() {
        assert_eq!(read(Value::Number(1_795_955_405_123.0)), Some(MOMENT));
        assert_eq!(read(Value::Number(1_795_955_405.123)), Some(MOMENT));
        assert_eq!(written("1795955405123"), Some(MOMENT));
        assert_eq!(written("1795955405.9"), Some(1_795_955_405_000));
        assert_eq!(written("2026-11-29T12:30:05.123Z"), Some(MOMENT));
        assert_eq!(written("2026-11-29T13:30:05.123+01:00"), Some(MOMENT));
        assert_eq!(written("2026-11-29T08:00:05.123456-0430"), Some(MOMENT));
        assert_eq!(written("2024-02-29T00:00Z"), Some(1_709_164_800_000));
        assert_eq!(written("1970-01-01T00:00:00Z"), Some(0));
    }

    #[test]
    fn what_could_mean_several_moments_or_none_is_no_time() {
        for text in [
            "",
            "yesterday",
            "2026-11-29",
            "2026-11-29T12:30:05",
            "2026-13-29T12:30:05Z",
            "2026-11-29T12:30:05Zulu",
            "1e300",
            "1.2.3e",
            "９",
            "é26-11-29T12:30:05Z",
        ] {
            assert_eq!(written(text), None, "{text}");
        }
        for number in [f64::NAN, -1.0, 1e300, 1e15, f64::INFINITY] {
            assert_eq!(read(Value::Number(number)), None, "{number}");
        }
        assert_eq!(read(Value::Flag(true)), None);
        assert_eq!(read(Value::Nothing), None);
    }
}
