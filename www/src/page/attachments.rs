//! The files that go with the next message.

use leptos::prelude::*;
use web_sys::File;
use webchat_model::attachment::{label, shown_name, size_in_words};

use super::Page;

/// A file that somebody chose, dropped or pasted.
#[derive(Clone)]
pub(crate) struct Attached {
    pub(crate) file: File,
}

impl Attached {
    /// Its name as it is shown.
    pub(crate) fn name(&self) -> String {
        shown_name(&self.file.name())
    }

    pub(crate) fn size(&self) -> String {
        size_in_words(self.bytes())
    }

    /// Name and size.
    pub(crate) fn label(&self) -> String {
        label(&self.file.name(), self.bytes())
    }

    fn bytes(&self) -> u64 {
        // JavaScript has no other numbers; a size is whole and not negative.
        self.file.size() as u64
    }
}

impl Page {
    /// Adds files to the next message.
    pub(crate) fn attach(self, files: Vec<File>) {
        let Some(last) = files.last() else { return };
        let words = match files.len() {
            1 => format!("{} is attached.", shown_name(&last.name())),
            many => format!("{many} files are attached."),
        };
        self.announcement.set(words);
        let files = files.into_iter().map(|file| Attached { file });
        self.attached
            .update_value(|attached| attached.extend(files));
        self.attachings.update(|times| *times += 1);
    }

    /// Takes a file back.
    pub(crate) fn detach(self, index: usize) {
        let mut gone = None;
        self.attached.update_value(|attached| {
            gone = (index < attached.len()).then(|| attached.remove(index));
        });
        if let Some(gone) = gone {
            self.announcement
                .set(format!("{} is removed.", gone.name()));
            self.attachings.update(|times| *times += 1);
        }
    }

    /// They have gone out, or belong to another conversation.
    pub(super) fn detach_all(self) {
        self.attached.set_value(Vec::new());
        self.attachings.update(|times| *times += 1);
    }

    /// Whether the next message has files.
    pub(crate) fn has_attachments(self) -> bool {
        self.attachings.track();
        self.attached.with_value(|attached| !attached.is_empty())
    }
}
