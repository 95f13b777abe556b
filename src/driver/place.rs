//! Which gateway this client is for: asked before anything else, for it names the
//! outbox, the device's tokens and the group of tabs.

use std::rc::Rc;

use clawline_core::GatewayId;
use clawline_core::engine::Close;

use super::Driver;
use crate::address::gateway_id;
use crate::identity::Identity;

/// A gateway, and how it is reached at this attempt.
pub(super) struct Place {
    pub(super) gateway: GatewayId,
    /// As the app gave it: its query may hold a credential of this attempt.
    pub(super) address: String,
    pub(super) identity: Option<Rc<Identity>>,
    /// Its main session, as an earlier visit knew it.
    pub(super) main_session: Option<String>,
}

impl Place {
    pub(super) fn device_id(&self) -> &str {
        self.identity
            .as_ref()
            .map_or("", |identity| &identity.key.id)
    }
}

impl Driver {
    /// Asks the app for the address, and reads what is known of that gateway.
    pub(super) async fn place(self: &Rc<Self>) -> Result<Place, Close> {
        let identity = self.identity().await;
        let asked = self.source.borrow().address();
        let address = asked.await.map_err(Close::Credentials)?;
        // The browser's own words quote the address, which may hold a secret.
        let gateway = gateway_id(&address).ok_or_else(|| Close::Address(String::new()))?;
        let main_session = match &identity {
            Some(identity) => identity.main_session(&gateway).await,
            None => None,
        };
        Ok(Place {
            gateway,
            address,
            identity,
            main_session,
        })
    }

    /// This is the gateway that the client is for, from now on.
    pub(super) fn take_place(&self, place: &Place) {
        self.address.replace(place.address.clone());
        self.gateway.replace(Some(place.gateway.clone()));
        self.remembered_main.replace(place.main_session.clone());
    }

    pub(super) fn outbox_name(&self, place: &Place) -> String {
        let gateway = place.gateway.as_str();
        crate::store::name(&self.device, gateway, place.device_id(), &self.role)
    }

    /// The canonical key of the gateway's main session: as the last hello told
    /// it, also in an earlier visit.
    pub(crate) fn main_session(&self) -> Option<String> {
        let told = self
            .hello()
            .and_then(|hello| crate::chat::main_session(&hello));
        told.or_else(|| self.remembered_main.borrow().clone())
    }

    /// A hello has told it.
    pub(super) fn remember_main(self: &Rc<Self>) {
        let told = self
            .hello()
            .and_then(|hello| crate::chat::main_session(&hello));
        if let Some(main) = told.filter(|main| self.remembered_main.borrow().as_ref() != Some(main))
        {
            self.remembered_main.replace(Some(main.clone()));
            self.with_identity(async move |identity, gateway| {
                identity.keep_main_session(&gateway, &main).await;
            });
        }
    }
}
