//! What can be done with a session, by what a gateway has and lets this page do.

use clawline_core::wire::Object;

use super::Session;

/// The scope that a gateway wants for what changes how a session stands.
pub const WRITE: &str = "operator.write";
/// The scope that it wants for what cannot be taken back.
pub const ADMIN: &str = "operator.admin";

/// Something that a person does with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Begin another one.
    Create,
    /// Give it a name.
    Rename,
    /// Keep it on top, or not.
    Pin,
    /// Put it away, or back.
    Archive,
    /// Note that it was read.
    MarkRead,
    /// Delete it with all that was said in it.
    Delete,
    /// Begin it anew.
    Reset,
}

/// Whether an action is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// It can be done.
    Present,
    /// The gateway does it for whoever has this scope.
    NeedsScope(&'static str),
    /// The gateway does not have it.
    Absent,
}

/// How a session is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// At once, which takes [`ADMIN`].
    Straight,
    /// It is put away first: what is archived may be deleted with [`WRITE`].
    ByArchive,
}

/// What a hello says of a gateway and of this page's part in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Features {
    methods: Vec<String>,
    events: Vec<String>,
    scopes: Vec<String>,
}

impl Features {
    /// Reads the payload of `hello-ok`.
    #[must_use]
    pub fn read<O: Object>(hello: &O) -> Self {
        let texts = |of: &'static str, name| hello.child(of).and_then(|it| it.texts(name));
        Self {
            methods: texts("features", "methods").unwrap_or_default(),
            events: texts("features", "events").unwrap_or_default(),
            scopes: texts("auth", "scopes").unwrap_or_default(),
        }
    }

    /// Whether the gateway tells which sessions there are.
    #[must_use]
    pub fn has_list(&self) -> bool {
        self.has("sessions.list")
    }

    /// Whether an action is there.
    #[must_use]
    pub fn offer(&self, action: Action) -> Offer {
        let (method, scope) = match action {
            Action::Create => ("sessions.create", WRITE),
            Action::Rename | Action::Pin | Action::Archive | Action::MarkRead => {
                ("sessions.patch", WRITE)
            }
            Action::Reset => ("sessions.reset", ADMIN),
            Action::Delete => ("sessions.delete", self.scope_of_deletion()),
        };
        match (self.has(method), self.may(scope)) {
            (false, _) => Offer::Absent,
            (true, true) => Offer::Present,
            (true, false) => Offer::NeedsScope(scope),
        }
    }

    /// The same for a session: the main one stays, and what was put away is not
    /// pinned.
    #[must_use]
    pub fn offer_for(&self, action: Action, session: &Session) -> Offer {
        let goes = matches!(action, Action::Archive | Action::Delete);
        let is_pinned = action == Action::Pin && session.is_archived;
        if goes && session.is_main || is_pinned {
            return Offer::Absent;
        }
        self.offer(action)
    }

    /// How a session is deleted here.
    #[must_use]
    pub fn way(&self) -> Way {
        match self.may(ADMIN) || !self.has("sessions.patch") {
            true => Way::Straight,
            false => Way::ByArchive,
        }
    }

    fn scope_of_deletion(&self) -> &'static str {
        match self.way() {
            Way::Straight => ADMIN,
            Way::ByArchive => WRITE,
        }
    }

    /// Whether the gateway has a method.
    #[must_use]
    pub fn has(&self, method: &str) -> bool {
        self.methods.iter().any(|name| name == method)
    }

    /// Whether the gateway tells of something.
    #[must_use]
    pub fn tells(&self, event: &str) -> bool {
        self.events.iter().any(|name| name == event)
    }

    /// Whether this page holds a scope.
    #[must_use]
    pub fn may(&self, scope: &str) -> bool {
        let holds = |name: &str| self.scopes.iter().any(|held| held == name);
        holds(scope) || holds(ADMIN)
    }
}
