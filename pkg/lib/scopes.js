// Made by `cargo xtask codegen` from the published schema of the gateway: not for editing.

// A name that begins with a dot begins with the first word of the name before it.
const METHODS = {
  "operator.admin": "agents.create .delete .files.set .update attach.grant .revoke channels.logout .start .stop chat.inject config.apply .openFile .patch .set conversations.list .send .turn .turn.cancel cron.add .remove .run .scratch.get .scratch.set .update desktop.launch .observe device.pair.setupCode .pair.setupStatus environments.create .destroy exec.approvals.get .approvals.node.get .approvals.node.set .approvals.set gateway.restart.request .suspend.prepare .suspend.resume migrations.memory.apply .memory.plan models.authLogout .probe nativeHook.invoke openclaw.changes.list .chat .chat.history .setup.activate .setup.activate.start .setup.auth.start .setup.detect .setup.prepare.start .setup.verify plugins.install .refresh .setEnabled .uninstall projects.register .remove secrets.reload .resolve .store.delete .store.list .store.set sessions.branches.switch .catalog.startTerminal .cleanup .compact .compaction.restore .files.reveal .files.set .pluginPatch .reset .rewind set-heartbeats skills.curator.pin .curator.restore .curator.unpin .install .proposals.apply .proposals.create .proposals.evaluate .proposals.historyScan .proposals.quarantine .proposals.reject .proposals.requestRevision .proposals.revise .proposals.update .update .upload.begin .upload.chunk .upload.commit system-event taskSuggestions.accept terminal.attach .close .input .list .open .resize .upload tools.github.authorize.cancel .github.authorize.poll .github.authorize.start .github.configure update.hold .run .status users.linkEmail .setRole web.login.start .login.wait wizard.cancel .next .start .status worker.desktop.launch .desktop.observe worktrees.gc .remove .restore",
  "operator.approvals": "approval.get .history .resolve board.widget.grant exec.approval.get .approval.grants.list .approval.grants.revoke .approval.list .approval.request .approval.resolve .approval.waitDecision openclaw.approval.list plugin.approval.list .approval.request .approval.resolve .approval.waitDecision",
  "operator.pairing": "channels.pairing.dismiss .pairing.list device.pair.approve .pair.list .pair.reject .pair.remove .pair.rename .token.revoke .token.rotate node.pair.approve .pair.list .pair.reject .pair.remove .rename",
  "operator.questions": "question.get .list .request .resolve .waitAnswer",
  "operator.read": "agent.identity.get agents.files.get .files.list .list .workspace.get .workspace.list artifacts.download .get .list assistant.media.get audit.activity.list .list .run.inspect board.data.read .get .prompt.authorize .widget.appView channels.status chat.history .message.get .metadata .startup commands.list config.get .schema .schema.lookup controlUi.githubPreview .sessionPreview .sessionPullRequests.subscribe cron.get .list .runs .status diagnostics.lanes .stability doctor.memory.dreamDiary .memory.status environments.list .status gateway.identity.get .restart.preflight .suspend.status hooks.status last-heartbeat logs.tail mcp.app.listResourceTemplates .app.listResources .app.listTools .app.readResource .app.view memory.search models.authStatus .list node.describe .list plugin.surface.refresh plugins.inspect .list .search .uiDescriptors portal.list progressCard.get projects.list .searchRemote push.web.preferences.get session.discussion.info .members.list .members.listEvidence .suggestions.list sessions.branches.list .catalog.list .catalog.read .compaction.list .companion.ask .companion.state .describe .diff .files.get .files.list .get .github.options .github.status .groups.list .list .messages.subscribe .messages.unsubscribe .observer.visibility .preview .resolve .search .subscribe .usage .usage.logs .usage.timeseries .viewers.set skills.curator.status .detail .library.list .library.read .proposals.events.list .proposals.historyStatus .proposals.inspect .proposals.list .search .securityVerdicts .skillCard .status status system-presence system.info talk.catalog taskSuggestions.list tasks.get .list tools.catalog .effective .github.status tts.personas .providers .status usage.cost .status users.github.authorize.cancel .github.authorize.poll .github.authorize.start .github.disconnect .github.status .list .prefs.get voicewake.get .routing.get worktrees.list",
  "operator.talk": "talk.client.close .client.create .client.steer .client.toolCall .client.transcript .mode .session.acknowledgeMark .session.appendAudio .session.cancelOutput .session.close .session.create .session.steer .session.submitToolResult .speak",
  "operator.write": "agent.wait board.action .event .update .widget.put chat.abort .send .toolTitles doctor.memory.backfillDreamDiary .memory.dedupeDreamDiary .memory.repairDreamingArtifacts .memory.resetDreamDiary .memory.resetGroundedShortTerm mcp.app.callTool .app.updateModelContext message.action node.pending.enqueue poll portal.close .open progressCard.put projects.add push.test .web.preferences.set .web.subscribe .web.test .web.unsubscribe .web.vapidPublicKey send session.discussion.open .members.add .members.remove .suggestions.add .suggestions.resolve .typing .visibility.set sessions.abort .assignOwner .catalog.archive .catalog.continue .compaction.branch .companion.reset .fork .github.confirm .github.publish .goal.clear .goal.update .groups.defaults .groups.delete .groups.put .groups.rename .groups.update .reclaim .recover .send .steer .title.prepare skills.library.activate .library.import .library.mutate .library.save .library.upload taskSuggestions.create .dismiss tasks.cancel .dismiss .retry tools.invoke tts.convert .disable .enable .setPersona .setProvider .speak ui.command users.prefs.set .self .setAvatar .setDisplayName voicewake.set wake worktrees.branches .create",
};

// Scopes that come with another one.
const HELD = { "operator.read": "operator.write", "operator.talk": "operator.write" };

let needed;

const needs = () => (needed ??= read());

function read() {
  const scopes = new Map();
  for (const [scope, names] of Object.entries(METHODS)) {
    let first;
    for (const name of names.split(" ")) {
      if (!name.startsWith(".")) first = name.split(".")[0];
      scopes.set(name.startsWith(".") ? first + name : name, scope);
    }
  }
  return scopes;
}

/**
 * The scope that a method needs and `scopes` lack; `undefined` when there is none, or when only the gateway can tell:
 * for a method that it decides by its params or that is not known here, and for the scopes of single sessions.
 */
export function missingScope(method, scopes) {
  const scope = scopeOf(method);
  if (scope === undefined) return undefined;
  const allowed = scopes.some((held) => {
    return held === scope || held === HELD[scope] || held === "operator.admin" || String(held).startsWith("operator.sessions.");
  });
  return allowed ? undefined : scope;
}

/** The scope that the published schema names for a method, if it does. */
export const scopeOf = (method) => needs().get(method);
