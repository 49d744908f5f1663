//! The one error type that crosses the ABI: a stable code and a sentence with file names and ids.

use delta_kernel::KernelError;

/// What the caller can do about it. The text form is part of the ABI (`include/haul_delta.h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The request is wrong; a retry cannot help.
    InvalidRequest,
    /// No table there, or no such version.
    NotFound,
    /// A table exists already where one should be created.
    AlreadyExists,
    /// Stored bytes fail their checksum or cannot be parsed.
    Corrupt,
    /// The table uses something this library must not touch (e.g. transaction retention).
    Unsupported,
    /// The storage failed; nothing was stored.
    Io,
    /// A bug here or in the kernel, a caught panic included.
    Internal,
}

impl Code {
    pub fn as_str(self) -> &'static str {
        match self {
            Code::InvalidRequest => "invalid_request",
            Code::NotFound => "not_found",
            Code::AlreadyExists => "already_exists",
            Code::Corrupt => "corrupt",
            Code::Unsupported => "unsupported",
            Code::Io => "io",
            Code::Internal => "internal",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Error {
    pub code: Code,
    pub message: String,
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Error { code, message: message.into() }
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Error::new(Code::InvalidRequest, message)
    }

    pub fn corrupt(message: impl Into<String>) -> Self {
        Error::new(Code::Corrupt, message)
    }

    /// An I/O error on `path`; `doing` says what was tried.
    pub fn io(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        Error::new(Code::Io, format!("{doing} {}: {error}", path.display()))
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)
    }
}

impl std::error::Error for Error {}

impl From<KernelError> for Error {
    fn from(error: KernelError) -> Self {
        Error::new(code_of(&error), error.to_string())
    }
}

fn code_of(error: &KernelError) -> Code {
    match error {
        KernelError::Backtraced { source, .. } => code_of(source),
        KernelError::FileNotFound(_) | KernelError::MissingVersion(_) | KernelError::EmptyLog => {
            Code::NotFound
        }
        KernelError::TableAlreadyExistsAtPath(_) | KernelError::FileAlreadyExists(_) => Code::AlreadyExists,
        KernelError::IOError(_) | KernelError::ObjectStore(_) => Code::Io,
        KernelError::Unsupported(_) => Code::Unsupported,
        KernelError::InvalidTransactionState(_) => Code::InvalidRequest,
        KernelError::MalformedJson(_)
        | KernelError::Parquet(_)
        | KernelError::Arrow(_)
        | KernelError::DeletionVector(_)
        | KernelError::MissingMetadata
        | KernelError::MissingProtocol
        | KernelError::MissingMetadataAndProtocol
        | KernelError::InvalidLogSegment(_) => Code::Corrupt,
        _ => Code::Internal,
    }
}
