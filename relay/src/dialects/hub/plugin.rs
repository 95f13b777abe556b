//! One plugin: what it is asked, and to whom its words go.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clawline_core::dialects::hub::{Kind, PluginFrame};
use clawline_core::dialects::{hub, parse};
use serde_json::Value;
use tokio::time::Instant;

use super::answer::reply;
use super::desk::{Asked, Desk};
use super::door::is_auth;
use super::page::{Page, named};
use super::{Hub, MAX_FRAME};
use crate::dialects::queue::Queue;
use crate::dialects::socket::Conversation;

/// Most bytes that wait for a plugin besides its question.
const MAX_PASSED_ON: usize = 4 * MAX_FRAME;
/// How often somebody looks whether a plugin has gone silent.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// A plugin, for pages that ask it.
#[derive(Debug)]
pub(super) struct Plugin {
    queue: Queue,
    desk: Mutex<Desk>,
}

impl Plugin {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives it a frame that is no question, unless it does not keep up: a page
    /// must not be able to drown it.
    pub(super) fn pass_on(&self, frame: String) -> Result<(), String> {
        if self.queue.waiting() + frame.len() > MAX_PASSED_ON {
            return Err("The plugin does not keep up; try again in a moment".to_owned());
        }
        self.queue.send(frame);
        Ok(())
    }

    /// Asks it, when its turn comes.
    pub(super) fn ask(&self, asked: Asked) -> Result<(), String> {
        let mut desk = self.desk();
        let frame = desk.push(asked, Instant::now());
        // Under the lock: questions leave in their order.
        match frame {
            Ok(Some(frame)) => self.queue.send(frame),
            Ok(None) => {}
            Err(()) => return Err("Too many questions wait for the plugin".to_owned()),
        }
        Ok(())
    }

    fn ask_next(&self) {
        let mut desk = self.desk();
        if let Some(frame) = desk.next(Instant::now()) {
            self.queue.send(frame);
        }
    }
}

/// One plugin in the dialect.
#[derive(Debug)]
pub(super) struct PluginConnection {
    hub: Arc<Hub>,
    plugin: Arc<Plugin>,
}

impl PluginConnection {
    pub(super) fn new(hub: Arc<Hub>, queue: Queue) -> Self {
        let plugin = Arc::new(Plugin {
            queue,
            desk: Mutex::default(),
        });
        hub.plugins.add(&plugin);
        Self { hub, plugin }
    }

    /// Looks from time to time whether the plugin has gone silent; never ends.
    pub(super) async fn keep_time(&self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            if self.plugin.desk().is_overdue(Instant::now()) {
                self.give_up("The plugin did not answer in time");
                self.plugin.ask_next();
            }
        }
    }

    /// What the plugin never got is asked elsewhere; whoever waits for the rest of
    /// an answer is told.
    pub(super) async fn leave(&self) {
        self.hub.plugins.remove(&self.plugin);
        if self.plugin.desk().is_busy() {
            self.give_up("The plugin has gone before its answer was whole");
        }
        let waiting = self.plugin.desk().drain();
        for asked in waiting {
            self.hub.ask_again(asked).await;
        }
    }

    /// Ends an answer where it is: its blocks are shown, and why there is no more.
    fn give_up(&self, why: &str) {
        let blocks = self.plugin.desk().finish(String::new());
        for page in self.asking() {
            if !blocks.is_empty() {
                page.say(&reply(blocks.clone(), Kind::Final));
            }
            page.error(why);
        }
    }

    /// The page that asked last, or, when it came back, what it is now.
    fn asking(&self) -> Vec<Arc<Page>> {
        let desk = self.plugin.desk();
        let Some(asked) = desk.last() else {
            return Vec::new();
        };
        match asked.page.upgrade() {
            Some(page) => vec![page],
            None => self.hub.pages.of(&asked.asker.name),
        }
    }

    fn hear(&self, frame: PluginFrame<Value>) -> Result<(), String> {
        self.plugin.desk().heard(Instant::now());
        match frame {
            PluginFrame::Reply { content, kind, to } => self.reply(content, kind, to),
            PluginFrame::Message {
                to: Some(ref to), ..
            }
            | PluginFrame::Media {
                to: Some(ref to), ..
            } => self.bring(to, &frame),
            PluginFrame::Other(ref other) if is_auth(other) => Ok(()),
            _ => self.tell_asking(&frame),
        }
    }

    fn reply(&self, content: String, kind: Kind, to: Option<String>) -> Result<(), String> {
        // One that names another page is a late answer, and ends nothing.
        let is_late = |to: &String| {
            let desk = self.plugin.desk();
            let is_last = desk.last().is_some_and(|asked| asked.asker.name == *to);
            !is_last && !self.hub.pages.of(to).is_empty()
        };
        if let Some(to) = to.filter(is_late) {
            return self.bring(&to, &reply(content, kind));
        }
        match kind {
            Kind::Tool => self.tell_asking(&reply(content, kind)),
            Kind::Block => {
                self.plugin.desk().block(&content);
                let knows = |asked: &Asked| asked.asker.is_known;
                // The tutorial's page would show it twice: it waits for the final.
                if self.plugin.desk().last().is_some_and(knows) {
                    return self.tell_asking(&reply(content, kind));
                }
                Ok(())
            }
            Kind::Final => {
                let content = self.plugin.desk().finish(content);
                let told = if content.trim().is_empty() {
                    self.asking()
                        .iter()
                        .for_each(|page| page.error("The plugin had nothing to say"));
                    Ok(())
                } else {
                    self.tell_asking(&reply(content, kind))
                };
                self.plugin.ask_next();
                told
            }
        }
    }

    fn tell_asking(&self, frame: &PluginFrame<Value>) -> Result<(), String> {
        let pages = self.asking();
        pages.iter().for_each(|page| page.say(frame));
        if pages.is_empty() {
            return Err("The page that asked last is not connected".to_owned());
        }
        Ok(())
    }

    /// Something for a page by its name, or for all of one kind.
    fn bring(&self, to: &str, frame: &PluginFrame<Value>) -> Result<(), String> {
        let pages = named(&self.hub.pages, to);
        pages.iter().for_each(|page| page.say(frame));
        if pages.is_empty() {
            return Err("\"to\" names no page that is connected".to_owned());
        }
        Ok(())
    }
}

impl Conversation for PluginConnection {
    fn queue(&self) -> &Queue {
        &self.plugin.queue
    }

    async fn receive(&self, text: &str) {
        if text.len() > MAX_FRAME {
            let reason = format!("frame exceeds limit of {MAX_FRAME} bytes");
            return self.plugin.queue.close(1009, &reason);
        }
        let heard = match PluginFrame::read(parse(text.as_bytes())) {
            Ok(frame) => self.hear(frame),
            Err(refusal) => Err(refusal.to_string()),
        };
        if let Err(words) = heard {
            self.plugin.queue.send(hub::error(&words));
        }
    }
}
