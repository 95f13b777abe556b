use tokio::sync::mpsc;

use super::*;

const SMALL: &[(&str, &[u8])] = &[
    ("dist/main.js", b"the bridge"),
    ("package.json", br#"{"version":"1.2.3"}"#),
];

/// What npm does when all goes well; it counts how often it was called.
const GOOD: &str = "echo x >> ../calls; mkdir -p node_modules/@whiskeysockets/baileys && \
                    echo '{}' > node_modules/@whiskeysockets/baileys/package.json";

/// A folder of its own, with an npm that runs a script in it.
fn layout(folder: &Path, script: &str) -> Layout {
    let npm = folder.join("npm");
    fs::write(&npm, script).unwrap();
    Layout {
        folder: folder.join("whatsapp"),
        proxy: None,
        carried: SMALL,
        // Read by a shell: what was just written cannot always be started.
        npm: vec!["sh".into(), npm.into()],
    }
}

async fn whole(layout: &Layout) -> (Result<PathBuf, NotInstalled>, Vec<Installing>) {
    let (step, mut steps) = mpsc::unbounded_channel();
    let outcome = layout.whole(&step).await;
    drop(step);
    let mut seen = Vec::new();
    while let Some(step) = steps.recv().await {
        seen.push(step);
    }
    (outcome, seen)
}

#[tokio::test]
async fn it_is_laid_out_once_step_by_step_and_what_is_older_goes() {
    let folder = tempfile::tempdir().unwrap();
    let layout = layout(folder.path(), GOOD);
    let older = layout.folder.join("bridge-0.0.1-abcdef01/dist");
    fs::create_dir_all(&older).unwrap();
    let credentials = ["default", "bridge-work", "bridge-to-whatsapp"];
    for folder in credentials {
        fs::create_dir_all(layout.folder.join(folder)).unwrap();
    }
    let (main, steps) = whole(&layout).await;
    let main = main.unwrap();
    assert!(main.ends_with("dist/main.js") && main.to_string_lossy().contains("bridge-1.2.3-"));
    assert_eq!(fs::read(&main).unwrap(), b"the bridge");
    let all = [
        Installing::Looking,
        Installing::Writing,
        Installing::Fetching,
    ];
    assert_eq!(steps, all);
    assert!(!older.exists());
    for folder in credentials {
        assert!(layout.folder.join(folder).exists(), "credentials stay");
    }
    let (again, steps) = whole(&layout).await;
    assert_eq!(
        (again.unwrap(), steps.len()),
        (main.clone(), 0),
        "it is there"
    );
    // Somebody changed it: it is laid out anew.
    fs::write(&main, "another").unwrap();
    whole(&layout).await.0.unwrap();
    assert_eq!(fs::read(&main).unwrap(), b"the bridge");
    let calls = fs::read_to_string(layout.folder.join("calls")).unwrap();
    assert_eq!(calls.lines().count(), 2);
}

#[tokio::test]
async fn a_half_installation_is_never_used_and_says_what_to_do() {
    for (script, reason, next_step) in [
        (
            "echo 'npm error code ENOTFOUND' >&2; exit 1",
            "cannot reach the registry",
            "connect this machine",
        ),
        (
            "echo 'npm error something else' >&2; exit 1",
            "something else",
            "npm ci --ignore-scripts --omit=dev",
        ),
        (
            "kill -9 $$",
            "npm failed",
            "npm ci --ignore-scripts --omit=dev",
        ),
        ("exit 0", "not fetched everything", "try again"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let broken = layout(folder.path(), script);
        let error = whole(&broken).await.0.unwrap_err();
        assert!(error.reason.contains(reason), "{error:?}");
        assert!(error.next_step.contains(next_step), "{error:?}");
        assert!(!broken.folder.join(broken.name()).exists(), "{script}");
        // The next try begins anew.
        let stale = broken.folder.join(format!("{}.part/stale", broken.name()));
        fs::write(&stale, "x").unwrap();
        let main = whole(&layout(folder.path(), GOOD)).await.0.unwrap();
        assert!(
            !main
                .parent()
                .unwrap()
                .parent()
                .unwrap()
                .join("stale")
                .exists()
        );
    }
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut none = layout(folder.path(), GOOD);
    none.npm = vec![folder.path().join("nothing").into()];
    let error = whole(&none).await.0.unwrap_err();
    assert!(error.reason.contains("no npm") && error.next_step.contains("install Node.js 20"));
    assert_eq!(error.state, LinkState::NoNode);
    none.carried = &[];
    let error = whole(&none).await.0.unwrap_err();
    assert_eq!(error.state, LinkState::Failed);
    assert!(
        error.reason.contains("carries no WhatsApp bridge"),
        "{error:?}"
    );
    for node in [Node::Missing, Node::TooOld(18), Node::Strange] {
        let error = check(node).unwrap_err();
        assert_eq!(error.state, LinkState::NoNode);
        assert!(
            error.next_step.contains("install Node.js 20 or newer"),
            "{error:?}"
        );
    }
    assert_eq!(check(Node::Fits(20)), Ok(()));
}
