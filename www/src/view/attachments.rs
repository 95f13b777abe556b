//! Files that go with a message: choosing, dropping and pasting them.

use leptos::{ev, html, prelude::*};
use web_sys::{
    ClipboardEvent, DataTransfer, DataTransferItem, DragEvent, FileList, FileSystemEntry,
};
use webchat_model::words::Words;

use super::icon::{self, Icon};
use super::icon_button::IconButton;
use super::show::Show;
use super::window::listen;
use super::words::{say, text};
use crate::attached::Chosen;
use crate::browser::is_beside;
use crate::conversation::Conversation;

/// The button that opens the browser's own dialogue.
#[component]
pub(super) fn AttachButton(conversation: Conversation) -> impl IntoView {
    let chooser = NodeRef::<html::Input>::new();
    let open = move || {
        if let Some(chooser) = chooser.get_untracked() {
            chooser.click();
        }
    };
    view! {
        <div class="attach">
            <input
                type="file"
                multiple
                hidden
                node_ref=chooser
                on:change:target=move |event| {
                    let chosen = event.target();
                    conversation.attach(listed(chosen.files()));
                    // The same file may be chosen again.
                    chosen.set_value("");
                }
            />
            <IconButton name=text("attach-files") path=|| icon::CLIP press=open />
        </div>
    }
}

/// What is attached; `done` is called after one was taken back.
#[component]
pub(super) fn Chips(
    conversation: Conversation,
    done: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let chip = move |(index, (name, size)): (usize, (Words, Words))| {
        let take_back = move || {
            conversation.detach(index);
            done();
        };
        view! { <Chip name size take_back /> }
    };
    let chips = move || {
        conversation.attachings.track();
        let files: Vec<_> = conversation.attached.with_value(|attached| {
            let files = attached.iter();
            files.map(|one| (one.name(), one.size())).collect()
        });
        files.into_iter().enumerate().map(chip).collect_view()
    };
    view! {
        <Show when=move || conversation.has_attachments()>
            <ul class="chips" role="list" aria-label=text("attached-files")>
                {chips}
            </ul>
        </Show>
    }
}

#[component]
fn Chip(name: Words, size: Words, take_back: impl Fn() + 'static) -> impl IntoView {
    let removal = Words::of("remove-file").with("name", name.clone());
    let remove = move || say(&removal);
    view! {
        <li class="chip">
            <Icon path=icon::FILE />
            <span class="file-name">{move || say(&name)}</span>
            <span class="muted">{move || say(&size)}</span>
            <button
                type="button"
                class="button icon-button"
                title=remove.clone()
                aria-label=remove
                on:click=move |_| take_back()
            >
                <Icon path=icon::CROSS />
            </button>
        </li>
    }
}

/// Files may be dropped anywhere; a browser would otherwise open them instead
/// of the page. A part of a page, in which `field` stands, takes its own alone.
/// Answers whether some are being dragged over it.
pub(super) fn accept_drops(
    conversation: Conversation,
    field: NodeRef<html::Textarea>,
) -> RwSignal<bool> {
    let is_over = RwSignal::new(false);
    let ours = move |event: &DragEvent| {
        let field = field.get_untracked()?;
        carried(event).filter(|_| is_beside(&field, event))
    };
    listen(ev::dragover, move |event| {
        let is_ours = ours(&event).is_some();
        if is_ours {
            event.prevent_default();
        }
        if is_over.get_untracked() != is_ours {
            is_over.set(is_ours);
        }
    });
    listen(ev::dragleave, move |event| {
        // From one element to another it is still over the page.
        if event.related_target().is_none() {
            is_over.set(false);
        }
    });
    listen(ev::drop, move |event| {
        is_over.set(false);
        if let Some(carried) = ours(&event) {
            event.prevent_default();
            conversation.attach(handed(&carried));
        }
    });
    is_over
}

/// What is dragged, if it is files.
fn carried(event: &DragEvent) -> Option<DataTransfer> {
    let carried = event.data_transfer()?;
    let has_files = carried.types().iter().any(|kind| kind == "Files");
    has_files.then_some(carried)
}

/// Takes pasted files. Text that comes with a picture of itself, as out of an
/// office program, is pasted as text.
pub(super) fn pasted(conversation: Conversation, event: &ClipboardEvent) {
    let Some(pasted) = event.clipboard_data() else {
        return;
    };
    let has_text = pasted.types().iter().any(|kind| kind == "text/plain");
    let files = handed(&pasted);
    if !has_text && !files.is_empty() {
        event.prevent_default();
        conversation.attach(files);
    }
}

/// What is dropped or pasted: a folder looks like a file, but for its entry.
fn handed(from: &DataTransfer) -> Vec<Chosen> {
    let items = from.items();
    let items = (0..items.length()).filter_map(|at| items.get(at));
    let chosen: Vec<Chosen> = items.filter_map(|item| chosen(&item)).collect();
    if chosen.is_empty() {
        listed(from.files())
    } else {
        chosen
    }
}

fn chosen(item: &DataTransferItem) -> Option<Chosen> {
    let entry = item.webkit_get_as_entry().ok().flatten();
    match entry.filter(FileSystemEntry::is_directory) {
        Some(folder) => Some(Chosen::Folder(folder.name())),
        None => item.get_as_file().ok()?.map(Chosen::File),
    }
}

fn listed(files: Option<FileList>) -> Vec<Chosen> {
    let Some(files) = files else {
        return Vec::new();
    };
    let files = (0..files.length()).filter_map(|at| files.get(at));
    files.map(Chosen::File).collect()
}
