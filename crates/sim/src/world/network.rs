//! Sockets, and what goes wrong on them.

use super::{Agenda, Delivery, Due, TabId};
use crate::gateway::{Down, SocketId, Up};
use crate::rng::Rng;

/// A WebSocket between a tab and one process of the gateway.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) tab: TabId,
    pub(super) device: usize,
    /// The generation that the engine gave it.
    pub(super) generation: u32,
    /// The process that it reached.
    pub(super) boot: Option<u32>,
    /// Nothing arrives there before this: what is sent stays in order.
    up_floor: u64,
    down_floor: u64,
    /// What would arrive there after this is lost.
    up_end: Option<u64>,
    down_end: Option<u64>,
    /// The tab has been told of its end, or ended it.
    pub(super) over: bool,
    /// Something between ended it for what it carried.
    pub(super) by_proxy: bool,
}

/// How a device reaches the gateway.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Line {
    /// Until then nothing passes; it is sent again and arrives afterwards.
    pub(super) held_until: u64,
    /// Nothing passes, and nothing ever will of what is sent now.
    pub(super) black_until: u64,
    /// Until then a socket dies of the first message that is sent on it.
    pub(super) swallows_until: u64,
    /// Every frame takes this much longer, in ms.
    pub(super) slower: u64,
}

/// All sockets there were.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) sockets: Vec<Socket>,
    pub(super) lines: Vec<Line>,
    latency: (u64, u64),
    rng: Rng,
}

impl Network {
    pub(super) fn new(devices: usize, latency: (u64, u64), rng: Rng) -> Self {
        Self {
            sockets: Vec::new(),
            lines: vec![Line::default(); devices],
            latency,
            rng,
        }
    }

    fn one_way(&mut self, now: u64, device: usize) -> u64 {
        let line = self.lines[device];
        let latency = self.rng.between(self.latency.0, self.latency.1) + line.slower;
        now.max(line.held_until) + latency
    }

    /// A tab opens a socket.
    pub(super) fn connect(
        &mut self,
        now: u64,
        agenda: &mut Agenda,
        tab: TabId,
        device: usize,
        generation: u32,
    ) -> SocketId {
        let id = u32::try_from(self.sockets.len()).unwrap_or(u32::MAX);
        let at = self.one_way(now, device);
        let lost = self.is_black(now, device).then_some(now);
        self.sockets.push(Socket {
            tab,
            device,
            generation,
            boot: None,
            up_floor: at,
            down_floor: 0,
            up_end: lost,
            down_end: lost,
            over: false,
            by_proxy: false,
        });
        agenda.put(at, Due::Knock(id));
        id
    }

    fn is_black(&self, now: u64, device: usize) -> bool {
        now < self.lines[device].black_until
    }

    pub(super) fn send_up(&mut self, now: u64, agenda: &mut Agenda, id: SocketId, up: Up) {
        let device = self.sockets[id as usize].device;
        if self.is_black(now, device) {
            self.lose(id, now);
        }
        let at = self.one_way(now, device);
        let socket = &mut self.sockets[id as usize];
        socket.up_floor = socket.up_floor.max(at);
        agenda.put(socket.up_floor, Due::Arrive(id, up));
    }

    pub(super) fn send_down(
        &mut self,
        now: u64,
        agenda: &mut Agenda,
        id: SocketId,
        what: Delivery,
    ) {
        let device = self.sockets[id as usize].device;
        if self.is_black(now, device) {
            self.lose(id, now);
        }
        let at = self.one_way(now, device);
        let socket = &mut self.sockets[id as usize];
        socket.down_floor = socket.down_floor.max(at);
        agenda.put(socket.down_floor, Due::Deliver(socket.tab, what));
    }

    /// Whether what arrives at the gateway now still does.
    pub(super) fn reaches(&self, now: u64, id: SocketId) -> bool {
        self.sockets[id as usize]
            .up_end
            .is_none_or(|end| now <= end)
    }

    /// Whether what arrives at the tab now still does.
    pub(super) fn returns(&self, now: u64, id: SocketId) -> bool {
        self.sockets[id as usize]
            .down_end
            .is_none_or(|end| now <= end)
    }

    /// From now on all that is sent on it vanishes, and nobody is told.
    pub(super) fn lose(&mut self, id: SocketId, now: u64) {
        let socket = &mut self.sockets[id as usize];
        socket.up_end.get_or_insert(now);
        socket.down_end.get_or_insert(now);
    }

    /// It breaks: some of what is on its way arrives, then both ends know.
    pub(super) fn cut(&mut self, now: u64, agenda: &mut Agenda, id: SocketId, code: u16) {
        let latency = self.latency.1.max(1);
        let (up, down) = (self.rng.between(0, latency), self.rng.between(0, latency));
        let socket = &mut self.sockets[id as usize];
        if socket.over || socket.down_end.is_some() {
            return;
        }
        socket.up_end = Some(now + up);
        socket.down_end = Some(now + down);
        agenda.put(now + up, Due::HangUp(id));
        agenda.put(
            now + down,
            Due::Deliver(socket.tab, Delivery::Closed(id, code)),
        );
    }

    /// Its process died: what it had sent may still come, nothing arrives.
    pub(super) fn process_died(&mut self, now: u64, agenda: &mut Agenda, id: SocketId) {
        let device = self.sockets[id as usize].device;
        let held = self.lines[device].held_until.max(now);
        let after = self.rng.between(0, self.latency.1.max(1));
        let socket = &mut self.sockets[id as usize];
        socket.up_end = Some(socket.up_end.unwrap_or(now).min(now));
        if socket.over || socket.down_end.is_some() {
            return;
        }
        socket.down_end = Some(held + after);
        agenda.put(
            held + after,
            Due::Deliver(socket.tab, Delivery::Closed(id, 1006)),
        );
    }

    /// The gateway closes it, behind what it has sent.
    pub(super) fn close_down(&mut self, now: u64, agenda: &mut Agenda, id: SocketId, code: u16) {
        self.send_down(now, agenda, id, Delivery::Closed(id, code));
        self.sockets[id as usize].up_end.get_or_insert(now);
    }

    /// The tab closes it: what it gave to the system may still arrive.
    pub(super) fn close_up(&mut self, now: u64, agenda: &mut Agenda, id: SocketId) {
        let socket = &mut self.sockets[id as usize];
        socket.over = true;
        socket.down_end.get_or_insert(now);
        agenda.put(socket.up_floor.max(now) + 1, Due::HangUp(id));
    }

    /// A frame of the gateway as a delivery.
    pub(super) const fn frame(id: SocketId, down: Down) -> Delivery {
        Delivery::Frame(id, down)
    }
}
