//! What each command of a world does.

use anyhow::{Result, anyhow};
use serde_json::{Value, json};
use tokio::net::lookup_host;

use super::{
    World,
    command::{
        Command, DeviceRequest, GatewayStart, Named, ProxyStart, RecorderStart, RelayStart, Waiting,
    },
    park::{Park, Turn},
};
use crate::{
    Error, FaultProxy, GatewayAuth, OpenClaw, ProxyOptions, RealGateway, Recorder, Relay, Service,
};

/// What is supervised as a [`Service`].
trait Served: Sized {
    fn park(world: &World) -> &Park<Self>;
    fn service(&mut self) -> &mut Service;
    fn facts(&mut self) -> Value;
}

impl Served for RealGateway {
    fn park(world: &World) -> &Park<Self> {
        &world.gateways
    }

    fn service(&mut self) -> &mut Service {
        self.service()
    }

    fn facts(&mut self) -> Value {
        let mut facts = json!({
            "url": self.url(),
            "http": format!("http://{}", self.address()),
            "port": self.address().port(),
            "pid": self.service().process_id(),
            "folder": self.folder(),
            "logFile": self.log_file(),
            "output": self.service().output(),
        });
        match self.auth() {
            GatewayAuth::Token(token) => facts["token"] = token.as_str().into(),
            GatewayAuth::Password(password) => facts["password"] = password.as_str().into(),
            GatewayAuth::Open => {}
        }
        facts
    }
}

impl Served for Relay {
    fn park(world: &World) -> &Park<Self> {
        &world.relays
    }

    fn service(&mut self) -> &mut Service {
        self.service()
    }

    fn facts(&mut self) -> Value {
        json!({
            "dataDir": self.data_folder(),
            "url": self.service().url(),
            "http": format!("http://{}", self.service().address()),
            "port": self.service().address().port(),
            "pid": self.service().process_id(),
            "output": self.service().output(),
        })
    }
}

impl World {
    pub(super) async fn perform(&self, command: Command) -> Result<Value> {
        match command {
            Command::StubInfo(_) => Ok(json!({ "baseUrl": self.stub.base_url() })),
            Command::StubCalls(filter) => {
                let calls = match filter.contains {
                    Some(text) => self.stub.calls_with(&text),
                    None => self.stub.calls(),
                };
                Ok(json!({ "count": calls.len(), "calls": calls }))
            }
            Command::StubForget(_) => {
                self.stub.forget_calls();
                Ok(json!({}))
            }

            Command::GatewayStart(start) => self.start_gateway(&start).await,
            Command::GatewayReady(named) => self.ready::<RealGateway>(&named).await,
            Command::GatewayKill(named) => self.kill::<RealGateway>(&named).await,
            Command::GatewayTerminate(named) => self.terminate::<RealGateway>(&named).await,
            Command::GatewayRestart(named) => self.restart::<RealGateway>(&named).await,
            Command::GatewayPause(named) => self.pause::<RealGateway>(&named).await,
            Command::GatewayResume(named) => self.resume::<RealGateway>(&named).await,
            Command::GatewayStop(named) => stop(&self.gateways, &named).await,
            Command::GatewayDevices(named) => {
                let gateway = self.gateways.turn(&named.name).await?;
                Ok(json!({ "devices": of(&gateway)?.devices_list().await? }))
            }
            Command::GatewayApprove(DeviceRequest { name, request_id }) => {
                let gateway = self.gateways.turn(&name).await?;
                Ok(json!({ "result": of(&gateway)?.devices_approve(&request_id).await? }))
            }
            Command::GatewayReject(DeviceRequest { name, request_id }) => {
                let gateway = self.gateways.turn(&name).await?;
                Ok(json!({ "result": of(&gateway)?.devices_reject(&request_id).await? }))
            }
            Command::GatewayCli(cli) => {
                let gateway = self.gateways.turn(&cli.name).await?;
                let arguments: Vec<&str> = cli.args.iter().map(String::as_str).collect();
                Ok(json!({ "result": of(&gateway)?.cli(&arguments).await? }))
            }

            Command::RelayStart(start) => self.start_relay(&start).await,
            Command::RelayReady(named) => self.ready::<Relay>(&named).await,
            Command::RelayKill(named) => self.kill::<Relay>(&named).await,
            Command::RelayTerminate(named) => self.terminate::<Relay>(&named).await,
            Command::RelayRestart(named) => self.restart::<Relay>(&named).await,
            Command::RelayPause(named) => self.pause::<Relay>(&named).await,
            Command::RelayResume(named) => self.resume::<Relay>(&named).await,
            Command::RelayStop(named) => stop(&self.relays, &named).await,

            Command::ProxyStart(start) => self.start_proxy(start).await,
            Command::ProxySet(set) => {
                let proxy = self.proxies.turn(&set.name).await?;
                of(&proxy)?.set(set.faults()).await;
                Ok(json!({}))
            }
            Command::ProxyCut(cut) => {
                let turn = self.proxies.turn(&cut.name).await?;
                let proxy = of(&turn)?;
                match cut.socket {
                    Some(socket) => proxy.cut(socket),
                    None => proxy.cut_all(),
                }
                Ok(json!({}))
            }
            Command::ProxySwallow(one) => {
                of(&self.proxies.turn(&one.name).await?)?.swallow(one.socket);
                Ok(json!({}))
            }
            Command::ProxySockets(named) => {
                let sockets = of(&self.proxies.turn(&named.name).await?)?.sockets();
                Ok(json!({ "sockets": sockets }))
            }
            Command::ProxyCounters(named) => {
                let counters = of(&self.proxies.turn(&named.name).await?)?.counters();
                Ok(serde_json::to_value(counters)?)
            }
            Command::ProxyStop(named) => stop(&self.proxies, &named).await,

            Command::RecorderStart(start) => self.start_recorder(&start).await,
            Command::RecorderNote(note) => {
                of(&self.recorders.turn(&note.name).await?)?.note(&note.text);
                Ok(json!({}))
            }
            Command::RecorderStop(named) => stop(&self.recorders, &named).await,
        }
    }

    async fn start_gateway(&self, start: &GatewayStart) -> Result<Value> {
        let options = start.options().map_err(|reason| anyhow!(reason))?;
        let mut place = self.gateways.vacant(&start.name).await?;
        let openclaw = OpenClaw::installed().await?;
        if options.whatsapp.is_some() {
            openclaw.install_whatsapp().await?;
        }
        let provider = start
            .provider
            .clone()
            .unwrap_or_else(|| self.stub.base_url());
        let mut gateway = RealGateway::start(&openclaw, &provider, &options)?;
        gateway.ready(start.patience()).await?;
        let facts = gateway.facts();
        *place = Some(gateway);
        Ok(facts)
    }

    async fn start_relay(&self, start: &RelayStart) -> Result<Value> {
        let mut place = self.relays.vacant(&start.name).await?;
        let mut relay = Relay::start(&start.path, &start.args, &start.env)?;
        relay.service().ready(start.patience()).await?;
        let facts = relay.facts();
        *place = Some(relay);
        Ok(facts)
    }

    async fn start_proxy(&self, start: ProxyStart) -> Result<Value> {
        let mut place = self.proxies.vacant(&start.name).await?;
        let given = &start.upstream;
        let authority = given
            .split_once("://")
            .map_or(given.as_str(), |(_, rest)| rest);
        let authority = authority.split('/').next().unwrap_or(authority);
        let bad = || Error::BadAddress {
            given: given.clone(),
            wanted: "HOST:PORT or ws://HOST:PORT/",
        };
        let upstream = lookup_host(authority)
            .await
            .map_err(|_| bad())?
            .next()
            .ok_or_else(bad)?;
        let options = ProxyOptions {
            forwarded_for: start.forwarded_for,
            log: start.log,
            log_bytes: start.log_bytes,
        };
        let proxy = FaultProxy::start(upstream, options).await?;
        let address = proxy.address();
        let facts = json!({ "url": proxy.url(), "http": format!("http://{address}"), "port": address.port() });
        *place = Some(proxy);
        Ok(facts)
    }

    async fn start_recorder(&self, start: &RecorderStart) -> Result<Value> {
        let mut place = self.recorders.vacant(&start.name).await?;
        let recorder = Recorder::start(&start.upstream, &start.out, 0).await?;
        let facts = json!({ "url": recorder.url(), "port": recorder.address().port() });
        *place = Some(recorder);
        Ok(facts)
    }

    async fn ready<T: Served>(&self, named: &Waiting) -> Result<Value> {
        let mut turn = T::park(self).turn(&named.name).await?;
        let waited = of_mut(&mut turn)?.service().ready(named.patience()).await?;
        Ok(json!({ "waitedMs": waited.as_millis() }))
    }

    async fn kill<T: Served>(&self, named: &Named) -> Result<Value> {
        let mut turn = T::park(self).turn(&named.name).await?;
        of_mut(&mut turn)?.service().kill().await?;
        Ok(json!({}))
    }

    async fn terminate<T: Served>(&self, named: &Waiting) -> Result<Value> {
        let mut turn = T::park(self).turn(&named.name).await?;
        let status = of_mut(&mut turn)?
            .service()
            .terminate(named.patience())
            .await?;
        Ok(json!({ "code": status.code() }))
    }

    /// Returns when it is ready again.
    async fn restart<T: Served>(&self, named: &Waiting) -> Result<Value> {
        let mut turn = T::park(self).turn(&named.name).await?;
        let thing = of_mut(&mut turn)?;
        thing.service().restart().await?;
        thing.service().ready(named.patience()).await?;
        Ok(thing.facts())
    }

    async fn pause<T: Served>(&self, named: &Named) -> Result<Value> {
        let mut turn = T::park(self).turn(&named.name).await?;
        of_mut(&mut turn)?.service().pause()?;
        Ok(json!({}))
    }

    async fn resume<T: Served>(&self, named: &Named) -> Result<Value> {
        let mut turn = T::park(self).turn(&named.name).await?;
        of_mut(&mut turn)?.service().resume()?;
        Ok(json!({}))
    }
}

/// Ends a thing by dropping it; its name is free again.
async fn stop<T>(park: &Park<T>, named: &Named) -> Result<Value> {
    park.turn(&named.name).await?.take();
    Ok(json!({}))
}

fn of<T>(turn: &Turn<T>) -> Result<&T> {
    turn.as_ref().ok_or_else(|| anyhow!("it was stopped"))
}

fn of_mut<T>(turn: &mut Turn<T>) -> Result<&mut T> {
    turn.as_mut().ok_or_else(|| anyhow!("it was stopped"))
}
