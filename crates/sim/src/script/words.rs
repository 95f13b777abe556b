//! Actions, for people.

use std::fmt;

use super::{Action, Letter};

impl fmt::Display for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.method {
            Some(method) => write!(f, "a request `{method}`")?,
            None if self.main => write!(f, "a message to the main session")?,
            None => write!(f, "a message to session {}", self.session)?,
        }
        if self.bytes > 1_000 {
            write!(f, " of {} bytes", self.bytes)?;
        }
        if let Some(ttl) = self.ttl {
            write!(f, " that expires in {ttl} ms")?;
        }
        if let Some(file) = self.file {
            write!(f, " with a file: {file:?}")?;
        }
        if let Some(fault) = self.fault {
            write!(f, ": \"{}\"", fault.word())?;
        }
        Ok(())
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write(tab, letter) => write!(f, "tab #{tab} writes {letter}"),
            Self::Burst(tab, count, letter) => {
                write!(f, "tab #{tab} writes {count} times {letter}")
            }
            Self::Ask(tab, two, again) => {
                write!(
                    f,
                    "tab #{tab} asks (two answers: {two}, repeatable: {again})"
                )
            }
            Self::GiveUp(tab) => write!(f, "tab #{tab} gives a request up"),
            Self::Remove(tab, entry) => write!(f, "tab #{tab} removes entry #{entry}"),
            Self::Resend(tab, entry) => write!(f, "tab #{tab} sends decided entry #{entry} again"),
            Self::Edit(tab, entry) => write!(f, "tab #{tab} edits entry #{entry}"),
            Self::Dismiss(tab, entry) => write!(f, "tab #{tab} dismisses entry #{entry}"),
            Self::Abort(session) => write!(f, "the turn of session {session} is stopped"),
            Self::Connect(tab) => write!(f, "the app of tab #{tab} connects"),
            Self::Close(tab) => write!(f, "the app of tab #{tab} closes"),
            Self::Open(device) => write!(f, "a tab opens on device {device}"),
            Self::KillTab(tab) => write!(f, "tab #{tab} is gone"),
            Self::Reload(tab) => write!(f, "tab #{tab} is reloaded"),
            Self::Freeze(tab) => write!(f, "tab #{tab} freezes"),
            Self::Thaw(tab) => write!(f, "tab #{tab} thaws"),
            Self::Hide(tab) => write!(f, "tab #{tab} is hidden"),
            Self::Show(tab) => write!(f, "tab #{tab} is seen"),
            Self::Restore(tab) => write!(f, "tab #{tab} comes back from the cache"),
            Self::Online(tab, online) => write!(f, "tab #{tab} hears online: {online}"),
            Self::Sleep(device, ms, still) => {
                write!(
                    f,
                    "device {device} sleeps {ms} ms (clocks stand still: {still})"
                )
            }
            Self::WallClock(device, by) => {
                write!(f, "the wall clock of device {device} jumps {by} ms")
            }
            Self::Cut(tab, code) => write!(f, "the socket of tab #{tab} breaks with {code}"),
            Self::HalfOpen(tab) => write!(f, "the socket of tab #{tab} is half open"),
            Self::Hold(device, ms) => write!(f, "the network of device {device} stalls {ms} ms"),
            Self::Black(device, ms) => {
                write!(f, "the network of device {device} is a hole for {ms} ms")
            }
            Self::Swallow(device, ms) => {
                write!(
                    f,
                    "the network of device {device} swallows messages for {ms} ms"
                )
            }
            Self::Slow(device, by, ms) => {
                write!(
                    f,
                    "the network of device {device} is {by} ms slower for {ms} ms"
                )
            }
            Self::Kill(away) => write!(f, "the gateway is killed, back in {away} ms"),
            Self::KillAndSetClock(away, by) => {
                write!(
                    f,
                    "the gateway is killed, back in {away} ms with its clock set by {by} ms"
                )
            }
            Self::ClockBack(by) => write!(f, "the gateway's clock is set back {by} ms"),
            Self::Drain(away) => write!(f, "the gateway drains, back in {away} ms"),
            Self::Refuse(_, count) => write!(f, "the gateway refuses {count} handshakes"),
            Self::NoSignIn(device, told, ms) => write!(
                f,
                "device {device} has no sign-in data for {ms} ms (it is told: {told})"
            ),
            Self::MayWrite(may) => write!(f, "new connections may write: {may}"),
            Self::Reset(session) => write!(f, "session {session} is reset"),
            Self::Gaps(ms) => write!(f, "the gateway reports losses for {ms} ms"),
            Self::Store(device, trouble, ms) => {
                write!(f, "the store of device {device}: {trouble:?} for {ms} ms")
            }
        }
    }
}
