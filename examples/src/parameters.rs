//! The numbers of an example that a reader may change.

use std::collections::BTreeMap;
use std::fmt;

/// A number that an example takes.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Parameter {
    /// Its name in the source.
    pub name: &'static str,
    /// What it is, in a few words.
    pub label: &'static str,
    /// What it is counted in.
    pub unit: Unit,
    /// The tutorial's value.
    pub default: f64,
    /// The smallest value that makes sense.
    pub min: f64,
    /// The largest value that is allowed.
    pub max: f64,
}

/// What a parameter is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Unit {
    /// Whole numbers.
    Count,
    /// Seconds and fractions of them.
    Seconds,
}

/// Values that differ from the defaults, by the parameters' names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Values(BTreeMap<String, f64>);

impl FromIterator<(String, f64)> for Values {
    fn from_iter<I: IntoIterator<Item = (String, f64)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl Values {
    /// Returns the value of `parameter`: the one given, else the default.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] when it lies outside its bounds or should be whole and is not.
    pub(crate) fn get(&self, parameter: &Parameter) -> Result<f64, ParameterError> {
        let value = self.0.get(parameter.name).copied().unwrap_or(parameter.default);
        let whole = parameter.unit != Unit::Count || value.fract() == 0.0;
        // Written so that NaN is refused too.
        if (parameter.min..=parameter.max).contains(&value) && whole {
            Ok(value)
        } else {
            Err(ParameterError { problem: Problem::Value(*parameter) })
        }
    }

    /// Checks that every name is a parameter's.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] that names the first that is not.
    pub(crate) fn check_names(&self, known: &[Parameter]) -> Result<(), ParameterError> {
        let unknown = self.0.keys().find(|name| known.iter().all(|parameter| parameter.name != **name));
        match unknown {
            None => Ok(()),
            Some(name) => {
                let known = known.iter().map(|parameter| parameter.name).collect();
                Err(ParameterError { problem: Problem::Name { name: name.clone(), known } })
            }
        }
    }
}

/// A value was given that an example cannot take.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterError {
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq)]
enum Problem {
    /// No parameter has this name.
    Name { name: String, known: Vec<&'static str> },
    /// The value lies outside the bounds, or should be whole.
    Value(Parameter),
}

impl fmt::Display for ParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::Name { name, known } => {
                write!(f, "there is no parameter `{name}`; the example takes {}", known.join(", "))
            }
            Problem::Value(Parameter { name, min, max, unit, .. }) => {
                let kind = match unit {
                    Unit::Count => "a whole number",
                    Unit::Seconds => "a number of seconds",
                };
                write!(f, "`{name}` must be {kind} from {min} to {max}")
            }
        }
    }
}

impl std::error::Error for ParameterError {}

/// What an example's `Parameters` can do; the macro `parameters!` implements it.
pub(crate) trait FromValues: Sized {
    const LIST: &'static [Parameter];

    fn from_values(values: &Values) -> Result<Self, ParameterError>;
}

/// A Rust type that a parameter can have.
pub(crate) trait Number {
    const UNIT: Unit;

    fn from_f64(value: f64) -> Self;
}

impl Number for usize {
    const UNIT: Unit = Unit::Count;

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked against the bounds before"
    )]
    fn from_f64(value: f64) -> Self {
        value as Self
    }
}

/// Seconds.
impl Number for f64 {
    const UNIT: Unit = Unit::Seconds;

    fn from_f64(value: f64) -> Self {
        value
    }
}

/// Declares `Parameters`: the numbers of an example, with the tutorial's values and the bounds within which it works.
///
/// A `usize` is a count, an `f64` is in seconds.
macro_rules! parameters {
    ($($name:ident: $number:ty = $default:literal, $bounds:expr, $label:literal;)*) => {
        /// The numbers that a reader may change.
        #[derive(Debug, Clone, Copy)]
        pub(crate) struct Parameters {
            $(#[doc = $label] $name: $number,)*
        }

        impl $crate::parameters::FromValues for Parameters {
            const LIST: &'static [$crate::Parameter] = &[$({
                let bounds = $bounds;
                $crate::Parameter {
                    name: stringify!($name),
                    label: $label,
                    unit: <$number as $crate::parameters::Number>::UNIT,
                    default: $default as f64,
                    min: *bounds.start() as f64,
                    max: *bounds.end() as f64,
                }
            },)*];

            fn from_values(values: &$crate::Values) -> Result<Self, $crate::ParameterError> {
                values.check_names(Self::LIST)?;
                let mut list = Self::LIST.iter();
                $(let $name = match list.next() {
                    Some(parameter) => $crate::parameters::Number::from_f64(values.get(parameter)?),
                    None => <$number as Default>::default(),
                };)*
                Ok(Self { $($name),* })
            }
        }
    };
}
pub(crate) use parameters;
