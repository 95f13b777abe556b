//! What can be wrong with a frame, in words that quote nothing of it.

use std::fmt;

/// What is wrong with a member of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldError {
    /// Absent, `null` or empty, and it must be there.
    Missing(&'static str),
    /// Not a string.
    NotText(&'static str),
    /// Not a number.
    NotNumber(&'static str),
    /// Neither `true` nor `false`.
    NotFlag(&'static str),
    /// Not an object.
    NotObject(&'static str),
    /// Not a list of strings.
    NotTexts(&'static str),
    /// A name or an id of more characters than this.
    TooLong(&'static str, usize),
    /// More elements than this.
    TooMany(&'static str, usize),
    /// None of the words it may be: the member, and these words.
    NotOneOf(&'static str, &'static str),
    /// Two members that must say the same do not.
    Contradicts(&'static str, &'static str),
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "{name} is required"),
            Self::NotText(name) => write!(f, "{name} must be a string"),
            Self::NotNumber(name) => write!(f, "{name} must be a number"),
            Self::NotFlag(name) => write!(f, "{name} must be true or false"),
            Self::NotObject(name) => write!(f, "{name} must be an object"),
            Self::NotTexts(name) => write!(f, "{name} must be a list of strings"),
            Self::TooLong(name, most) => write!(f, "{name} has more than {most} characters"),
            Self::TooMany(name, most) => write!(f, "{name} has more than {most} elements"),
            Self::NotOneOf(name, words) => write!(f, "{name} must be {words}"),
            Self::Contradicts(one, other) => write!(f, "{one} contradicts {other}"),
        }
    }
}

impl std::error::Error for FieldError {}

/// What is wrong with a frame of a server, as its client sees it. The
/// connection goes on: one bad frame costs only itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameError {
    /// Not JSON.
    NotJson,
    /// JSON, but not an object.
    NotObject,
    /// An object that is no frame of this wire.
    Unknown,
    /// A frame with a member that is not as it must be.
    Field(FieldError),
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson => f.write_str("the frame is not JSON"),
            Self::NotObject => f.write_str("the frame is not a JSON object"),
            Self::Unknown => f.write_str("the frame is not one of this protocol"),
            Self::Field(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for FrameError {}

impl From<FieldError> for FrameError {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}
