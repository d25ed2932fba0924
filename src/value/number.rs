//! Numbers of JSON, which knows no integers apart from numbers: `12`, `12.0` and `1.2e1` are one
//! number, and `9007199254740993` is another than `9007199254740992`.
//!
//! The one home of comparing them. Exact, whatever their size: a double is never asked.

use serde_json::Number;

/// Whether two numbers are the same.
pub(crate) fn same(left: &Number, right: &Number) -> bool {
    left.as_str() == right.as_str() || same_as_written(left.as_str(), right.as_str())
}

/// Whether two texts are one number; never so if one of them is none.
pub(crate) fn same_as_written(left: &str, right: &str) -> bool {
    let decimals = (Decimal::of(left), Decimal::of(right));
    matches!(decimals, (Some(left), Some(right)) if left == right)
}

/// Whether a text is a number as JSON writes it.
pub(crate) fn is_number(text: &str) -> bool {
    text.parse::<Number>().is_ok()
}

/// The integer that a number is.
pub(crate) fn whole(number: &Number) -> Option<i64> {
    let decimal = Decimal::of(number.as_str())?;
    let zeros = usize::try_from(decimal.exponent).ok().filter(|zeros| *zeros < 20)?;
    let sign = if decimal.is_negative { "-" } else { "" };
    format!("{sign}0{}{}", decimal.digits, "0".repeat(zeros)).parse().ok()
}

/// A text that is the same for the same number only.
pub(crate) fn canonical(number: &Number) -> String {
    one_form(number.as_str()).unwrap_or_else(|| number.to_string())
}

/// The same of a text; nothing where it is no number.
pub(crate) fn one_form(text: &str) -> Option<String> {
    let Decimal { is_negative, digits, exponent } =
        Decimal::of(text).filter(|_| is_number(text))?;
    Some(format!("{}{digits}e{exponent}", if is_negative { "-" } else { "" }))
}

/// Whether a number comes back the same from a double, as which most clients read it (RFC 8259,
/// section 6).
pub(crate) fn fits_double(number: &Number) -> bool {
    let read = number.as_str().parse::<f64>().unwrap_or(f64::INFINITY);
    read.is_finite() && same_as_written(&format!("{read:e}"), number.as_str())
}

/// A number in its one form: `digits × 10^exponent`, where the digits neither start nor end with a
/// zero, and are none at all for zero.
#[derive(Debug, PartialEq, Eq)]
struct Decimal {
    is_negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// Reads a number as JSON writes it; `None` where it is none, or where nobody could write it
    /// out.
    fn of(text: &str) -> Option<Decimal> {
        let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{integer}{fraction}");
        if integer.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let significant = digits.trim_end_matches('0');
        let digits = significant.trim_start_matches('0');
        if digits.is_empty() {
            return Some(Decimal { is_negative: false, digits: String::new(), exponent: 0 });
        }
        let dropped = i64::try_from(integer.len()).ok()? - i64::try_from(significant.len()).ok()?;
        let exponent = exponent.parse::<i64>().ok()?.checked_add(dropped)?;
        Some(Decimal { is_negative, digits: digits.to_owned(), exponent })
    }
}

#[cfg(test)]
mod tests {
    use super::{canonical, fits_double, same, whole};
    use rstest::rstest;
    use serde_json::Number;

    fn number(text: &str) -> Number {
        text.parse().expect("it is a number")
    }

    #[rstest]
    #[case("1", "1.0", true)]
    #[case("1", "1e0", true)]
    #[case("100", "1E+2", true)]
    #[case("0.1", "1e-1", true)]
    #[case("0", "-0.0e9", true)]
    #[case("120", "12", false)]
    #[case("-1", "1", false)]
    #[case("9007199254740993", "9007199254740992", false)]
    #[case("18446744073709551617", "18446744073709551616", false)]
    #[case("18446744073709551616", "1.8446744073709551616e19", true)]
    #[case("0.1", "0.10000000000000000001", false)]
    #[case("1e400", "10e399", true)]
    #[case("1e400", "1e401", false)]
    #[case("1e99999999999999999999", "1e99999999999999999998", false)]
    fn numbers_are_the_same_if_they_are_one_number(
        #[case] left: &str,
        #[case] right: &str,
        #[case] expected: bool,
    ) {
        let (left, right) = (number(left), number(right));
        assert_eq!(same(&left, &right), expected);
        assert_eq!(same(&right, &left), expected);
        assert_eq!(canonical(&left) == canonical(&right), expected);
    }

    #[rstest]
    #[case("12", Some(12))]
    #[case("12.0", Some(12))]
    #[case("1.2e1", Some(12))]
    #[case("120e-1", Some(12))]
    #[case("-0", Some(0))]
    #[case("-9223372036854775808", Some(i64::MIN))]
    #[case("9223372036854775808", None)]
    #[case("12.5", None)]
    #[case("1e400", None)]
    fn an_integer_is_one_in_whatever_spelling(#[case] text: &str, #[case] expected: Option<i64>) {
        assert_eq!(whole(&number(text)), expected);
    }

    #[rstest]
    #[case("0.1", true)]
    #[case("1790420410", true)]
    #[case("9007199254740992", true)]
    #[case("1e300", true)]
    #[case("-0.0", true)]
    #[case("9007199254740993", false)]
    #[case("1e400", false)]
    #[case("1e-400", false)]
    #[case("3.141592653589793238462643383279", false)]
    fn what_a_double_cannot_hold_is_known(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(fits_double(&number(text)), expected);
    }
}
