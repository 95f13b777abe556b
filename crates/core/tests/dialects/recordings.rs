//! Traffic of OpenJarvis and agenticai, replayed through the codecs.

use clawline_core::dialects::{Dialect, bridge, detect, jsonrpc, parse};
use serde_json::json;

use crate::{counted, frame, json as text, lines};

#[test]
fn every_request_of_agenticai_is_read_and_written() {
    let mut kinds = Vec::new();
    for line in lines("agenticai-client.jsonl") {
        let Some(data) = line["data"].as_str() else {
            continue;
        };
        let wire = text(data);
        assert_eq!(detect(&frame(&wire).unwrap()), Some(Dialect::Jsonrpc));
        let mut read = jsonrpc::ClientFrame::read(parse(data.as_bytes()));
        let request = read.requests.remove(0);
        let message = request.message.unwrap();
        let jsonrpc::Caller::Asks(id) = request.caller else {
            panic!("{wire}");
        };
        let mut written = text(&jsonrpc::request(&id, &message));
        // Our client writes the kind under both names.
        let members = written["params"]["message"].as_object_mut().unwrap();
        assert_eq!(members.remove("type"), Some(json!(message.event.kind())));
        assert_eq!(written, wire);
        let answer = text(&jsonrpc::Caller::Asks(id).answer(Ok(())).unwrap());
        assert_eq!(answer["id"], wire["id"]);
        kinds.push(message.event.kind());
    }
    let expected = [
        ("action", 1),
        ("call_ended", 1),
        ("call_started", 4),
        ("error", 1),
        ("heartbeat", 5),
        ("structured_data", 1),
        ("transcript", 1),
    ];
    assert_eq!(counted(kinds), expected);
}

#[test]
fn every_frame_and_body_of_openjarvis_is_read_and_written() {
    let mut sent = 0;
    for line in [lines("jarvis-ws.jsonl"), lines("jarvis-http.jsonl")].concat() {
        let Some(wire) = line["data"].as_str().or(line["body"].as_str()) else {
            continue;
        };
        assert_eq!(
            detect(&parse(wire.as_bytes()).unwrap()),
            Some(Dialect::Bridge)
        );
        let read = bridge::ClientFrame::read(parse(wire.as_bytes())).unwrap();
        assert_eq!(text(&read.encode()), text(wire));
        sent += 1;
    }
    assert_eq!(sent, 9);
}

#[test]
fn answers_over_http_mean_what_they_meant_to_openjarvis() {
    let (mut answers, mut lists, mut addresses) = (0, 0, 0);
    for line in lines("jarvis-http.jsonl") {
        if let (Some(status), Some(sent)) = (line["status"].as_u64(), line["send"].as_bool()) {
            assert_eq!(
                bridge::is_sent(u16::try_from(status).unwrap()),
                sent,
                "{line}"
            );
            answers += 1;
        } else if let Some(listed) = line["list"].as_array() {
            let listed = listed
                .iter()
                .filter_map(|channel| channel["id"].as_str().or(channel.as_str()));
            let names = bridge::read_channels(200, frame(&line["resp"])).unwrap_or_default();
            assert_eq!(names, listed.collect::<Vec<&str>>(), "{line}");
            lists += 1;
        } else if let (Some(gateway), Some(url)) = (line["gateway"].as_str(), line["send"].as_str())
        {
            let ours = bridge::http_url(gateway, "/send").unwrap();
            // Three of them were broken.
            let is_broken = url.contains("//send") || url.contains("?x=1/send");
            assert_eq!(ours == url, !is_broken, "{line}");
            addresses += 1;
        }
    }
    assert_eq!((answers, lists, addresses), (6, 6, 8));
}

#[test]
fn a_real_gateways_challenge_is_no_message_of_the_bridge() {
    let mut frames = 0;
    for line in lines("reference-dialects-vs-real-openclaw.jsonl") {
        match (line["name"].as_str(), line["tx"].as_str()) {
            (Some("openjarvis-dialect /ws"), Some(wire)) => {
                assert!(bridge::ClientFrame::read(parse(wire.as_bytes())).is_ok());
                frames += 1;
            }
            (Some("agenticai-dialect /"), Some(wire)) => {
                let read = jsonrpc::ClientFrame::read(parse(wire.as_bytes()));
                assert!(read.requests[0].message.is_ok());
                frames += 1;
            }
            _ => {}
        }
        if line["rx"].is_string() {
            // The recorder cut it; whole, it is this.
            let challenge = json!({"type": "event", "event": "connect.challenge", "payload": {}});
            assert!(bridge::ServerFrame::read(frame(&challenge)).is_err());
            frames += 1;
        }
    }
    assert_eq!(frames, 4);
}
