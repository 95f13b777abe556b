//! Files that go with a message: choosing, dropping and pasting them.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, DataTransfer, DataTransferItem, DragEvent, Event, FileList, FileSystemEntry,
    HtmlInputElement,
};

use super::el::{El, button, el, on_window};
use super::icon::{self, icon};
use crate::page::{Attached, Chosen, Page};

/// The button that opens the browser's own dialogue.
pub(super) fn attach_button(page: Page) -> El {
    let chooser = el("input")
        .attr("type", "file")
        .attr("multiple", "")
        .attr("hidden", "");
    let input: HtmlInputElement = chooser.cast();
    let chosen = input.clone();
    let chooser = chooser.on("change", move |_| {
        page.attach(listed(chosen.files()));
        // The same file may be chosen again.
        chosen.set_value("");
    });
    el("div").class("attach").child(chooser).child(
        button("button icon-button")
            .attr("title", "Attach files")
            .attr("aria-label", "Attach files")
            .on("click", move |_| input.click())
            .child(icon(icon::CLIP)),
    )
}

/// What is attached; `done` is called after one was taken back.
pub(super) fn chips(page: Page, done: impl Fn() + Copy + 'static) -> Option<El> {
    page.attachings.track();
    let chips: Vec<El> = page.attached.with_value(|attached| {
        let numbered = attached.iter().enumerate();
        let chip = |(index, one): (usize, &Attached)| chip(page, index, one, done);
        numbered.map(chip).collect()
    });
    let list = || {
        el("ul")
            .class("chips")
            .attr("role", "list")
            .attr("aria-label", "Attached files")
    };
    (!chips.is_empty()).then(|| list().children(chips))
}

fn chip(page: Page, index: usize, attached: &Attached, done: impl Fn() + 'static) -> El {
    let name = attached.name();
    let remove = format!("Remove {name}");
    el("li")
        .class("chip")
        .child(icon(icon::FILE))
        .child(el("span").class("file-name").text(&name))
        .child(el("span").class("muted").text(&attached.size()))
        .child(
            button("button icon-button")
                .attr("title", &remove)
                .attr("aria-label", &remove)
                .on("click", move |_| {
                    page.detach(index);
                    done();
                })
                .child(icon(icon::CROSS)),
        )
}

/// Files may be dropped anywhere; a browser would otherwise open them instead
/// of the page. Answers whether some are being dragged over it.
pub(super) fn accept_drops(page: Page) -> RwSignal<bool> {
    let is_over = RwSignal::new(false);
    on_window("dragover", move |event| {
        if carried(&event).is_some() {
            event.prevent_default();
            if !is_over.get_untracked() {
                is_over.set(true);
            }
        }
    });
    on_window("dragleave", move |event| {
        // From one element to another it is still over the page.
        let event: &DragEvent = event.unchecked_ref();
        if event.related_target().is_none() {
            is_over.set(false);
        }
    });
    on_window("drop", move |event| {
        is_over.set(false);
        if let Some(carried) = carried(&event) {
            event.prevent_default();
            page.attach(handed(&carried));
        }
    });
    is_over
}

/// What is dragged, if it is files.
fn carried(event: &Event) -> Option<DataTransfer> {
    let event: &DragEvent = event.unchecked_ref();
    let carried = event.data_transfer()?;
    let has_files = carried.types().iter().any(|kind| kind == "Files");
    has_files.then_some(carried)
}

/// Takes pasted files. Text that comes with a picture of itself, as out of an
/// office program, is pasted as text.
pub(super) fn pasted(page: Page, event: &Event) {
    let event: &ClipboardEvent = event.unchecked_ref();
    let Some(pasted) = event.clipboard_data() else {
        return;
    };
    let has_text = pasted.types().iter().any(|kind| kind == "text/plain");
    let files = handed(&pasted);
    if !has_text && !files.is_empty() {
        event.prevent_default();
        page.attach(files);
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
