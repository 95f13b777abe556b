//! Transcripts beside the device's key: those of the sessions that were open
//! last. They are the device's own, and go with it.

use clawline_core::GatewayId;
use clawline_core::wire::Object as _;
use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::Identity;
use crate::object::{JsObject, plain};

/// So many sessions have one.
const MOST: usize = 20;
/// How their names begin, and where these stand in the order of their last use.
const TRANSCRIPT: &str = "transcript ";
const ORDER: &str = "transcripts";

impl Identity {
    /// What is kept of a session; nothing that another device has kept.
    pub(crate) async fn transcript(&self, gateway: &GatewayId, session: &str) -> Option<String> {
        let storage = self.storage.as_ref()?;
        let kept = JsObject(storage.get(&name(gateway, session)).await.ok()?);
        let is_ours = kept.text("device").as_ref() == Some(&self.key.id);
        kept.text("rows").filter(|_| is_ours)
    }

    /// Keeps it, in the place of the one that was used longest ago where there are
    /// too many; or forgets it. Of two tabs neither undoes what the other keeps.
    pub(crate) async fn keep_transcript(
        &self,
        gateway: &GatewayId,
        session: &str,
        rows: Option<String>,
    ) {
        let device = JsValue::from_str(&self.key.id);
        let kept = rows.map(|rows| plain(&[("device", device), ("rows", rows.into())]));
        let name = name(gateway, session);
        let decide = move |values: &Array, names: &Array| {
            let (left, gone) = shift(&texts(&values.get(0)), texts(names), &name, kept.is_some());
            let left: Array = left.into_iter().map(JsValue::from).collect();
            let gone = gone.into_iter().map(|name| (name, JsValue::UNDEFINED));
            let kept = kept.clone().unwrap_or(JsValue::UNDEFINED);
            gone.chain([(name.clone(), kept), (ORDER.to_owned(), left.into())])
                .collect()
        };
        self.change(&[ORDER], TRANSCRIPT, decide).await;
    }
}

/// An address has no blank in it.
fn name(gateway: &GatewayId, session: &str) -> String {
    [TRANSCRIPT, gateway.as_str(), " ", session].concat()
}

fn texts(array: &JsValue) -> Vec<String> {
    let array = array.dyn_ref::<Array>().map(Array::iter);
    array
        .into_iter()
        .flatten()
        .filter_map(|it| it.as_string())
        .collect()
}

/// The order once `own` is kept or forgotten, and those that make room for it. What
/// stands in no order is the oldest.
fn shift(
    order: &[String],
    mut names: Vec<String>,
    own: &str,
    is_kept: bool,
) -> (Vec<String>, Vec<String>) {
    names.retain(|name| name != own);
    // Each goes behind those that were used before it.
    for used in order {
        if let Some(at) = names.iter().position(|name| name == used) {
            let name = names.remove(at);
            names.push(name);
        }
    }
    names.extend(is_kept.then(|| own.to_owned()));
    let left = names.split_off(names.len().saturating_sub(MOST));
    (left, names)
}
