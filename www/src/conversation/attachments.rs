//! The files that go with the next message.

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;
use webchat_model::attachment::{Unfit, left_out, shown_name};
use webchat_model::words::Words;

use super::Conversation;
use crate::attached::{Attached, Chosen};
use crate::browser::spawn_local;

impl Conversation {
    /// Adds files to the next message, and says which cannot go with it.
    pub(crate) fn attach(self, chosen: Vec<Chosen>) {
        if untrack(|| self.addressee()).is_some() {
            return self.left_out.set(Some(Words::of("words-only")));
        }
        let mut files = Vec::new();
        let mut unfit = Vec::new();
        for one in chosen {
            match one {
                Chosen::Folder(name) => unfit.push((name, Unfit::Folder)),
                Chosen::File(file) if file.size() == 0.0 => unfit.push((file.name(), Unfit::Empty)),
                Chosen::File(file) => files.push(file),
            }
        }
        self.left_out.set(left_out(&unfit));
        let Some(last) = files.last() else { return };
        let words = match files.len() {
            1 => Words::of("attached").with("name", shown_name(&last.name())),
            many => Words::of("attached-many").with("count", many),
        };
        self.said.announce(words);
        for file in &files {
            spawn_local(self.look_into(file.clone()));
        }
        let files = files.into_iter().map(|file| Attached { file });
        self.attached
            .update_value(|attached| attached.extend(files));
        self.attachings.update(|times| *times += 1);
    }

    /// Takes back what cannot be read: not every browser tells a folder from a
    /// file before.
    async fn look_into(self, file: File) {
        let beginning = file.slice_with_i32_and_i32(0, 1);
        let read = beginning.map(|beginning| JsFuture::from(beginning.array_buffer()));
        let is_readable = match read {
            Ok(read) => read.await.is_ok(),
            Err(_) => false,
        };
        let place = || {
            self.attached
                .with_value(|files| files.iter().position(|one| one.file == file))
        };
        if let Some(index) = (!is_readable).then(place).flatten() {
            self.detach(index);
            let told = left_out(&[(file.name(), Unfit::Unreadable)]);
            self.left_out.update(|before| {
                let both = before.take().into_iter().chain(told);
                *before = Some(Words::All(both.collect()));
            });
        }
    }

    /// Takes a file back.
    pub(crate) fn detach(self, index: usize) {
        let mut gone = None;
        self.attached.update_value(|attached| {
            gone = (index < attached.len()).then(|| attached.remove(index));
        });
        if let Some(gone) = gone {
            let words = Words::of("detached").with("name", gone.name());
            self.said.announce(words);
            self.attachings.update(|times| *times += 1);
        }
    }

    /// They have gone out, or belong to another conversation.
    pub(super) fn detach_all(self) {
        self.attached.set_value(Vec::new());
        self.left_out.set(None);
        self.attachings.update(|times| *times += 1);
    }

    /// Whether the next message has files.
    pub(crate) fn has_attachments(self) -> bool {
        self.attachings.track();
        self.has_files()
    }

    pub(super) fn has_files(self) -> bool {
        self.attached.with_value(|attached| !attached.is_empty())
    }
}
