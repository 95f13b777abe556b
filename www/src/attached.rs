//! Files that are to go with a message.

use web_sys::File;
use webchat_model::attachment::{kept, shown_name, size_in_words};
use webchat_model::words::Words;

/// A file that goes with the next message.
#[derive(Clone)]
pub(crate) struct Attached {
    pub(crate) file: File,
}

/// What somebody chose, dropped or pasted.
pub(crate) enum Chosen {
    File(File),
    /// A folder, by its name.
    Folder(String),
}

impl Attached {
    /// Its name as it is shown.
    pub(crate) fn name(&self) -> Words {
        shown_name(&self.file.name())
    }

    pub(crate) fn size(&self) -> Words {
        size_in_words(self.bytes())
    }

    /// Name and size, as they are kept.
    pub(crate) fn kept(&self) -> String {
        kept(&self.file.name(), self.bytes())
    }

    fn bytes(&self) -> u64 {
        // JavaScript has no other numbers; a size is whole and not negative.
        self.file.size() as u64
    }
}
