// Made by `cargo xtask codegen` from the published schema of the gateway and tests/protocol/links.json: not for editing.
import type { AgentResult, AgentRunEvent, AgentWaitResult, ApprovalRequestedEvent, ApprovalResolvedEvent, ChannelsLogoutResult, ChannelsStartResult, ChatAbortResult, ChatHistoryResult, ChatRow, ChatSendResult, ConnectChallenge, CronEvent, DeliveryResult, DevicePairApproveResult, DevicePairListResult, DevicePairRejectResult, DevicePairRemoveResult, DeviceTokenRevokeResult, Done, ExecApproval, ExecApprovalResolvedEvent, Health, HealthParams, Heartbeat, InFlightRun, LastHeartbeat, LiveMessage, Members, MentionsChangedEvent, NoParams, NodeHostStatsEvent, NodeInvokeCancelEvent, NodeInvokeResult, NodeListResult, NodePairApproveResult, NodePairListResult, NodePairResolvedEvent, NodePresenceEvent, PendingNode, PendingRow, PluginsChangedEvent, PresenceEvent, RestartRequestParams, RestartRequestResult, RevisionEvent, SessionMessageEvent, SessionSubscribed, SessionsAbortResult, SessionsChangedEvent, SessionsDescribeResult, SessionsListResult, SessionsPatchResult, SessionsResetResult, SkillsChangedEvent, Subscribed, TalkEventOf, TalkModeState, TaskEvent, UpdateAvailableEvent, Usage, VoiceWakeRoutingChangedEvent, VoiceWakeTriggers, WebLoginStartResult, WebLoginWaitResult } from "./shapes.js";

export type SessionPermissionMode = "read-only" | "guarded" | "workspace" | "full";
export type ApprovalSnapshot = PendingApprovalSnapshot | AllowedApprovalSnapshot | DeniedApprovalSnapshot | ExpiredApprovalSnapshot | CancelledApprovalSnapshot;
export type ApprovalPresentation = ExecApprovalPresentation | PluginApprovalPresentation | SystemAgentApprovalPresentation;
export type ApprovalScope = MessageSendApprovalScope | PaymentApprovalScope | ExternalPostApprovalScope | StandingGrantApprovalScope;
export type ApprovalDecision = "allow-once" | "allow-always" | "deny";
export type ApprovalDeniedReason = "user" | "malformed-verdict" | "no-route" | "storage-corrupt";
export type ApprovalKind = "exec" | "plugin" | "system-agent";
export type TerminalApprovalSnapshot = AllowedApprovalSnapshot | DeniedApprovalSnapshot | ExpiredApprovalSnapshot | CancelledApprovalSnapshot;
export type AuditActivityEventV1 = AuditActivityAgentRunV1 | AuditActivityToolActionV1 | AuditActivityInboundMessageV1 | AuditActivityOutboundMessageV1;
export type AuditRunIdentityV1 = AuditRunIdentityPresentV1 | AuditRunIdentityUnknownV1 | AuditRunIdentityUnsupportedV1 | AuditRunIdentityAmbiguousV1;
export type BoardActionParams =
  { ticket: string; action: "cron.trigger"; jobId: string } | { ticket: string; action: string; params?: { [k: string]: unknown } };
export type BoardEventParams = { sessionKey: string; agentId?: string; widget: string; payload: unknown } | { ticket: string; payload: unknown };
export type BoardOp =
  BoardTabCreateOp | BoardTabUpdateOp | BoardTabDeleteOp | BoardTabsReorderOp | BoardWidgetMoveOp | BoardWidgetResizeOp | BoardWidgetRemoveOp;
export type BoardWidgetPutContent =
  BoardWidgetHtmlContent | BoardWidgetMcpAppPutContent | BoardWidgetPluginContent | BoardWidgetRegisteredContent | BoardCanvasDocumentSource;
export type SessionVisibility = "shared" | "read-only" | "suggest" | "draft";
export type ConversationTurnResult =
  | { conversationRef: string; channel: string; messageId: string; correlationPersisted: boolean; status: "replied"; reply: ConversationTurnReply }
  | { conversationRef: string; channel: string; messageId: string; correlationPersisted: boolean; status: "timeout" }
  | {
      conversationRef: string;
      channel: string;
      messageId?: string;
      correlationPersisted: boolean;
      status: "sent" | "queued" | "suppressed" | "unknown";
      error: string;
    };
export type CronAddResult = CronAddJobResult | CronDeclarativeAddResult;
export type CronGetParams = { id: string } | { jobId: string };
export type CronRemoveParams = { id: string } | { jobId: string };
export type CronRunParams =
  | { id: string; mode?: "due" | "force" | "if-enabled"; expectedProcessInstanceId?: string }
  | { jobId: string; mode?: "due" | "force" | "if-enabled"; expectedProcessInstanceId?: string };
export type CronScratchGetParams = { id: string } | { jobId: string };
export type CronScratchSetParams =
  { id: string; content: string | null; expectedRevision?: number } | { jobId: string; content: string | null; expectedRevision?: number };
export type CronScratchSetResult =
  | { ok: true; scratch: { content: string; revision: number; updatedAtMs: number } | null; currentRevision: number; maxBytes: number }
  | { ok: false; reason: "revision-conflict"; currentRevision: number };
export type CronUpdateParams =
  | {
      id: string;
      patch: {
        name?: string;
        displayName?: string | null;
        agentId?: string | null;
        sessionKey?: string | null;
        description?: string;
        enabled?: boolean;
        deleteAfterRun?: boolean;
        schedule?:
          | { kind: "at"; at: string }
          | { kind: "every"; everyMs: number; anchorMs?: number }
          | { kind: "cron"; expr: string; tz?: string; staggerMs?: number }
          | { kind: "on-exit"; command: string; cwd?: string }
          | { kind: "stream"; command: string[]; cwd?: string; mode?: "line" | "match"; match?: string; batchMs?: number; maxBatchBytes?: number };
        pacing?: { min?: string; max?: string } | null;
        trigger?: { script: string; once?: boolean } | null;
        sessionTarget?: "main" | "isolated" | "current" | string;
        wakeMode?: "next-heartbeat" | "now";
        payload?:
          | { kind: "systemEvent"; text?: string; toolsAllow?: string[] | null; toolsAllowIsDefault?: boolean }
          | {
              kind: "agentTurn";
              message?: string;
              model?: string | null;
              fallbacks?: string[] | null;
              thinking?: string | null;
              timeoutSeconds?: number;
              allowUnsafeExternalContent?: boolean;
              lightContext?: boolean;
              toolsAllow?: string[] | null;
              toolsAllowIsDefault?: boolean;
            }
          | {
              kind: "command";
              argv?: string[];
              cwd?: string;
              env?: { [k: string]: string };
              input?: string;
              timeoutSeconds?: number;
              noOutputTimeoutSeconds?: number;
              outputMaxBytes?: number;
              toolsAllow?: string[] | null;
              toolsAllowIsDefault?: boolean;
            }
          | { kind: "script"; script?: string; timeoutSeconds?: number; toolBudget?: number; toolsAllow?: string[] | null; toolsAllowIsDefault?: boolean };
        delivery?: {
          mode?: "none" | "announce" | "webhook";
          channel?: ("last" | string) | null;
          threadId?: string | number | null;
          accountId?: string | null;
          bestEffort?: boolean;
          failureDestination?: {
            channel?: ("last" | string) | null;
            to?: string | null;
            accountId?: string | null;
            mode?: "announce" | "webhook" | null;
          } | null;
          completionDestination?: { mode: "webhook"; to: string } | null;
          to?: string | null;
        };
        failureAlert?:
          | false
          | {
              after?: number | null;
              channel?: ("last" | string) | null;
              to?: string | null;
              cooldownMs?: number | null;
              includeSkipped?: boolean | null;
              mode?: "announce" | "webhook" | null;
              accountId?: string | null;
            }
          | null;
        state?: {
          nextRunAtMs?: number;
          runningAtMs?: number;
          lastRunAtMs?: number;
          lastRunStatus?: "ok" | "error" | "skipped";
          /**
           * @deprecated
           */
          lastStatus?: "ok" | "error" | "skipped";
          lastError?: string;
          lastErrorReason?:
            | "auth"
            | "auth_permanent"
            | "format"
            | "rate_limit"
            | "overloaded"
            | "billing"
            | "server_error"
            | "timeout"
            | "tls_certificate"
            | "context_overflow"
            | "model_not_found"
            | "session_expired"
            | "empty_response"
            | "no_error_details"
            | "unclassified"
            | "unknown";
          lastDurationMs?: number;
          consecutiveErrors?: number;
          consecutiveSkipped?: number;
          lastDelivered?: boolean;
          lastDeliveryStatus?: "delivered" | "not-delivered" | "unknown" | "not-requested";
          lastDeliveryError?: string;
          lastFailureNotificationDelivered?: boolean;
          lastFailureNotificationDeliveryStatus?: "delivered" | "not-delivered" | "unknown" | "not-requested";
          lastFailureNotificationDeliveryError?: string;
          lastFailureAlertAtMs?: number;
          lastTriggerEvalAtMs?: number;
          triggerEvalCount?: number;
          lastTriggerFireAtMs?: number;
          triggerState?: unknown;
          streamStatus?: "starting" | "running" | "restarting" | "stopped" | "disabled" | "error";
          streamError?: string;
          streamConsecutiveFailures?: number;
          streamRestartExhausted?: boolean;
          streamDroppedBatches?: number;
          streamCoalescedBatches?: number;
          streamLastStartedAtMs?: number;
          streamLastExitAtMs?: number;
        };
      };
      expectedConfigRevision?: string;
    }
  | {
      jobId: string;
      patch: {
        name?: string;
        displayName?: string | null;
        agentId?: string | null;
        sessionKey?: string | null;
        description?: string;
        enabled?: boolean;
        deleteAfterRun?: boolean;
        schedule?:
          | { kind: "at"; at: string }
          | { kind: "every"; everyMs: number; anchorMs?: number }
          | { kind: "cron"; expr: string; tz?: string; staggerMs?: number }
          | { kind: "on-exit"; command: string; cwd?: string }
          | { kind: "stream"; command: string[]; cwd?: string; mode?: "line" | "match"; match?: string; batchMs?: number; maxBatchBytes?: number };
        pacing?: { min?: string; max?: string } | null;
        trigger?: { script: string; once?: boolean } | null;
        sessionTarget?: "main" | "isolated" | "current" | string;
        wakeMode?: "next-heartbeat" | "now";
        payload?:
          | { kind: "systemEvent"; text?: string; toolsAllow?: string[] | null; toolsAllowIsDefault?: boolean }
          | {
              kind: "agentTurn";
              message?: string;
              model?: string | null;
              fallbacks?: string[] | null;
              thinking?: string | null;
              timeoutSeconds?: number;
              allowUnsafeExternalContent?: boolean;
              lightContext?: boolean;
              toolsAllow?: string[] | null;
              toolsAllowIsDefault?: boolean;
            }
          | {
              kind: "command";
              argv?: string[];
              cwd?: string;
              env?: { [k: string]: string };
              input?: string;
              timeoutSeconds?: number;
              noOutputTimeoutSeconds?: number;
              outputMaxBytes?: number;
              toolsAllow?: string[] | null;
              toolsAllowIsDefault?: boolean;
            }
          | { kind: "script"; script?: string; timeoutSeconds?: number; toolBudget?: number; toolsAllow?: string[] | null; toolsAllowIsDefault?: boolean };
        delivery?: {
          mode?: "none" | "announce" | "webhook";
          channel?: ("last" | string) | null;
          threadId?: string | number | null;
          accountId?: string | null;
          bestEffort?: boolean;
          failureDestination?: {
            channel?: ("last" | string) | null;
            to?: string | null;
            accountId?: string | null;
            mode?: "announce" | "webhook" | null;
          } | null;
          completionDestination?: { mode: "webhook"; to: string } | null;
          to?: string | null;
        };
        failureAlert?:
          | false
          | {
              after?: number | null;
              channel?: ("last" | string) | null;
              to?: string | null;
              cooldownMs?: number | null;
              includeSkipped?: boolean | null;
              mode?: "announce" | "webhook" | null;
              accountId?: string | null;
            }
          | null;
        state?: {
          nextRunAtMs?: number;
          runningAtMs?: number;
          lastRunAtMs?: number;
          lastRunStatus?: "ok" | "error" | "skipped";
          /**
           * @deprecated
           */
          lastStatus?: "ok" | "error" | "skipped";
          lastError?: string;
          lastErrorReason?:
            | "auth"
            | "auth_permanent"
            | "format"
            | "rate_limit"
            | "overloaded"
            | "billing"
            | "server_error"
            | "timeout"
            | "tls_certificate"
            | "context_overflow"
            | "model_not_found"
            | "session_expired"
            | "empty_response"
            | "no_error_details"
            | "unclassified"
            | "unknown";
          lastDurationMs?: number;
          consecutiveErrors?: number;
          consecutiveSkipped?: number;
          lastDelivered?: boolean;
          lastDeliveryStatus?: "delivered" | "not-delivered" | "unknown" | "not-requested";
          lastDeliveryError?: string;
          lastFailureNotificationDelivered?: boolean;
          lastFailureNotificationDeliveryStatus?: "delivered" | "not-delivered" | "unknown" | "not-requested";
          lastFailureNotificationDeliveryError?: string;
          lastFailureAlertAtMs?: number;
          lastTriggerEvalAtMs?: number;
          triggerEvalCount?: number;
          lastTriggerFireAtMs?: number;
          triggerState?: unknown;
          streamStatus?: "starting" | "running" | "restarting" | "stopped" | "disabled" | "error";
          streamError?: string;
          streamConsecutiveFailures?: number;
          streamRestartExhausted?: boolean;
          streamDroppedBatches?: number;
          streamCoalescedBatches?: number;
          streamLastStartedAtMs?: number;
          streamLastExitAtMs?: number;
        };
      };
      expectedConfigRevision?: string;
    };
export type DesktopObserveParams =
  | { source: { kind: "host" }; control?: boolean; credentials?: { username?: string; password?: string } }
  | { source: { kind: "environment"; environmentId: string }; control?: boolean }
  | { source: { kind: "node"; nodeId: string }; control?: boolean; credentials?: { username?: string; password?: string } };
export type ScopeUpgradeResult = ScopeUpgradeApproved | ScopeUpgradeRejected | ScopeUpgradeExpired;
export type WorkerEnvironmentState =
  "requested" | "provisioning" | "bootstrapping" | "ready" | "attached" | "idle" | "draining" | "destroying" | "destroyed" | "failed" | "orphaned";
export type WorkerTunnelStatus = "stopped" | "connecting" | "connected" | "reconnecting";
export type GatewaySuspendPrepareResult = GatewaySuspendPrepareBusyResult | GatewaySuspendPrepareDrainingResult | GatewaySuspendPrepareReadyResult;
export type GatewaySuspendStatusResult = GatewaySuspendStatusRunningResult | GatewaySuspendStatusDrainingResult | GatewaySuspendStatusReadyResult;
export type MemoryMigrationItemStatus = "planned" | "migrated" | "skipped" | "warning" | "conflict" | "error";
export type AuthProbeStatus = "ok" | "auth" | "rate_limit" | "billing" | "timeout" | "format" | "unknown" | "no_model";
export type SystemChangeKind = "operation" | "config-write" | "external-edit";
export type SystemChangeSource = "system-agent" | "doctor" | "config-rpc" | "cli" | "plugin-install" | "external" | "unknown";
export type SystemAgentSetupVerifyResult =
  | { ok: true; modelRef: string; latencyMs: number }
  | { ok: false; status: "auth" | "rate_limit" | "billing" | "timeout" | "format" | "unavailable" | "unknown"; error: string };
export type PluginsInstallParams =
  | { source: "clawhub"; packageName: string; version?: string; acknowledgeInstallPolicyWarning?: true; acknowledgeCapabilities?: { reviewToken: string } }
  | { source: "official"; pluginId: string; acknowledgeInstallPolicyWarning?: true; acknowledgeCapabilities?: { reviewToken: string } };
export type PluginCatalogInstallAction = PluginCatalogClawHubInstall | PluginCatalogOfficialInstall;
export type PluginsSessionActionResult = PluginsSessionActionSuccessResult | PluginsSessionActionFailureResult;
export type ProgressCardStepStatus = "pending" | "in_progress" | "completed";
export type ProjectRecent = ProjectRecentProject | ProjectRecentFolder;
export type QuestionStatus = "pending" | "answered" | "cancelled" | "expired";
export type QuestionResolveParams =
  { id: string; answers: QuestionAnswers; secretStoreAllowedHosts?: string[]; resolvedBy?: string } | { id: string; cancel: true; resolvedBy?: string };
export type QuestionResolveResult = { status: "answered"; answers: QuestionAnswers } | { status: "cancelled" };
export type QuestionWaitAnswerResult =
  { status: "pending" } | { status: "answered"; answers: QuestionAnswers } | { status: "cancelled" } | ToolsGitHubAuthorizeExpiredResult;
export type SecretStoreEntry = SecretStoreSecretEntry | SecretStoreEnvEntry;
export type SessionParticipantIdentity =
  | { type: "profile"; id: string }
  | { type: "agent"; id: string }
  | { type: "remote"; pluginId: string; domain: string; idKind: string; id: string }
  | { type: "observation"; pluginId: string | null; accountId: string | null; senderKind: "human" | "bot" | "unknown"; id: string }
  | { type: "legacy"; actorType: string; source: string | null; id: string };
export type SessionSharingRole = "admin" | "owner" | "member" | "viewer";
export type SessionSuggestionState = "pending" | "accepted" | "dismissed";
export type SessionSuggestionResolution = "send" | "queue" | "edit" | "dismiss";
export type SessionDiffFileStatus = "added" | "modified" | "deleted" | "renamed";
export type GitHubIdentitySource = "system-detected" | "system-configured" | "agent-override";
export type SessionGitHubPublicationResult =
  | SessionGitHubPublicationRequested
  | SessionGitHubPublicationPublishing
  | SessionGitHubPublicationPublished
  | SessionGitHubPublicationFailed
  | SessionGitHubPublicationNeedsConfirmation;
export type SessionsGoalUpdateParams =
  | { sessionKey: string; agentId?: string; sessionId?: string; goalId: string; operationId: string; issuedAtMs: number; action: "edit"; objective: string }
  | {
      sessionKey: string;
      agentId?: string;
      sessionId?: string;
      goalId: string;
      operationId: string;
      issuedAtMs: number;
      action: "pause" | "resume" | "complete" | "block";
      note?: string;
    };
export type SessionMoveTarget = SessionMoveGatewayTarget | SessionMoveProfileTarget | SessionMoveDeviceTarget;
export type SessionsReclaimResultPlacement = LocalSessionPlacement | ReclaimedSessionPlacement;
export type SessionsResolveResult =
  { ok: true; key: string; agentId: string; displayName?: string; boardFace?: "chat" | "dashboard" } | { ok: false; candidates?: SessionsResolveCandidate[] };
export type SkillsInstallParams =
  | {
      agentId?: string;
      name: string;
      installId: string;
      /**
       * @deprecated
       */
      dangerouslyForceUnsafeInstall?: boolean;
      timeoutMs?: number;
    }
  | { agentId?: string; source: "clawhub"; slug: string; version?: string; force?: boolean; timeoutMs?: number }
  | { agentId?: string; source: "upload"; uploadId: string; slug: string; force?: boolean; sha256?: string; timeoutMs?: number };
export type SkillsLibraryUploadParams =
  | { action: "begin"; slug: string; sizeBytes: number; sha256: string }
  | { action: "chunk"; uploadId: string; offset: number; data: string }
  | { action: "commit"; uploadId: string };
export type SkillsUpdateParams =
  | { skillKey: string; enabled?: boolean; apiKey?: string; env?: { [k: string]: string } }
  | { agentId?: string; source: "clawhub"; slug?: string; all?: boolean; force?: boolean };
export type TalkClientCreateResult =
  | {
      provider: string;
      transport: "webrtc";
      voiceSessionId: string;
      clientSecret: string;
      offerUrl?: string;
      offerHeaders?: { [k: string]: string };
      model?: string;
      voice?: string;
      expiresAt?: number;
      clientControl?: { owner: "gateway" };
    }
  | {
      provider: string;
      transport: "provider-websocket";
      voiceSessionId: string;
      protocol: string;
      clientSecret: string;
      websocketUrl: string;
      audio: { inputEncoding: "pcm16" | "g711_ulaw"; inputSampleRateHz: number; outputEncoding: "pcm16" | "g711_ulaw"; outputSampleRateHz: number };
      initialMessage?: unknown;
      model?: string;
      voice?: string;
      expiresAt?: number;
    }
  | {
      provider: string;
      transport: "gateway-relay";
      voiceSessionId?: string;
      relaySessionId: string;
      audio: { inputEncoding: "pcm16" | "g711_ulaw"; inputSampleRateHz: number; outputEncoding: "pcm16" | "g711_ulaw"; outputSampleRateHz: number };
      model?: string;
      voice?: string;
      expiresAt?: number;
    }
  | {
      provider: string;
      transport: "managed-room";
      voiceSessionId?: string;
      roomUrl: string;
      token?: string;
      model?: string;
      voice?: string;
      expiresAt?: number;
    };
export type ToolsGitHubAuthorizePollResult =
  | ToolsGitHubAuthorizePendingResult
  | ToolsGitHubAuthorizeSlowDownResult
  | ToolsGitHubAuthorizeAccessDeniedResult
  | ToolsGitHubAuthorizeExpiredResult
  | ToolsGitHubAuthorizeIncorrectDeviceCodeResult
  | ToolsGitHubAuthorizeNetworkErrorResult
  | ToolsGitHubAuthorizeFailedResult
  | ToolsGitHubAuthorizeSuccessResult;
export type ToolsGitHubConfigureParams =
  | { scope: "system" | "agent"; agentId: string; mode: "managed"; secretName: string; gitAuthor?: GitHubAuthor }
  | { scope: "system" | "agent"; agentId: string; mode: "inherit" };
export type UiCommand = UiSplitCommand | UiClosePaneCommand | UiFocusCommand | UiSidebarCommand | UiPanelCommand | UiNavigateCommand;
export type UsersGitHubAuthorizePollResult =
  | ToolsGitHubAuthorizePendingResult
  | ToolsGitHubAuthorizeSlowDownResult
  | ToolsGitHubAuthorizeAccessDeniedResult
  | ToolsGitHubAuthorizeExpiredResult
  | ToolsGitHubAuthorizeIncorrectDeviceCodeResult
  | ToolsGitHubAuthorizeNetworkErrorResult
  | ToolsGitHubAuthorizeFailedResult
  | { status: "success"; personal: PersonalGitHubStatus };
export type ChatEvent = ChatStatusEvent | ChatDeltaEvent | ChatFinalEvent | ChatAbortedEvent | ChatErrorEvent;
export type ChatRunStartupPhase =
  "preparing_workspace" | "naming_worktree" | "creating_worktree" | "running_setup" | "provisioning_environment" | "preparing_context" | "starting_model";
export type QuestionResolvedEvent =
  { id: string; status: "answered"; answers: QuestionAnswers } | { id: string; status: "cancelled" } | { id: string; status: "expired" };
export type SessionApprovalEvent = PendingSessionApprovalEvent | TerminalSessionApprovalEvent;
export type SessionObserverHealth = "on-track" | "grinding" | "stuck" | "waiting-on-user" | "wrapping-up" | "done" | "failed";
export type SessionSharingAction = "visibility" | "member-added" | "member-removed";
export type TaskSuggestionEvent =
  { action: "created"; suggestion: TaskSuggestion } | { action: "resolved"; taskId: string; resolution: TaskSuggestionResolution };
export type TaskSuggestionResolution = "dismissed" | "accepted" | "expired";

export interface GatewayMethods {
  agent: { params: AgentParams; result: AgentResult; scope: "dynamic"; since: "<=2026.7" };
  "agent.identity.get": { params: AgentIdentityParams; result: AgentIdentityResult; scope: "operator.read"; since: "<=2026.7" };
  "agent.wait": { params: AgentWaitParams; result: AgentWaitResult; scope: "operator.write"; since: "<=2026.7" };
  "agents.create": { params: AgentsCreateParams; result: AgentsCreateResult; scope: "operator.admin"; since: "<=2026.7" };
  "agents.delete": { params: AgentsDeleteParams; result: AgentsDeleteResult; scope: "operator.admin"; since: "<=2026.7" };
  "agents.files.get": { params: AgentsFilesGetParams; result: AgentsFilesGetResult; scope: "operator.read"; since: "<=2026.7" };
  "agents.files.list": { params: AgentsFilesListParams; result: AgentsFilesListResult; scope: "operator.read"; since: "<=2026.7" };
  "agents.files.set": { params: AgentsFilesSetParams; result: AgentsFilesSetResult; scope: "operator.admin"; since: "<=2026.7" };
  "agents.list": { params: NoParams; result: AgentsListResult; scope: "operator.read"; since: "<=2026.7" };
  "agents.update": { params: AgentsUpdateParams; result: AgentsUpdateResult; scope: "operator.admin"; since: "<=2026.7" };
  "agents.workspace.get": { params: AgentsWorkspaceGetParams; result: AgentsWorkspaceGetResult; scope: "operator.read"; since: "2026.7" };
  "agents.workspace.list": { params: AgentsWorkspaceListParams; result: AgentsWorkspaceListResult; scope: "operator.read"; since: "2026.7" };
  "approval.get": { params: ApprovalGetParams; result: ApprovalGetResult; scope: "operator.approvals"; since: "2026.7" };
  "approval.history": { params: ApprovalHistoryParams; result: ApprovalHistoryResult; scope: "operator.approvals"; since: "2026.7" };
  "approval.resolve": { params: ApprovalResolveParams; result: ApprovalResolveResult; scope: "operator.approvals"; since: "2026.7" };
  "artifacts.download": { params: ArtifactsDownloadParams; result: ArtifactsDownloadResult; scope: "operator.read"; since: "<=2026.7" };
  "artifacts.get": { params: ArtifactsGetParams; result: ArtifactsGetResult; scope: "operator.read"; since: "<=2026.7" };
  "artifacts.list": { params: ArtifactsListParams; result: ArtifactsListResult; scope: "operator.read"; since: "<=2026.7" };
  "assistant.media.get": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "attach.grant": { params: unknown; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "attach.revoke": { params: unknown; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "audit.activity.list": { params: AuditActivityListParams; result: AuditActivityListResult; scope: "operator.read"; since: "2026.7" };
  "audit.list": { params: AuditListParams; result: AuditListResult; scope: "operator.read"; since: "2026.7" };
  "audit.run.inspect": { params: AuditRunInspectParams; result: AuditRunInspectResult; scope: "operator.read"; since: "2026.7" };
  "board.action": { params: BoardActionParams; result: unknown; scope: "operator.write"; since: "2026.7" };
  "board.data.read": { params: BoardDataReadParams; result: unknown; scope: "operator.read"; since: "2026.7" };
  "board.event": { params: BoardEventParams; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "board.get": { params: BoardGetParams; result: BoardSnapshot; scope: "operator.read"; since: "<=2026.7" };
  "board.prompt.authorize": { params: BoardPromptAuthorizeParams; result: unknown; scope: "operator.read"; since: "2026.7" };
  "board.update": { params: BoardUpdateParams; result: BoardSnapshot; scope: "operator.write"; since: "<=2026.7" };
  "board.widget.appView": { params: BoardWidgetAppViewParams; result: BoardWidgetAppViewResult; scope: "operator.read"; since: "2026.7" };
  "board.widget.grant": { params: BoardWidgetGrantParams; result: unknown; scope: "operator.approvals"; since: "<=2026.7" };
  "board.widget.put": { params: BoardWidgetPutParams; result: BoardWidgetPutResult; scope: "operator.write"; since: "<=2026.7" };
  "channels.logout": { params: ChannelsLogoutParams; result: ChannelsLogoutResult; scope: "operator.admin"; since: "<=2026.7" };
  "channels.pairing.approve": { params: ChannelsPairingApproveParams; result: ChannelsPairingApproveResult; scope: "dynamic"; since: "2026.7" };
  "channels.pairing.dismiss": { params: ChannelsPairingDismissParams; result: ChannelsPairingDismissResult; scope: "operator.pairing"; since: "2026.7" };
  "channels.pairing.list": { params: ChannelsPairingListParams; result: ChannelsPairingListResult; scope: "operator.pairing"; since: "2026.7" };
  "channels.start": { params: ChannelsStartParams; result: ChannelsStartResult; scope: "operator.admin"; since: "<=2026.7" };
  "channels.status": { params: ChannelsStatusParams; result: ChannelsStatusResult; scope: "operator.read"; since: "<=2026.7" };
  "channels.stop": { params: ChannelsStopParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "chat.abort": { params: ChatAbortParams; result: ChatAbortResult; scope: "operator.write"; since: "<=2026.7" };
  "chat.history": { params: ChatHistoryParams; result: ChatHistoryResult; scope: "operator.read"; since: "<=2026.7" };
  "chat.inject": { params: ChatInjectParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "chat.message.get": { params: ChatMessageGetParams; result: ChatMessageGetResult; scope: "operator.read"; since: "<=2026.7" };
  "chat.metadata": { params: ChatMetadataParams; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "chat.send": { params: ChatSendParams; result: ChatSendResult; scope: "operator.write"; since: "<=2026.7" };
  "chat.startup": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "chat.toolTitles": { params: ChatToolTitlesParams; result: ChatToolTitlesResult; scope: "operator.write"; since: "<=2026.7" };
  "commands.list": { params: CommandsListParams; result: CommandsListResult; scope: "operator.read"; since: "<=2026.7" };
  "config.apply": { params: ConfigApplyParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "config.get": { params: NoParams; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "config.openFile": { params: NoParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "config.patch": { params: ConfigPatchParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "config.schema": { params: NoParams; result: ConfigSchemaResponse; scope: "operator.read"; since: "<=2026.7" };
  "config.schema.lookup": { params: ConfigSchemaLookupParams; result: ConfigSchemaLookupResult; scope: "operator.read"; since: "<=2026.7" };
  "config.set": { params: ConfigSetParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  connect: { params: ConnectParams; result: HelloOk; scope: "operator.admin"; since: "<=2026.7" };
  "controlUi.githubPreview": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "controlUi.sessionPreview": { params: unknown; result: unknown; scope: "operator.read"; since: "2026.8" };
  "controlUi.sessionPullRequests.subscribe": { params: unknown; result: unknown; scope: "operator.read"; since: "2026.7" };
  "conversations.list": { params: ConversationListParams; result: ConversationListResult; scope: "operator.admin"; since: "<=2026.7" };
  "conversations.send": { params: ConversationSendParams; result: ConversationSendResult; scope: "operator.admin"; since: "<=2026.7" };
  "conversations.turn": { params: ConversationTurnParams; result: ConversationTurnResult; scope: "operator.admin"; since: "<=2026.7" };
  "conversations.turn.cancel": { params: ConversationTurnCancelParams; result: ConversationTurnCancelResult; scope: "operator.admin"; since: "<=2026.7" };
  "cron.add": { params: CronAddParams; result: CronAddResult; scope: "operator.admin"; since: "<=2026.7" };
  "cron.get": { params: CronGetParams; result: CronJob; scope: "operator.read"; since: "<=2026.7" };
  "cron.list": { params: CronListParams; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "cron.remove": { params: CronRemoveParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "cron.run": { params: CronRunParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "cron.runs": { params: CronRunsParams; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "cron.scratch.get": { params: CronScratchGetParams; result: CronScratchGetResult; scope: "operator.admin"; since: "2026.7" };
  "cron.scratch.set": { params: CronScratchSetParams; result: CronScratchSetResult; scope: "operator.admin"; since: "2026.7" };
  "cron.status": { params: NoParams; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "cron.update": { params: CronUpdateParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "desktop.launch": { params: DesktopLaunchParams; result: unknown; scope: "operator.admin"; since: "2026.8" };
  "desktop.observe": { params: DesktopObserveParams; result: DesktopObserveResult; scope: "operator.admin"; since: "2026.8" };
  "device.pair.approve": { params: DevicePairApproveParams; result: DevicePairApproveResult; scope: "operator.pairing"; since: "<=2026.7" };
  "device.pair.list": { params: NoParams; result: DevicePairListResult; scope: "operator.pairing"; since: "<=2026.7" };
  "device.pair.reject": { params: DevicePairRejectParams; result: DevicePairRejectResult; scope: "operator.pairing"; since: "<=2026.7" };
  "device.pair.remove": { params: DevicePairRemoveParams; result: DevicePairRemoveResult; scope: "operator.pairing"; since: "<=2026.7" };
  "device.pair.rename": { params: DevicePairRenameParams; result: unknown; scope: "operator.pairing"; since: "2026.7" };
  "device.pair.setupCode": { params: DevicePairSetupCodeParams; result: DevicePairSetupCodeResult; scope: "operator.admin"; since: "<=2026.7" };
  "device.pair.setupStatus": { params: DevicePairSetupStatusParams; result: DevicePairSetupStatusResult; scope: "operator.admin"; since: "2026.8" };
  "device.scopes.requestUpgrade": { params: ScopeUpgradeRequest; result: ScopeUpgradeRegistration; scope: "operator.read"; since: "2026.8" };
  "device.scopes.waitUpgrade": { params: ScopeUpgradeWait; result: ScopeUpgradeResult; scope: "operator.read"; since: "2026.8" };
  "device.token.revoke": { params: DeviceTokenRevokeParams; result: DeviceTokenRevokeResult; scope: "operator.pairing"; since: "<=2026.7" };
  "device.token.rotate": { params: DeviceTokenRotateParams; result: DeviceTokenRotateResult; scope: "operator.pairing"; since: "<=2026.7" };
  "diagnostics.lanes": { params: unknown; result: unknown; scope: "operator.read"; since: "2026.8" };
  "diagnostics.stability": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "doctor.memory.backfillDreamDiary": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "doctor.memory.dedupeDreamDiary": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "doctor.memory.dreamDiary": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "doctor.memory.repairDreamingArtifacts": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "doctor.memory.resetDreamDiary": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "doctor.memory.resetGroundedShortTerm": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "doctor.memory.status": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "environments.create": { params: EnvironmentsCreateParams; result: EnvironmentsCreateResult; scope: "operator.admin"; since: "2026.7" };
  "environments.destroy": { params: EnvironmentsDestroyParams; result: EnvironmentsDestroyResult; scope: "operator.admin"; since: "2026.7" };
  "environments.list": { params: NoParams; result: EnvironmentsListResult; scope: "operator.read"; since: "2026.7" };
  "environments.status": { params: EnvironmentsStatusParams; result: EnvironmentsStatusResult; scope: "operator.read"; since: "2026.7" };
  "exec.approval.get": { params: ExecApprovalGetParams; result: unknown; scope: "operator.approvals"; since: "<=2026.7" };
  "exec.approval.grants.list": { params: ExecApprovalGrantsListParams; result: ExecApprovalGrantsListResult; scope: "operator.approvals"; since: "2026.8" };
  "exec.approval.grants.revoke": {
    params: ExecApprovalGrantsRevokeParams;
    result: ExecApprovalGrantsRevokeResult;
    scope: "operator.approvals";
    since: "2026.8";
  };
  "exec.approval.list": { params: NoParams; result: ExecApproval[]; scope: "operator.approvals"; since: "<=2026.7" };
  "exec.approval.request": { params: ExecApprovalRequestParams; result: unknown; scope: "operator.approvals"; since: "<=2026.7" };
  "exec.approval.resolve": { params: ExecApprovalResolveParams; result: Done; scope: "operator.approvals"; since: "<=2026.7" };
  "exec.approval.waitDecision": { params: unknown; result: unknown; scope: "operator.approvals"; since: "<=2026.7" };
  "exec.approvals.get": { params: NoParams; result: ExecApprovalsSnapshot; scope: "operator.admin"; since: "<=2026.7" };
  "exec.approvals.node.get": { params: ExecApprovalsNodeGetParams; result: ExecApprovalsNodeSnapshot; scope: "operator.admin"; since: "<=2026.7" };
  "exec.approvals.node.set": { params: ExecApprovalsNodeSetParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "exec.approvals.set": { params: ExecApprovalsSetParams; result: ExecApprovalsSnapshot; scope: "operator.admin"; since: "<=2026.7" };
  "fs.listDir": { params: FsListDirParams; result: FsListDirResult; scope: "dynamic"; since: "<=2026.7" };
  "gateway.identity.get": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "gateway.restart.preflight": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "gateway.restart.request": { params: RestartRequestParams; result: RestartRequestResult; scope: "operator.admin"; since: "<=2026.7" };
  "gateway.suspend.prepare": { params: GatewaySuspendPrepareParams; result: GatewaySuspendPrepareResult; scope: "operator.admin"; since: "2026.7" };
  "gateway.suspend.resume": { params: GatewaySuspendResumeParams; result: GatewaySuspendResumeResult; scope: "operator.admin"; since: "2026.7" };
  "gateway.suspend.status": { params: GatewaySuspendStatusParams; result: GatewaySuspendStatusResult; scope: "operator.read"; since: "2026.7" };
  health: { params: HealthParams; result: Health; scope: "operator.read"; since: "<=2026.7" };
  "hooks.status": { params: HooksStatusParams; result: unknown; scope: "operator.read"; since: "2026.7" };
  "last-heartbeat": { params: NoParams; result: LastHeartbeat; scope: "operator.read"; since: "<=2026.7" };
  "logs.tail": { params: LogsTailParams; result: LogsTailResult; scope: "operator.read"; since: "<=2026.7" };
  "mcp.app.callTool": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "mcp.app.listResourceTemplates": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "mcp.app.listResources": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "mcp.app.listTools": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "mcp.app.readResource": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "mcp.app.updateModelContext": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "mcp.app.view": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "memory.search": { params: unknown; result: unknown; scope: "operator.read"; since: "2026.7" };
  "message.action": { params: MessageActionParams; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "migrations.memory.apply": { params: MigrationsMemoryApplyParams; result: MigrationsMemoryApplyResult; scope: "operator.admin"; since: "2026.7" };
  "migrations.memory.plan": { params: MigrationsMemoryPlanParams; result: MigrationsMemoryPlanResult; scope: "operator.admin"; since: "2026.7" };
  "models.authLogout": { params: ModelsAuthLogoutParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "models.authStatus": { params: ModelsAuthStatusParams; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "models.list": { params: ModelsListParams; result: ModelsListResult; scope: "operator.read"; since: "<=2026.7" };
  "models.probe": { params: ModelsProbeParams; result: ModelsProbeResult; scope: "operator.admin"; since: "<=2026.7" };
  "nativeHook.invoke": { params: unknown; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "node.describe": { params: NodeDescribeParams; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "node.event": { params: NodeEventParams; result: NodeEventResult; scope: "node"; since: "<=2026.7" };
  "node.invoke": { params: NodeInvokeParams; result: NodeInvokeResult; scope: "dynamic"; since: "<=2026.7" };
  "node.invoke.progress": { params: NodeInvokeProgressParams; result: unknown; scope: "node"; since: "<=2026.7" };
  "node.invoke.result": { params: NodeInvokeResultParams; result: Done; scope: "node"; since: "<=2026.7" };
  "node.list": { params: NoParams; result: NodeListResult; scope: "operator.read"; since: "<=2026.7" };
  "node.pair.approve": { params: NodePairApproveParams; result: NodePairApproveResult; scope: "operator.pairing"; since: "<=2026.7" };
  "node.pair.list": { params: NoParams; result: NodePairListResult; scope: "operator.pairing"; since: "<=2026.7" };
  "node.pair.reject": { params: NodePairRejectParams; result: unknown; scope: "operator.pairing"; since: "<=2026.7" };
  "node.pair.remove": { params: NodePairRemoveParams; result: unknown; scope: "operator.pairing"; since: "<=2026.7" };
  "node.pending.ack": { params: NodePendingAckParams; result: unknown; scope: "node"; since: "<=2026.7" };
  "node.pending.drain": { params: NodePendingDrainParams; result: NodePendingDrainResult; scope: "node"; since: "<=2026.7" };
  "node.pending.enqueue": { params: NodePendingEnqueueParams; result: NodePendingEnqueueResult; scope: "operator.write"; since: "<=2026.7" };
  "node.pending.pull": { params: NoParams; result: unknown; scope: "node"; since: "<=2026.7" };
  "node.pluginSurface.refresh": { params: unknown; result: unknown; scope: "node"; since: "<=2026.7" };
  "node.pluginTools.update": { params: NodePluginToolsUpdateParams; result: unknown; scope: "node"; since: "<=2026.7" };
  "node.rename": { params: NodeRenameParams; result: unknown; scope: "operator.pairing"; since: "<=2026.7" };
  "node.runnerInventory.update": { params: unknown; result: unknown; scope: "node"; since: "2026.8" };
  "node.skills.update": { params: NodeSkillsUpdateParams; result: unknown; scope: "node"; since: "<=2026.7" };
  "openclaw.approval.list": { params: NoParams; result: unknown; scope: "operator.approvals"; since: "<=2026.7" };
  "openclaw.changes.list": { params: SystemChangesListParams; result: SystemChangesListResult; scope: "operator.admin"; since: "<=2026.7" };
  "openclaw.chat": { params: SystemAgentChatParams; result: SystemAgentChatResult; scope: "operator.admin"; since: "<=2026.7" };
  "openclaw.chat.history": { params: SystemAgentChatHistoryParams; result: SystemAgentChatHistoryResult; scope: "operator.admin"; since: "2026.7" };
  "openclaw.setup.activate": { params: SystemAgentSetupActivateParams; result: SystemAgentSetupActivateResult; scope: "operator.admin"; since: "<=2026.7" };
  "openclaw.setup.activate.start": {
    params: SystemAgentSetupActivateStartParams;
    result: SystemAgentSetupActivateStartResult;
    scope: "operator.admin";
    since: "2026.8";
  };
  "openclaw.setup.auth.start": { params: SystemAgentSetupAuthStartParams; result: SystemAgentSetupAuthStartResult; scope: "operator.admin"; since: "<=2026.7" };
  "openclaw.setup.detect": { params: SystemAgentSetupDetectParams; result: SystemAgentSetupDetectResult; scope: "operator.admin"; since: "<=2026.7" };
  "openclaw.setup.prepare.start": {
    params: SystemAgentSetupAuthStartParams;
    result: SystemAgentSetupAuthStartResult;
    scope: "operator.admin";
    since: "<=2026.7";
  };
  "openclaw.setup.verify": { params: SystemAgentSetupVerifyParams; result: SystemAgentSetupVerifyResult; scope: "operator.admin"; since: "<=2026.7" };
  "plugin.approval.list": { params: NoParams; result: unknown; scope: "operator.approvals"; since: "<=2026.7" };
  "plugin.approval.request": { params: PluginApprovalRequestParams; result: unknown; scope: "operator.approvals"; since: "<=2026.7" };
  "plugin.approval.resolve": { params: PluginApprovalResolveParams; result: unknown; scope: "operator.approvals"; since: "<=2026.7" };
  "plugin.approval.waitDecision": { params: unknown; result: unknown; scope: "operator.approvals"; since: "<=2026.7" };
  "plugin.surface.refresh": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "plugins.inspect": { params: PluginsInspectParams; result: PluginsInspectResult; scope: "operator.read"; since: "2026.8" };
  "plugins.install": { params: PluginsInstallParams; result: PluginsInstallResult; scope: "operator.admin"; since: "<=2026.7" };
  "plugins.list": { params: NoParams; result: PluginsListResult; scope: "operator.read"; since: "<=2026.7" };
  "plugins.refresh": { params: NoParams; result: PluginsRefreshResult; scope: "operator.admin"; since: "<=2026.7" };
  "plugins.search": { params: PluginsSearchParams; result: PluginsSearchResult; scope: "operator.read"; since: "<=2026.7" };
  "plugins.sessionAction": { params: PluginsSessionActionParams; result: PluginsSessionActionResult; scope: "dynamic"; since: "<=2026.7" };
  "plugins.setEnabled": { params: PluginsSetEnabledParams; result: PluginsSetEnabledResult; scope: "operator.admin"; since: "<=2026.7" };
  "plugins.uiDescriptors": { params: NoParams; result: PluginsUiDescriptorsResult; scope: "operator.read"; since: "<=2026.7" };
  "plugins.uninstall": { params: PluginsUninstallParams; result: PluginsUninstallResult; scope: "operator.admin"; since: "<=2026.7" };
  poll: { params: PollParams; result: DeliveryResult; scope: "operator.write"; since: "<=2026.7" };
  "portal.close": { params: PortalCloseParams; result: PortalCloseResult; scope: "operator.write"; since: "2026.8" };
  "portal.list": { params: NoParams; result: PortalListResult; scope: "operator.read"; since: "2026.8" };
  "portal.open": { params: PortalOpenParams; result: PortalOpenResult; scope: "operator.write"; since: "2026.8" };
  "progressCard.get": { params: ProgressCardGetParams; result: ProgressCardGetResult; scope: "operator.read"; since: "2026.8" };
  "progressCard.put": { params: ProgressCardPutParams; result: ProgressCardPutResult; scope: "operator.write"; since: "2026.8" };
  "projects.add": { params: ProjectsAddParams; result: ProjectsAddResult; scope: "operator.write"; since: "2026.8" };
  "projects.list": { params: ProjectsListParams; result: ProjectsListResult; scope: "operator.read"; since: "2026.8" };
  "projects.register": { params: ProjectsRegisterParams; result: ProjectsRegisterResult; scope: "operator.admin"; since: "2026.8" };
  "projects.remove": { params: ProjectsRemoveParams; result: ProjectsRemoveResult; scope: "operator.admin"; since: "2026.8" };
  "projects.searchRemote": { params: ProjectsSearchRemoteParams; result: ProjectsSearchRemoteResult; scope: "operator.read"; since: "2026.8" };
  "push.test": { params: PushTestParams; result: PushTestResult; scope: "operator.write"; since: "<=2026.7" };
  "push.web.preferences.get": { params: unknown; result: unknown; scope: "operator.read"; since: "2026.8" };
  "push.web.preferences.set": { params: unknown; result: unknown; scope: "operator.write"; since: "2026.8" };
  "push.web.subscribe": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "push.web.test": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "push.web.unsubscribe": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "push.web.vapidPublicKey": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "question.get": { params: QuestionGetParams; result: QuestionGetResult; scope: "operator.questions"; since: "2026.7" };
  "question.list": { params: NoParams; result: QuestionListResult; scope: "operator.questions"; since: "2026.7" };
  "question.request": { params: QuestionRequestParams; result: QuestionRequestResult; scope: "operator.questions"; since: "2026.7" };
  "question.resolve": { params: QuestionResolveParams; result: QuestionResolveResult; scope: "operator.questions"; since: "2026.7" };
  "question.waitAnswer": { params: QuestionWaitAnswerParams; result: QuestionWaitAnswerResult; scope: "operator.questions"; since: "2026.7" };
  "secrets.reload": { params: NoParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "secrets.resolve": { params: SecretsResolveParams; result: SecretsResolveResult; scope: "operator.admin"; since: "<=2026.7" };
  "secrets.store.delete": { params: SecretsStoreDeleteParams; result: SecretsStoreMutationResult; scope: "operator.admin"; since: "2026.8" };
  "secrets.store.list": { params: NoParams; result: SecretsStoreListResult; scope: "operator.admin"; since: "2026.8" };
  "secrets.store.set": { params: SecretsStoreSetParams; result: SecretsStoreMutationResult; scope: "operator.admin"; since: "2026.8" };
  send: { params: SendParams; result: DeliveryResult; scope: "operator.write"; since: "<=2026.7" };
  "session.discussion.info": { params: SessionDiscussionInfoParams; result: SessionDiscussionInfoResult; scope: "operator.read"; since: "2026.7" };
  "session.discussion.open": { params: SessionDiscussionOpenParams; result: SessionDiscussionOpenResult; scope: "operator.write"; since: "2026.7" };
  "session.members.add": { params: SessionMemberAddParams; result: SessionMemberMutationResult; scope: "operator.write"; since: "2026.7" };
  "session.members.list": { params: SessionMembersListParams; result: SessionMembersListResult; scope: "operator.read"; since: "2026.7" };
  "session.members.listEvidence": { params: SessionMembersListParams; result: SessionMembersListEvidenceResult; scope: "operator.read"; since: "2026.8" };
  "session.members.remove": { params: SessionMemberRemoveParams; result: SessionMemberMutationResult; scope: "operator.write"; since: "2026.7" };
  "session.suggestions.add": { params: SessionSuggestionsAddParams; result: SessionSuggestionsAddResult; scope: "operator.write"; since: "2026.7" };
  "session.suggestions.list": { params: SessionSuggestionsListParams; result: SessionSuggestionsListResult; scope: "operator.read"; since: "2026.7" };
  "session.suggestions.resolve": { params: SessionSuggestionsResolveParams; result: SessionSuggestionsResolveResult; scope: "operator.write"; since: "2026.7" };
  "session.typing": { params: SessionTypingParams; result: SessionTypingResult; scope: "operator.write"; since: "2026.7" };
  "session.visibility.set": { params: SessionVisibilitySetParams; result: SessionVisibilitySetResult; scope: "operator.write"; since: "2026.7" };
  "sessions.abort": { params: SessionsAbortParams; result: SessionsAbortResult; scope: "operator.write"; since: "<=2026.7" };
  "sessions.assignOwner": { params: SessionsAssignOwnerParams; result: SessionsAssignOwnerResult; scope: "operator.write"; since: "2026.8" };
  "sessions.branches.list": { params: SessionsBranchesListParams; result: SessionsBranchesListResult; scope: "operator.read"; since: "<=2026.7" };
  "sessions.branches.switch": { params: SessionsBranchesSwitchParams; result: SessionsBranchesSwitchResult; scope: "operator.admin"; since: "<=2026.7" };
  "sessions.catalog.archive": { params: SessionsCatalogArchiveParams; result: SessionsCatalogArchiveResult; scope: "operator.write"; since: "2026.7" };
  "sessions.catalog.continue": { params: SessionsCatalogContinueParams; result: SessionsCatalogContinueResult; scope: "operator.write"; since: "2026.7" };
  "sessions.catalog.list": { params: SessionsCatalogListParams; result: SessionsCatalogListResult; scope: "operator.read"; since: "2026.7" };
  "sessions.catalog.read": { params: SessionsCatalogReadParams; result: SessionsCatalogReadResult; scope: "operator.read"; since: "2026.7" };
  "sessions.catalog.startTerminal": {
    params: SessionsCatalogStartTerminalParams;
    result: SessionsCatalogStartTerminalResult;
    scope: "operator.admin";
    since: "2026.8";
  };
  "sessions.cleanup": { params: SessionsCleanupParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "sessions.compact": { params: SessionsCompactParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "sessions.compaction.branch": { params: SessionsCompactionBranchParams; result: SessionsCompactionBranchResult; scope: "operator.write"; since: "<=2026.7" };
  "sessions.compaction.list": { params: SessionsCompactionListParams; result: SessionsCompactionListResult; scope: "operator.read"; since: "<=2026.7" };
  "sessions.compaction.restore": {
    params: SessionsCompactionRestoreParams;
    result: SessionsCompactionRestoreResult;
    scope: "operator.admin";
    since: "<=2026.7";
  };
  "sessions.companion.ask": { params: SessionsCompanionAskParams; result: SessionsCompanionAskResult; scope: "operator.read"; since: "2026.7" };
  "sessions.companion.reset": { params: SessionsCompanionResetParams; result: SessionsCompanionResetResult; scope: "operator.write"; since: "2026.7" };
  "sessions.companion.state": { params: SessionsCompanionStateParams; result: SessionsCompanionStateResult; scope: "operator.read"; since: "2026.7" };
  "sessions.create": { params: SessionsCreateParams; result: SessionsCreateResult; scope: "dynamic"; since: "<=2026.7" };
  "sessions.delete": { params: SessionsDeleteParams; result: SessionsDeleteResult; scope: "dynamic"; since: "<=2026.7" };
  "sessions.describe": { params: SessionsDescribeParams; result: SessionsDescribeResult; scope: "operator.read"; since: "<=2026.7" };
  "sessions.diff": { params: SessionsDiffParams; result: SessionsDiffResult; scope: "operator.read"; since: "<=2026.7" };
  "sessions.dispatch": { params: SessionsDispatchParams; result: SessionsDispatchResult; scope: "dynamic"; since: "2026.7" };
  "sessions.files.get": { params: SessionsFilesGetParams; result: SessionsFilesGetResult; scope: "operator.read"; since: "<=2026.7" };
  "sessions.files.list": { params: SessionsFilesListParams; result: SessionsFilesListResult; scope: "operator.read"; since: "<=2026.7" };
  "sessions.files.reveal": { params: SessionsFilesRevealParams; result: SessionsFilesRevealResult; scope: "operator.admin"; since: "<=2026.7" };
  "sessions.files.set": { params: SessionsFilesSetParams; result: SessionsFilesSetResult; scope: "operator.admin"; since: "<=2026.7" };
  "sessions.fork": { params: SessionsForkParams; result: SessionsForkResult; scope: "operator.write"; since: "<=2026.7" };
  "sessions.get": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "sessions.github.confirm": { params: SessionGitHubConfirmParams; result: unknown; scope: "operator.write"; since: "2026.8" };
  "sessions.github.options": { params: SessionGitHubOptionsParams; result: SessionGitHubOptionsResult; scope: "operator.read"; since: "2026.8" };
  "sessions.github.publish": { params: SessionGitHubPublishParams; result: SessionGitHubPublicationResult; scope: "operator.write"; since: "2026.8" };
  "sessions.github.status": { params: SessionGitHubStatusParams; result: SessionGitHubStatusResult; scope: "operator.read"; since: "2026.8" };
  "sessions.goal.clear": { params: SessionsGoalClearParams; result: SessionsGoalMutationResult; scope: "operator.write"; since: "2026.8" };
  "sessions.goal.update": { params: SessionsGoalUpdateParams; result: SessionsGoalMutationResult; scope: "operator.write"; since: "2026.8" };
  "sessions.groups.defaults": { params: NoParams; result: SessionsGroupsDefaultsResult; scope: "operator.write"; since: "2026.8" };
  "sessions.groups.delete": { params: SessionsGroupsDeleteParams; result: SessionsGroupsMutationResult; scope: "operator.write"; since: "<=2026.7" };
  "sessions.groups.list": { params: NoParams; result: SessionsGroupsListResult; scope: "operator.read"; since: "<=2026.7" };
  "sessions.groups.put": { params: SessionsGroupsPutParams; result: SessionsGroupsMutationResult; scope: "operator.write"; since: "<=2026.7" };
  "sessions.groups.rename": { params: SessionsGroupsRenameParams; result: SessionsGroupsMutationResult; scope: "operator.write"; since: "<=2026.7" };
  "sessions.groups.update": { params: SessionsGroupsUpdateParams; result: SessionsGroupsUpdateResult; scope: "operator.write"; since: "2026.8" };
  "sessions.list": { params: SessionsListParams; result: SessionsListResult; scope: "operator.read"; since: "<=2026.7" };
  "sessions.messages.subscribe": { params: SessionsMessagesSubscribeParams; result: SessionSubscribed; scope: "operator.read"; since: "<=2026.7" };
  "sessions.messages.unsubscribe": { params: SessionsMessagesUnsubscribeParams; result: SessionSubscribed; scope: "operator.read"; since: "<=2026.7" };
  "sessions.move": { params: SessionsMoveParams; result: SessionsMoveResult; scope: "dynamic"; since: "2026.8" };
  "sessions.observer.visibility": {
    params: SessionsObserverVisibilityParams;
    result: SessionsObserverVisibilityResult;
    scope: "operator.read";
    since: "2026.7";
  };
  "sessions.patch": { params: SessionsPatchParams; result: SessionsPatchResult; scope: "dynamic"; since: "<=2026.7" };
  "sessions.patchMany": { params: SessionsPatchManyParams; result: SessionsPatchManyResult; scope: "dynamic"; since: "2026.8" };
  "sessions.pluginPatch": { params: SessionsPluginPatchParams; result: SessionsPluginPatchResult; scope: "operator.admin"; since: "<=2026.7" };
  "sessions.preview": { params: SessionsPreviewParams; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "sessions.reclaim": { params: SessionsReclaimParams; result: SessionsReclaimResult; scope: "operator.write"; since: "2026.7" };
  "sessions.recover": { params: SessionsRecoverParams; result: SessionsRecoverResult; scope: "operator.write"; since: "2026.8" };
  "sessions.reset": { params: SessionsResetParams; result: SessionsResetResult; scope: "operator.admin"; since: "<=2026.7" };
  "sessions.resolve": { params: SessionsResolveParams; result: SessionsResolveResult; scope: "operator.read"; since: "<=2026.7" };
  "sessions.rewind": { params: SessionsRewindParams; result: SessionsRewindResult; scope: "operator.admin"; since: "<=2026.7" };
  "sessions.search": { params: SessionsSearchParams; result: SessionsSearchResult; scope: "operator.read"; since: "<=2026.7" };
  "sessions.send": { params: SessionsSendParams; result: ChatSendResult; scope: "operator.write"; since: "<=2026.7" };
  "sessions.steer": { params: SessionsSendParams; result: ChatSendResult; scope: "operator.write"; since: "<=2026.7" };
  "sessions.subscribe": { params: SessionsListParams; result: Subscribed; scope: "operator.read"; since: "<=2026.7" };
  "sessions.title.prepare": { params: SessionsTitlePrepareParams; result: SessionsTitlePrepareResult; scope: "operator.write"; since: "2026.8" };
  "sessions.usage": { params: SessionsUsageParams; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "sessions.usage.logs": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "sessions.usage.timeseries": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "sessions.viewers.set": { params: SessionsViewerPresenceSetParams; result: SessionsViewerPresenceSetResult; scope: "operator.read"; since: "2026.7" };
  "set-heartbeats": { params: unknown; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "skills.bins": { params: NoParams; result: SkillsBinsResult; scope: "node"; since: "<=2026.7" };
  "skills.curator.pin": { params: SkillsCuratorActionParams; result: SkillsCuratorActionResult; scope: "operator.admin"; since: "<=2026.7" };
  "skills.curator.restore": { params: SkillsCuratorActionParams; result: SkillsCuratorActionResult; scope: "operator.admin"; since: "<=2026.7" };
  "skills.curator.status": { params: NoParams; result: SkillsCuratorStatusResult; scope: "operator.read"; since: "<=2026.7" };
  "skills.curator.unpin": { params: SkillsCuratorActionParams; result: SkillsCuratorActionResult; scope: "operator.admin"; since: "<=2026.7" };
  "skills.detail": { params: SkillsDetailParams; result: SkillsDetailResult; scope: "operator.read"; since: "<=2026.7" };
  "skills.install": { params: SkillsInstallParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "skills.library.activate": { params: SkillsLibraryActivateParams; result: unknown; scope: "operator.write"; since: "2026.8" };
  "skills.library.import": { params: SkillsLibraryImportParams; result: unknown; scope: "operator.write"; since: "2026.8" };
  "skills.library.list": { params: SkillsLibraryListParams; result: unknown; scope: "operator.read"; since: "2026.8" };
  "skills.library.mutate": { params: SkillsLibraryMutateParams; result: unknown; scope: "operator.write"; since: "2026.8" };
  "skills.library.read": { params: SkillsLibraryReadParams; result: unknown; scope: "operator.read"; since: "2026.8" };
  "skills.library.save": { params: SkillsLibrarySaveParams; result: unknown; scope: "operator.write"; since: "2026.8" };
  "skills.library.upload": { params: SkillsLibraryUploadParams; result: unknown; scope: "operator.write"; since: "2026.8" };
  "skills.proposals.apply": { params: SkillsProposalActionParams; result: SkillsProposalApplyResult; scope: "operator.admin"; since: "<=2026.7" };
  "skills.proposals.create": { params: SkillsProposalCreateParams; result: SkillsProposalRecordResult; scope: "operator.admin"; since: "<=2026.7" };
  "skills.proposals.evaluate": { params: SkillsProposalEvaluateParams; result: SkillsProposalEvaluateResult; scope: "operator.admin"; since: "2026.7" };
  "skills.proposals.events.list": { params: SkillsProposalEventsListParams; result: SkillsProposalEventsListResult; scope: "operator.read"; since: "2026.7" };
  "skills.proposals.historyScan": {
    params: SkillsProposalHistoryScanParams;
    result: SkillsProposalHistoryScanResult;
    scope: "operator.admin";
    since: "<=2026.7";
  };
  "skills.proposals.historyStatus": { params: SkillsProposalHistoryStatusParams; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "skills.proposals.inspect": { params: SkillsProposalInspectParams; result: SkillsProposalInspectResult; scope: "operator.read"; since: "<=2026.7" };
  "skills.proposals.list": { params: SkillsProposalsListParams; result: SkillsProposalsListResult; scope: "operator.read"; since: "<=2026.7" };
  "skills.proposals.quarantine": { params: SkillsProposalDecisionParams; result: SkillsProposalRecordResult; scope: "operator.admin"; since: "<=2026.7" };
  "skills.proposals.reject": { params: SkillsProposalDecisionParams; result: SkillsProposalRecordResult; scope: "operator.admin"; since: "<=2026.7" };
  "skills.proposals.requestRevision": {
    params: SkillsProposalRequestRevisionParams;
    result: SkillsProposalRequestRevisionResult;
    scope: "operator.admin";
    since: "<=2026.7";
  };
  "skills.proposals.revise": { params: SkillsProposalReviseParams; result: SkillsProposalRecordResult; scope: "operator.admin"; since: "<=2026.7" };
  "skills.proposals.update": { params: SkillsProposalUpdateParams; result: SkillsProposalRecordResult; scope: "operator.admin"; since: "<=2026.7" };
  "skills.search": { params: SkillsSearchParams; result: SkillsSearchResult; scope: "operator.read"; since: "<=2026.7" };
  "skills.securityVerdicts": { params: SkillsSecurityVerdictsParams; result: SkillsSecurityVerdictsResult; scope: "operator.read"; since: "<=2026.7" };
  "skills.skillCard": { params: SkillsSkillCardParams; result: SkillsSkillCardResult; scope: "operator.read"; since: "<=2026.7" };
  "skills.status": { params: SkillsStatusParams; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "skills.update": { params: SkillsUpdateParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "skills.upload.begin": { params: SkillsUploadBeginParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "skills.upload.chunk": { params: SkillsUploadChunkParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "skills.upload.commit": { params: SkillsUploadCommitParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  status: { params: Members; result: Members; scope: "operator.read"; since: "<=2026.7" };
  "system-event": { params: unknown; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "system-presence": { params: NoParams; result: PresenceEntry[]; scope: "operator.read"; since: "<=2026.7" };
  "system.info": { params: NoParams; result: SystemInfoResult; scope: "operator.read"; since: "<=2026.7" };
  "talk.catalog": { params: NoParams; result: TalkCatalogResult; scope: "operator.read"; since: "<=2026.7" };
  "talk.client.close": { params: TalkClientCloseParams; result: TalkClientMutationResult; scope: "operator.talk"; since: "<=2026.7" };
  "talk.client.create": { params: TalkClientCreateParams; result: TalkClientCreateResult; scope: "operator.talk"; since: "<=2026.7" };
  "talk.client.steer": { params: TalkClientSteerParams; result: TalkAgentControlResult; scope: "operator.talk"; since: "<=2026.7" };
  "talk.client.toolCall": { params: TalkClientToolCallParams; result: TalkClientToolCallResult; scope: "operator.talk"; since: "<=2026.7" };
  "talk.client.transcript": { params: TalkClientTranscriptParams; result: TalkClientMutationResult; scope: "operator.talk"; since: "<=2026.7" };
  "talk.config": { params: TalkConfigParams; result: TalkConfigResult; scope: "dynamic"; since: "<=2026.7" };
  "talk.mode": { params: TalkModeParams; result: TalkModeState; scope: "operator.talk"; since: "<=2026.7" };
  "talk.session.acknowledgeMark": { params: TalkSessionAcknowledgeMarkParams; result: TalkSessionOkResult; scope: "operator.talk"; since: "<=2026.7" };
  "talk.session.appendAudio": { params: TalkSessionAppendAudioParams; result: TalkSessionOkResult; scope: "operator.talk"; since: "<=2026.7" };
  "talk.session.cancelOutput": { params: TalkSessionCancelOutputParams; result: TalkSessionCancelOutputResult; scope: "operator.talk"; since: "<=2026.7" };
  "talk.session.close": { params: TalkSessionCloseParams; result: TalkSessionOkResult; scope: "operator.talk"; since: "<=2026.7" };
  "talk.session.create": { params: TalkSessionCreateParams; result: TalkSessionCreateResult; scope: "operator.talk"; since: "<=2026.7" };
  "talk.session.steer": { params: TalkSessionSteerParams; result: TalkAgentControlResult; scope: "operator.talk"; since: "<=2026.7" };
  "talk.session.submitToolResult": { params: TalkSessionSubmitToolResultParams; result: TalkSessionOkResult; scope: "operator.talk"; since: "<=2026.7" };
  "talk.speak": { params: TalkSpeakParams; result: TalkSpeakResult; scope: "operator.talk"; since: "<=2026.7" };
  "taskSuggestions.accept": { params: TaskSuggestionsAcceptParams; result: TaskSuggestionsAcceptResult; scope: "operator.admin"; since: "<=2026.7" };
  "taskSuggestions.create": { params: TaskSuggestionsCreateParams; result: TaskSuggestionsCreateResult; scope: "operator.write"; since: "<=2026.7" };
  "taskSuggestions.dismiss": { params: TaskSuggestionsDismissParams; result: TaskSuggestionsDismissResult; scope: "operator.write"; since: "<=2026.7" };
  "taskSuggestions.list": { params: TaskSuggestionsListParams; result: TaskSuggestionsListResult; scope: "operator.read"; since: "<=2026.7" };
  "tasks.cancel": { params: TasksCancelParams; result: TasksCancelResult; scope: "operator.write"; since: "<=2026.7" };
  "tasks.dismiss": { params: TasksRecoveryParams; result: TasksRecoveryResult; scope: "operator.write"; since: "2026.7" };
  "tasks.get": { params: TasksGetParams; result: TasksGetResult; scope: "operator.read"; since: "<=2026.7" };
  "tasks.list": { params: TasksListParams; result: TasksListResult; scope: "operator.read"; since: "<=2026.7" };
  "tasks.retry": { params: TasksRecoveryParams; result: TasksRecoveryResult; scope: "operator.write"; since: "2026.7" };
  "terminal.attach": { params: TerminalAttachParams; result: TerminalAttachResult; scope: "operator.admin"; since: "2026.7" };
  "terminal.close": { params: TerminalCloseParams; result: TerminalAckResult; scope: "operator.admin"; since: "2026.7" };
  "terminal.input": { params: TerminalInputParams; result: TerminalAckResult; scope: "operator.admin"; since: "2026.7" };
  "terminal.list": { params: unknown; result: TerminalListResult; scope: "operator.admin"; since: "2026.7" };
  "terminal.open": { params: TerminalOpenParams; result: TerminalOpenResult; scope: "operator.admin"; since: "2026.7" };
  "terminal.resize": { params: TerminalResizeParams; result: TerminalAckResult; scope: "operator.admin"; since: "2026.7" };
  "terminal.upload": { params: TerminalUploadParams; result: TerminalUploadResult; scope: "operator.admin"; since: "2026.7" };
  "tools.catalog": { params: ToolsCatalogParams; result: ToolsCatalogResult; scope: "operator.read"; since: "<=2026.7" };
  "tools.effective": { params: ToolsEffectiveParams; result: ToolsEffectiveResult; scope: "operator.read"; since: "<=2026.7" };
  "tools.github.authorize.cancel": {
    params: ToolsGitHubAuthorizeCancelParams;
    result: ToolsGitHubAuthorizeCancelResult;
    scope: "operator.admin";
    since: "2026.8";
  };
  "tools.github.authorize.poll": { params: ToolsGitHubAuthorizePollParams; result: ToolsGitHubAuthorizePollResult; scope: "operator.admin"; since: "2026.8" };
  "tools.github.authorize.start": {
    params: ToolsGitHubAuthorizeStartParams;
    result: ToolsGitHubAuthorizeStartResult;
    scope: "operator.admin";
    since: "2026.8";
  };
  "tools.github.configure": { params: ToolsGitHubConfigureParams; result: unknown; scope: "operator.admin"; since: "2026.8" };
  "tools.github.status": { params: ToolsGitHubStatusParams; result: ToolsGitHubStatusResult; scope: "operator.read"; since: "2026.8" };
  "tools.invoke": { params: ToolsInvokeParams; result: ToolsInvokeResult; scope: "operator.write"; since: "<=2026.7" };
  "tts.convert": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "tts.disable": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "tts.enable": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "tts.personas": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "tts.providers": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "tts.setPersona": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "tts.setProvider": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "tts.speak": { params: TtsSpeakParams; result: TtsSpeakResult; scope: "operator.write"; since: "2026.7" };
  "tts.status": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "ui.command": { params: UiCommandParams; result: UiCommandResult; scope: "operator.write"; since: "2026.7" };
  "update.hold": { params: NoParams; result: UpdateHoldResult; scope: "operator.admin"; since: "2026.8" };
  "update.run": { params: UpdateRunParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "update.status": { params: UpdateStatusParams; result: UpdateStatusResult; scope: "operator.admin"; since: "<=2026.7" };
  "usage.cost": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "usage.status": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "users.github.authorize.cancel": {
    params: UsersGitHubAuthorizeCancelParams;
    result: UsersGitHubAuthorizeCancelResult;
    scope: "operator.read";
    since: "2026.8";
  };
  "users.github.authorize.poll": { params: UsersGitHubAuthorizePollParams; result: UsersGitHubAuthorizePollResult; scope: "operator.read"; since: "2026.8" };
  "users.github.authorize.start": { params: NoParams; result: UsersGitHubAuthorizeStartResult; scope: "operator.read"; since: "2026.8" };
  "users.github.disconnect": { params: NoParams; result: UsersGitHubDisconnectResult; scope: "operator.read"; since: "2026.8" };
  "users.github.status": { params: NoParams; result: UsersGitHubStatusResult; scope: "operator.read"; since: "2026.8" };
  "users.linkEmail": { params: unknown; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "users.list": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "users.prefs.get": { params: unknown; result: unknown; scope: "operator.read"; since: "2026.8" };
  "users.prefs.set": { params: unknown; result: unknown; scope: "operator.write"; since: "2026.8" };
  "users.self": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "users.setAvatar": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "users.setDisplayName": { params: unknown; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "users.setRole": { params: unknown; result: unknown; scope: "operator.admin"; since: "2026.8" };
  "voicewake.get": { params: unknown; result: VoiceWakeTriggers; scope: "operator.read"; since: "<=2026.7" };
  "voicewake.routing.get": { params: unknown; result: unknown; scope: "operator.read"; since: "<=2026.7" };
  "voicewake.set": { params: unknown; result: VoiceWakeTriggers; scope: "operator.write"; since: "<=2026.7" };
  wake: { params: WakeParams; result: unknown; scope: "operator.write"; since: "<=2026.7" };
  "web.login.start": { params: WebLoginStartParams; result: WebLoginStartResult; scope: "operator.admin"; since: "<=2026.7" };
  "web.login.wait": { params: WebLoginWaitParams; result: WebLoginWaitResult; scope: "operator.admin"; since: "<=2026.7" };
  "wizard.cancel": { params: WizardCancelParams; result: unknown; scope: "operator.admin"; since: "<=2026.7" };
  "wizard.next": { params: WizardNextParams; result: WizardNextResult; scope: "operator.admin"; since: "<=2026.7" };
  "wizard.start": { params: WizardStartParams; result: WizardStartResult; scope: "operator.admin"; since: "<=2026.7" };
  "wizard.status": { params: WizardStatusParams; result: WizardStatusResult; scope: "operator.admin"; since: "<=2026.7" };
  "worker.desktop.launch": { params: WorkerDesktopLaunchParams; result: WorkerDesktopLaunchResult; scope: "operator.admin"; since: "2026.8" };
  "worker.desktop.observe": { params: WorkerDesktopObserveParams; result: WorkerDesktopObserveResult; scope: "operator.admin"; since: "2026.8" };
  "worktrees.branches": { params: WorktreesBranchesParams; result: WorktreesBranchesResult; scope: "operator.write"; since: "2026.7" };
  "worktrees.create": { params: WorktreesCreateParams; result: unknown; scope: "operator.write"; since: "2026.7" };
  "worktrees.gc": { params: NoParams; result: WorktreesGcResult; scope: "operator.admin"; since: "2026.7" };
  "worktrees.list": { params: NoParams; result: WorktreesListResult; scope: "operator.read"; since: "2026.7" };
  "worktrees.remove": { params: WorktreesRemoveParams; result: WorktreesRemoveResult; scope: "operator.admin"; since: "2026.7" };
  "worktrees.restore": { params: WorktreesRestoreParams; result: unknown; scope: "operator.admin"; since: "2026.7" };
}
export interface AgentParams {
  message: string;
  agentId?: string;
  provider?: string;
  model?: string;
  to?: string;
  replyTo?: string;
  sessionId?: string;
  sessionKey?: string;
  expectedExistingSessionId?: string;
  thinking?: string;
  deliver?: boolean;
  attachments?: unknown[];
  channel?: string;
  replyChannel?: string;
  accountId?: string;
  replyAccountId?: string;
  threadId?: string;
  groupId?: string;
  groupChannel?: string;
  groupSpace?: string;
  timeout?: number;
  bestEffortDeliver?: boolean;
  lane?: string;
  cwd?: string;
  cleanupBundleMcpOnRunEnd?: boolean;
  modelRun?: boolean;
  promptMode?: "full" | "minimal" | "none";
  extraSystemPrompt?: string;
  bootstrapContextMode?: "full" | "lightweight";
  bootstrapContextRunKind?: "default" | "heartbeat" | "cron";
  acpTurnSource?: "manual_spawn";
  internalRuntimeHandoffId?: string;
  internalExecutionIdentityRetry?: boolean;
  internalExecutionIdentityRecoveryAttempt?: number;
  execApprovalFollowupExpectedSessionId?: string;
  internalEvents?: {
    type: "task_completion";
    source: "subagent" | "cron" | "image_generation" | "video_generation" | "music_generation";
    childSessionKey: string;
    childSessionId?: string;
    announceType: string;
    taskLabel: string;
    status: "ok" | "timeout" | "error" | "unknown";
    statusLabel: string;
    result: string;
    modelRouteChange?: string;
    attachments?: {
      type?: "image" | "audio" | "video" | "file";
      path?: string;
      url?: string;
      mediaUrl?: string;
      filePath?: string;
      mimeType?: string;
      name?: string;
      sizeBytes?: number;
      durationMs?: number;
      width?: number;
      height?: number;
    }[];
    mediaUrls?: string[];
    statsLine?: string;
    replyInstruction: string;
  }[];
  inputProvenance?: {
    kind: "external_user" | "inter_session" | "internal_system";
    originSessionId?: string;
    sourceSessionKey?: string;
    sourceChannel?: string;
    sourceTool?: string;
  };
  suppressPromptPersistence?: boolean;
  sessionEffects?: "visible" | "internal";
  sourceReplyDeliveryMode?: "automatic" | "message_tool_only";
  disableMessageTool?: boolean;
  swarmCollector?: boolean;
  swarmOutputSchema?: { [k: string]: unknown };
  forceRestartSafeTools?: boolean;
  forceCodeModeTools?: boolean;
  voiceWakeTrigger?: string;
  idempotencyKey: string;
  label?: string;
}
export interface AgentIdentityParams {
  agentId?: string;
  sessionKey?: string;
}
export interface AgentIdentityResult {
  agentId: string;
  name?: string;
  nameSource?: "config" | "agent" | "workspace" | "default";
  avatar?: string;
  avatarSource?: string;
  avatarStatus?: "none" | "local" | "remote" | "data";
  avatarReason?: string;
  emoji?: string;
}
export interface AgentWaitParams {
  runId: string;
  timeoutMs?: number;
}
export interface AgentsCreateParams {
  name: string;
  workspace?: string;
  model?: string;
  emoji?: string;
  avatar?: string;
}
export interface AgentsCreateResult {
  ok: true;
  agentId: string;
  name: string;
  workspace: string;
  model?: string;
}
export interface AgentsDeleteParams {
  agentId: string;
  deleteFiles?: boolean;
}
export interface AgentsDeleteResult {
  ok: true;
  agentId: string;
  removedBindings: number;
  removed?: { path: string; method: "trash" | "missing" }[];
  failed?: { path: string; reason: string }[];
  purgeFailed?: true;
}
export interface AgentsFilesGetParams {
  agentId: string;
  name: string;
}
export interface AgentsFilesGetResult {
  agentId: string;
  workspace: string;
  file: AgentsFileEntry;
}
export interface AgentsFileEntry {
  name: string;
  path: string;
  missing: boolean;
  expectedAbsent?: boolean;
  size?: number;
  updatedAtMs?: number;
  content?: string;
}
export interface AgentsFilesListParams {
  agentId: string;
}
export interface AgentsFilesListResult {
  agentId: string;
  workspace: string;
  files: AgentsFileEntry[];
}
export interface AgentsFilesSetParams {
  agentId: string;
  name: string;
  content: string;
}
export interface AgentsFilesSetResult {
  ok: true;
  agentId: string;
  workspace: string;
  file: AgentsFileEntry;
}
export interface AgentsListResult {
  defaultId: string;
  ownership?: "sole" | "legacy" | "explicit";
  selectionRequired?: boolean;
  mainKey: string;
  scope: "per-sender" | "global";
  agents: AgentSummary[];
}
export interface AgentSummary {
  id: string;
  kind?: "agent" | "system";
  createdVia?: "operator" | "agent" | "claw";
  creatorAgentId?: string | null;
  createdAt?: number;
  name?: string;
  identity?: { name?: string; theme?: string; emoji?: string; avatar?: string; avatarUrl?: string };
  workspace?: string;
  workspaceGit?: boolean;
  model?: { primary?: string; fallbacks?: string[] };
  agentRuntime?: {
    id: string;
    fallback?: "openclaw" | "none";
    cloudPlacementSupported?: boolean;
    cloudPlacementExecutionMode?: "worker-turn" | "remote-exec";
    devicePlacement?: { requiredNodeCommands: string[]; consumesWorkerSlot: boolean };
    devicePlacementSupported?: boolean;
    source: "env" | "agent" | "defaults" | "model" | "provider" | "implicit" | "session" | "session-key";
  };
  thinkingLevels?: { id: string; label: string }[];
  thinkingOptions?: string[];
  thinkingDefault?: string;
  defaultPermissionMode?: SessionPermissionMode;
}
export interface AgentsUpdateParams {
  agentId: string;
  name?: string;
  workspace?: string;
  model?: string | null;
  emoji?: string;
  avatar?: string;
}
export interface AgentsUpdateResult {
  ok: true;
  agentId: string;
}
export interface AgentsWorkspaceGetParams {
  agentId: string;
  path: string;
}
export interface AgentsWorkspaceGetResult {
  agentId: string;
  file: AgentsWorkspaceFile;
}
export interface AgentsWorkspaceFile {
  path: string;
  name: string;
  size: number;
  updatedAtMs: number;
  mimeType: string;
  encoding: "utf8" | "base64";
  content: string;
}
export interface AgentsWorkspaceListParams {
  agentId: string;
  path?: string;
  offset?: number;
  limit?: number;
}
export interface AgentsWorkspaceListResult {
  agentId: string;
  path: string;
  parentPath?: string;
  entries: AgentsWorkspaceEntry[];
  totalEntries: number;
  offset: number;
}
export interface AgentsWorkspaceEntry {
  path: string;
  name: string;
  kind: "file" | "directory";
  size?: number;
  updatedAtMs?: number;
}
export interface ApprovalGetParams {
  id: string;
}
export interface ApprovalGetResult {
  approval: ApprovalSnapshot;
}
export interface PendingApprovalSnapshot {
  id: string;
  urlPath: string;
  createdAtMs: number;
  expiresAtMs: number;
  presentation: ApprovalPresentation;
  status: "pending";
  sourceSessionKey?: string;
}
export interface ExecApprovalPresentation {
  kind: "exec";
  commandText: string;
  commandPreview?: string | null;
  warningText?: string | null;
  host?: string | null;
  nodeId?: string | null;
  agentId?: string | null;
  scope?: ApprovalScope;
  allowedDecisions: ApprovalDecision[];
}
export interface MessageSendApprovalScope {
  kind: "message-send";
  target: string;
  recipientCount: number;
  recipients?: string[];
  audience?: "internal" | "external";
}
export interface PaymentApprovalScope {
  kind: "payment";
  amount: string;
  currency: string;
  target: string;
}
export interface ExternalPostApprovalScope {
  kind: "external-post";
  target: string;
  visibility: "public" | "restricted";
}
export interface StandingGrantApprovalScope {
  kind: "standing-grant";
  automation: string;
  command: string;
  expiresInDays?: number;
}
export interface PluginApprovalPresentation {
  kind: "plugin";
  title: string;
  description: string;
  detail?: string;
  severity: "info" | "warning" | "critical";
  pluginId?: string | null;
  toolName?: string | null;
  agentId?: string | null;
  scope?: ApprovalScope;
  allowedDecisions: ApprovalDecision[];
  externalResolution?: PluginApprovalExternalResolution;
}
export interface PluginApprovalExternalResolution {
  label: string;
  decisions: ("allow-once" | "allow-always")[];
}
export interface SystemAgentApprovalPresentation {
  kind: "system-agent";
  title: string;
  description: string;
  proposalHash: string;
  agentId?: string | null;
  allowedDecisions: [] | ["allow-once"] | ["allow-once", "deny"];
}
export interface AllowedApprovalSnapshot {
  id: string;
  urlPath: string;
  createdAtMs: number;
  expiresAtMs: number;
  presentation: ApprovalPresentation;
  resolvedAtMs: number;
  source?: { agentId?: string; sessionKey?: string };
  resolver?: { kind: "device" | "channel" | "runtime" | "system"; id?: string };
  status: "allowed";
  decision: "allow-once" | "allow-always";
  reason: "user";
}
export interface DeniedApprovalSnapshot {
  id: string;
  urlPath: string;
  createdAtMs: number;
  expiresAtMs: number;
  presentation: ApprovalPresentation;
  resolvedAtMs: number;
  source?: { agentId?: string; sessionKey?: string };
  resolver?: { kind: "device" | "channel" | "runtime" | "system"; id?: string };
  status: "denied";
  decision: "deny";
  reason: ApprovalDeniedReason;
}
export interface ExpiredApprovalSnapshot {
  id: string;
  urlPath: string;
  createdAtMs: number;
  expiresAtMs: number;
  presentation: ApprovalPresentation;
  resolvedAtMs: number;
  source?: { agentId?: string; sessionKey?: string };
  resolver?: { kind: "device" | "channel" | "runtime" | "system"; id?: string };
  status: "expired";
  reason: "timeout";
}
export interface CancelledApprovalSnapshot {
  id: string;
  urlPath: string;
  createdAtMs: number;
  expiresAtMs: number;
  presentation: ApprovalPresentation;
  resolvedAtMs: number;
  source?: { agentId?: string; sessionKey?: string };
  resolver?: { kind: "device" | "channel" | "runtime" | "system"; id?: string };
  status: "cancelled";
  reason: "run-aborted" | "gateway-restart";
}
export interface ApprovalHistoryParams {
  cursor?: string;
  limit?: number;
  kind?: ApprovalKind;
}
export interface ApprovalHistoryResult {
  items: TerminalApprovalSnapshot[];
  nextCursor?: string;
}
export interface ApprovalResolveParams {
  id: string;
  kind: ApprovalKind;
  decision: ApprovalDecision;
  reviewer?: { channel: string; accountId: string; senderId: string };
  grantExpiresInDays?: number;
}
export interface ApprovalResolveResult {
  applied: boolean;
  approval: TerminalApprovalSnapshot;
}
export interface ArtifactsDownloadParams {
  sessionKey?: string;
  runId?: string;
  taskId?: string;
  agentId?: string;
  artifactId: string;
}
export interface ArtifactsDownloadResult {
  artifact: ArtifactSummary;
  encoding?: "base64";
  data?: string;
  url?: string;
  expiresAt?: string;
}
export interface ArtifactSummary {
  id: string;
  type: string;
  title: string;
  mimeType?: string;
  sizeBytes?: number;
  sessionKey?: string;
  runId?: string;
  taskId?: string;
  messageSeq?: number;
  source?: string;
  download: { mode: "bytes" | "url" | "unsupported" };
}
export interface ArtifactsGetParams {
  sessionKey?: string;
  runId?: string;
  taskId?: string;
  agentId?: string;
  artifactId: string;
}
export interface ArtifactsGetResult {
  artifact: ArtifactSummary;
}
export interface ArtifactsListParams {
  sessionKey?: string;
  runId?: string;
  taskId?: string;
  agentId?: string;
}
export interface ArtifactsListResult {
  artifacts: ArtifactSummary[];
}
export interface AuditActivityListParams {
  agentId?: string;
  sessionKey?: string;
  runId?: string;
  kind?: "agent_run" | "tool_action" | "message";
  status?: "started" | "succeeded" | "failed" | "cancelled" | "timed_out" | "blocked" | "unknown";
  direction?: "inbound" | "outbound";
  channel?: string;
  after?: number;
  before?: number;
  limit?: number;
  cursor?: string;
}
export interface AuditActivityListResult {
  events: AuditActivityEventV1[];
  nextCursor?: string;
}
export interface AuditActivityAgentRunV1 {
  eventType: "agent_run";
  schemaVersion: number;
  eventId: string;
  sequence: number;
  sourceSequence: number;
  occurredAt: number;
  redaction: "metadata_only";
  actor: { type: "agent" | "system"; id: string };
  agentId: string;
  sessionKey?: string;
  sessionId?: string;
  runId: string;
  kind: "agent_run";
  action: "agent.run.started" | "agent.run.finished";
  status: "started" | "succeeded" | "failed" | "cancelled" | "timed_out" | "blocked";
  errorCode?: "run_failed" | "run_cancelled" | "run_timed_out" | "run_blocked";
}
export interface AuditActivityToolActionV1 {
  eventType: "tool_action";
  schemaVersion: number;
  eventId: string;
  sequence: number;
  sourceSequence: number;
  occurredAt: number;
  redaction: "metadata_only";
  actor: { type: "agent" | "system"; id: string };
  agentId: string;
  sessionKey?: string;
  sessionId?: string;
  runId: string;
  kind: "tool_action";
  toolCallId?: string;
  toolName?: string;
  action: "tool.action.started" | "tool.action.finished";
  status: "started" | "succeeded" | "failed" | "cancelled" | "timed_out" | "blocked" | "unknown";
  errorCode?: "tool_failed" | "tool_cancelled" | "tool_timed_out" | "tool_blocked" | "tool_outcome_unknown";
}
export interface AuditActivityInboundMessageV1 {
  eventType: "inbound_message";
  schemaVersion: number;
  eventId: string;
  sequence: number;
  sourceSequence: number;
  occurredAt: number;
  redaction: "metadata_only";
  channel: string;
  conversationKind: "direct" | "group" | "channel" | "unknown";
  durationMs?: number;
  resultCount?: number;
  agentId?: string;
  runId?: string;
  accountRef?: string;
  conversationRef?: string;
  messageRef?: string;
  targetRef?: string;
  kind: "message";
  action: "message.inbound.processed";
  direction: "inbound";
  actor: { type: "channel_sender"; id: string } | { type: "system"; id: string };
  status: "succeeded" | "blocked" | "failed";
  outcome: "completed" | "skipped" | "failed";
  errorCode?: "message_processing_failed";
  reasonCode?:
    | "fast_abort"
    | "plugin_bound_handled"
    | "plugin_bound_unavailable"
    | "plugin_bound_declined"
    | "before_dispatch_handled"
    | "acp_dispatch_completed"
    | "acp_dispatch_empty"
    | "active_run_injected"
    | "duplicate"
    | "reply_operation_active"
    | "reply_operation_aborted"
    | "acp_dispatch_aborted"
    | "acp_dispatch_failed"
    | "plugin_bound_error";
}
export interface AuditActivityOutboundMessageV1 {
  eventType: "outbound_message";
  schemaVersion: number;
  eventId: string;
  sequence: number;
  sourceSequence: number;
  occurredAt: number;
  redaction: "metadata_only";
  channel: string;
  conversationKind: "direct" | "group" | "channel" | "unknown";
  durationMs?: number;
  resultCount?: number;
  agentId?: string;
  runId?: string;
  accountRef?: string;
  conversationRef?: string;
  messageRef?: string;
  targetRef?: string;
  kind: "message";
  action: "message.outbound.finished";
  direction: "outbound";
  actor: { type: "agent" | "system"; id: string };
  deliveryKind?: "text" | "media" | "other";
  status: "succeeded" | "blocked" | "failed" | "unknown";
  outcome: "sent" | "suppressed" | "failed" | "unknown";
  errorCode?: "message_delivery_failed" | "message_delivery_partial_failure";
  reasonCode?:
    | "cancelled_by_message_sending_hook"
    | "cancelled_by_reply_payload_sending_hook"
    | "empty_after_message_sending_hook"
    | "empty_after_reply_payload_sending_hook"
    | "no_visible_payload";
  failureStage?: "platform_send" | "queue" | "unknown";
}
export interface AuditListParams {
  agentId?: string;
  sessionKey?: string;
  runId?: string;
  kind?: "agent_run" | "tool_action";
  status?: "started" | "succeeded" | "failed" | "cancelled" | "timed_out" | "blocked" | "unknown";
  after?: number;
  before?: number;
  limit?: number;
  cursor?: string;
}
export interface AuditListResult {
  events: AuditEvent[];
  nextCursor?: string;
}
export interface AuditEvent {
  eventId: string;
  sequence: number;
  sourceSequence: number;
  occurredAt: number;
  kind: "agent_run" | "tool_action";
  action: "agent.run.started" | "agent.run.finished" | "tool.action.started" | "tool.action.finished";
  status: "started" | "succeeded" | "failed" | "cancelled" | "timed_out" | "blocked" | "unknown";
  errorCode?:
    | "run_failed"
    | "run_cancelled"
    | "run_timed_out"
    | "run_blocked"
    | "tool_failed"
    | "tool_cancelled"
    | "tool_timed_out"
    | "tool_blocked"
    | "tool_outcome_unknown";
  actor: { type: "agent" | "system"; id: string };
  agentId: string;
  sessionKey?: string;
  sessionId?: string;
  runId: string;
  toolCallId?: string;
  toolName?: string;
  redaction: "metadata_only";
}
export interface AuditRunInspectParams {
  runId?: string;
  executionId?: string;
  executionCursor?: string;
  executionLimit?: number;
  decisionCursor?: string;
  decisionLimit?: number;
}
export interface AuditRunInspectResult {
  schemaVersion: 1;
  run: { runId?: string; executionId?: string; status: "known" | "unknown" };
  identity: AuditRunIdentityV1;
  decisionDisplays: DecisionReceiptDisplayV1[];
  coverage: { state: "enforced" | "attribution-only" | "unattributed" | "unknown" | "unsupported"; missingEvidence: string[] };
  nextDecisionCursor?: string;
  nextExecutionCursor?: string;
}
export interface AuditRunIdentityPresentV1 {
  state: "present";
  context: ExecutionIdentityContextV1;
}
export interface ExecutionIdentityContextV1 {
  schemaVersion: 1;
  contextId: string;
  executionId: string;
  runId: string;
  createdAt: number;
  trustDomain: { kind: "gateway-cell"; domainRef: string; state: "present" | "absent" | "unknown" | "unsupported" };
  invoker: {
    principal?: {
      kind: "person" | "agent" | "service" | "schedule" | "webhook" | "system" | "local-account" | "runtime";
      domainRef: string;
      principalRef: string;
      displayLabel?: string;
    };
    state: "present" | "absent" | "unknown" | "unsupported";
  };
  ingress: {
    kind:
      "local-cli" | "gateway-client" | "channel" | "api" | "schedule" | "webhook" | "task" | "subagent" | "acp" | "worker" | "plugin" | "recovery" | "system";
    sourceRef?: string;
    boundary: string;
    state: "present" | "absent" | "unknown" | "unsupported";
  };
  agentPrincipal: {
    kind: "person" | "agent" | "service" | "schedule" | "webhook" | "system" | "local-account" | "runtime";
    domainRef: string;
    principalRef: string;
    displayLabel?: string;
  };
  agentDefinition: { definitionRef: string; revisionRef?: string; state: "present" | "absent" | "unknown" | "unsupported" };
  runtimeInstance: {
    runtimeRef: string;
    kind: "gateway" | "embedded" | "worker" | "plugin-harness" | "acp";
    state: "present" | "absent" | "unknown" | "unsupported";
  };
  representedSubject?: {
    principal: {
      kind: "person" | "agent" | "service" | "schedule" | "webhook" | "system" | "local-account" | "runtime";
      domainRef: string;
      principalRef: string;
      displayLabel?: string;
    };
    state: "present" | "absent" | "unknown" | "unsupported";
  };
  sponsor?: {
    principal: {
      kind: "person" | "agent" | "service" | "schedule" | "webhook" | "system" | "local-account" | "runtime";
      domainRef: string;
      principalRef: string;
      displayLabel?: string;
    };
    relationshipRef?: string;
    state: "present" | "absent" | "unknown" | "unsupported";
  };
  applicableGrants: { grantRef: string; state: "present" | "absent" | "unknown" | "unsupported" }[];
  assurance: {
    kind:
      | "durable-profile"
      | "trusted-proxy"
      | "tailscale-whois"
      | "device-proof"
      | "channel-admission"
      | "local-process"
      | "spawn-lineage"
      | "worker-admission"
      | "runtime-binding"
      | "other";
    evidenceRef: string;
    strength: "self-asserted" | "boundary-verified" | "cryptographic";
  }[];
  lineage?: {
    parentContextId?: string;
    parentExecutionId?: string;
    parentRunId?: string;
    parentAgentPrincipal?: {
      kind: "person" | "agent" | "service" | "schedule" | "webhook" | "system" | "local-account" | "runtime";
      domainRef: string;
      principalRef: string;
      displayLabel?: string;
    };
    delegationRef?: string;
    depth: number;
  };
  coverageState: "attribution-only" | "unattributed" | "unknown" | "unsupported";
  missingEvidence: string[];
}
export interface AuditRunIdentityUnknownV1 {
  state: "unknown";
  reasonCode: string;
  missingEvidence: string[];
  remediation: { code: string; text: string }[];
}
export interface AuditRunIdentityUnsupportedV1 {
  state: "unsupported";
  reasonCode: string;
  missingEvidence: string[];
  remediation: { code: string; text: string }[];
}
export interface AuditRunIdentityAmbiguousV1 {
  state: "ambiguous";
  reasonCode: string;
  candidates: { executionId: string; contextId: string; createdAt: number }[];
  missingEvidence: string[];
  remediation: { code: string; text: string }[];
}
export interface DecisionReceiptDisplayV1 {
  schemaVersion: 1;
  selectorId: string;
  occurredAt: number;
  action: { family: string; operation: string; summary?: string };
  decision: { outcome: "allowed" | "denied" | "not-applicable" | "unknown"; reasonCode: string };
  enforcement: {
    coverageState: "enforced" | "attribution-only" | "unattributed" | "unknown" | "unsupported";
    policyCount: number;
    grantCount: number;
    contextFieldsUsed: string[];
  };
  provenance:
    | { state: "verified"; producer: "run-admission" | "operator-approval" | "message-delivery" | "cron-lifecycle" | "task-lifecycle" | "flow-lifecycle" }
    | { state: "unverified" };
  missingEvidence: string[];
  remediation: { code: string; text: string }[];
}
export interface BoardDataReadParams {
  ticket: string;
  bindingId: string;
  params?: { [k: string]: unknown };
}
export interface BoardGetParams {
  sessionKey: string;
  agentId?: string;
}
export interface BoardSnapshot {
  sessionKey: string;
  revision: number;
  tabs: BoardTab[];
  widgets: BoardWidget[];
}
export interface BoardTab {
  tabId: string;
  title: string;
  position: number;
  chatDock: "left" | "right" | "bottom" | "hidden";
}
export interface BoardWidget {
  name: string;
  tabId: string;
  title?: string;
  contentKind: "html" | "mcp-app" | "plugin";
  contentOwner?: "html" | "mcp-app" | "plugin" | "registered";
  registeredContentKind?: string;
  pluginKind?: string;
  props?: { [k: string]: unknown };
  presentation?: "card" | "full-bleed" | "frameless";
  heightMode?: "auto" | "fixed";
  sizeW: number;
  sizeH: number;
  position: number;
  grantState: "none" | "pending" | "granted" | "rejected";
  revision: number;
  instanceId?: string;
  declaredSummary?: string[];
  declared?: BoardWidgetDeclared;
  frameUrl?: string;
  viewTicket?: string;
  viewTicketTtlMs?: number;
  viewGeneration?: string;
  sandboxUrl?: string;
  sandboxPort?: number;
  sandboxOrigin?: string;
  kindLabel?: string;
}
export interface BoardWidgetDeclared {
  netOrigins?: string[];
  tools?: string[];
}
export interface BoardPromptAuthorizeParams {
  ticket: string;
}
export interface BoardUpdateParams {
  sessionKey: string;
  agentId?: string;
  ops: BoardOp[];
}
export interface BoardTabCreateOp {
  kind: "tab_create";
  tabId: string;
  title: string;
  chatDock?: "left" | "right" | "bottom" | "hidden";
}
export interface BoardTabUpdateOp {
  kind: "tab_update";
  tabId: string;
  title?: string;
  chatDock?: "left" | "right" | "bottom" | "hidden";
  position?: number;
}
export interface BoardTabDeleteOp {
  kind: "tab_delete";
  tabId: string;
}
export interface BoardTabsReorderOp {
  kind: "tabs_reorder";
  tabIds: string[];
}
export interface BoardWidgetMoveOp {
  kind: "widget_move";
  name: string;
  tabId?: string;
  position?: number;
  after?: string;
}
export interface BoardWidgetResizeOp {
  kind: "widget_resize";
  name: string;
  sizeW: number;
  sizeH: number;
  heightMode?: "auto" | "fixed";
}
export interface BoardWidgetRemoveOp {
  kind: "widget_remove";
  name: string;
}
export interface BoardWidgetAppViewParams {
  sessionKey: string;
  agentId?: string;
  name: string;
  revision: number;
  instanceId: string;
}
export interface BoardWidgetAppViewResult {
  viewId: string;
  expiresAtMs: number;
}
export interface BoardWidgetGrantParams {
  sessionKey: string;
  agentId?: string;
  name: string;
  decision: "granted" | "rejected";
  revision: number;
  instanceId: string;
}
export interface BoardWidgetPutParams {
  sessionKey: string;
  agentId?: string;
  name: string;
  title?: string;
  content: BoardWidgetPutContent;
  presentation?: "card" | "full-bleed" | "frameless";
  heightMode?: "auto" | "fixed";
  placement?: { tabId?: string; size?: "sm" | "md" | "lg" | "xl" | "full"; after?: string };
  declared?: BoardWidgetDeclared;
  generatedIdentity?: BoardWidgetGeneratedIdentity;
}
export interface BoardWidgetHtmlContent {
  kind: "html";
  html: string;
}
export interface BoardWidgetMcpAppPutContent {
  kind: "mcp-app";
  viewId: string;
}
export interface BoardWidgetPluginContent {
  kind: "plugin";
  pluginKind: string;
  props?: { [k: string]: unknown };
}
export interface BoardWidgetRegisteredContent {
  kind: "registered";
  contentKind: string;
  source: string;
}
export interface BoardCanvasDocumentSource {
  kind: "canvas-doc";
  docId: string;
}
export interface BoardWidgetGeneratedIdentity {
  source: "show_widget";
  key: string;
  fallbackName: string;
}
export interface BoardWidgetPutResult {
  sessionKey: string;
  revision: number;
  tabs: BoardTab[];
  widgets: BoardWidget[];
  resolvedWidgetName: string;
}
export interface ChannelsLogoutParams {
  channel: string;
  accountId?: string;
}
export interface ChannelsPairingApproveParams {
  channel: string;
  accountId: string;
  requestId: string;
  notify?: boolean;
  bootstrapCommandOwner?: boolean;
}
export interface ChannelsPairingApproveResult {
  requestId: string;
  senderId: string;
  notification: "not-requested" | "sent" | "unsupported" | "failed";
  commandOwnerBootstrap: "not-requested" | "configured" | "already-configured" | "unavailable";
}
export interface ChannelsPairingDismissParams {
  channel: string;
  accountId: string;
  requestId: string;
}
export interface ChannelsPairingDismissResult {
  requestId: string;
  senderId: string;
}
export interface ChannelsPairingListParams {
  channel?: string;
  accountId?: string;
}
export interface ChannelsPairingListResult {
  accounts: { channel: string; channelLabel: string; accountId: string; accountLabel?: string; notifySupported: boolean }[];
  requests: {
    requestId: string;
    channel: string;
    channelLabel: string;
    accountId: string;
    accountLabel?: string;
    senderId: string;
    senderLabel: string;
    metadata?: { [k: string]: string };
    createdAt: string;
    lastSeenAt: string;
    expiresAt: string;
    notifySupported: boolean;
  }[];
  commandOwnerConfigured: boolean;
  limits: { pendingPerAccount: number; ttlMs: number };
}
export interface ChannelsStartParams {
  channel: string;
  accountId?: string;
}
export interface ChannelsStatusParams {
  probe?: boolean;
  timeoutMs?: number;
  channel?: string;
}
export interface ChannelsStatusResult {
  ts: number;
  channelOrder: string[];
  channelLabels: { [k: string]: string };
  channelDetailLabels?: { [k: string]: string };
  channelSystemImages?: { [k: string]: string };
  channelMeta?: { id: string; label: string; detailLabel: string; systemImage?: string }[];
  channels: { [k: string]: unknown };
  channelAccounts: {
    [k: string]: {
      accountId: string;
      name?: string;
      enabled?: boolean;
      configured?: boolean;
      linked?: boolean;
      running?: boolean;
      connected?: boolean;
      reconnectAttempts?: number;
      lastConnectedAt?: number | null;
      lastError?: string | null;
      healthState?: string;
      lastStartAt?: number | null;
      lastStopAt?: number | null;
      lastInboundAt?: number | null;
      lastOutboundAt?: number | null;
      lastTransportActivityAt?: number | null;
      busy?: boolean;
      activeRuns?: number;
      lastRunActivityAt?: number | null;
      activeRunStartedAt?: number | null;
      lastProbeAt?: number | null;
      mode?: string;
      dmPolicy?: string;
      allowFrom?: string[];
      tokenSource?: string;
      botTokenSource?: string;
      appTokenSource?: string;
      credentialSource?: string | null;
      audienceType?: string | null;
      audience?: string | null;
      webhookPath?: string | null;
      webhookUrl?: string | null;
      baseUrl?: string;
      allowUnmentionedGroups?: boolean;
      cliPath?: string | null;
      dbPath?: string | null;
      port?: number | null;
      probe?: unknown;
      audit?: unknown;
      application?: unknown;
      [k: string]: unknown;
    }[];
  };
  channelDefaultAccountId: { [k: string]: string };
  eventLoop?: {
    degraded: boolean;
    degradedSinceMs?: number | null;
    reasons: ("event_loop_delay" | "event_loop_utilization" | "cpu")[];
    intervalMs: number;
    delayP99Ms: number;
    delayMaxMs: number;
    utilization: number;
    cpuCoreRatio: number;
  };
  partial?: boolean;
  warnings?: string[];
}
export interface ChannelsStopParams {
  channel: string;
  accountId?: string;
}
export interface ChatAbortParams {
  sessionKey: string;
  agentId?: string;
  runId?: string;
  preserveSideRuns?: boolean;
}
export interface ChatHistoryParams {
  sessionKey: string;
  agentId?: string;
  cursor?: string;
  limit?: number;
  offset?: number;
  pendingBefore?: number;
  inputRunIds?: string[];
  messageId?: string;
  sessionId?: string;
  maxChars?: number;
}
export interface ChatInjectParams {
  sessionKey: string;
  agentId?: string;
  message: string;
  label?: string;
}
export interface ChatMessageGetParams {
  sessionKey: string;
  agentId?: string;
  messageId: string;
  maxChars?: number;
}
export interface ChatMessageGetResult {
  ok: boolean;
  message?: ChatRow;
  unavailableReason?: "not_found" | "oversized" | "not_visible";
}
export interface ChatMetadataParams {
  agentId?: string;
  sessionKey?: string;
}
export interface ChatSendParams {
  sessionKey: string;
  agentId?: string;
  sessionId?: string;
  message: string;
  intent?: { kind: "session-goal-start"; version: 1; issuedAtMs: number };
  thinking?: string;
  fastMode?: boolean | "auto";
  fastAutoOnSeconds?: number;
  queueMode?: "steer" | "followup" | "collect" | "interrupt";
  deliver?: boolean;
  originatingChannel?: string;
  originatingTo?: string;
  originatingAccountId?: string;
  originatingThreadId?: string;
  replyToId?: string;
  attachments?: {
    type?: string;
    mimeType?: string;
    fileName?: string;
    content?: unknown;
    sizeBytes?: number;
    durationMs?: number;
    width?: number;
    height?: number;
    [k: string]: unknown;
  }[];
  toolBindings?: { [k: string]: unknown };
  timeoutMs?: number;
  systemInputProvenance?: {
    kind: "external_user" | "inter_session" | "internal_system";
    originSessionId?: string;
    sourceSessionKey?: string;
    sourceChannel?: string;
    sourceTool?: string;
  };
  systemProvenanceReceipt?: string;
  suppressCommandInterpretation?: boolean;
  expectedLeafEntryId?: string | null;
  expectedSessionRoutingContract?: string;
  expectedPermissionMode?: SessionPermissionMode | null;
  expectedToolOverrides?: {
    mcpServers?: { [k: string]: boolean };
    mcpToolsDeny?: { [k: string]: string[] };
    skills?: { [k: string]: boolean };
    webSearch?: boolean;
  } | null;
  idempotencyKey: string;
}
export interface ChatToolTitlesParams {
  sessionKey: string;
  agentId?: string;
  items: { id: string; name: string; input: string }[];
}
export interface ChatToolTitlesResult {
  titles: { [k: string]: string };
  disabled?: boolean;
}
export interface CommandsListParams {
  sessionKey?: string;
  agentId?: string;
  provider?: string;
  scope?: "text" | "native" | "both";
  includeArgs?: boolean;
}
export interface CommandsListResult {
  commands: CommandEntry[];
}
export interface CommandEntry {
  name: string;
  nativeName?: string;
  textAliases?: string[];
  description: string;
  category?: "session" | "options" | "status" | "management" | "media" | "tools";
  source: "native" | "skill" | "plugin";
  skillDisplayName?: string;
  skillModelVisible?: boolean;
  scope: "text" | "native" | "both";
  acceptsArgs: boolean;
  args?: {
    name: string;
    description: string;
    type: "string" | "number" | "boolean";
    required?: boolean;
    choices?: { value: string; label: string }[];
    dynamic?: boolean;
  }[];
  clientPresentation?: { when: "no-arguments"; action: { kind: "device-pairing" } };
}
export interface ConfigApplyParams {
  raw: string;
  baseHash?: string;
  sessionKey?: string;
  deliveryContext?: { channel?: string; to?: string; accountId?: string; threadId?: string | number };
  note?: string;
  restartDelayMs?: number;
}
export interface ConfigPatchParams {
  raw: string;
  baseHash?: string;
  sessionKey?: string;
  deliveryContext?: { channel?: string; to?: string; accountId?: string; threadId?: string | number };
  note?: string;
  restartDelayMs?: number;
  replacePaths?: string[];
}
export interface ConfigSchemaResponse {
  schema: unknown;
  uiHints: {
    [k: string]: {
      label?: string;
      help?: string;
      docsUrl?: string;
      tags?: string[];
      group?: string;
      order?: number;
      advanced?: boolean;
      sensitive?: boolean;
      placeholder?: string;
      presentation?: "phone-number";
      itemTemplate?: unknown;
    };
  };
  version: string;
  generatedAt: string;
}
export interface ConfigSchemaLookupParams {
  path: string;
}
export interface ConfigSchemaLookupResult {
  path: string;
  schema: unknown;
  reloadKind?: "restart" | "hot" | "none";
  hint?: {
    label?: string;
    help?: string;
    docsUrl?: string;
    tags?: string[];
    group?: string;
    order?: number;
    advanced?: boolean;
    sensitive?: boolean;
    placeholder?: string;
    presentation?: "phone-number";
    itemTemplate?: unknown;
  };
  hintPath?: string;
  children: {
    key: string;
    path: string;
    type?: string | string[];
    required: boolean;
    hasChildren: boolean;
    reloadKind?: "restart" | "hot" | "none";
    hint?: {
      label?: string;
      help?: string;
      docsUrl?: string;
      tags?: string[];
      group?: string;
      order?: number;
      advanced?: boolean;
      sensitive?: boolean;
      placeholder?: string;
      presentation?: "phone-number";
      itemTemplate?: unknown;
    };
    hintPath?: string;
  }[];
}
export interface ConfigSetParams {
  raw: string;
  baseHash?: string;
}
export interface ConnectParams {
  minProtocol: number;
  maxProtocol: number;
  client: {
    id:
      | "webchat-ui"
      | "openclaw-control-ui"
      | "openclaw-browser-copilot"
      | "openclaw-tui"
      | "webchat"
      | "cli"
      | "gateway-client"
      | "openclaw-macos"
      | "openclaw-linux"
      | "openclaw-ios"
      | "openclaw-watchos"
      | "openclaw-android"
      | "node-host"
      | "openclaw-worker"
      | "test"
      | "fingerprint"
      | "openclaw-probe";
    displayName?: string;
    version: string;
    buildId?: string;
    platform: string;
    deviceFamily?: string;
    modelIdentifier?: string;
    timeZone?: string;
    mode: "webchat" | "cli" | "ui" | "backend" | "node" | "worker" | "probe" | "test";
    instanceId?: string;
  };
  caps?: string[];
  commands?: string[];
  computerUse?: unknown;
  workerRuns?: WorkerAdmissionHandshake;
  permissions?: { [k: string]: boolean };
  pathEnv?: string;
  role?: string;
  scopes?: string[];
  device?: { id: string; publicKey: string; signature: string; signedAt: number; nonce: string };
  auth?: {
    token?: string;
    bootstrapToken?: string;
    deviceToken?: string;
    password?: string;
    approvalRuntimeToken?: string;
    agentRuntimeIdentityToken?: string;
  };
  locale?: string;
  userAgent?: string;
}
export interface WorkerAdmissionHandshake {
  bundleHash: string;
  openclawVersion: string;
  protocolFeatures: string[];
  bundlePrewarm?: number;
}
export interface HelloOk {
  type: "hello-ok";
  protocol: number;
  server: { version: string; buildId?: string; bootId?: string; controlUiBuildSource?: "bundled" | "configured"; connId: string };
  features: { methods: string[]; events: string[]; capabilities?: string[] };
  snapshot: Snapshot;
  controlUiTabs?: {
    pluginId: string;
    id: string;
    label: string;
    description?: string;
    icon?: string;
    path?: string;
    placement?: string;
    requiresGatewayAuth?: boolean;
    group?: "control" | "agent";
    order?: number;
  }[];
  controlUiWidgetKinds?: { pluginId: string; kind: string; label: string }[];
  pluginSurfaceUrls?: { [k: string]: string };
  auth: {
    deviceToken?: string;
    recoveryMigrationAllowed?: true;
    recoveryScope?: string;
    role: string;
    scopes: string[];
    issuedAtMs?: number;
    deviceTokens?: { deviceToken: string; role: string; scopes: string[]; issuedAtMs: number }[];
  };
  policy: {
    maxPayload: number;
    maxBufferedBytes: number;
    tickIntervalMs: number;
    attachments?: { maxBytes: number; maxImageBytes: number };
    allowedSessionVisibilities?: SessionVisibility[];
    hasMultipleSessionSharingIdentities?: boolean;
  };
}
export interface Snapshot {
  suspension?: GatewaySuspension;
  presence: PresenceEntry[];
  health: {
    ok?: true;
    ts?: number;
    durationMs?: number;
    eventLoop?: {
      degraded: boolean;
      degradedSinceMs?: number | null;
      reasons: ("event_loop_delay" | "event_loop_utilization" | "cpu")[];
      intervalMs: number;
      delayP99Ms: number;
      delayMaxMs: number;
      utilization: number;
      cpuCoreRatio: number;
    };
    plugins?: {
      loaded: string[];
      errors: { id: string; origin: string; activated: boolean; activationSource?: string; activationReason?: string; failurePhase?: string; error: string }[];
      unavailable?: { id: string; state: "configured-unavailable"; diagnostic: { kind: "plugin-verification"; reason: string; detail: string } }[];
    };
    contextEngines?: { quarantined: { engineId: string; owner?: string; operation: string; reason: string; failedAt: number }[] };
    deliveryQueues?: {
      failed: { queueName: string; count: number; oldestFailedAt?: number }[];
      ingressFailed?: { channelId: string; accountId: string; count: number; oldestFailedAt?: number }[];
      ingressPressure?: {
        channelId: string;
        accountId: string;
        laneCount: number;
        pendingCount: number;
        claimedCount: number;
        blockedCount: number;
        oldestReceivedAt: number;
      }[];
    };
    modelPricing?: {
      state: "ok" | "degraded" | "disabled";
      sources: { source: "openrouter" | "litellm" | "bootstrap" | "refresh"; state: "ok" | "degraded"; lastFailureAt?: number; detail?: string }[];
      lastFailureAt?: number;
      detail?: string;
    };
    configReload?: { hotReloadStatus: "active" | "disabled" };
    channels?: { [k: string]: unknown };
    channelOrder?: string[];
    channelLabels?: { [k: string]: string };
    heartbeatSeconds?: number;
    defaultAgentId?: string;
    agents?: {
      agentId: string;
      name?: string;
      isDefault: boolean;
      heartbeat: {
        enabled: boolean;
        every: string;
        everyMs: number | null;
        prompt: string;
        target: string;
        model?: string;
        session?: string;
        ackMaxChars: number;
      };
      sessions: { path: string; count: number; recent: { key: string; updatedAt: number | null; age: number | null }[] };
    }[];
    sessions?: { path: string; count: number; recent: { key: string; updatedAt: number | null; age: number | null }[] };
  };
  stateVersion: StateVersion;
  uptimeMs: number;
  appliedConfigHash?: string | null;
  configPath?: string;
  stateDir?: string;
  sessionDefaults?: {
    defaultAgentId: string;
    modelConfigured?: boolean;
    ownership?: "sole" | "legacy" | "explicit";
    selectionRequired?: boolean;
    mainKey: string;
    mainSessionKey: string;
    scope?: string;
  };
  authMode?: "none" | "token" | "password" | "trusted-proxy";
  updateAvailable?: UpdateAvailable;
  updateSchedule?: UpdateScheduleState;
}
export interface GatewaySuspension {
  phase: "accepting" | "preparing" | "draining" | "prepared";
}
export interface PresenceEntry {
  host?: string;
  ip?: string;
  version?: string;
  platform?: string;
  deviceFamily?: string;
  modelIdentifier?: string;
  timeZone?: string;
  mode?: string;
  lastInputSeconds?: number;
  reason?: string;
  tags?: string[];
  text?: string;
  ts: number;
  onlineSince?: number;
  lastActivityAt?: number;
  deviceId?: string;
  roles?: string[];
  scopes?: string[];
  instanceId?: string;
  user?: { id: string; identity?: { type: "profile"; id: string }; email?: string; name?: string; avatarUrl?: string };
  watchedSessions?: string[];
}
export interface StateVersion {
  presence: number;
  health: number;
}
export interface UpdateAvailable {
  currentVersion: string;
  latestVersion: string;
  channel: string;
  currentSha?: string;
  upstreamRef?: string;
  upstreamSha?: string;
  commitsBehind?: number;
  commits?: { sha: string; subject: string }[];
}
export interface UpdateScheduleState {
  channel: string;
  autoEnabled: boolean;
  install?: {
    kind: "package" | "git" | "unknown";
    git?:
      | { currentSha?: string; commitAtMs?: number; installedAtMs?: number; status: "current" }
      | { currentSha?: string; commitAtMs?: number; installedAtMs?: number; status: "behind"; commitsBehind: number }
      | { currentSha?: string; commitAtMs?: number; installedAtMs?: number; status: "ahead"; commitsAhead: number }
      | { currentSha?: string; commitAtMs?: number; installedAtMs?: number; status: "diverged"; commitsAhead: number; commitsBehind: number }
      | {
          currentSha?: string;
          commitAtMs?: number;
          installedAtMs?: number;
          status: "unavailable";
          reason: "fetch-failed" | "no-upstream" | "no-upstream-sha" | "comparison-failed" | "git-unavailable";
        };
  };
  target?: { kind: "package"; version: string } | { kind: "git"; upstreamRef: string; upstreamSha: string; commitsBehind: number };
  campaign?: {
    id: string;
    state: "waiting-for-idle" | "countdown" | "applying";
    announcedAtMs: number;
    applyAtMs?: number;
    holdUntilMs?: number;
    forceAtMs: number;
    updatedAtMs: number;
  };
}
export interface ConversationListParams {
  agentId: string;
  channel?: string;
  query?: string;
  limit?: number;
}
export interface ConversationListResult {
  conversations: ConversationListItem[];
}
export interface ConversationListItem {
  conversationRef: string;
  channel: string;
  accountId: string;
  kind: "direct" | "group" | "channel";
  target: string;
  threadId?: string;
  label?: string;
  firstSeenAt: number;
  lastSeenAt: number;
}
export interface ConversationSendParams {
  agentId: string;
  sourceSessionKey?: string;
  operationId: string;
  conversationRef: string;
  message: string;
}
export interface ConversationSendResult {
  status: "sent" | "queued" | "suppressed" | "unknown";
  conversationRef: string;
  channel: string;
  messageId?: string;
  queueId?: string;
}
export interface ConversationTurnParams {
  agentId: string;
  sourceSessionKey?: string;
  turnId: string;
  conversationRef: string;
  message: string;
  timeoutMs: number;
}
export interface ConversationTurnReply {
  conversationRef: string;
  messageId: string;
  replyToId?: string;
  threadId?: string;
  text: string;
  timestamp: number;
  transcriptArtifactId?: string;
  transcriptMessageId?: string;
}
export interface ConversationTurnCancelParams {
  agentId: string;
  turnId: string;
}
export interface ConversationTurnCancelResult {
  cancelled: boolean;
}
export interface CronAddParams {
  name: string;
  declarationKey?: string;
  displayName?: string;
  owner?: { agentId?: string; sessionKey?: string; accountId?: string };
  agentId?: string | null;
  sessionKey?: string | null;
  description?: string;
  enabled?: boolean;
  deleteAfterRun?: boolean;
  schedule:
    | { kind: "at"; at: string }
    | { kind: "every"; everyMs: number; anchorMs?: number }
    | { kind: "cron"; expr: string; tz?: string; staggerMs?: number }
    | { kind: "on-exit"; command: string; cwd?: string }
    | { kind: "stream"; command: string[]; cwd?: string; mode?: "line" | "match"; match?: string; batchMs?: number; maxBatchBytes?: number };
  pacing?: { min?: string; max?: string };
  trigger?: { script: string; once?: boolean };
  sessionTarget: "main" | "isolated" | "current" | string;
  wakeMode: "next-heartbeat" | "now";
  payload:
    | { kind: "systemEvent"; text: string; toolsAllow?: string[]; toolsAllowIsDefault?: boolean }
    | {
        kind: "agentTurn";
        message: string;
        model?: string;
        fallbacks?: string[];
        thinking?: string;
        timeoutSeconds?: number;
        allowUnsafeExternalContent?: boolean;
        lightContext?: boolean;
        toolsAllow?: string[];
        toolsAllowIsDefault?: boolean;
      }
    | {
        kind: "command";
        argv: string[];
        cwd?: string;
        env?: { [k: string]: string };
        input?: string;
        timeoutSeconds?: number;
        noOutputTimeoutSeconds?: number;
        outputMaxBytes?: number;
        toolsAllow?: string[];
        toolsAllowIsDefault?: boolean;
      }
    | { kind: "script"; script: string; timeoutSeconds?: number; toolBudget?: number; toolsAllow?: string[]; toolsAllowIsDefault?: boolean };
  delivery?:
    | {
        mode: "none";
        channel?: "last" | string;
        threadId?: string | number;
        accountId?: string;
        bestEffort?: boolean;
        failureDestination?: { channel?: "last" | string; to?: string; accountId?: string; mode?: "announce" | "webhook" };
        to?: string;
      }
    | {
        mode: "announce";
        channel?: "last" | string;
        threadId?: string | number;
        accountId?: string;
        bestEffort?: boolean;
        failureDestination?: { channel?: "last" | string; to?: string; accountId?: string; mode?: "announce" | "webhook" };
        completionDestination?: { mode: "webhook"; to: string };
        to?: string;
      }
    | {
        mode: "webhook";
        channel?: "last" | string;
        threadId?: string | number;
        accountId?: string;
        bestEffort?: boolean;
        failureDestination?: { channel?: "last" | string; to?: string; accountId?: string; mode?: "announce" | "webhook" };
        to: string;
      };
  failureAlert?:
    | false
    | {
        after?: number;
        channel?: "last" | string;
        to?: string;
        cooldownMs?: number;
        includeSkipped?: boolean;
        mode?: "announce" | "webhook";
        accountId?: string;
      };
}
export interface CronAddJobResult {
  id: string;
  declarationKey?: string;
  displayName?: string;
  owner?: { agentId?: string; sessionKey?: string; accountId?: string };
  scheduledToolPolicy?: { version: 1; mode: "trusted" } | { version: 1; mode: "account"; ownerSessionKey: string; ownerAccountId: string };
  agentId?: string;
  sessionKey?: string;
  name: string;
  description?: string;
  enabled: boolean;
  deleteAfterRun?: boolean;
  createdAtMs: number;
  updatedAtMs: number;
  configRevision?: string;
  schedule:
    | { kind: "at"; at: string }
    | { kind: "every"; everyMs: number; anchorMs?: number }
    | { kind: "cron"; expr: string; tz?: string; staggerMs?: number }
    | { kind: "on-exit"; command: string; cwd?: string }
    | { kind: "stream"; command: string[]; cwd?: string; mode?: "line" | "match"; match?: string; batchMs?: number; maxBatchBytes?: number };
  pacing?: { min?: string; max?: string };
  trigger?: { script: string; once?: boolean };
  sessionTarget: "main" | "isolated" | "current" | string;
  wakeMode: "next-heartbeat" | "now";
  payload:
    | { kind: "systemEvent"; text: string; toolsAllow?: string[]; toolsAllowIsDefault?: boolean }
    | {
        kind: "agentTurn";
        message: string;
        model?: string;
        fallbacks?: string[];
        thinking?: string;
        timeoutSeconds?: number;
        allowUnsafeExternalContent?: boolean;
        lightContext?: boolean;
        toolsAllow?: string[];
        toolsAllowIsDefault?: boolean;
      }
    | {
        kind: "command";
        argv: string[];
        cwd?: string;
        env?: { [k: string]: string };
        input?: string;
        timeoutSeconds?: number;
        noOutputTimeoutSeconds?: number;
        outputMaxBytes?: number;
        toolsAllow?: string[];
        toolsAllowIsDefault?: boolean;
      }
    | { kind: "script"; script: string; timeoutSeconds?: number; toolBudget?: number; toolsAllow?: string[]; toolsAllowIsDefault?: boolean }
    | { kind: "heartbeat" }
    | { kind: "skillCollectionReview" };
  delivery?:
    | {
        mode: "none";
        channel?: "last" | string;
        threadId?: string | number;
        accountId?: string;
        bestEffort?: boolean;
        failureDestination?: { channel?: "last" | string; to?: string; accountId?: string; mode?: "announce" | "webhook" };
        to?: string;
      }
    | {
        mode: "announce";
        channel?: "last" | string;
        threadId?: string | number;
        accountId?: string;
        bestEffort?: boolean;
        failureDestination?: { channel?: "last" | string; to?: string; accountId?: string; mode?: "announce" | "webhook" };
        completionDestination?: { mode: "webhook"; to: string };
        to?: string;
      }
    | {
        mode: "webhook";
        channel?: "last" | string;
        threadId?: string | number;
        accountId?: string;
        bestEffort?: boolean;
        failureDestination?: { channel?: "last" | string; to?: string; accountId?: string; mode?: "announce" | "webhook" };
        to: string;
      };
  failureAlert?:
    | false
    | {
        after?: number;
        channel?: "last" | string;
        to?: string;
        cooldownMs?: number;
        includeSkipped?: boolean;
        mode?: "announce" | "webhook";
        accountId?: string;
      };
  state: {
    nextRunAtMs?: number;
    scheduleActivatedAtMs?: number;
    runningAtMs?: number;
    lastRunAtMs?: number;
    lastRunStatus?: "ok" | "error" | "skipped";
    /**
     * @deprecated
     */
    lastStatus?: "ok" | "error" | "skipped";
    lastError?: string;
    lastDiagnostics?: {
      summary?: string;
      entries: {
        ts: number;
        source: "cron-preflight" | "cron-setup" | "model-preflight" | "agent-run" | "tool" | "exec" | "delivery";
        severity: "info" | "warn" | "error";
        message: string;
        toolName?: string;
        exitCode?: number | null;
        truncated?: boolean;
      }[];
    };
    lastDiagnosticSummary?: string;
    lastErrorReason?:
      | "auth"
      | "auth_permanent"
      | "format"
      | "rate_limit"
      | "overloaded"
      | "billing"
      | "server_error"
      | "timeout"
      | "tls_certificate"
      | "context_overflow"
      | "model_not_found"
      | "session_expired"
      | "empty_response"
      | "no_error_details"
      | "unclassified"
      | "unknown";
    lastDurationMs?: number;
    consecutiveErrors?: number;
    autoDisabled?: { reason: "consecutive-failures" | "schedule-errors"; atMs: number; consecutiveErrors: number };
    consecutiveSkipped?: number;
    lastDelivered?: boolean;
    lastDeliveryStatus?: "delivered" | "not-delivered" | "unknown" | "not-requested";
    lastDeliveryError?: string;
    deliverySuppressionReason?: string;
    lastFailureNotificationDelivered?: boolean;
    lastFailureNotificationDeliveryStatus?: "delivered" | "not-delivered" | "unknown" | "not-requested";
    lastFailureNotificationDeliveryError?: string;
    lastFailureAlertAtMs?: number;
    lastTriggerEvalAtMs?: number;
    triggerEvalCount?: number;
    lastTriggerFireAtMs?: number;
    triggerState?: unknown;
    streamStatus?: "starting" | "running" | "restarting" | "stopped" | "disabled" | "error";
    streamError?: string;
    streamConsecutiveFailures?: number;
    streamRestartExhausted?: boolean;
    streamSourceIdentity?: string;
    streamDroppedBatches?: number;
    streamCoalescedBatches?: number;
    streamLastStartedAtMs?: number;
    streamLastExitAtMs?: number;
  };
  nextRunAtMs?: number;
  lastRunAtMs?: number;
  lastRunStatus?: "ok" | "error" | "skipped";
  lastRunError?: string;
  lastDelivered?: boolean;
  lastDeliveryStatus?: "delivered" | "not-delivered" | "unknown" | "not-requested";
  lastDeliveryError?: string;
  deliverySuppressionReason?: string;
  lastFailureNotificationDelivered?: boolean;
  lastFailureNotificationDeliveryStatus?: "delivered" | "not-delivered" | "unknown" | "not-requested";
  lastFailureNotificationDeliveryError?: string;
  deliveryPreview?: CronDeliveryPreview;
}
export interface CronDeliveryPreview {
  label: string;
  detail: string;
}
export interface CronDeclarativeAddResult {
  created: boolean;
  updated?: boolean;
  job: CronJob;
  deliveryPreview?: CronDeliveryPreview;
}
export interface CronJob {
  id: string;
  declarationKey?: string;
  displayName?: string;
  owner?: { agentId?: string; sessionKey?: string; accountId?: string };
  scheduledToolPolicy?: { version: 1; mode: "trusted" } | { version: 1; mode: "account"; ownerSessionKey: string; ownerAccountId: string };
  agentId?: string;
  sessionKey?: string;
  name: string;
  description?: string;
  enabled: boolean;
  deleteAfterRun?: boolean;
  createdAtMs: number;
  updatedAtMs: number;
  configRevision?: string;
  schedule:
    | { kind: "at"; at: string }
    | { kind: "every"; everyMs: number; anchorMs?: number }
    | { kind: "cron"; expr: string; tz?: string; staggerMs?: number }
    | { kind: "on-exit"; command: string; cwd?: string }
    | { kind: "stream"; command: string[]; cwd?: string; mode?: "line" | "match"; match?: string; batchMs?: number; maxBatchBytes?: number };
  pacing?: { min?: string; max?: string };
  trigger?: { script: string; once?: boolean };
  sessionTarget: "main" | "isolated" | "current" | string;
  wakeMode: "next-heartbeat" | "now";
  payload:
    | { kind: "systemEvent"; text: string; toolsAllow?: string[]; toolsAllowIsDefault?: boolean }
    | {
        kind: "agentTurn";
        message: string;
        model?: string;
        fallbacks?: string[];
        thinking?: string;
        timeoutSeconds?: number;
        allowUnsafeExternalContent?: boolean;
        lightContext?: boolean;
        toolsAllow?: string[];
        toolsAllowIsDefault?: boolean;
      }
    | {
        kind: "command";
        argv: string[];
        cwd?: string;
        env?: { [k: string]: string };
        input?: string;
        timeoutSeconds?: number;
        noOutputTimeoutSeconds?: number;
        outputMaxBytes?: number;
        toolsAllow?: string[];
        toolsAllowIsDefault?: boolean;
      }
    | { kind: "script"; script: string; timeoutSeconds?: number; toolBudget?: number; toolsAllow?: string[]; toolsAllowIsDefault?: boolean }
    | { kind: "heartbeat" }
    | { kind: "skillCollectionReview" };
  delivery?:
    | {
        mode: "none";
        channel?: "last" | string;
        threadId?: string | number;
        accountId?: string;
        bestEffort?: boolean;
        failureDestination?: { channel?: "last" | string; to?: string; accountId?: string; mode?: "announce" | "webhook" };
        to?: string;
      }
    | {
        mode: "announce";
        channel?: "last" | string;
        threadId?: string | number;
        accountId?: string;
        bestEffort?: boolean;
        failureDestination?: { channel?: "last" | string; to?: string; accountId?: string; mode?: "announce" | "webhook" };
        completionDestination?: { mode: "webhook"; to: string };
        to?: string;
      }
    | {
        mode: "webhook";
        channel?: "last" | string;
        threadId?: string | number;
        accountId?: string;
        bestEffort?: boolean;
        failureDestination?: { channel?: "last" | string; to?: string; accountId?: string; mode?: "announce" | "webhook" };
        to: string;
      };
  failureAlert?:
    | false
    | {
        after?: number;
        channel?: "last" | string;
        to?: string;
        cooldownMs?: number;
        includeSkipped?: boolean;
        mode?: "announce" | "webhook";
        accountId?: string;
      };
  state: {
    nextRunAtMs?: number;
    scheduleActivatedAtMs?: number;
    runningAtMs?: number;
    lastRunAtMs?: number;
    lastRunStatus?: "ok" | "error" | "skipped";
    /**
     * @deprecated
     */
    lastStatus?: "ok" | "error" | "skipped";
    lastError?: string;
    lastDiagnostics?: {
      summary?: string;
      entries: {
        ts: number;
        source: "cron-preflight" | "cron-setup" | "model-preflight" | "agent-run" | "tool" | "exec" | "delivery";
        severity: "info" | "warn" | "error";
        message: string;
        toolName?: string;
        exitCode?: number | null;
        truncated?: boolean;
      }[];
    };
    lastDiagnosticSummary?: string;
    lastErrorReason?:
      | "auth"
      | "auth_permanent"
      | "format"
      | "rate_limit"
      | "overloaded"
      | "billing"
      | "server_error"
      | "timeout"
      | "tls_certificate"
      | "context_overflow"
      | "model_not_found"
      | "session_expired"
      | "empty_response"
      | "no_error_details"
      | "unclassified"
      | "unknown";
    lastDurationMs?: number;
    consecutiveErrors?: number;
    autoDisabled?: { reason: "consecutive-failures" | "schedule-errors"; atMs: number; consecutiveErrors: number };
    consecutiveSkipped?: number;
    lastDelivered?: boolean;
    lastDeliveryStatus?: "delivered" | "not-delivered" | "unknown" | "not-requested";
    lastDeliveryError?: string;
    deliverySuppressionReason?: string;
    lastFailureNotificationDelivered?: boolean;
    lastFailureNotificationDeliveryStatus?: "delivered" | "not-delivered" | "unknown" | "not-requested";
    lastFailureNotificationDeliveryError?: string;
    lastFailureAlertAtMs?: number;
    lastTriggerEvalAtMs?: number;
    triggerEvalCount?: number;
    lastTriggerFireAtMs?: number;
    triggerState?: unknown;
    streamStatus?: "starting" | "running" | "restarting" | "stopped" | "disabled" | "error";
    streamError?: string;
    streamConsecutiveFailures?: number;
    streamRestartExhausted?: boolean;
    streamSourceIdentity?: string;
    streamDroppedBatches?: number;
    streamCoalescedBatches?: number;
    streamLastStartedAtMs?: number;
    streamLastExitAtMs?: number;
  };
  nextRunAtMs?: number;
  lastRunAtMs?: number;
  lastRunStatus?: "ok" | "error" | "skipped";
  lastRunError?: string;
  lastDelivered?: boolean;
  lastDeliveryStatus?: "delivered" | "not-delivered" | "unknown" | "not-requested";
  lastDeliveryError?: string;
  deliverySuppressionReason?: string;
  lastFailureNotificationDelivered?: boolean;
  lastFailureNotificationDeliveryStatus?: "delivered" | "not-delivered" | "unknown" | "not-requested";
  lastFailureNotificationDeliveryError?: string;
}
export interface CronListParams {
  includeDisabled?: boolean;
  limit?: number;
  offset?: number;
  query?: string;
  enabled?: "all" | "enabled" | "disabled";
  scheduleKind?: "all" | "at" | "every" | "cron" | "on-exit" | "stream";
  lastRunStatus?: "all" | "ok" | "error" | "skipped" | "unknown";
  trigger?: "all" | "conditional" | "unconditional";
  sortBy?: "nextRunAtMs" | "updatedAtMs" | "name";
  sortDir?: "asc" | "desc";
  agentId?: string;
  compact?: boolean;
  includeDeliveryPreviews?: boolean;
}
export interface CronRunsParams {
  agentId?: string;
  scope?: "job" | "all";
  id?: string;
  jobId?: string;
  runId?: string;
  limit?: number;
  offset?: number;
  statuses?: ("ok" | "error" | "skipped")[];
  status?: "all" | "ok" | "error" | "skipped";
  deliveryStatuses?: ("delivered" | "not-delivered" | "unknown" | "not-requested")[];
  deliveryStatus?: "delivered" | "not-delivered" | "unknown" | "not-requested";
  query?: string;
  sortDir?: "asc" | "desc";
}
export interface CronScratchGetResult {
  scratch: { content: string; revision: number; updatedAtMs: number } | null;
  currentRevision: number;
  maxBytes: number;
}
export interface DesktopLaunchParams {
  source: { kind: "environment"; environmentId: string };
  app: "browser" | "terminal";
}
export interface DesktopObserveResult {
  transport: "rfb";
  wsPath: string;
  expiresAtMs: number;
  control: boolean;
  vncPassword?: string;
  auth?: "none" | "vnc-password" | "ard-account";
  preauthenticated?: boolean;
}
export interface DevicePairApproveParams {
  requestId: string;
}
export interface DevicePairRejectParams {
  requestId: string;
}
export interface DevicePairRemoveParams {
  deviceId: string;
}
export interface DevicePairRenameParams {
  deviceId: string;
  label: string;
}
export interface DevicePairSetupCodeParams {
  publicUrl?: string;
  preferRemoteUrl?: boolean;
  includeQr?: boolean;
  bootstrapProfile?: "limited" | "node";
  joinUrl?: true;
}
export interface DevicePairSetupCodeResult {
  setupId?: string;
  setupCode: string;
  joinUrl?: string;
  qrDataUrl?: string;
  gatewayUrl: string;
  gatewayUrls?: string[];
  auth: "token" | "password";
  urlSource: string;
  access?: "full" | "limited" | "node";
  accessDowngraded?: boolean;
  expiresAtMs?: number;
}
export interface DevicePairSetupStatusParams {
  setupId: string;
}
export interface DevicePairSetupStatusResult {
  completion?: DevicePairSetupCompletedEvent;
  deliveryUncertain?: DevicePairSetupCompletedEvent;
}
export interface DevicePairSetupCompletedEvent {
  setupId: string;
  deviceId: string;
  deviceName?: string;
  access: "full" | "limited" | "node";
  ts: number;
}
export interface ScopeUpgradeRequest {
  scopes: string[];
}
export interface ScopeUpgradeRegistration {
  requestId: string;
}
export interface ScopeUpgradeWait {
  requestId: string;
}
export interface ScopeUpgradeApproved {
  status: "approved";
  requestId: string;
  deviceToken: string;
  scopes: string[];
}
export interface ScopeUpgradeRejected {
  status: "rejected";
  requestId: string;
}
export interface ScopeUpgradeExpired {
  status: "expired";
  requestId: string;
}
export interface DeviceTokenRevokeParams {
  deviceId: string;
  role: string;
}
export interface DeviceTokenRotateParams {
  deviceId: string;
  role: string;
  scopes?: string[];
}
export interface DeviceTokenRotateResult {
  deviceId: string;
  role: string;
  token?: string;
  scopes: string[];
  rotatedAtMs: number;
  tokenDelivery?: "in-band" | "withheld-cross-device";
}
export interface EnvironmentsCreateParams {
  profileId: string;
  idempotencyKey: string;
}
export interface EnvironmentsCreateResult {
  id: string;
  type: string;
  label?: string;
  status: "available" | "unavailable" | "starting" | "stopping" | "error";
  platform?: string;
  sessionHost?: boolean;
  workerSlots?: WorkerSlotSummary;
  workerBundle?: { status: "installed"; version: string } | { status: "missing" };
  lastConnectedAtMs?: number;
  lastDisconnectedAtMs?: number;
  lastSeenAtMs?: number;
  lastSeenReason?: string;
  trust?: "persistent" | "disposable";
  capabilities?: string[];
  invocableCommands?: string[];
  desktop?: boolean;
  issues?: { code: "update-required"; action: "update-and-reconnect"; updateCommand: "openclaw update"; headlessReconnectCommand: "openclaw node restart" }[];
  worker?: WorkerEnvironmentMetadata;
}
export interface WorkerSlotSummary {
  total: number;
  available: number;
}
export interface WorkerEnvironmentMetadata {
  providerId: string;
  leaseId?: string;
  state: WorkerEnvironmentState;
  ageMs: number;
  idleMs?: number;
  attachedSessionIds: string[];
  tunnelStatus: WorkerTunnelStatus;
  error?: string;
  desktop?: boolean;
  desktopApps?: ("browser" | "terminal")[];
}
export interface EnvironmentsDestroyParams {
  environmentId: string;
  force?: boolean;
}
export interface EnvironmentsDestroyResult {
  id: string;
  type: string;
  label?: string;
  status: "available" | "unavailable" | "starting" | "stopping" | "error";
  platform?: string;
  sessionHost?: boolean;
  workerSlots?: WorkerSlotSummary;
  workerBundle?: { status: "installed"; version: string } | { status: "missing" };
  lastConnectedAtMs?: number;
  lastDisconnectedAtMs?: number;
  lastSeenAtMs?: number;
  lastSeenReason?: string;
  trust?: "persistent" | "disposable";
  capabilities?: string[];
  invocableCommands?: string[];
  desktop?: boolean;
  issues?: { code: "update-required"; action: "update-and-reconnect"; updateCommand: "openclaw update"; headlessReconnectCommand: "openclaw node restart" }[];
  worker?: WorkerEnvironmentMetadata;
}
export interface EnvironmentsListResult {
  environments: EnvironmentSummary[];
  profiles?: {
    id: string;
    providerId: string;
    trust?: "persistent" | "disposable";
    executionMode?: "worker-turn" | "remote-exec";
    executionModes?: [] | ["worker-turn" | "remote-exec"] | [] | ["worker-turn"] | ["worker-turn", "remote-exec"];
    machines?: { id: string; label: string; cpu?: number; memoryGb?: number; default?: boolean }[];
  }[];
}
export interface EnvironmentSummary {
  id: string;
  type: string;
  label?: string;
  status: "available" | "unavailable" | "starting" | "stopping" | "error";
  platform?: string;
  sessionHost?: boolean;
  workerSlots?: WorkerSlotSummary;
  workerBundle?: { status: "installed"; version: string } | { status: "missing" };
  lastConnectedAtMs?: number;
  lastDisconnectedAtMs?: number;
  lastSeenAtMs?: number;
  lastSeenReason?: string;
  trust?: "persistent" | "disposable";
  capabilities?: string[];
  invocableCommands?: string[];
  desktop?: boolean;
  issues?: { code: "update-required"; action: "update-and-reconnect"; updateCommand: "openclaw update"; headlessReconnectCommand: "openclaw node restart" }[];
  worker?: WorkerEnvironmentMetadata;
}
export interface EnvironmentsStatusParams {
  environmentId: string;
}
export interface EnvironmentsStatusResult {
  id: string;
  type: string;
  label?: string;
  status: "available" | "unavailable" | "starting" | "stopping" | "error";
  platform?: string;
  sessionHost?: boolean;
  workerSlots?: WorkerSlotSummary;
  workerBundle?: { status: "installed"; version: string } | { status: "missing" };
  lastConnectedAtMs?: number;
  lastDisconnectedAtMs?: number;
  lastSeenAtMs?: number;
  lastSeenReason?: string;
  trust?: "persistent" | "disposable";
  capabilities?: string[];
  invocableCommands?: string[];
  desktop?: boolean;
  issues?: { code: "update-required"; action: "update-and-reconnect"; updateCommand: "openclaw update"; headlessReconnectCommand: "openclaw node restart" }[];
  worker?: WorkerEnvironmentMetadata;
}
export interface ExecApprovalGetParams {
  id: string;
}
export interface ExecApprovalGrantsListParams {
  limit?: number;
}
export interface ExecApprovalGrantsListResult {
  grants: ExecApprovalStandingGrant[];
}
export interface ExecApprovalStandingGrant {
  grantId: string;
  mintedByApprovalId: string;
  agentId: string;
  cronJobId: string;
  cronJobName: string | null;
  command: string;
  cwd: string | null;
  createdAtMs: number;
  expiresAtMs: number | null;
  revokedAtMs: number | null;
  revokedBy: string | null;
  lastUsedAtMs: number | null;
  useCount: number;
}
export interface ExecApprovalGrantsRevokeParams {
  grantId: string;
}
export interface ExecApprovalGrantsRevokeResult {
  outcome: "revoked" | "already-revoked" | "not-found";
}
export interface ExecApprovalRequestParams {
  id?: string;
  command?: string;
  commandArgv?: string[];
  systemRunPlan?: {
    argv: string[];
    cwd: string | null;
    commandText: string;
    commandPreview?: string | null;
    agentId: string | null;
    sessionKey: string | null;
    policySnapshot?: {
      security: "deny" | "allowlist" | "full";
      ask: "off" | "on-miss" | "always";
      askFallback: "deny" | "allowlist" | "full";
      autoAllowSkills: boolean;
      allowlistRules: { pattern: string; argPattern?: string; source?: "allow-always" }[];
    };
    mutableFileOperand?: { argvIndex: number; path: string; sha256: string } | null;
  };
  env?: { [k: string]: string };
  cwd?: string | null;
  nodeId?: string | null;
  host?: string | null;
  security?: string | null;
  ask?: string | null;
  warningText?: string | null;
  scope?: ApprovalScope;
  unavailableDecisions?: "allow-always"[];
  commandSpans?: { startIndex: number; endIndex: number }[];
  agentId?: string | null;
  resolvedPath?: string | null;
  sessionKey?: string | null;
  sessionId?: string | null;
  runId?: string | null;
  toolCallId?: string | null;
  turnSourceChannel?: string | null;
  turnSourceTo?: string | null;
  turnSourceAccountId?: string | null;
  turnSourceThreadId?: string | number | null;
  approvalReviewerDeviceIds?: string[];
  requireDeliveryRoute?: boolean;
  suppressDelivery?: boolean;
  deliverToApprovalClientsOnly?: boolean;
  timeoutMs?: number;
  twoPhase?: boolean;
}
export interface ExecApprovalResolveParams {
  id: string;
  decision: string;
  reviewer?: { channel: string; accountId: string; senderId: string };
  grantExpiresInDays?: number;
}
export interface ExecApprovalsSnapshot {
  path: string;
  exists: boolean;
  hash: string;
  file: {
    version: 1;
    socket?: { path?: string; token?: string };
    defaults?: { security?: string; ask?: string; askFallback?: string; autoAllowSkills?: boolean };
    agents?: {
      [k: string]: {
        security?: string;
        ask?: string;
        askFallback?: string;
        autoAllowSkills?: boolean;
        allowlist?: {
          id?: string;
          pattern: string;
          source?: "allow-always";
          commandText?: string;
          argPattern?: string;
          lastUsedAt?: number;
          lastUsedCommand?: string;
          lastResolvedPath?: string;
        }[];
        mcpTools?: { server: string; tool: string; source: "allow-always"; addedAt: number; lastUsedAt?: number }[];
      };
    };
  };
  resolvedDefaults?: {
    security: "deny" | "allowlist" | "full";
    ask: "off" | "on-miss" | "always";
    askFallback: "deny" | "allowlist" | "full";
    autoAllowSkills: boolean;
  };
}
export interface ExecApprovalsNodeGetParams {
  nodeId: string;
}
export interface ExecApprovalsNodeSnapshot {
  path?: string;
  exists?: boolean;
  hash?: string;
  file?: {
    version: 1;
    socket?: { path?: string; token?: string };
    defaults?: { security?: string; ask?: string; askFallback?: string; autoAllowSkills?: boolean };
    agents?: {
      [k: string]: {
        security?: string;
        ask?: string;
        askFallback?: string;
        autoAllowSkills?: boolean;
        allowlist?: {
          id?: string;
          pattern: string;
          source?: "allow-always";
          commandText?: string;
          argPattern?: string;
          lastUsedAt?: number;
          lastUsedCommand?: string;
          lastResolvedPath?: string;
        }[];
        mcpTools?: { server: string; tool: string; source: "allow-always"; addedAt: number; lastUsedAt?: number }[];
      };
    };
  };
  resolvedDefaults?: {
    security: "deny" | "allowlist" | "full";
    ask: "off" | "on-miss" | "always";
    askFallback: "deny" | "allowlist" | "full";
    autoAllowSkills: boolean;
  };
  enabled?: boolean;
  baseHash?: string;
  defaultAction?: "allow" | "deny" | "prompt";
  rules?: { pattern: string; action: "allow" | "deny" | "prompt"; shells?: string[]; description?: string; enabled?: boolean }[];
  constraints?: { baseHashRequired?: boolean; defaultAllowAllowed?: boolean; broadAllowRulesAllowed?: boolean; dangerousAllowRulesAllowed?: boolean };
  message?: string;
}
export interface ExecApprovalsNodeSetParams {
  nodeId: string;
  file?: {
    version: 1;
    socket?: { path?: string; token?: string };
    defaults?: { security?: string; ask?: string; askFallback?: string; autoAllowSkills?: boolean };
    agents?: {
      [k: string]: {
        security?: string;
        ask?: string;
        askFallback?: string;
        autoAllowSkills?: boolean;
        allowlist?: {
          id?: string;
          pattern: string;
          source?: "allow-always";
          commandText?: string;
          argPattern?: string;
          lastUsedAt?: number;
          lastUsedCommand?: string;
          lastResolvedPath?: string;
        }[];
        mcpTools?: { server: string; tool: string; source: "allow-always"; addedAt: number; lastUsedAt?: number }[];
      };
    };
  };
  native?: {
    defaultAction?: "allow" | "deny" | "prompt";
    rules: { pattern: string; action: "allow" | "deny" | "prompt"; shells?: string[]; description?: string; enabled?: boolean }[];
  };
  baseHash?: string;
}
export interface ExecApprovalsSetParams {
  file: {
    version: 1;
    socket?: { path?: string; token?: string };
    defaults?: { security?: string; ask?: string; askFallback?: string; autoAllowSkills?: boolean };
    agents?: {
      [k: string]: {
        security?: string;
        ask?: string;
        askFallback?: string;
        autoAllowSkills?: boolean;
        allowlist?: {
          id?: string;
          pattern: string;
          source?: "allow-always";
          commandText?: string;
          argPattern?: string;
          lastUsedAt?: number;
          lastUsedCommand?: string;
          lastResolvedPath?: string;
        }[];
        mcpTools?: { server: string; tool: string; source: "allow-always"; addedAt: number; lastUsedAt?: number }[];
      };
    };
  };
  baseHash?: string;
}
export interface FsListDirParams {
  path?: string;
  nodeId?: string;
}
export interface FsListDirResult {
  path: string;
  parent?: string;
  home: string;
  entries: FsDirEntry[];
}
export interface FsDirEntry {
  name: string;
  path: string;
  hidden?: boolean;
}
export interface GatewaySuspendPrepareParams {
  requestId: string;
  terminalPolicy?: "preserve" | "terminate";
  drain?: boolean;
}
export interface GatewaySuspendPrepareBusyResult {
  status: "busy";
  reason: "active-work" | "gateway-draining";
  retryAfterMs: number;
  activeCount: number;
  blockers: GatewaySuspendBlocker[];
}
export interface GatewaySuspendBlocker {
  kind:
    | "queue"
    | "reply"
    | "embedded-run"
    | "background-exec"
    | "cron-run"
    | "task"
    | "root-request"
    | "session-admission"
    | "session-mutation"
    | "chat-run"
    | "queued-turn"
    | "terminal-persistence"
    | "terminal-session";
  count: number;
  message: string;
  task?: GatewaySuspendTaskBlocker;
}
export interface GatewaySuspendTaskBlocker {
  taskId: string;
  status: "running";
  runtime: "subagent" | "acp" | "cli" | "cron";
  runId?: string;
  label?: string;
  title?: string;
}
export interface GatewaySuspendPrepareDrainingResult {
  status: "draining";
  suspensionId: string;
  expiresAtMs: number;
  retryAfterMs: number;
  activeCount: number;
  blockers: GatewaySuspendBlocker[];
}
export interface GatewaySuspendPrepareReadyResult {
  status: "ready";
  suspensionId: string;
  expiresAtMs: number;
  activeCount: number;
  blockers: GatewaySuspendBlocker[];
}
export interface GatewaySuspendResumeParams {
  suspensionId: string;
}
export interface GatewaySuspendResumeResult {
  ok: true;
  status: "running";
  resumed: boolean;
}
export interface GatewaySuspendStatusParams {
  suspensionId: string;
}
export interface GatewaySuspendStatusRunningResult {
  status: "running";
}
export interface GatewaySuspendStatusDrainingResult {
  status: "draining";
  expiresAtMs: number;
  retryAfterMs: number;
  activeCount: number;
  blockers: GatewaySuspendBlocker[];
}
export interface GatewaySuspendStatusReadyResult {
  status: "ready";
  expiresAtMs: number;
}
export interface HooksStatusParams {
  agentId?: string;
}
export interface LogsTailParams {
  cursor?: number;
  limit?: number;
  maxBytes?: number;
}
export interface LogsTailResult {
  file: string;
  cursor: number;
  size: number;
  lines: string[];
  truncated?: boolean;
  reset?: boolean;
  skippedBytes?: number;
}
export interface MessageActionParams {
  channel: string;
  action: string;
  params: { [k: string]: unknown };
  reply?: { replyToId: string; source: "explicit" } | { replyToId: string; source: "implicit"; mode: "first" | "all" };
  accountId?: string;
  requesterAccountId?: string;
  requesterSenderId?: string;
  senderIsOwner?: boolean;
  sessionKey?: string;
  sessionId?: string;
  inboundTurnKind?: "user_request" | "room_event";
  agentId?: string;
  toolContext?: {
    currentChannelId?: string;
    currentMessagingTarget?: string;
    currentGraphChannelId?: string;
    currentChannelProvider?: string;
    currentThreadTs?: string;
    currentMessageId?: string | number;
    replyToMode?: "off" | "first" | "all" | "batched";
    hasRepliedRef?: { value: boolean };
    sameChannelThreadRequired?: boolean;
    skipCrossContextDecoration?: boolean;
  };
  conversationReadOrigin?: "direct-operator";
  idempotencyKey: string;
}
export interface MigrationsMemoryApplyParams {
  idempotencyKey: string;
  agentId: string;
  providerId: string;
  planFingerprint: string;
  itemIds: string[];
  overwrite?: boolean;
}
export interface MigrationsMemoryApplyResult {
  providerId: string;
  source: string;
  target?: string;
  summary: MemoryMigrationSummary;
  items: MemoryMigrationItem[];
  warnings?: string[];
  backupPath?: string;
  reportDir?: string;
}
export interface MemoryMigrationSummary {
  total: number;
  planned: number;
  migrated: number;
  skipped: number;
  conflicts: number;
  errors: number;
  sensitive: number;
}
export interface MemoryMigrationItem {
  id: string;
  status: MemoryMigrationItemStatus;
  source?: string;
  target?: string;
  message?: string;
  reason?: string;
  details?: { [k: string]: unknown };
}
export interface MigrationsMemoryPlanParams {
  agentId: string;
  overwrite?: boolean;
}
export interface MigrationsMemoryPlanResult {
  agentId: string;
  workspace: string;
  providers: MemoryMigrationProviderPlan[];
}
export interface MemoryMigrationProviderPlan {
  providerId: string;
  label: string;
  description?: string;
  planFingerprint?: string;
  found: boolean;
  source?: string;
  target?: string;
  confidence?: "low" | "medium" | "high";
  message?: string;
  error?: string;
  summary: MemoryMigrationSummary;
  items: MemoryMigrationItem[];
  warnings?: string[];
}
export interface ModelsAuthLogoutParams {
  provider: string;
  profileIds?: string[];
  agentId?: string;
}
export interface ModelsAuthStatusParams {
  refresh?: boolean;
  agentId?: string;
}
export interface ModelsListParams {
  agentId?: string;
  includeProviderCapabilities?: boolean;
  preparedOnly?: boolean;
  refresh?: boolean;
  view?: "default" | "configured" | "provider-config" | "all";
}
export interface ModelsListResult {
  models: ModelChoice[];
  providerOutcomes?: { provider: string; profileId?: string; status: "ready" | "auth-rejected" | "unavailable" }[];
}
export interface ModelChoice {
  id: string;
  name: string;
  provider: string;
  alias?: string;
  tags?: string[];
  available?: boolean;
  unavailableReason?: "missing-auth" | "auth-failed" | "cooldown";
  unavailableUntil?: number;
  contextWindow?: number;
  contextWindows?: { id: string; label: string; contextWindow: number }[];
  contextWindowDefault?: string;
  reasoning?: boolean;
  thinkingLevels?: { id: string; label: string }[];
  thinkingDefault?: string;
  effectiveFastMode?: boolean | "auto";
  supportsTools?: boolean;
  agentRuntime?: {
    id: string;
    fallback?: "openclaw" | "none";
    cloudPlacementSupported?: boolean;
    cloudPlacementExecutionMode?: "worker-turn" | "remote-exec";
    devicePlacement?: { requiredNodeCommands: string[]; consumesWorkerSlot: boolean };
    devicePlacementSupported?: boolean;
    source: "env" | "agent" | "defaults" | "model" | "provider" | "implicit" | "session" | "session-key";
  };
  apiKeySupported?: boolean;
  input?: ("text" | "image" | "audio" | "video" | "document")[];
}
export interface ModelsProbeParams {
  provider: string;
  profileId?: string;
  timeoutMs?: number;
  agentId?: string;
}
export interface ModelsProbeResult {
  provider: string;
  status: AuthProbeStatus;
  latencyMs?: number;
  error?: string;
  results: ModelsProbeTargetResult[];
}
export interface ModelsProbeTargetResult {
  profileId?: string;
  label: string;
  status: AuthProbeStatus;
  latencyMs?: number;
  error?: string;
}
export interface NodeDescribeParams {
  nodeId: string;
}
export interface NodeEventParams {
  event: string;
  payload?: unknown;
  payloadJSON?: string;
}
export interface NodeEventResult {
  ok: boolean;
  event: string;
  handled: boolean;
  reason?: string;
}
export interface NodeInvokeParams {
  nodeId: string;
  command: string;
  params?: unknown;
  timeoutMs?: number;
  idempotencyKey: string;
  sessionKey?: string;
  turnSourceChannel?: string;
  turnSourceTo?: string;
  turnSourceAccountId?: string;
  turnSourceThreadId?: string | number;
}
export interface NodeInvokeProgressParams {
  invokeId: string;
  nodeId: string;
  seq: number;
  chunk: string;
}
export interface NodeInvokeResultParams {
  id: string;
  nodeId: string;
  ok: boolean;
  payload?: unknown;
  payloadJSON?: string;
  error?: { code?: string; message?: string };
}
export interface NodePairApproveParams {
  requestId: string;
}
export interface NodePairRejectParams {
  requestId: string;
}
export interface NodePairRemoveParams {
  nodeId: string;
}
export interface NodePendingAckParams {
  ids: string[];
}
export interface NodePendingDrainParams {
  maxItems?: number;
}
export interface NodePendingDrainResult {
  nodeId: string;
  revision: number;
  items: {
    id: string;
    type: "status.request" | "location.request";
    priority: "default" | "normal" | "high";
    createdAtMs: number;
    expiresAtMs?: number | null;
    payload?: { [k: string]: unknown };
  }[];
  hasMore: boolean;
}
export interface NodePendingEnqueueParams {
  nodeId: string;
  type: "status.request" | "location.request";
  priority?: "normal" | "high";
  expiresInMs?: number;
  wake?: boolean;
}
export interface NodePendingEnqueueResult {
  nodeId: string;
  revision: number;
  queued: {
    id: string;
    type: "status.request" | "location.request";
    priority: "default" | "normal" | "high";
    createdAtMs: number;
    expiresAtMs?: number | null;
    payload?: { [k: string]: unknown };
  };
  wakeTriggered: boolean;
}
export interface NodePluginToolsUpdateParams {
  tools: NodePluginToolDescriptor[];
}
export interface NodePluginToolDescriptor {
  pluginId: string;
  name: string;
  description: string;
  parameters?: { [k: string]: unknown };
  command?: string;
  mcp?: { server: string; tool: string };
}
export interface NodeRenameParams {
  nodeId: string;
  displayName: string;
}
export interface NodeSkillsUpdateParams {
  skills: NodeSkillDescriptor[];
}
export interface NodeSkillDescriptor {
  name: string;
  description: string;
  content: string;
}
export interface SystemChangesListParams {
  limit?: number;
  beforeCursor?: string;
}
export interface SystemChangesListResult {
  entries: SystemChangeEntry[];
  nextCursor?: string;
}
export interface SystemChangeEntry {
  id: string;
  at: number;
  kind: SystemChangeKind;
  source: SystemChangeSource;
  summary: string;
  changedPaths?: string[];
  invalid?: boolean;
  opaqueChange?: boolean;
}
export interface SystemAgentChatParams {
  sessionId: string;
  message?: string;
  wizardAnswer?: { stepId: string; value?: unknown };
  wizardCancel?: { stepId: string };
  welcomeVariant?: "onboarding" | "new-agent";
  reset?: boolean;
  context?: { page: string };
  delegation?: {
    agentId?: string;
    sessionKey?: string;
    turnSourceChannel?: string;
    turnSourceTo?: string;
    turnSourceAccountId?: string;
    turnSourceThreadId?: string | number;
  };
}
export interface SystemAgentChatResult {
  sessionId: string;
  reply: string;
  sensitive?: boolean;
  wizardInputPending?: boolean;
  action: "none" | "open-agent" | "exit";
  agentDraft?: "hatch";
  agentId?: string;
  needsApproval?: boolean;
  proposalId?: string;
  question?: {
    id: string;
    header: string;
    question: string;
    options: { label: string; description?: string; recommended?: boolean; reply?: string }[];
    isOther?: boolean;
    skipAction?: "exit";
  };
  step?: WizardStep;
}
export interface WizardStep {
  id: string;
  type: "note" | "select" | "text" | "confirm" | "multiselect" | "progress" | "action";
  title?: string;
  message?: string;
  format?: "plain";
  options?: { value: unknown; label: string; hint?: string }[];
  initialValue?: unknown;
  placeholder?: string;
  sensitive?: boolean;
  executor?: "gateway" | "client";
  externalUrl?: string;
  deviceCode?: { code: string; expiresInMinutes?: number; message?: string };
}
export interface SystemAgentChatHistoryParams {
  limit?: number;
}
export interface SystemAgentChatHistoryResult {
  turns: SystemAgentChatHistoryTurn[];
}
export interface SystemAgentChatHistoryTurn {
  role: "user" | "assistant";
  text: string;
  at: number;
}
export interface SystemAgentSetupActivateParams {
  agentId?: string;
  kind: "existing-model" | "openai-api-key" | "anthropic-api-key" | "claude-cli" | "codex-cli" | "gemini-cli" | string | "api-key";
  modelRef?: string;
  authChoice?: string;
  apiKey?: string;
  workspace?: string;
}
export interface SystemAgentSetupActivateResult {
  ok: boolean;
  modelRef?: string;
  latencyMs?: number;
  lines?: string[];
  gatewayRestartRequired?: true;
  status?: "ok" | "auth" | "rate_limit" | "billing" | "timeout" | "format" | "unavailable" | "unknown";
  error?: string;
}
export interface SystemAgentSetupActivateStartParams {
  agentId?: string;
  kind: "existing-model" | "openai-api-key" | "anthropic-api-key" | "claude-cli" | "codex-cli" | "gemini-cli" | string | "api-key";
  modelRef?: string;
  authChoice?: string;
  apiKey?: string;
  workspace?: string;
  sessionId: string;
}
export interface SystemAgentSetupActivateStartResult {
  sessionId: string;
  done: boolean;
  step?: WizardStep;
  status?: "running" | "done" | "cancelled" | "error";
  error?: string;
  channels?: string[];
  accounts?: { channel: string; accountId: string }[];
  preparedModelRef?: string;
  modelActivation?: { modelRef: string; gatewayRestartRequired?: true };
}
export interface SystemAgentSetupAuthStartParams {
  sessionId: string;
  agentId?: string;
  authChoice: string;
  workspace?: string;
}
export interface SystemAgentSetupAuthStartResult {
  sessionId: string;
  done: boolean;
  step?: WizardStep;
  status?: "running" | "done" | "cancelled" | "error";
  error?: string;
  channels?: string[];
  accounts?: { channel: string; accountId: string }[];
  preparedModelRef?: string;
  modelActivation?: { modelRef: string; gatewayRestartRequired?: true };
}
export interface SystemAgentSetupDetectParams {
  agentId?: string;
}
export interface SystemAgentSetupDetectResult {
  candidates: {
    kind: "existing-model" | "openai-api-key" | "anthropic-api-key" | "claude-cli" | "codex-cli" | "gemini-cli" | string;
    brandId?: string;
    label: string;
    detail: string;
    modelRef: string;
    recommended: boolean;
    credentials?: boolean;
    icon?: string;
    website?: string;
  }[];
  unavailableCandidates?: {
    id: string;
    brandId?: string;
    label: string;
    detail: string;
    reason: string;
    authOptionId?: string;
    manualProviderId?: string;
    icon?: string;
    website?: string;
  }[];
  manualProviders: { id: string; brandId?: string; groupLabel?: string; label: string; hint?: string; icon?: string; website?: string }[];
  authOptions?: {
    id: string;
    brandId?: string;
    label: string;
    hint?: string;
    groupLabel?: string;
    icon?: string;
    website?: string;
    kind: "oauth" | "device-code";
    featured: boolean;
  }[];
  prepareOptions?: { id: string; brandId?: string; label: string; hint?: string; actionLabel?: string; icon?: string; website?: string }[];
  recommendedInstalls?: { id: string; brandId?: string; label: string; hint: string; website: string; icon: string }[];
  workspace: string;
  codexAppServerDetected?: boolean;
  configuredModel?: string;
  setupComplete: boolean;
}
export interface SystemAgentSetupVerifyParams {
  agentId?: string;
}
export interface PluginApprovalRequestParams {
  pluginId?: string | null;
  title: string;
  description: string;
  detail?: string | null;
  severity?: "info" | "warning" | "critical" | null;
  scope?: (MessageSendApprovalScope | PaymentApprovalScope | ExternalPostApprovalScope | StandingGrantApprovalScope | null) &
    (
      | (MessageSendApprovalScope | PaymentApprovalScope | ExternalPostApprovalScope | StandingGrantApprovalScope | null)
      | ((MessageSendApprovalScope | PaymentApprovalScope | ExternalPostApprovalScope | StandingGrantApprovalScope | null) & null)
    );
  toolName?: string | null;
  toolCallId?: string | null;
  mcpTool?: { server: string; tool: string };
  allowedDecisions?: ("allow-once" | "allow-always" | "deny")[] | null;
  agentId?: string | null;
  sessionKey?: string | null;
  approvalReviewerDeviceIds?: string[] | null;
  turnSourceChannel?: string | null;
  turnSourceTo?: string | null;
  turnSourceAccountId?: string | null;
  turnSourceThreadId?: string | number | null;
  timeoutMs?: number;
  twoPhase?: boolean;
}
export interface PluginApprovalResolveParams {
  id: string;
  decision: string;
  reviewer?: { channel: string; accountId: string; senderId: string };
}
export interface PluginsInspectParams {
  pluginId: string;
}
export interface PluginsInspectResult {
  ok: true;
  plugin: { id: string; name: string; version?: string; description?: string; origin?: string; installed: boolean; enabled: boolean };
  source?: PluginInspectSource;
  declared: PluginDeclaredSurface;
  reviewToken: string;
  grants: PluginOperatorGrants;
  trust?: PluginInstallTrust;
}
export interface PluginInspectSource {
  kind: "bundled" | "clawhub" | "npm" | "git" | "path" | "archive" | "marketplace" | "official-catalog";
  spec?: string;
  packageName?: string;
  integrity?: string;
  integrityKind?: "ssri" | "sha256" | "git-commit";
}
export interface PluginDeclaredSurface {
  channels: string[];
  providers: string[];
  tools: string[];
  contracts: string[];
  hooks: string[];
  mcpServers: string[];
  cliCommands: string[];
  cliBackends: string[];
  skills: string[];
  dangerousConfigFlags: string[];
}
export interface PluginOperatorGrants {
  hooks: { allowPromptInjection: PluginHookGrant; allowConversationAccess: PluginHookGrant };
  llm?: {
    allowModelOverride?: boolean;
    allowedModels?: string[];
    allowedCompletionModels?: string[];
    allowAuthProfileOverride?: boolean;
    allowAgentIdOverride?: boolean;
  };
  subagent?: { allowModelOverride?: boolean; allowedModels?: string[] };
}
export interface PluginHookGrant {
  effective: boolean;
  configured?: boolean;
}
export interface PluginInstallTrust {
  disposition: "clean" | "review-recommended" | "review-required" | "blocked";
  reasons?: string[];
  checkedAt?: string;
  acknowledgedAt?: string;
  pending?: boolean;
  stale?: boolean;
}
export interface PluginsInstallResult {
  ok: true;
  plugin: PluginCatalogEntry;
  restartRequired: true;
  warnings?: string[];
}
export interface PluginCatalogEntry {
  id: string;
  name: string;
  packageName?: string;
  description?: string;
  version?: string;
  kind?: string[];
  origin?: string;
  installed: boolean;
  enabled: boolean;
  state: "enabled" | "disabled" | "not-installed" | "error";
  featured?: boolean;
  featuredAt?: number;
  order?: number;
  hasIcon?: boolean;
  install?: PluginCatalogInstallAction;
  error?: string;
  category?: string;
  removable?: boolean;
}
export interface PluginCatalogClawHubInstall {
  source: "clawhub";
  packageName: string;
}
export interface PluginCatalogOfficialInstall {
  source: "official";
  pluginId: string;
}
export interface PluginsListResult {
  plugins: PluginCatalogEntry[];
  diagnostics: unknown[];
  mutationAllowed: boolean;
}
export interface PluginsRefreshResult {
  ok: true;
}
export interface PluginsSearchParams {
  query: string;
  limit?: number;
}
export interface PluginsSearchResult {
  results: PluginSearchResultEntry[];
}
export interface PluginSearchResultEntry {
  score: number;
  package: PluginSearchPackage;
}
export interface PluginSearchPackage {
  name: string;
  displayName: string;
  family: "code-plugin" | "bundle-plugin";
  channel: "official" | "community" | "private";
  isOfficial: boolean;
  summary?: string;
  latestVersion?: string;
  runtimeId?: string;
  downloads?: number;
  verificationTier?: string;
}
export interface PluginsSessionActionParams {
  pluginId: string;
  actionId: string;
  sessionKey?: string;
  agentId?: string;
  payload?: unknown;
}
export interface PluginsSessionActionSuccessResult {
  ok: true;
  result?: unknown;
  continueAgent?: boolean;
  reply?: unknown;
}
export interface PluginsSessionActionFailureResult {
  ok: false;
  error: string;
  code?: string;
  details?: unknown;
}
export interface PluginsSetEnabledParams {
  pluginId: string;
  enabled: boolean;
  acknowledgeCapabilities?: { reviewToken: string };
}
export interface PluginsSetEnabledResult {
  ok: true;
  plugin: PluginCatalogEntry;
  restartRequired: boolean;
  warnings?: string[];
}
export interface PluginsUiDescriptorsResult {
  ok: true;
  descriptors: PluginControlUiDescriptor[];
}
export interface PluginControlUiDescriptor {
  id: string;
  pluginId: string;
  pluginName?: string;
  surface: "session" | "tool" | "run" | "settings" | "tab" | "widget";
  label: string;
  description?: string;
  placement?: string;
  schema?: unknown;
  requiredScopes?: string[];
}
export interface PluginsUninstallParams {
  pluginId: string;
}
export interface PluginsUninstallResult {
  ok: true;
  pluginId: string;
  restartRequired: true;
  removed: string[];
  warnings?: string[];
}
export interface PollParams {
  to: string;
  question: string;
  options: string[];
  maxSelections?: number;
  durationSeconds?: number;
  durationHours?: number;
  silent?: boolean;
  isAnonymous?: boolean;
  threadId?: string;
  channel?: string;
  accountId?: string;
  idempotencyKey: string;
}
export interface PortalCloseParams {
  id: string;
}
export interface PortalCloseResult {
  closed: boolean;
}
export interface PortalListResult {
  portals: PortalSummary[];
}
export interface PortalSummary {
  id: string;
  title: string;
  port: number;
  listenPort: number;
  tokenQuery?: string;
  url?: string;
  publicUrl: string;
  path?: string;
  description?: string;
  origin?: string;
  createdAtMs: number;
}
export interface PortalOpenParams {
  port: number;
  title?: string;
  description?: string;
  path?: string;
}
export interface PortalOpenResult {
  id: string;
  title: string;
  port: number;
  listenPort: number;
  tokenQuery: string;
  url: string;
  publicUrl: string;
  path?: string;
  description?: string;
  origin?: string;
  createdAtMs: number;
}
export interface ProgressCardGetParams {
  sessionKey: string;
}
export interface ProgressCardGetResult {
  card: ProgressCard | null;
}
export interface ProgressCard {
  sessionKey: string;
  revision: number;
  updatedAt: number;
  markdown?: string;
  steps?: ProgressCardStep[];
}
export interface ProgressCardStep {
  step: string;
  status: ProgressCardStepStatus;
}
export interface ProgressCardPutParams {
  sessionKey: string;
  markdown?: string;
  plan?: ProgressCardStep[];
  expectedRevision?: number;
}
export interface ProgressCardPutResult {
  card: ProgressCard | null;
}
export interface ProjectsAddParams {
  gitUrl: string;
  name?: string;
}
export interface ProjectsAddResult {
  id: string;
  displayName: string;
  repoRoot?: string;
  originUrl?: string;
  source: "workspace" | "registered" | "cloned";
  agentId?: string;
}
export interface ProjectsListParams {
  includeObserved?: boolean;
}
export interface ProjectsListResult {
  projects: ProjectRecord[];
  recents?: ProjectRecent[];
  observedProjects?: ProjectSummary[];
}
export interface ProjectRecord {
  id: string;
  displayName: string;
  repoRoot?: string;
  originUrl?: string;
  source: "workspace" | "registered" | "cloned";
  agentId?: string;
}
export interface ProjectRecentProject {
  kind: "project";
  projectId: string;
  displayName: string;
}
export interface ProjectRecentFolder {
  kind: "folder";
  folder: string;
  displayName: string;
  execNode?: string;
}
export interface ProjectSummary {
  name: string;
  originUrl?: string;
  checkouts: ProjectCheckout[];
  lastUsedAt: number;
}
export interface ProjectCheckout {
  runnerId: string;
  path: string;
}
export interface ProjectsRegisterParams {
  path: string;
  name?: string;
}
export interface ProjectsRegisterResult {
  id: string;
  displayName: string;
  repoRoot?: string;
  originUrl?: string;
  source: "workspace" | "registered" | "cloned";
  agentId?: string;
}
export interface ProjectsRemoveParams {
  id: string;
  deleteCheckout?: boolean;
}
export interface ProjectsRemoveResult {
  removed: boolean;
}
export interface ProjectsSearchRemoteParams {
  query: string;
}
export interface ProjectsSearchRemoteResult {
  credential: "configured" | "missing";
  projects: RemoteProject[];
}
export interface RemoteProject {
  name: string;
  fullName: string;
  description?: string;
  cloneUrl: string;
  webUrl: string;
  private: boolean;
}
export interface PushTestParams {
  nodeId: string;
  title?: string;
  body?: string;
  environment?: "sandbox" | "production";
}
export interface PushTestResult {
  ok: boolean;
  status: number;
  apnsId?: string;
  reason?: string;
  tokenSuffix: string;
  topic: string;
  environment: "sandbox" | "production";
  transport: "direct" | "relay";
}
export interface QuestionGetParams {
  id: string;
}
export interface QuestionGetResult {
  question: QuestionRecord;
}
export interface QuestionRecord {
  id: string;
  questions: Question[];
  agentId?: string;
  sessionKey?: string;
  runId?: string;
  createdAtMs: number;
  expiresAtMs: number;
  status: QuestionStatus;
  answers?: QuestionAnswers;
  resolvedBy?: string;
}
export interface Question {
  questionId: string;
  header: string;
  question: string;
  options: QuestionOption[];
  multiSelect?: boolean;
  isOther?: boolean;
  isSecret?: boolean;
  secretStore?: QuestionSecretStoreBinding;
  secretStoreExisting?: QuestionSecretStoreExisting;
}
export interface QuestionOption {
  label: string;
  description?: string;
}
export interface QuestionSecretStoreBinding {
  name: string;
  kind: "secret" | "env";
  allowedHosts?: string[];
  reason?: string;
}
export interface QuestionSecretStoreExisting {
  updatedAtMs: number;
  updatedBy?: string;
}
export interface QuestionAnswers {
  answers: { [k: string]: string[] };
}
export interface QuestionListResult {
  questions: QuestionRecord[];
}
export interface QuestionRequestParams {
  id?: string;
  questions: QuestionRequestQuestion[];
  agentId?: string;
  sessionKey?: string;
  runId?: string;
  timeoutMs?: number;
}
export interface QuestionRequestQuestion {
  questionId: string;
  header: string;
  question: string;
  options: QuestionOption[];
  multiSelect?: boolean;
  isOther?: boolean;
  isSecret?: boolean;
  secretStore?: QuestionSecretStoreBinding;
}
export interface QuestionRequestResult {
  id: string;
  expiresAtMs: number;
}
export interface QuestionWaitAnswerParams {
  id: string;
  timeoutMs?: number;
}
export interface ToolsGitHubAuthorizeExpiredResult {
  status: "expired";
}
export interface SecretsResolveParams {
  commandName: string;
  targetIds: string[];
  allowedPaths?: string[];
  forcedActivePaths?: string[];
  optionalActivePaths?: string[];
  providerOverrides?: { webSearch?: string; webFetch?: string };
}
export interface SecretsResolveResult {
  ok?: boolean;
  assignments?: SecretsResolveAssignment[];
  diagnostics?: string[];
  inactiveRefPaths?: string[];
}
export interface SecretsResolveAssignment {
  path?: string;
  pathSegments: string[];
  value: unknown;
}
export interface SecretsStoreDeleteParams {
  name: string;
}
export interface SecretsStoreMutationResult {
  ok: true;
  reloaded: boolean;
  warningCount?: number;
}
export interface SecretsStoreListResult {
  entries: SecretStoreEntry[];
}
export interface SecretStoreSecretEntry {
  name: string;
  scopeKind: "team";
  scopeId: "";
  createdAtMs: number;
  updatedAtMs: number;
  updatedBy?: string;
  kind: "secret";
  allowedHosts?: string[];
}
export interface SecretStoreEnvEntry {
  name: string;
  scopeKind: "team";
  scopeId: "";
  createdAtMs: number;
  updatedAtMs: number;
  updatedBy?: string;
  kind: "env";
  value: string;
}
export interface SecretsStoreSetParams {
  name: string;
  value: string;
  kind: "secret" | "env";
  allowedHosts?: string[];
}
export interface SendParams {
  to: string;
  message?: string;
  mediaUrl?: string;
  mediaUrls?: string[];
  buffer?: string;
  filename?: string;
  contentType?: string;
  asVoice?: boolean;
  gifPlayback?: boolean;
  channel?: string;
  accountId?: string;
  agentId?: string;
  replyToId?: string;
  threadId?: string;
  forceDocument?: boolean;
  silent?: boolean;
  parseMode?: "HTML";
  sessionKey?: string;
  idempotencyKey: string;
}
export interface SessionDiscussionInfoParams {
  sessionKey: string;
  agentId?: string;
}
export interface SessionDiscussionInfoResult {
  state: "none" | "available" | "open";
  embedUrl?: string;
  openUrl?: string;
}
export interface SessionDiscussionOpenParams {
  sessionKey: string;
  agentId?: string;
}
export interface SessionDiscussionOpenResult {
  state: "none" | "available" | "open";
  embedUrl?: string;
  openUrl?: string;
}
export interface SessionMemberAddParams {
  sessionKey: string;
  agentId?: string;
  identityId: string;
}
export interface SessionMemberMutationResult {
  ok: true;
  sessionKey: string;
  identityId: string;
}
export interface SessionMembersListParams {
  sessionKey: string;
  agentId?: string;
}
export interface SessionMembersListResult {
  sessionKey: string;
  owner?: SessionSharingIdentity;
  members: SessionMember[];
  identities: SessionSharingIdentity[];
  role: SessionSharingRole;
  allowedVisibilities: SessionVisibility[];
}
export interface SessionSharingIdentity {
  type: "human" | "agent" | "system";
  id: string;
  label?: string;
  avatarUrl?: string;
  identity?: SessionParticipantIdentity;
}
export interface SessionMember {
  identityId: string;
  addedBy: string;
  addedAt: number;
}
export interface SessionMembersListEvidenceResult {
  sessionKey: string;
  owner?: SessionSharingIdentity;
  members: SessionMemberEvidence[];
  identities: SessionSharingIdentity[];
  role: SessionSharingRole;
  allowedVisibilities: SessionVisibility[];
}
export interface SessionMemberEvidence {
  identityId: string;
  addedBy?: string;
  addedByState?: "unknown";
  addedAt: number;
}
export interface SessionMemberRemoveParams {
  sessionKey: string;
  agentId?: string;
  identityId: string;
}
export interface SessionSuggestionsAddParams {
  sessionKey: string;
  agentId?: string;
  text: string;
}
export interface SessionSuggestionsAddResult {
  suggestion: SessionSuggestion;
}
export interface SessionSuggestion {
  id: string;
  sessionKey: string;
  agentId: string;
  author: SessionSharingIdentity;
  text: string;
  createdAt: number;
  state: SessionSuggestionState;
}
export interface SessionSuggestionsListParams {
  sessionKey: string;
  agentId?: string;
}
export interface SessionSuggestionsListResult {
  suggestions: SessionSuggestion[];
  role: SessionSharingRole;
}
export interface SessionSuggestionsResolveParams {
  sessionKey: string;
  agentId?: string;
  id: string;
  resolution: SessionSuggestionResolution;
}
export interface SessionSuggestionsResolveResult {
  suggestion: SessionSuggestion;
}
export interface SessionTypingParams {
  sessionKey: string;
  agentId?: string;
  sessionId: string;
  typing: boolean;
  preview?: string;
}
export interface SessionTypingResult {
  ok: true;
  broadcast: boolean;
}
export interface SessionVisibilitySetParams {
  sessionKey: string;
  agentId?: string;
  visibility: SessionVisibility;
}
export interface SessionVisibilitySetResult {
  ok: true;
  sessionKey: string;
  visibility: SessionVisibility;
}
export interface SessionsAbortParams {
  key?: string;
  runId?: string;
  agentId?: string;
  clearQueued?: boolean;
}
export interface SessionsAssignOwnerParams {
  key: string;
  agentId?: string;
  owner: { type: "agent" | "human"; id: string };
}
export interface SessionsAssignOwnerResult {
  ok: true;
  key: string;
  owner: SessionOwner;
}
export interface SessionOwner {
  actor: SessionCreatedActor;
  assignedBy?: SessionCreatedActor;
  assignedAt?: number;
}
export interface SessionCreatedActor {
  type: "human" | "agent" | "system";
  id?: string;
  label?: string;
  avatarUrl?: string;
  identity?: SessionParticipantIdentity;
}
export interface SessionsBranchesListParams {
  sessionKey: string;
  agentId?: string;
}
export interface SessionsBranchesListResult {
  branches: SessionBranch[];
}
export interface SessionBranch {
  leafEntryId: string;
  headline: string;
  messageCount: number;
  updatedAt?: string;
  active: boolean;
}
export interface SessionsBranchesSwitchParams {
  sessionKey: string;
  agentId?: string;
  leafEntryId: string;
}
export interface SessionsBranchesSwitchResult {}
export interface SessionsCatalogArchiveParams {
  catalogId: string;
  hostId: string;
  threadId: string;
  agentId?: string;
  sourceHomeId?: string;
  confirmNoOtherRunner: true;
}
export interface SessionsCatalogArchiveResult {
  ok: true;
}
export interface SessionsCatalogContinueParams {
  catalogId: string;
  hostId: string;
  threadId: string;
  agentId?: string;
  sourceHomeId?: string;
}
export interface SessionsCatalogContinueResult {
  sessionKey: string;
}
export interface SessionsCatalogListParams {
  catalogId?: string;
  cursors?: { [k: string]: string };
  agentId?: string;
  progressId?: string;
  search?: string;
  limitPerHost?: number;
  hostIds?: string[];
}
export interface SessionsCatalogListResult {
  catalogs: SessionCatalog[];
}
export interface SessionCatalog {
  id: string;
  label: string;
  capabilities: SessionCatalogCapabilities;
  shareRoute?: {
    kind: "thread-id-prefix";
    routeSegment: string;
    hostId: string;
    identifierAlphabet: "lowercase-hex";
    fullLength: 32;
    minPrefixLength: 12;
    lookup: "catalog-list-search-by-thread-id-prefix";
    ambiguity: "multiple-results-or-next-cursor";
  };
  hosts: SessionCatalogHost[];
  error?: { code: string; message: string };
}
export interface SessionCatalogCapabilities {
  continueSession: boolean;
  archive: boolean;
  createSession?: { model: string; startTerminal?: boolean };
  openTerminal?: boolean;
  startTerminal?: boolean;
}
export interface SessionCatalogHost {
  hostId: string;
  label: string;
  kind: "gateway" | "node";
  connected: boolean;
  nodeId?: string;
  canStartTerminal?: boolean;
  sessions: SessionCatalogSession[];
  nextCursor?: string;
  error?: { code: string; message: string };
}
export interface SessionCatalogSession {
  threadId: string;
  sourceHomeId?: string;
  name?: string;
  color?: string;
  cwd?: string;
  status: string;
  createdAt?: number;
  updatedAt?: number;
  recencyAt?: number;
  source?: string;
  modelProvider?: string;
  cliVersion?: string;
  gitBranch?: string;
  customGroup?: string;
  pullRequest?: SessionCatalogPullRequestSummary;
  archived: boolean;
  sessionKey?: string;
  createdActor?: SessionCreatedActor;
  canContinue: boolean;
  canArchive: boolean;
  canOpenTerminal?: boolean;
}
export interface SessionCatalogPullRequestSummary {
  numbers: number[];
  state: "open" | "draft" | "merged" | "closed";
}
export interface SessionsCatalogReadParams {
  catalogId: string;
  hostId: string;
  threadId: string;
  agentId?: string;
  sourceHomeId?: string;
  limit?: number;
  cursor?: string;
}
export interface SessionsCatalogReadResult {
  hostId: string;
  label?: string;
  threadId: string;
  items: SessionCatalogTranscriptItem[];
  nextCursor?: string;
}
export interface SessionCatalogTranscriptItem {
  id?: string;
  type: "userMessage" | "agentMessage" | "reasoning" | "toolCall" | "toolResult" | "other";
  text?: string;
  timestamp?: string;
  model?: string;
  sender?: SessionParticipant;
  truncated?: boolean;
  raw?: unknown;
}
export interface SessionParticipant {
  identity: SessionParticipantIdentity;
  label?: string;
  avatarUrl?: string;
}
export interface SessionsCatalogStartTerminalParams {
  catalogId: string;
  hostId?: string;
  agentId: string;
  cwd: string;
  initialMessage?: string;
}
export interface SessionsCatalogStartTerminalResult {
  sessionId: string;
  agentId: string;
  shell: string;
  cwd: string;
  confined: boolean;
  title?: string;
}
export interface SessionsCleanupParams {
  agent?: string;
  allAgents?: boolean;
  enforce?: boolean;
  activeKey?: string;
  fixMissing?: boolean;
  fixDmScope?: boolean;
}
export interface SessionsCompactParams {
  key: string;
  agentId?: string;
  maxLines?: number;
}
export interface SessionsCompactionBranchParams {
  key: string;
  agentId?: string;
  checkpointId: string;
}
export interface SessionsCompactionBranchResult {
  ok: true;
  sourceKey: string;
  key: string;
  sessionId: string;
  checkpoint: SessionCompactionCheckpoint;
  entry: { sessionId: string; updatedAt: number; [k: string]: unknown };
}
export interface SessionCompactionCheckpoint {
  checkpointId: string;
  sessionKey: string;
  sessionId: string;
  createdAt: number;
  reason: "manual" | "auto-threshold" | "overflow-retry" | "timeout-retry";
  tokensBefore?: number;
  tokensAfter?: number;
  tokensVersion?: 1;
  summary?: string;
  firstKeptEntryId?: string;
  preCompaction: { sessionId: string; sessionFile?: string; leafId?: string; entryId?: string };
  postCompaction: { sessionId: string; sessionFile?: string; leafId?: string; entryId?: string };
}
export interface SessionsCompactionListParams {
  key: string;
  agentId?: string;
}
export interface SessionsCompactionListResult {
  ok: true;
  key: string;
  checkpoints: SessionCompactionCheckpoint[];
}
export interface SessionsCompactionRestoreParams {
  key: string;
  agentId?: string;
  checkpointId: string;
}
export interface SessionsCompactionRestoreResult {
  ok: true;
  key: string;
  sessionId: string;
  checkpoint: SessionCompactionCheckpoint;
  entry: { sessionId: string; updatedAt: number; [k: string]: unknown };
}
export interface SessionsCompanionAskParams {
  sessionKey: string;
  agentId?: string;
  question: string;
}
export interface SessionsCompanionAskResult {
  answer: string;
  ts: number;
}
export interface SessionsCompanionResetParams {
  sessionKey: string;
  agentId?: string;
}
export interface SessionsCompanionResetResult {
  ok: true;
}
export interface SessionsCompanionStateParams {
  sessionKey: string;
  agentId?: string;
}
export interface SessionsCompanionStateResult {
  exchanges: SessionCompanionExchange[];
}
export interface SessionCompanionExchange {
  question: string;
  answer: string;
  ts: number;
}
export interface SessionsCreateParams {
  key?: string;
  idempotencyKey?: string;
  agentId?: string;
  label?: string;
  displayName?: string;
  category?: string;
  model?: string;
  contextWindow?: string;
  thinkingLevel?: string;
  fastMode?: boolean | "auto";
  permissionMode?: SessionPermissionMode;
  toolOverrides?: { mcpServers?: { [k: string]: boolean }; mcpToolsDeny?: { [k: string]: string[] }; skills?: { [k: string]: boolean }; webSearch?: boolean };
  incognito?: boolean;
  visibility?: SessionVisibility;
  catalogId?: string;
  parentSessionKey?: string;
  spawnDepth?: number;
  fork?: boolean;
  forkFrom?: "last-completed";
  emitCommandHooks?: boolean;
  succeedsParent?: boolean;
  task?: string;
  message?: string;
  attachments?: {
    type?: string;
    mimeType?: string;
    fileName?: string;
    content?: unknown;
    sizeBytes?: number;
    durationMs?: number;
    width?: number;
    height?: number;
    [k: string]: unknown;
  }[];
  projectId?: string;
  projectGitUrl?: string;
  worktree?: boolean;
  worktreeBaseRef?: string;
  worktreeName?: string;
  execNode?: string;
  cwd?: string;
}
export interface SessionsCreateResult {
  ok: true;
  key: string;
  sessionId?: string;
  entry?: { [k: string]: unknown };
  runStarted?: boolean;
  runId?: string;
  messageSeq?: number;
  runError?: ErrorShape;
  worktree?: SessionWorktreeInfo;
  [k: string]: unknown;
}
export interface ErrorShape {
  code: string;
  message: string;
  details?: unknown;
  retryable?: boolean;
  retryAfterMs?: number;
}
export interface SessionWorktreeInfo {
  id: string;
  path: string;
  branch: string;
}
export interface SessionsDeleteParams {
  key: string;
  agentId?: string;
  deleteTranscript?: boolean;
  expectedSessionId?: string;
  expectedLifecycleRevision?: string;
  expectedSessionUpdatedAt?: number;
  emitLifecycleHooks?: boolean;
  archivedOnly?: boolean;
}
export interface SessionsDeleteResult {
  ok: true;
  key: string;
  deleted: boolean;
  archived: string[];
  worktreePreserved?: PreservedSessionWorktree;
}
export interface PreservedSessionWorktree {
  id: string;
  branch: string;
  path: string;
  reason: "owner-mismatch" | "busy" | "foreign-lock" | "snapshot-failed" | "cleanup-failed";
}
export interface SessionsDescribeParams {
  key: string;
  includeDerivedTitles?: boolean;
  includeLastMessage?: boolean;
}
export interface SessionsDiffParams {
  sessionKey: string;
  agentId?: string;
  scope?: "all" | "uncommitted" | "commit";
  commit?: string;
}
export interface SessionsDiffResult {
  sessionKey: string;
  root?: string;
  branch?: string;
  baseRef?: string;
  aheadCount?: number;
  commits?: SessionDiffCommit[];
  mergeBase?: SessionDiffCommit;
  files: SessionDiffFile[];
  additions: number;
  deletions: number;
  truncated?: boolean;
  unavailableReason?: "unknown_session" | "not_git" | "unknown_commit";
}
export interface SessionDiffCommit {
  sha: string;
  subject: string;
}
export interface SessionDiffFile {
  path: string;
  oldPath?: string;
  status: SessionDiffFileStatus;
  additions: number;
  deletions: number;
  binary?: boolean;
  untracked?: boolean;
  patch?: string;
  truncated?: boolean;
}
export interface SessionsDispatchParams {
  key: string;
  agentId?: string;
  profileId?: string;
  deviceId?: string;
  autoDevice?: true;
  machineClass?: string;
}
export interface SessionsDispatchResult {
  ok: true;
  key: string;
  sessionId: string;
  placement: ActiveWorkerSessionPlacement;
}
export interface ActiveWorkerSessionPlacement {
  state: "active";
  generation: number;
  createdAtMs: number;
  updatedAtMs: number;
  stateChangedAtMs: number;
  providerId?: string;
  profileId?: string;
  environmentId: string;
  activeOwnerEpoch: number;
  workerBundleHash: string;
  workspaceBaseManifestRef: string;
  remoteWorkspaceDir: string;
  lastTranscriptAckCursor?: number;
  lastLiveEventAckCursor?: number;
  workspaceResultConflict?: { paths: string[]; stagedResultRef: string; totalCount?: number };
  diskSpace?: SessionPlacementDiskSpace;
  runner?: SessionPlacementRunner;
}
export interface SessionPlacementDiskSpace {
  status: "ok" | "warning" | "critical";
  availableBytes: number;
  totalBytes: number;
  observedAtMs: number;
}
export interface SessionPlacementRunner {
  kind: "device";
  status: "available" | "offline";
  deviceId?: string;
}
export interface SessionsFilesGetParams {
  sessionKey: string;
  path: string;
  agentId?: string;
}
export interface SessionsFilesGetResult {
  sessionKey: string;
  root?: string;
  file: SessionFileEntry;
}
export interface SessionFileEntry {
  path: string;
  workspacePath?: string;
  name: string;
  kind: "modified" | "read";
  missing: boolean;
  size?: number;
  updatedAtMs?: number;
  content?: string;
  hash?: string;
  mimeType?: string;
  contentEncoding?: "utf8" | "base64";
  previewKind?: "text" | "image" | "unsupported";
}
export interface SessionsFilesListParams {
  sessionKey: string;
  agentId?: string;
  path?: string;
  search?: string;
}
export interface SessionsFilesListResult {
  sessionKey: string;
  root?: string;
  gitCheckout?: boolean;
  files: SessionFileEntry[];
  browser?: SessionFileBrowserResult;
}
export interface SessionFileBrowserResult {
  path: string;
  parentPath?: string;
  search?: string;
  entries: SessionFileBrowserEntry[];
  truncated?: boolean;
}
export interface SessionFileBrowserEntry {
  path: string;
  name: string;
  kind: "file" | "directory";
  sessionKind?: "modified" | "read" | "mixed";
  size?: number;
  updatedAtMs?: number;
}
export interface SessionsFilesRevealParams {
  key: string;
  agentId?: string;
}
export interface SessionsFilesRevealResult {
  ok: boolean;
  path?: string;
  error?: string;
}
export interface SessionsFilesSetParams {
  sessionKey: string;
  path: string;
  agentId?: string;
  content: string;
  expectedHash: string;
}
export interface SessionsFilesSetResult {
  sessionKey: string;
  root?: string;
  file: SessionFileEntry;
}
export interface SessionsForkParams {
  sessionKey: string;
  agentId?: string;
  entryId: string;
}
export interface SessionsForkResult {
  sessionKey: string;
  editorText?: string;
  editorAttachments?: { mimeType: string; data: string }[];
}
export interface SessionGitHubConfirmParams {
  sessionKey: string;
  requestId: string;
  generation: string;
  account: { accountId: number; login: string };
  requestDigest: string;
}
export interface SessionGitHubOptionsParams {
  sessionKey: string;
}
export interface SessionGitHubOptionsResult {
  personal: PersonalGitHubStatus | null;
  shared: { source: GitHubIdentitySource; accountId: number; login: string } | null;
  pendingPersonal: SessionGitHubStatusResult | null;
}
export interface PersonalGitHubStatus {
  state: "connected" | "disconnected" | "unavailable";
  generation: string | null;
  account: { accountId: number; login: string } | null;
  accessExpiresAtMs: number | null;
  refreshState: "available" | "refreshing" | "expired" | "failed" | "not_applicable";
  pending: UsersGitHubAuthorizeStartResult | null;
}
export interface UsersGitHubAuthorizeStartResult {
  requestId: string;
  userCode: string;
  verificationUri: "https://github.com/login/device";
  expiresInMs: number;
  pollAfterMs: number;
}
export interface SessionGitHubStatusResult {
  result: SessionGitHubPublicationResult;
  confirmation: null | {
    requestDigest: string;
    generation: string;
    account: { accountId: number; login: string };
    pushRepository: string;
    repository: string;
    branch: string;
    baseBranch: string;
    sourceHeadCommit: string;
    sourceIndexTree: string;
    workspaceTree: string;
  };
}
export interface SessionGitHubPublicationRequested {
  requestId: string;
  publisher?: { source: "personal" | "system-detected" | "system-configured" | "agent-override"; accountId: number; login: string };
  effect?: { kind: "push" | "pull_request"; status: "dispatched" | "observed"; headCommit?: string; url?: string };
  status: "requested";
  message: string;
}
export interface SessionGitHubPublicationPublishing {
  requestId: string;
  publisher?: { source: "personal" | "system-detected" | "system-configured" | "agent-override"; accountId: number; login: string };
  effect?: { kind: "push" | "pull_request"; status: "dispatched" | "observed"; headCommit?: string; url?: string };
  status: "publishing";
  message: string;
}
export interface SessionGitHubPublicationPublished {
  requestId: string;
  publisher?: { source: "personal" | "system-detected" | "system-configured" | "agent-override"; accountId: number; login: string };
  effect?: { kind: "push" | "pull_request"; status: "dispatched" | "observed"; headCommit?: string; url?: string };
  status: "published";
  url: string;
  repository: string;
  branch: string;
  headCommit: string;
}
export interface SessionGitHubPublicationFailed {
  requestId: string;
  publisher?: { source: "personal" | "system-detected" | "system-configured" | "agent-override"; accountId: number; login: string };
  effect?: { kind: "push" | "pull_request"; status: "dispatched" | "observed"; headCommit?: string; url?: string };
  status: "failed";
  code:
    | "identity_changed"
    | "identity_unavailable"
    | "session_changed"
    | "workspace_changed"
    | "not_git"
    | "not_github"
    | "no_changes"
    | "push_rejected"
    | "github_rejected"
    | "unavailable";
  message: string;
  nextAction: string;
}
export interface SessionGitHubPublicationNeedsConfirmation {
  requestId: string;
  publisher?: { source: "personal" | "system-detected" | "system-configured" | "agent-override"; accountId: number; login: string };
  effect?: { kind: "push" | "pull_request"; status: "dispatched" | "observed"; headCommit?: string; url?: string };
  status: "needs_confirmation";
  message: string;
}
export interface SessionGitHubPublishParams {
  sessionKey?: string;
  idempotencyKey: string;
  title?: string;
  body?: string;
  selection?:
    | { source: "shared"; expected?: { source: GitHubIdentitySource; accountId: number; login: string } }
    | { source: "personal"; generation: string; account: { accountId: number; login: string } };
}
export interface SessionGitHubStatusParams {
  sessionKey: string;
  requestId: string;
}
export interface SessionsGoalClearParams {
  sessionKey: string;
  agentId?: string;
  sessionId?: string;
  goalId: string;
  operationId: string;
  issuedAtMs: number;
}
export interface SessionsGoalMutationResult {
  operationId: string;
  action: "start" | "edit" | "pause" | "resume" | "complete" | "block" | "clear";
  sessionId: string;
  goalId: string;
  goal?: {
    schemaVersion: 1;
    id: string;
    objective: string;
    status: "active" | "paused" | "blocked" | "usage_limited" | "budget_limited" | "complete";
    createdAt: number;
    updatedAt: number;
    tokenStart: number;
    tokenStartFresh?: boolean;
    tokensUsed: number;
    tokenBudget?: number;
    continuationTurns: number;
    lastStatusNote?: string;
    pausedAt?: number;
    blockedAt?: number;
    completedAt?: number;
    usageLimitedAt?: number;
    budgetLimitedAt?: number;
  };
  runId?: string;
  replayed?: true;
  status: "started" | "updated" | "cleared";
}
export interface SessionsGroupsDefaultsResult {
  defaults: SessionGroupDefaults[];
}
export interface SessionGroupDefaults {
  name: string;
  cwd?: string;
  worktree?: boolean;
}
export interface SessionsGroupsDeleteParams {
  name: string;
}
export interface SessionsGroupsMutationResult {
  ok: true;
  groups: SessionGroup[];
  sectionOrder?: string[];
  updatedSessions?: number;
}
export interface SessionGroup {
  name: string;
  position: number;
}
export interface SessionsGroupsListResult {
  groups: SessionGroup[];
  sectionOrder?: string[];
}
export interface SessionsGroupsPutParams {
  names: string[];
  sectionOrder?: string[];
}
export interface SessionsGroupsRenameParams {
  name: string;
  to: string;
}
export interface SessionsGroupsUpdateParams {
  name: string;
  cwd: string | null;
  worktree: boolean;
}
export interface SessionsGroupsUpdateResult {
  ok: true;
  defaults: SessionGroupDefaults[];
}
export interface SessionsListParams {
  limit?: number;
  offset?: number;
  activeMinutes?: number;
  requireLastInteraction?: boolean;
  sortBy?: "updatedAt" | "lastInteractionAt";
  includeGlobal?: boolean;
  includeUnknown?: boolean;
  configuredAgentsOnly?: boolean;
  includeDerivedTitles?: boolean;
  includeLastMessage?: boolean;
  label?: string;
  boardFace?: "chat" | "dashboard";
  creatorId?: string;
  ownerId?: string;
  ownerFirst?: boolean;
  involvingMe?: boolean;
  involvingProfileId?: string;
  includePeople?: boolean;
  spawnedBy?: string;
  agentId?: string;
  search?: string;
  archived?: boolean | "all";
}
export interface SessionsMessagesSubscribeParams {
  key: string;
  agentId?: string;
  includeApprovals?: true;
}
export interface SessionsMessagesUnsubscribeParams {
  key: string;
  agentId?: string;
}
export interface SessionsMoveParams {
  key: string;
  agentId?: string;
  expected: SessionMoveExpectedSource;
  target: SessionMoveTarget;
  abandonSource?: true;
}
export interface SessionMoveExpectedSource {
  generation: number;
  environmentId: string;
  ownerEpoch: number;
}
export interface SessionMoveGatewayTarget {
  kind: "gateway";
}
export interface SessionMoveProfileTarget {
  kind: "profile";
  profileId: string;
  machineClass?: string;
}
export interface SessionMoveDeviceTarget {
  kind: "device";
  deviceId: string;
}
export interface SessionsMoveResult {
  ok: true;
  key: string;
  sessionId: string;
  placement: SessionMovePlacement;
}
export interface SessionMovePlacement {
  state: "local" | "active";
  generation: number;
}
export interface SessionsObserverVisibilityParams {
  visible: boolean;
}
export interface SessionsObserverVisibilityResult {
  ok: true;
}
export interface SessionsPatchParams {
  key: string;
  agentId?: string;
  expectedSessionId?: string;
  expectedLifecycleRevision?: string;
  expectedPermissionMode?: SessionPermissionMode | null;
  expectedToolOverrides?: {
    mcpServers?: { [k: string]: boolean };
    mcpToolsDeny?: { [k: string]: string[] };
    skills?: { [k: string]: boolean };
    webSearch?: boolean;
  } | null;
  expectedMarkedUnreadAt?: number | null;
  label?: string | null;
  icon?: string | null;
  color?: string | null;
  category?: string | null;
  boardFace?: "chat" | "dashboard";
  statusNote?: string | null;
  attention?: ("hand" | "key" | "alert" | "flag" | "lock" | "hourglass") | null;
  ttlMinutes?: number;
  archived?: boolean;
  pinned?: boolean;
  unread?: boolean;
  contextWindow?: string | null;
  thinkingLevel?: string | null;
  fastMode?: boolean | "auto" | null;
  toolOverrides?: {
    mcpServers?: { [k: string]: boolean };
    mcpToolsDeny?: { [k: string]: string[] };
    skills?: { [k: string]: boolean };
    webSearch?: boolean;
  } | null;
  verboseLevel?: string | null;
  traceLevel?: string | null;
  reasoningLevel?: string | null;
  responseUsage?: "off" | "tokens" | "full" | "on" | null;
  elevatedLevel?: string | null;
  execHost?: string | null;
  execSecurity?: string | null;
  execAsk?: string | null;
  execNode?: string | null;
  permissionMode?: SessionPermissionMode | null;
  model?: string | null;
  completionOwnerSessionKey?: string | null;
  inheritedToolPolicyVersion?: 1 | null;
  inheritedToolAllow?: string[] | null;
  inheritedToolDeny?: string[] | null;
  sendPolicy?: "allow" | "deny" | null;
  groupActivation?: "mention" | "always" | null;
}
export interface SessionsPatchManyParams {
  targets: SessionsPatchManyTarget[];
  patch: SessionsPatchMutation;
}
export interface SessionsPatchManyTarget {
  key: string;
  agentId?: string;
  expectedSessionId?: string;
  expectedLifecycleRevision?: string;
}
export interface SessionsPatchMutation {
  label?: string | null;
  icon?: string | null;
  color?: string | null;
  category?: string | null;
  boardFace?: "chat" | "dashboard";
  statusNote?: string | null;
  attention?: ("hand" | "key" | "alert" | "flag" | "lock" | "hourglass") | null;
  ttlMinutes?: number;
  archived?: boolean;
  pinned?: boolean;
  unread?: boolean;
  contextWindow?: string | null;
  thinkingLevel?: string | null;
  fastMode?: boolean | "auto" | null;
  toolOverrides?: {
    mcpServers?: { [k: string]: boolean };
    mcpToolsDeny?: { [k: string]: string[] };
    skills?: { [k: string]: boolean };
    webSearch?: boolean;
  } | null;
  verboseLevel?: string | null;
  traceLevel?: string | null;
  reasoningLevel?: string | null;
  responseUsage?: "off" | "tokens" | "full" | "on" | null;
  elevatedLevel?: string | null;
  execHost?: string | null;
  execSecurity?: string | null;
  execAsk?: string | null;
  execNode?: string | null;
  permissionMode?: SessionPermissionMode | null;
  model?: string | null;
  completionOwnerSessionKey?: string | null;
  inheritedToolPolicyVersion?: 1 | null;
  inheritedToolAllow?: string[] | null;
  inheritedToolDeny?: string[] | null;
  sendPolicy?: "allow" | "deny" | null;
  groupActivation?: "mention" | "always" | null;
}
export interface SessionsPatchManyResult {
  outcomes: ({ ok: true; key: string; agentId?: string } | { ok: false; key: string; agentId?: string; error: ErrorShape })[];
}
export interface SessionsPluginPatchParams {
  key: string;
  agentId?: string;
  pluginId: string;
  namespace: string;
  value?: unknown;
  unset?: boolean;
}
export interface SessionsPluginPatchResult {
  ok: true;
  key: string;
  value?: unknown;
}
export interface SessionsPreviewParams {
  keys: string[];
  limit?: number;
  maxChars?: number;
}
export interface SessionsReclaimParams {
  key: string;
  agentId?: string;
}
export interface SessionsReclaimResult {
  ok: true;
  key: string;
  sessionId: string;
  placement: SessionsReclaimResultPlacement;
}
export interface LocalSessionPlacement {
  state: "local";
  generation: number;
  createdAtMs: number;
  updatedAtMs: number;
  stateChangedAtMs: number;
}
export interface ReclaimedSessionPlacement {
  state: "reclaimed";
  generation: number;
  createdAtMs: number;
  updatedAtMs: number;
  stateChangedAtMs: number;
  providerId?: string;
  profileId?: string;
  environmentId?: string;
  activeOwnerEpoch?: number;
  workspaceBaseManifestRef?: string;
  remoteWorkspaceDir?: string;
  workerBundleHash?: string;
  lastTranscriptAckCursor?: number;
  lastLiveEventAckCursor?: number;
  workspaceResultConflict?: { paths: string[]; stagedResultRef: string; totalCount?: number };
  terminalReason?: string;
  terminalAtMs?: number;
}
export interface SessionsRecoverParams {
  key: string;
  agentId?: string;
}
export interface SessionsRecoverResult {
  ok: true;
  key: string;
  sessionId: string;
  continuation: { status: "started"; runId: string } | { status: "rejected"; error: ErrorShape };
}
export interface SessionsResetParams {
  key: string;
  agentId?: string;
  reason?: "new" | "reset";
}
export interface SessionsResolveParams {
  key?: string;
  sessionId?: string;
  label?: string;
  shortId?: string;
  slugHint?: string;
  agentId?: string;
  spawnedBy?: string;
  includeGlobal?: boolean;
  includeUnknown?: boolean;
  allowMissing?: boolean;
}
export interface SessionsResolveCandidate {
  key: string;
  agentId: string;
  displayName?: string;
  boardFace?: "chat" | "dashboard";
}
export interface SessionsRewindParams {
  sessionKey: string;
  agentId?: string;
  entryId: string;
}
export interface SessionsRewindResult {
  editorText?: string;
  editorAttachments?: { mimeType: string; data: string }[];
}
export interface SessionsSearchParams {
  agentId?: string;
  sessionKeys?: string[];
  query: string;
  limit?: number;
}
export interface SessionsSearchResult {
  results: SessionsSearchHit[];
  indexing?: boolean;
  truncated?: boolean;
}
export interface SessionsSearchHit {
  sessionKey: string;
  sessionId: string;
  messageId: string;
  role: "user" | "assistant";
  timestamp: number;
  snippet: string;
  score: number;
}
export interface SessionsSendParams {
  key: string;
  agentId?: string;
  message: string;
  thinking?: string;
  attachments?: {
    type?: string;
    mimeType?: string;
    fileName?: string;
    content?: unknown;
    sizeBytes?: number;
    durationMs?: number;
    width?: number;
    height?: number;
    [k: string]: unknown;
  }[];
  timeoutMs?: number;
  idempotencyKey?: string;
}
export interface SessionsTitlePrepareParams {
  agentId: string;
  message: string;
  model?: string;
  catalogId?: string;
  incognito?: boolean;
}
export interface SessionsTitlePrepareResult {
  title: string | null;
}
export interface SessionsUsageParams {
  key?: string;
  agentId?: string;
  agentScope?: "all";
  startDate?: string;
  endDate?: string;
  mode?: "utc" | "gateway" | "specific";
  range?: "7d" | "30d" | "90d" | "1y" | "all";
  groupBy?: "instance" | "family";
  /**
   * @deprecated
   */
  includeHistorical?: boolean;
  /**
   * @deprecated
   */
  utcOffset?: string;
  timeZone?: string;
  limit?: number;
  includeContextWeight?: boolean;
}
export interface SessionsViewerPresenceSetParams {
  agentId?: string;
  sessionKeys: string[];
}
export interface SessionsViewerPresenceSetResult {
  sessionKeys: string[];
}
export interface SkillsBinsResult {
  bins: string[];
}
export interface SkillsCuratorActionParams {
  skill: string;
}
export interface SkillsCuratorActionResult {
  skillFile: string;
  skillKey: string;
  skillName: string;
  state: "active" | "stale" | "archived";
  pinned: boolean;
  createdAtMs: number;
  stateChangedAtMs: number;
  lastUsedAtMs: number | null;
  useCount: number;
  archivedReason: string | null;
}
export interface SkillsCuratorStatusResult {
  lastAttemptAtMs: number | null;
  lastSuccessAtMs: number | null;
  lastError: string | null;
  collectionReview?: { [k: string]: { attemptedAtMs: number; succeededAtMs?: number; error?: string } };
  experienceReview?: {
    [k: string]: {
      attemptedAtMs: number;
      outcome: "applied" | "proposed" | "nothing" | "failed";
      proposalId?: string;
      error?: string;
      usage?: { inputTokens: number; cachedInputTokens: number; outputTokens: number };
    };
  };
  counts: { active: number; stale: number; archived: number };
  skills: SkillsCuratorActionResult[];
  overlaps: { left: string; right: string; score: number }[];
}
export interface SkillsDetailParams {
  slug: string;
}
export interface SkillsDetailResult {
  skill: {
    slug: string;
    displayName: string;
    summary?: string;
    tags?: { [k: string]: string };
    channel?: string | null;
    isOfficial?: boolean | null;
    createdAt: number;
    updatedAt: number;
  } | null;
  latestVersion?: { version: string; createdAt: number; changelog?: string } | null;
  metadata?: { os?: string[] | null; systems?: string[] | null } | null;
  owner?: {
    handle?: string | null;
    displayName?: string | null;
    image?: string | null;
    official?: boolean | null;
    channel?: string | null;
    isOfficial?: boolean | null;
  } | null;
}
export interface SkillsLibraryActivateParams {
  sessionKey: string;
  action: "attach" | "detach" | "refresh";
  skillId?: string;
  revision?: string;
}
export interface SkillsLibraryImportParams {
  slug: string;
  source: { kind: "clawhub"; slug: string; version?: string };
}
export interface SkillsLibraryListParams {
  sessionKey?: string;
  scope?: "mine" | "team" | "all";
}
export interface SkillsLibraryMutateParams {
  skillId: string;
  expectedRevision: string;
  action: "share" | "unshare" | "transfer" | "remove" | "enable" | "disable" | "rollback";
  revision?: string;
}
export interface SkillsLibraryReadParams {
  skillId: string;
  revision?: string;
  sessionKey?: string;
}
export interface SkillsLibrarySaveParams {
  skillId?: string;
  expectedRevision: string | null;
  slug: string;
  content: string;
  files?: { path: string; content: string; encoding?: "utf8" | "base64"; executable?: boolean }[];
}
export interface SkillsProposalActionParams {
  agentId?: string;
  proposalId: string;
  expectedRevisionHash?: string;
  correlationId?: string;
  reason?: string;
}
export interface SkillsProposalApplyResult {
  record: SkillsProposalRecordResult;
  targetSkillFile: string;
}
export interface SkillsProposalRecordResult {
  schema: "openclaw.skill-workshop.proposal.v1";
  id: string;
  kind: "create" | "update";
  status: "pending" | "applied" | "rejected" | "quarantined" | "stale";
  title: string;
  description: string;
  createdAt: string;
  updatedAt: string;
  createdBy: "skill-workshop" | "cli" | "gateway";
  origin?: { agentId?: string; sessionKey?: string; runId?: string; messageId?: string };
  proposedVersion: string;
  draftFile: "PROPOSAL.md";
  draftHash: string;
  supportFiles?: { path: string; sizeBytes: number; hash: string; targetExisted?: boolean; targetContentHash?: string }[];
  target: { skillName: string; skillKey: string; skillDir: string; skillFile: string; source?: string; currentContentHash?: string };
  scan: {
    state: "pending" | "clean" | "failed" | "quarantined";
    scannedAt: string;
    critical: number;
    warn: number;
    info: number;
    findings: { ruleId: string; severity: "info" | "warn" | "critical"; file: string; line: number; message: string; evidence: string }[];
  };
  goal?: string;
  evidence?: string;
  appliedAt?: string;
  rejectedAt?: string;
  quarantinedAt?: string;
  staleAt?: string;
  statusReason?: string;
  evaluation?: {
    id: string;
    proposedVersion: string;
    revisionHash: string;
    trigger: "manual" | "apply";
    startedAt: string;
    completedAt: string;
    correlationId?: string;
    targetTreeSha256?: string;
    outcomes: (
      | {
          pluginId: string;
          pluginVersion?: string;
          evaluatorId: string;
          status: "completed";
          result: {
            summary?: string;
            findings?: { ruleId: string; severity: "info" | "warn" | "critical"; message: string; file?: string; line?: number }[];
            metrics?: { [k: string]: string | number | boolean };
            evaluatorVersion?: string;
            mode?: string;
            decision?: "pass" | "revise" | "block";
            decisionReason?: string;
          };
        }
      | { pluginId: string; pluginVersion?: string; evaluatorId: string; status: "skipped" }
      | { pluginId: string; pluginVersion?: string; evaluatorId: string; status: "error"; error: string }
    )[];
  };
}
export interface SkillsProposalCreateParams {
  agentId?: string;
  name: string;
  description: string;
  content: string;
  supportFiles?: { path: string; content: string }[];
  goal?: string;
  evidence?: string;
}
export interface SkillsProposalEvaluateParams {
  agentId?: string;
  proposalId: string;
  expectedRevisionHash?: string;
  correlationId?: string;
}
export interface SkillsProposalEvaluateResult {
  record: SkillsProposalRecordResult;
  evaluation: {
    id: string;
    proposedVersion: string;
    revisionHash: string;
    trigger: "manual" | "apply";
    startedAt: string;
    completedAt: string;
    correlationId?: string;
    targetTreeSha256?: string;
    outcomes: (
      | {
          pluginId: string;
          pluginVersion?: string;
          evaluatorId: string;
          status: "completed";
          result: {
            summary?: string;
            findings?: { ruleId: string; severity: "info" | "warn" | "critical"; message: string; file?: string; line?: number }[];
            metrics?: { [k: string]: string | number | boolean };
            evaluatorVersion?: string;
            mode?: string;
            decision?: "pass" | "revise" | "block";
            decisionReason?: string;
          };
        }
      | { pluginId: string; pluginVersion?: string; evaluatorId: string; status: "skipped" }
      | { pluginId: string; pluginVersion?: string; evaluatorId: string; status: "error"; error: string }
    )[];
  };
}
export interface SkillsProposalEventsListParams {
  agentId?: string;
  proposalId?: string;
  afterSequence?: number;
  limit?: number;
}
export interface SkillsProposalEventsListResult {
  events: {
    sequence: number;
    eventId: string;
    proposalId: string;
    proposedVersion: string;
    revisionHash: string;
    type: "created" | "revised" | "evaluation_completed" | "applied" | "rejected" | "quarantined" | "stale";
    occurredAt: string;
    actor: { type: "agent" | "gateway" | "plugin" | "system"; id?: string };
    correlationId?: string;
    payload?: { [k: string]: string | number | boolean | null };
    evaluation?: {
      id: string;
      proposedVersion: string;
      revisionHash: string;
      trigger: "manual" | "apply";
      startedAt: string;
      completedAt: string;
      correlationId?: string;
      targetTreeSha256?: string;
      outcomes: (
        | {
            pluginId: string;
            pluginVersion?: string;
            evaluatorId: string;
            status: "completed";
            result: {
              summary?: string;
              findings?: { ruleId: string; severity: "info" | "warn" | "critical"; message: string; file?: string; line?: number }[];
              metrics?: { [k: string]: string | number | boolean };
              evaluatorVersion?: string;
              mode?: string;
              decision?: "pass" | "revise" | "block";
              decisionReason?: string;
            };
          }
        | { pluginId: string; pluginVersion?: string; evaluatorId: string; status: "skipped" }
        | { pluginId: string; pluginVersion?: string; evaluatorId: string; status: "error"; error: string }
      )[];
    };
  }[];
  nextSequence?: number;
}
export interface SkillsProposalHistoryScanParams {
  agentId?: string;
  direction?: "older" | "newer";
}
export interface SkillsProposalHistoryScanResult {
  schema: "openclaw.skill-workshop.history-scan.v1";
  hasScanned: boolean;
  reviewedSessions: number;
  ideasFound: number;
  hasMore: boolean;
  lastScanReviewed: number;
  lastScanIdeas: number;
  lastScanAt?: string;
  oldestReviewedAt?: string;
  newestReviewedAt?: string;
}
export interface SkillsProposalHistoryStatusParams {
  agentId?: string;
}
export interface SkillsProposalInspectParams {
  agentId?: string;
  proposalId: string;
}
export interface SkillsProposalInspectResult {
  record: SkillsProposalRecordResult;
  revisionHash?: string;
  content: string;
  supportFiles?: { path: string; content: string }[];
}
export interface SkillsProposalsListParams {
  agentId?: string;
}
export interface SkillsProposalsListResult {
  schema: "openclaw.skill-workshop.proposals-manifest.v1";
  updatedAt: string;
  proposals: {
    id: string;
    kind: "create" | "update";
    status: "pending" | "applied" | "rejected" | "quarantined" | "stale";
    title: string;
    description: string;
    skillName: string;
    skillKey: string;
    createdAt: string;
    updatedAt: string;
    scanState: "pending" | "clean" | "failed" | "quarantined";
  }[];
}
export interface SkillsProposalDecisionParams {
  agentId?: string;
  proposalId: string;
  expectedRevisionHash: string;
  correlationId?: string;
  reason?: string;
}
export interface SkillsProposalRequestRevisionParams {
  agentId?: string;
  targetAgentId?: string;
  proposalId: string;
  expectedRevisionHash: string;
  instructions: string;
  sessionKey: string;
  sessionId?: string;
  idempotencyKey: string;
}
export interface SkillsProposalRequestRevisionResult {
  runId: string;
  status: "started" | "in_flight" | "ok" | "timeout" | "error";
  [k: string]: unknown;
}
export interface SkillsProposalReviseParams {
  agentId?: string;
  proposalId: string;
  expectedRevisionHash?: string;
  correlationId?: string;
  content?: string;
  supportFiles?: { path: string; content: string }[];
  description?: string;
  goal?: string;
  evidence?: string;
}
export interface SkillsProposalUpdateParams {
  agentId?: string;
  skillName: string;
  description?: string;
  content: string;
  supportFiles?: { path: string; content: string }[];
  goal?: string;
  evidence?: string;
}
export interface SkillsSearchParams {
  query?: string;
  limit?: number;
}
export interface SkillsSearchResult {
  results: {
    score: number;
    slug: string;
    installRef: string;
    installOnly?: true;
    trustState?: "not-scanned-by-clawhub";
    displayName: string;
    summary?: string;
    icon?: string | null;
    version?: string;
    updatedAt?: number;
  }[];
}
export interface SkillsSecurityVerdictsParams {
  agentId?: string;
}
export interface SkillsSecurityVerdictsResult {
  schema: "openclaw.skills.security-verdicts.v1";
  items: {
    registry: string;
    ok: boolean;
    decision: string;
    reasons: string[];
    requestedSlug: string;
    requestedOwnerHandle?: string;
    requestedVersion: string;
    slug?: string | null;
    version?: string | null;
    displayName?: string | null;
    publisherHandle?: string | null;
    publisherDisplayName?: string | null;
    createdAt?: number | null;
    checkedAt?: number | null;
    skillUrl?: string | null;
    securityAuditUrl?: string | null;
    securityStatus?: string | null;
    securityPassed?: boolean | null;
    error?: { code?: string; message?: string };
  }[];
}
export interface SkillsSkillCardParams {
  agentId?: string;
  skillKey: string;
}
export interface SkillsSkillCardResult {
  schema: "openclaw.skills.skill-card.v1";
  skillKey: string;
  path: string;
  sizeBytes: number;
  content: string;
}
export interface SkillsStatusParams {
  agentId?: string;
  sessionKey?: string;
}
export interface SkillsUploadBeginParams {
  kind: "skill-archive";
  slug: string;
  sizeBytes: number;
  sha256?: string;
  force?: boolean;
  idempotencyKey?: string;
}
export interface SkillsUploadChunkParams {
  uploadId: string;
  offset: number;
  dataBase64: string;
}
export interface SkillsUploadCommitParams {
  uploadId: string;
  sha256?: string;
}
export interface SystemInfoResult {
  machineName: string;
  hostname: string;
  platform: string;
  release: string;
  arch: string;
  osLabel: string;
  lanAddress?: string;
  port?: number;
  nodeVersion: string;
  pid: number;
  processInstanceId?: string;
  uptimeMs: number;
  cpuCount: number;
  cpuModel?: string;
  loadAverage?: [] | [number] | [number, number] | [number, number, number];
  memoryTotalBytes: number;
  memoryFreeBytes: number;
  diskTotalBytes?: number;
  diskAvailableBytes?: number;
  diskPath?: string;
  defaultAgentUtilityModel?: { status: "auto"; model: string } | { status: "configured"; model: string } | { status: "disabled" } | { status: "unavailable" };
}
export interface TalkCatalogResult {
  modes: ("realtime" | "stt-tts" | "transcription")[];
  transports: ("webrtc" | "provider-websocket" | "gateway-relay" | "managed-room")[];
  brains: ("agent-consult" | "direct-tools" | "none")[];
  speech: {
    ready?: boolean;
    activeProvider?: string;
    providers: {
      id: string;
      label: string;
      configured: boolean;
      aliases?: string[];
      models?: string[];
      voices?: string[];
      voicesByModel?: { [k: string]: string[] };
      defaultModel?: string;
      modes?: ("realtime" | "stt-tts" | "transcription")[];
      transports?: ("webrtc" | "provider-websocket" | "gateway-relay" | "managed-room")[];
      brains?: ("agent-consult" | "direct-tools" | "none")[];
      inputAudioFormats?: { encoding: "pcm16" | "g711_ulaw"; sampleRateHz: number; channels: number }[];
      outputAudioFormats?: { encoding: "pcm16" | "g711_ulaw"; sampleRateHz: number; channels: number }[];
      supportsBrowserSession?: boolean;
      supportsBargeIn?: boolean;
      supportsToolCalls?: boolean;
      supportsVideoFrames?: boolean;
      supportsSessionResumption?: boolean;
    }[];
  };
  transcription: {
    ready?: boolean;
    activeProvider?: string;
    providers: {
      id: string;
      label: string;
      configured: boolean;
      aliases?: string[];
      models?: string[];
      voices?: string[];
      voicesByModel?: { [k: string]: string[] };
      defaultModel?: string;
      modes?: ("realtime" | "stt-tts" | "transcription")[];
      transports?: ("webrtc" | "provider-websocket" | "gateway-relay" | "managed-room")[];
      brains?: ("agent-consult" | "direct-tools" | "none")[];
      inputAudioFormats?: { encoding: "pcm16" | "g711_ulaw"; sampleRateHz: number; channels: number }[];
      outputAudioFormats?: { encoding: "pcm16" | "g711_ulaw"; sampleRateHz: number; channels: number }[];
      supportsBrowserSession?: boolean;
      supportsBargeIn?: boolean;
      supportsToolCalls?: boolean;
      supportsVideoFrames?: boolean;
      supportsSessionResumption?: boolean;
    }[];
  };
  realtime: {
    ready?: boolean;
    activeProvider?: string;
    providers: {
      id: string;
      label: string;
      configured: boolean;
      aliases?: string[];
      models?: string[];
      voices?: string[];
      voicesByModel?: { [k: string]: string[] };
      defaultModel?: string;
      modes?: ("realtime" | "stt-tts" | "transcription")[];
      transports?: ("webrtc" | "provider-websocket" | "gateway-relay" | "managed-room")[];
      brains?: ("agent-consult" | "direct-tools" | "none")[];
      inputAudioFormats?: { encoding: "pcm16" | "g711_ulaw"; sampleRateHz: number; channels: number }[];
      outputAudioFormats?: { encoding: "pcm16" | "g711_ulaw"; sampleRateHz: number; channels: number }[];
      supportsBrowserSession?: boolean;
      supportsBargeIn?: boolean;
      supportsToolCalls?: boolean;
      supportsVideoFrames?: boolean;
      supportsSessionResumption?: boolean;
    }[];
  };
}
export interface TalkClientCloseParams {
  sessionKey: string;
  voiceSessionId: string;
}
export interface TalkClientMutationResult {
  ok: true;
}
export interface TalkClientCreateParams {
  sessionKey?: string;
  voiceSessionId?: string;
  provider?: string;
  model?: string;
  voice?: string;
  vadThreshold?: number;
  silenceDurationMs?: number;
  prefixPaddingMs?: number;
  reasoningEffort?: string;
  mode?: "realtime" | "stt-tts" | "transcription";
  transport?: "webrtc" | "provider-websocket" | "gateway-relay" | "managed-room";
  brain?: "agent-consult" | "direct-tools" | "none";
  capabilities?: ("camera-frame" | "voice-transcript" | "gateway-control-v1")[];
}
export interface TalkClientSteerParams {
  sessionKey: string;
  text: string;
  mode?: "status" | "steer" | "cancel" | "followup";
}
export interface TalkAgentControlResult {
  ok: boolean;
  mode: "status" | "steer" | "cancel" | "followup";
  sessionKey: string;
  sessionId?: string;
  active: boolean;
  queued?: boolean;
  aborted?: boolean;
  target?: "embedded_run" | "reply_run";
  reason?: string;
  message: string;
  speak: boolean;
  show: boolean;
  suppress: boolean;
  providerResult?: { status: "cancelled"; message: string };
  enqueuedAtMs?: number;
  deliveredAtMs?: number;
}
export interface TalkClientToolCallParams {
  sessionKey: string;
  voiceSessionId?: string;
  callId: string;
  name: string;
  args?: unknown;
  relaySessionId?: string;
}
export interface TalkClientToolCallResult {
  runId: string;
  idempotencyKey: string;
  agentId: string;
  agentSessionKey: string;
}
export interface TalkClientTranscriptParams {
  sessionKey: string;
  voiceSessionId: string;
  entryId: string;
  role: "user" | "assistant";
  text: string;
  timestamp?: number;
}
export interface TalkConfigParams {
  includeSecrets?: boolean;
}
export interface TalkConfigResult {
  config: {
    talk?: {
      provider?: string;
      providers?: {
        [k: string]: {
          apiKey?:
            | string
            | (
                | { source: "env"; provider: string; id: string }
                | { source: "file"; provider: string; id: string }
                | { source: "exec"; provider: string; id: string }
                | { source: "store"; provider: string; id: string }
              );
          [k: string]: unknown;
        };
      };
      realtime?: {
        provider?: string;
        providers?: {
          [k: string]: {
            apiKey?:
              | string
              | (
                  | { source: "env"; provider: string; id: string }
                  | { source: "file"; provider: string; id: string }
                  | { source: "exec"; provider: string; id: string }
                  | { source: "store"; provider: string; id: string }
                );
            [k: string]: unknown;
          };
        };
        model?: string;
        speakerVoice?: string;
        speakerVoiceId?: string;
        voice?: string;
        instructions?: string;
        mode?: "realtime" | "stt-tts" | "transcription";
        transport?: "webrtc" | "provider-websocket" | "gateway-relay" | "managed-room";
        vadThreshold?: number;
        silenceDurationMs?: number;
        prefixPaddingMs?: number;
        reasoningEffort?: string;
        brain?: "agent-consult" | "direct-tools" | "none";
        consultRouting?: "provider-direct" | "force-agent-consult";
      };
      resolved?: {
        provider: string;
        config: {
          apiKey?:
            | string
            | (
                | { source: "env"; provider: string; id: string }
                | { source: "file"; provider: string; id: string }
                | { source: "exec"; provider: string; id: string }
                | { source: "store"; provider: string; id: string }
              );
          [k: string]: unknown;
        };
      };
      consultThinkingLevel?: string;
      consultFastMode?: boolean;
      speechLocale?: string;
      interruptOnSpeech?: boolean;
      silenceTimeoutMs?: number;
    };
    session?: { mainKey?: string };
    ui?: { seamColor?: string };
  };
}
export interface TalkModeParams {
  enabled: boolean;
  phase?: string;
}
export interface TalkSessionAcknowledgeMarkParams {
  sessionId: string;
  markName: string;
}
export interface TalkSessionOkResult {
  ok: boolean;
}
export interface TalkSessionAppendAudioParams {
  sessionId: string;
  audioBase64: string;
  timestamp?: number;
}
export interface TalkSessionCancelOutputParams {
  sessionId: string;
  turnId?: string;
  reason?: string;
}
export interface TalkSessionCancelOutputResult {
  ok: true;
  status?: "applied" | "stale" | "idle";
  turnId?: string;
}
export interface TalkSessionCloseParams {
  sessionId: string;
}
export interface TalkSessionCreateParams {
  sessionKey?: string;
  spawnedBy?: string;
  provider?: string;
  model?: string;
  voice?: string;
  language?: string;
  vadThreshold?: number;
  silenceDurationMs?: number;
  prefixPaddingMs?: number;
  reasoningEffort?: string;
  mode?: "realtime" | "stt-tts" | "transcription";
  transport?: "webrtc" | "provider-websocket" | "gateway-relay" | "managed-room";
  brain?: "agent-consult" | "direct-tools" | "none";
  ttlMs?: number;
}
export interface TalkSessionCreateResult {
  sessionId: string;
  provider?: string;
  mode: "realtime" | "stt-tts" | "transcription";
  transport: "webrtc" | "provider-websocket" | "gateway-relay" | "managed-room";
  brain: "agent-consult" | "direct-tools" | "none";
  relaySessionId?: string;
  transcriptionSessionId?: string;
  handoffId?: string;
  roomId?: string;
  roomUrl?: string;
  token?: string;
  audio?: unknown;
  model?: string;
  voice?: string;
  expiresAt?: number;
}
export interface TalkSessionSteerParams {
  sessionId: string;
  sessionKey?: string;
  text: string;
  mode?: "status" | "steer" | "cancel" | "followup";
}
export interface TalkSessionSubmitToolResultParams {
  sessionId: string;
  callId: string;
  result: unknown;
  options?: { suppressResponse?: boolean; willContinue?: boolean };
}
export interface TalkSpeakParams {
  text: string;
  voiceId?: string;
  modelId?: string;
  outputFormat?: string;
  speed?: number;
  rateWpm?: number;
  stability?: number;
  similarity?: number;
  style?: number;
  speakerBoost?: boolean;
  seed?: number;
  normalize?: string;
  language?: string;
  latencyTier?: number;
}
export interface TalkSpeakResult {
  audioBase64: string;
  provider: string;
  outputFormat?: string;
  voiceCompatible?: boolean;
  mimeType?: string;
  fileExtension?: string;
}
export interface TaskSuggestionsAcceptParams {
  taskId: string;
  mode?: "worktree" | "local" | "cloud" | "session";
  cloudProfileId?: string;
}
export interface TaskSuggestionsAcceptResult {
  taskId: string;
  key: string;
}
export interface TaskSuggestionsCreateParams {
  title: string;
  prompt: string;
  tldr: string;
  cwd: string;
  sessionKey: string;
  agentId?: string;
}
export interface TaskSuggestionsCreateResult {
  taskId: string;
  suggestion: TaskSuggestion;
}
export interface TaskSuggestion {
  id: string;
  title: string;
  prompt: string;
  tldr: string;
  cwd: string;
  sessionKey: string;
  agentId?: string;
  createdAt: number;
}
export interface TaskSuggestionsDismissParams {
  taskId: string;
  reason?: string;
}
export interface TaskSuggestionsDismissResult {
  taskId: string;
  dismissed: boolean;
}
export interface TaskSuggestionsListParams {
  sessionKey?: string;
  agentId?: string;
}
export interface TaskSuggestionsListResult {
  suggestions: TaskSuggestion[];
}
export interface TasksCancelParams {
  taskId: string;
  reason?: string;
}
export interface TasksCancelResult {
  found: boolean;
  cancelled: boolean;
  reason?: string;
  task?: TaskSummary;
}
export interface TaskSummary {
  id: string;
  kind?: string;
  runtime?: string;
  status: "queued" | "running" | "completed" | "failed" | "cancelled" | "timed_out";
  title?: string;
  agentId?: string;
  sessionKey?: string;
  childSessionKey?: string;
  ownerKey?: string;
  runId?: string;
  taskId?: string;
  flowId?: string;
  parentTaskId?: string;
  sourceId?: string;
  createdAt?: string | number;
  updatedAt?: string | number;
  startedAt?: string | number;
  endedAt?: string | number;
  toolUseCount?: number;
  lastToolName?: string;
  lastActivity?: string;
  diffStat?: { files: number; added: number; removed: number };
  progressSummary?: string;
  terminalSummary?: string;
  error?: string;
  deliveryStatus?: "pending" | "delivered" | "session_queued" | "failed" | "dismissed" | "parent_missing" | "not_applicable";
  terminalOutcome?: "succeeded" | "blocked";
  result?: string;
  prompt?: string;
}
export interface TasksRecoveryParams {
  taskIds: string[];
}
export interface TasksRecoveryResult {
  results: { taskId: string; ok: boolean; reason?: string; duplicateRisk?: boolean; task?: TaskSummary }[];
}
export interface TasksGetParams {
  taskId: string;
}
export interface TasksGetResult {
  task: TaskSummary;
}
export interface TasksListParams {
  status?:
    ("queued" | "running" | "completed" | "failed" | "cancelled" | "timed_out") | ("queued" | "running" | "completed" | "failed" | "cancelled" | "timed_out")[];
  agentId?: string;
  sessionKey?: string;
  limit?: number;
  cursor?: string;
}
export interface TasksListResult {
  tasks: TaskSummary[];
  nextCursor?: string;
}
export interface TerminalAttachParams {
  sessionId: string;
}
export interface TerminalAttachResult {
  sessionId: string;
  agentId: string;
  shell: string;
  cwd: string;
  confined: boolean;
  title?: string;
  owner?: "conn" | string;
  buffer: string;
  seq?: number;
}
export interface TerminalCloseParams {
  sessionId: string;
}
export interface TerminalAckResult {
  ok: boolean;
}
export interface TerminalInputParams {
  sessionId: string;
  data: string;
}
export interface TerminalListResult {
  sessions: TerminalSessionInfo[];
}
export interface TerminalSessionInfo {
  sessionId: string;
  agentId: string;
  shell: string;
  title?: string;
  cwd: string;
  confined: boolean;
  attached: boolean;
  owner?: "conn" | string;
  createdAtMs: number;
}
export interface TerminalOpenParams {
  agentId?: string;
  sessionKey?: string;
  catalog?: { catalogId: string; hostId: string; threadId: string; agentId?: string; sourceHomeId?: string };
  cols: number;
  rows: number;
}
export interface TerminalOpenResult {
  sessionId: string;
  agentId: string;
  shell: string;
  cwd: string;
  confined: boolean;
  title?: string;
}
export interface TerminalResizeParams {
  sessionId: string;
  cols: number;
  rows: number;
}
export interface TerminalUploadParams {
  sessionId: string;
  name: string;
  contentBase64: string;
}
export interface TerminalUploadResult {
  path: string;
  size: number;
}
export interface ToolsCatalogParams {
  agentId?: string;
  includePlugins?: boolean;
}
export interface ToolsCatalogResult {
  agentId: string;
  profiles: ToolCatalogProfile[];
  groups: ToolCatalogGroup[];
}
export interface ToolCatalogProfile {
  id: "minimal" | "coding" | "messaging" | "full";
  label: string;
}
export interface ToolCatalogGroup {
  id: string;
  label: string;
  source: "core" | "plugin";
  pluginId?: string;
  tools: ToolCatalogEntry[];
}
export interface ToolCatalogEntry {
  id: string;
  label: string;
  description: string;
  source: "core" | "plugin";
  pluginId?: string;
  optional?: boolean;
  risk?: "low" | "medium" | "high";
  tags?: string[];
  defaultProfiles: ("minimal" | "coding" | "messaging" | "full")[];
}
export interface ToolsEffectiveParams {
  agentId?: string;
  sessionKey: string;
}
export interface ToolsEffectiveResult {
  agentId: string;
  profile: string;
  groups: ToolsEffectiveGroup[];
  notices?: ToolsEffectiveNotice[];
}
export interface ToolsEffectiveGroup {
  id: "core" | "plugin" | "channel" | "mcp";
  label: string;
  source: "core" | "plugin" | "channel" | "mcp";
  tools: ToolsEffectiveEntry[];
}
export interface ToolsEffectiveEntry {
  id: string;
  label: string;
  description: string;
  rawDescription: string;
  source: "core" | "plugin" | "channel" | "mcp";
  pluginId?: string;
  channelId?: string;
  mcpServer?: string;
  mcpToolName?: string;
  deniedBySession?: true;
  risk?: "low" | "medium" | "high";
  tags?: string[];
}
export interface ToolsEffectiveNotice {
  id: string;
  severity: "info" | "warning";
  message: string;
  servers?: string[];
}
export interface ToolsGitHubAuthorizeCancelParams {
  requestId: string;
}
export interface ToolsGitHubAuthorizeCancelResult {
  cancelled: boolean;
}
export interface ToolsGitHubAuthorizePollParams {
  requestId: string;
}
export interface ToolsGitHubAuthorizePendingResult {
  status: "pending";
  retryAfterMs: number;
}
export interface ToolsGitHubAuthorizeSlowDownResult {
  status: "slow_down";
  retryAfterMs: number;
}
export interface ToolsGitHubAuthorizeAccessDeniedResult {
  status: "access_denied";
}
export interface ToolsGitHubAuthorizeIncorrectDeviceCodeResult {
  status: "incorrect_device_code";
}
export interface ToolsGitHubAuthorizeNetworkErrorResult {
  status: "network_error";
  retryAfterMs: number;
}
export interface ToolsGitHubAuthorizeFailedResult {
  status: "failed";
  reason: "identity_changed" | "setup_failed";
}
export interface ToolsGitHubAuthorizeSuccessResult {
  status: "success";
  githubStatus: ToolsGitHubStatusResult;
}
export interface ToolsGitHubStatusResult {
  agentId: string;
  selectedScope: "system" | "agent";
  selected: GitHubSelectedIdentity;
  effective: GitHubIdentityFacts;
}
export interface GitHubSelectedIdentity {
  scope: "system" | "agent";
  configured: boolean;
  identity: GitHubIdentityFacts | null;
}
export interface GitHubIdentityFacts {
  source: GitHubIdentitySource;
  credentialKind: "native" | "managed-pat" | "managed-oauth";
  credentialState: "available" | "unavailable" | "configured_unavailable" | "unverified" | "rate_limited";
  account: { login: string } | null;
  gitAuthor: { name: string | null; email: string | null };
  evidence: "github-api" | "none" | "unverified" | "rate-limited";
  accessExpiresAtMs: number | null;
  refreshState: "not_applicable" | "available" | "expired" | "unavailable" | "refreshing" | "failed";
  oauthScopes: string[];
  repositoryGrants: "unknown";
}
export interface ToolsGitHubAuthorizeStartParams {
  scope: "system" | "agent";
  agentId: string;
}
export interface ToolsGitHubAuthorizeStartResult {
  requestId: string;
  userCode: string;
  verificationUri: "https://github.com/login/device";
  expiresInMs: number;
  pollAfterMs: number;
}
export interface GitHubAuthor {
  name?: string;
  email?: string;
}
export interface ToolsGitHubStatusParams {
  agentId: string;
  selectedScope: "system" | "agent";
}
export interface ToolsInvokeParams {
  name: string;
  args?: { [k: string]: unknown };
  sessionKey?: string;
  agentId?: string;
  confirm?: boolean;
  idempotencyKey?: string;
  conversationReadOrigin?: "direct-operator";
}
export interface ToolsInvokeResult {
  ok: boolean;
  toolName: string;
  output?: unknown;
  requiresApproval?: boolean;
  approvalId?: string;
  source?: "core" | "plugin" | "mcp" | "channel" | string;
  error?: ToolsInvokeError;
}
export interface ToolsInvokeError {
  code: string;
  message: string;
  details?: unknown;
}
export interface TtsSpeakParams {
  text: string;
}
export interface TtsSpeakResult {
  audioBase64: string;
  provider: string;
  outputFormat?: string;
  mimeType?: string;
  fileExtension?: string;
}
export interface UiCommandParams {
  command: UiCommand;
  sessionKey?: string;
  agentId?: string;
}
export interface UiSplitCommand {
  kind: "split";
  direction: "right" | "down";
  sessionKey: string;
}
export interface UiClosePaneCommand {
  kind: "close-pane";
  sessionKey: string;
}
export interface UiFocusCommand {
  kind: "focus";
  sessionKey: string;
}
export interface UiSidebarCommand {
  kind: "sidebar";
  visible: boolean;
}
export interface UiPanelCommand {
  kind: "panel";
  panel: "terminal" | "browser";
  open: boolean;
  dock?: "bottom" | "right";
  terminalSessionId?: string;
}
export interface UiNavigateCommand {
  kind: "navigate";
  sessionKey: string;
}
export interface UiCommandResult {
  ok: boolean;
}
export interface UpdateHoldResult {
  ok: boolean;
  schedule?: UpdateScheduleState;
}
export interface UpdateRunParams {
  sessionKey?: string;
  deliveryContext?: { channel?: string; to?: string; accountId?: string; threadId?: string | number };
  note?: string;
  continuationMessage?: string;
  restartDelayMs?: number;
  timeoutMs?: number;
  target?: { kind: "git"; upstreamRef: string; upstreamSha: string };
}
export interface UpdateStatusParams {
  refreshCheckout?: boolean;
}
export interface UpdateStatusResult {
  sentinel: unknown;
  updateAvailable: UpdateAvailable | null;
  effectiveChannel?: "stable" | "extended-stable" | "beta" | "dev";
  schedule?: UpdateScheduleState;
}
export interface UsersGitHubAuthorizeCancelParams {
  requestId: string;
}
export interface UsersGitHubAuthorizeCancelResult {
  cancelled: boolean;
}
export interface UsersGitHubAuthorizePollParams {
  requestId: string;
}
export interface UsersGitHubDisconnectResult {
  disconnected: true;
}
export interface UsersGitHubStatusResult {
  personal: PersonalGitHubStatus;
  system: GitHubIdentityFacts;
}
export interface WakeParams {
  mode: "now" | "next-heartbeat";
  text: string;
  sessionKey?: string;
  agentId?: string;
  [k: string]: unknown;
}
export interface WebLoginStartParams {
  force?: boolean;
  timeoutMs?: number;
  verbose?: boolean;
  accountId?: string;
}
export interface WebLoginWaitParams {
  timeoutMs?: number;
  accountId?: string;
  currentQrDataUrl?: string;
}
export interface WizardCancelParams {
  sessionId: string;
}
export interface WizardNextParams {
  sessionId: string;
  answer?: { stepId: string; value?: unknown };
}
export interface WizardNextResult {
  done: boolean;
  step?: WizardStep;
  status?: "running" | "done" | "cancelled" | "error";
  error?: string;
  channels?: string[];
  accounts?: { channel: string; accountId: string }[];
  preparedModelRef?: string;
  modelActivation?: { modelRef: string; gatewayRestartRequired?: true };
}
export interface WizardStartParams {
  mode?: "local" | "remote";
  workspace?: string;
  installDaemon?: boolean;
  flow?: "setup" | "channels";
  channel?: string;
}
export interface WizardStartResult {
  sessionId: string;
  done: boolean;
  step?: WizardStep;
  status?: "running" | "done" | "cancelled" | "error";
  error?: string;
  channels?: string[];
  accounts?: { channel: string; accountId: string }[];
  preparedModelRef?: string;
  modelActivation?: { modelRef: string; gatewayRestartRequired?: true };
}
export interface WizardStatusParams {
  sessionId: string;
}
export interface WizardStatusResult {
  status: "running" | "done" | "cancelled" | "error";
  error?: string;
}
export interface WorkerDesktopLaunchParams {
  environmentId: string;
  app: "browser" | "terminal";
}
export interface WorkerDesktopLaunchResult {
  app: "browser" | "terminal";
  status: "ready";
}
export interface WorkerDesktopObserveParams {
  environmentId: string;
  control?: boolean;
}
export interface WorkerDesktopObserveResult {
  transport: "rfb";
  wsPath: string;
  expiresAtMs: number;
  control: boolean;
  vncPassword?: string;
}
export interface WorktreesBranchesParams {
  repoRoot: string;
  includeRepositoryStatus?: boolean;
}
export interface WorktreesBranchesResult {
  branches: WorktreeBranch[];
  defaultBranch?: string;
  headBranch?: string;
  repositoryStatus?: "git" | "not_git" | "unavailable";
}
export interface WorktreeBranch {
  name: string;
  kind: "local" | "remote";
}
export interface WorktreesCreateParams {
  repoRoot: string;
  name?: string;
  baseRef?: string;
}
export interface WorktreesGcResult {
  removed: string[];
  orphansDeleted: number;
  snapshotsPruned: number;
}
export interface WorktreesListResult {
  worktrees: WorktreeRecord[];
}
export interface WorktreeRecord {
  id: string;
  name: string;
  repoFingerprint: string;
  repoRoot: string;
  path: string;
  branch: string;
  baseRef: string;
  ownerKind: "manual" | "workboard" | "session";
  ownerId?: string;
  snapshotRef?: string;
  createdAt: number;
  lastActiveAt: number;
  removedAt?: number;
  runEndCleanup?:
    | { outcome: "removed-lossless" | "retained-busy" | "retained-dirty" | "retained-unpushed" | "retained-provisioned-drift"; at: number }
    | { outcome: "failed"; at: number; reason: string };
}
export interface WorktreesRemoveParams {
  id: string;
  force?: boolean;
}
export interface WorktreesRemoveResult {
  removed: boolean;
  snapshotRef?: string;
  snapshotError?: string;
}
export interface WorktreesRestoreParams {
  id: string;
}
export interface GatewayEvents {
  agent: AgentRunEvent;
  chat: ChatEvent;
  "chat.metadata.changed": Members;
  "connect.challenge": ConnectChallenge;
  "controlUi.sessionPullRequests.changed": unknown;
  cron: CronEvent;
  "device.pair.changed": Members;
  "device.pair.requested": DevicePairRequestedEvent;
  "device.pair.resolved": DevicePairResolvedEvent;
  "device.pair.setup.completed": DevicePairSetupCompletedEvent;
  "device.pair.setup.deliveryUncertain": DevicePairSetupDeliveryUncertainEvent;
  "exec.approval.requested": ExecApproval;
  "exec.approval.resolved": ExecApprovalResolvedEvent;
  "gateway.suspension": GatewaySuspension;
  health: Health;
  heartbeat: Heartbeat;
  "mentions.changed": MentionsChangedEvent;
  "models.snapshot": unknown;
  "node.hostStats": NodeHostStatsEvent;
  "node.invoke.cancel": NodeInvokeCancelEvent;
  "node.invoke.input": NodeInvokeInputEvent;
  "node.invoke.request": NodeInvokeRequestEvent;
  "node.pair.requested": PendingNode;
  "node.pair.resolved": NodePairResolvedEvent;
  "node.presence": NodePresenceEvent;
  "node.runnerInventory.changed": unknown;
  "openclaw.approval.requested": ApprovalRequestedEvent;
  "openclaw.approval.resolved": ApprovalResolvedEvent;
  "plugin.approval.requested": ApprovalRequestedEvent;
  "plugin.approval.resolved": ApprovalResolvedEvent;
  "plugins.changed": PluginsChangedEvent;
  "plugins.controlUi.changed": RevisionEvent;
  "plugins.install.progress": unknown;
  "portal.changed": PortalChangedEvent;
  presence: PresenceEvent;
  "progressCard.changed": ProgressCardChangedEvent;
  "question.requested": QuestionRecord;
  "question.resolved": QuestionResolvedEvent;
  "session.approval": SessionApprovalEvent;
  "session.message": SessionMessageEvent;
  "session.observer": SessionObserverDigest;
  "session.operation": SessionOperationEvent;
  "session.sharing": SessionSharingEvent;
  "session.sharing.evidence": SessionSharingEvidenceEvent;
  "session.suggestion": SessionSuggestionEvent;
  "session.tool": AgentRunEvent;
  "session.typing": SessionTypingEvent;
  "sessions.changed": SessionsChangedEvent;
  shutdown: ShutdownEvent;
  "skills.changed": SkillsChangedEvent;
  "talk.event": TalkEventOf;
  "talk.mode": TalkModeState;
  "talk.voice.change": unknown;
  task: TaskEvent;
  "task.suggestion": TaskSuggestionEvent;
  "terminal.data": TerminalDataEvent;
  "terminal.exit": TerminalExitEvent;
  tick: TickEvent;
  "ui.command": UiCommandParams;
  "update.available": UpdateAvailableEvent;
  "update.run.changed": unknown;
  "users.prefs.changed": UsersPrefsChangedEvent;
  "voicewake.changed": VoiceWakeTriggers;
  "voicewake.routing.changed": VoiceWakeRoutingChangedEvent;
}
export interface ChatStatusEvent {
  runId: string;
  sessionKey: string;
  agentId?: string;
  spawnedBy?: string;
  seq: number;
  state: "status";
  phase: ChatRunStartupPhase;
}
export interface ChatDeltaEvent {
  runId: string;
  sessionKey: string;
  agentId?: string;
  spawnedBy?: string;
  seq: number;
  state: "delta";
  message?: LiveMessage;
  deltaText: string;
  replace?: boolean;
  usage?: Usage;
}
export interface ChatFinalEvent {
  runId: string;
  sessionKey: string;
  agentId?: string;
  spawnedBy?: string;
  seq: number;
  state: "final";
  message?: LiveMessage;
  usage?: Usage;
  stopReason?: string;
  yielded?: true;
}
export interface ChatAbortedEvent {
  runId: string;
  sessionKey: string;
  agentId?: string;
  spawnedBy?: string;
  seq: number;
  state: "aborted";
  message?: LiveMessage;
  errorMessage?: string;
  stopReason?: string;
}
export interface ChatErrorEvent {
  runId: string;
  sessionKey: string;
  agentId?: string;
  spawnedBy?: string;
  seq: number;
  state: "error";
  message?: LiveMessage;
  errorMessage?: string;
  errorKind?: "refusal" | "timeout" | "rate_limit" | "context_length" | "unknown";
  errorDetail?: {
    provider?: string;
    model?: string;
    failoverReason?: string;
    providerRuntimeFailureKind?: string;
    providerErrorType?: string;
    httpStatus?: number;
    providerErrorMessagePreview?: string;
  };
  usage?: Usage;
  stopReason?: string;
}
export interface DevicePairRequestedEvent {
  requestId: string;
  deviceId: string;
  publicKey: string;
  displayName?: string;
  platform?: string;
  deviceFamily?: string;
  clientId?: string;
  clientMode?: string;
  browserOrigin?: string;
  role?: string;
  roles?: string[];
  scopes?: string[];
  remoteIp?: string;
  silent?: boolean;
  isRepair?: boolean;
  ts: number;
}
export interface DevicePairResolvedEvent {
  requestId: string;
  deviceId: string;
  decision: string;
  ts: number;
}
export interface DevicePairSetupDeliveryUncertainEvent {
  setupId: string;
  deviceId: string;
  deviceName?: string;
  access: "full" | "limited" | "node";
  ts: number;
}
export interface NodeInvokeInputEvent {
  id: string;
  nodeId: string;
  seq: number;
  payloadJSON: string;
}
export interface NodeInvokeRequestEvent {
  id: string;
  nodeId: string;
  command: string;
  paramsJSON?: string;
  timeoutMs?: number;
  idempotencyKey?: string;
}
export interface PortalChangedEvent {
  portals: PortalSummary[];
}
export interface ProgressCardChangedEvent {
  sessionKey: string;
  revision: number | null;
}
export interface PendingSessionApprovalEvent {
  sessionKey: string;
  sourceSessionKey?: string;
  updatedAtMs: number;
  phase: "pending";
  approval: PendingApprovalSnapshot;
}
export interface TerminalSessionApprovalEvent {
  sessionKey: string;
  sourceSessionKey?: string;
  updatedAtMs: number;
  phase: "terminal";
  approval: TerminalApprovalSnapshot;
}
export interface SessionObserverDigest {
  sessionKey: string;
  agentId?: string;
  runId?: string;
  revision: number;
  updatedAt: number;
  headline: string;
  assessment?: string;
  health: SessionObserverHealth;
  planProgress?: SessionObserverPlanProgress;
}
export interface SessionObserverPlanProgress {
  completed: number;
  total: number;
}
export interface SessionOperationEvent {
  operationId: string;
  operation: "compact";
  phase: "start" | "end";
  sessionKey: string;
  agentId?: string;
  ts: number;
  completed?: boolean;
  reason?: string;
}
export interface SessionSharingEvent {
  action: SessionSharingAction;
  sessionKey: string;
  agentId: string;
  actor: SessionSharingIdentity;
  visibility?: SessionVisibility;
  identityId?: string;
  ts: number;
}
export interface SessionSharingEvidenceEvent {
  action: SessionSharingAction;
  sessionKey: string;
  agentId: string;
  actorState?: "unknown";
  visibility?: SessionVisibility;
  identityId?: string;
  ts: number;
}
export interface SessionSuggestionEvent {
  action: "added" | "resolved";
  suggestion: SessionSuggestion;
}
export interface SessionTypingEvent {
  sessionKey: string;
  sessionId: string;
  agentId: string;
  actor: SessionSharingIdentity;
  typing: boolean;
  preview?: string;
  ts: number;
}
export interface ShutdownEvent {
  reason: string;
  restartExpectedMs?: number;
}
export interface TerminalDataEvent {
  sessionId: string;
  seq: number;
  data: string;
}
export interface TerminalExitEvent {
  sessionId: string;
  exitCode?: number | null;
  signal?: number | null;
  reason?: "process_exit" | "closed" | "disconnected" | "detached" | "error";
  error?: string;
}
export interface TickEvent {
  ts: number;
}
export interface UsersPrefsChangedEvent {
  profileId: string;
  keys: string[];
}
export interface AgentEvent {
  runId: string;
  seq: number;
  stream: string;
  ts: number;
  spawnedBy?: string;
  isHeartbeat?: boolean;
  data: { [k: string]: unknown };
}
export interface ChatHistoryDeltaResult {
  kind: "delta";
  messages: SessionMessageEvent[];
  deltaCursor: string;
  sessionInfo: SessionRow;
  agentsList?: unknown;
  inFlightRun?: InFlightRun;
  metadata?: unknown;
  pendingInputs?: {
    items: { id: string; runId?: string; message: PendingRow; acceptedAt: number; state: "queued" | "cancelled" | "interrupted" }[];
    total: number;
    nextBefore?: number;
  };
  inputReceipts?: ({ runId: string; state: "pending" } | { runId: string; state: "consumed"; consumedByEventId: string })[];
  inputConsumptions?: { runId: string; consumedByEventId: string }[];
}
export interface SessionRow {
  key: string;
  sessionId?: string;
  incognito?: true;
  kind: "direct" | "group" | "global" | "unknown";
  label?: string;
  icon?: string;
  color?: string;
  channelAvatarUrl?: string;
  boardFace?: "chat" | "dashboard";
  displayName?: string;
  derivedTitle?: string;
  lastMessagePreview?: string;
  channel?: string;
  classification?: string;
  agentId?: string;
  accountId?: string;
  peerKind?: string;
  isMain?: boolean;
  isBackground?: boolean;
  chatType?: "direct" | "group" | "channel";
  updatedAt?: number | null;
  archived?: boolean;
  archivedAt?: number;
  archivedBy?: SessionCreatedActor;
  pinned?: boolean;
  pinnedAt?: number;
  unread?: boolean;
  lastReadAt?: number;
  markedUnreadAt?: number;
  lastActivityAt?: number;
  lastInteractionAt?: number;
  status?: "queued" | "running" | "done" | "failed" | "killed" | "timeout";
  lastRunError?: string;
  lastRunId?: string;
  restartRecoveryStatus?: "tombstoned";
  activeLeafEntryId?: string | null;
  spawnedBy?: string;
  parentSessionKey?: string;
  controlOwnerSessionKey?: string;
  childSessions?: string[];
  forkedFromParent?: boolean;
  spawnDepth?: number;
  subagentRole?: "orchestrator" | "leaf";
  subagentControlScope?: "children" | "none";
  swarmGroupId?: string;
  worktree?: { id: string; branch: string; repoRoot: string };
  execNode?: string;
  execCwd?: string;
  spawnedWorkspaceDir?: string;
  spawnedCwd?: string;
  permissionMode?: SessionPermissionMode;
  permissionModePending?: boolean;
  sessionRoot?: string;
  createdVia?: "operator" | "spawn" | "channel" | "cron" | "talk" | "run" | "plugin" | "internal";
  createdActor?: SessionCreatedActor;
  owner?: SessionOwner;
  participants?: SessionParticipant[];
  participantCount?: number;
  visibility?: SessionVisibility;
  sharingRole?: SessionSharingRole;
  createdAt?: number;
  forkSource?: { sessionKey: string; sessionId: string; entryId?: string };
  previousSessionId?: string;
  inputTokens?: number;
  outputTokens?: number;
  totalTokens?: number;
  totalTokensFresh?: boolean;
  contextTokens?: number;
  estimatedCostUsd?: number;
  model?: string;
  modelProvider?: string;
  modelOverrideSource?: "user" | "auto" | null;
  toolOverrides?: { mcpServers?: { [k: string]: boolean }; mcpToolsDeny?: { [k: string]: string[] }; skills?: { [k: string]: boolean }; webSearch?: boolean };
  [k: string]: unknown;
}
export interface ChatHistoryResetResult {
  kind: "reset";
}
export interface CronRunLogEntry {
  ts: number;
  jobId: string;
  action: "finished";
  status?: "ok" | "error" | "skipped";
  completionStatus?: "succeeded" | "failed" | "unknown";
  error?: string;
  errorReason?:
    | "auth"
    | "auth_permanent"
    | "format"
    | "rate_limit"
    | "overloaded"
    | "billing"
    | "server_error"
    | "timeout"
    | "tls_certificate"
    | "context_overflow"
    | "model_not_found"
    | "session_expired"
    | "empty_response"
    | "no_error_details"
    | "unclassified"
    | "unknown";
  summary?: string;
  diagnostics?: {
    summary?: string;
    entries: {
      ts: number;
      source: "cron-preflight" | "cron-setup" | "model-preflight" | "agent-run" | "tool" | "exec" | "delivery";
      severity: "info" | "warn" | "error";
      message: string;
      toolName?: string;
      exitCode?: number | null;
      truncated?: boolean;
    }[];
  };
  delivered?: boolean;
  deliveryStatus?: "delivered" | "not-delivered" | "unknown" | "not-requested";
  deliveryError?: string;
  deliverySuppressionReason?: string;
  failureNotificationDelivery?: { delivered?: boolean; status: "delivered" | "not-delivered" | "unknown" | "not-requested"; error?: string };
  delivery?: {
    intended?: { channel?: string; to?: string | null; accountId?: string; threadId?: string | number; source?: "explicit" | "last" };
    resolved?: {
      channel?: string;
      to?: string | null;
      accountId?: string;
      threadId?: string | number;
      source?: "explicit" | "last";
      ok: boolean;
      error?: string;
    };
    messageToolSentTo?: { channel: string; to?: string; accountId?: string; threadId?: string }[];
    fallbackUsed?: boolean;
    delivered?: boolean;
  };
  sessionId?: string;
  sessionKey?: string;
  runId?: string;
  runAtMs?: number;
  durationMs?: number;
  nextRunAtMs?: number;
  triggerFired?: boolean;
  model?: string;
  provider?: string;
  usage?: { input_tokens?: number; output_tokens?: number; total_tokens?: number; cache_read_tokens?: number; cache_write_tokens?: number };
  jobName?: string;
}
export interface SessionApprovalReplay {
  sessionKey: string;
  updatedAtMs: number;
  approvals: PendingApprovalSnapshot[];
  truncated: boolean;
}
export interface TalkEvent {
  id: string;
  type:
    | "session.started"
    | "session.ready"
    | "session.closed"
    | "session.error"
    | "session.replaced"
    | "turn.started"
    | "turn.ended"
    | "turn.cancelled"
    | "capture.started"
    | "capture.stopped"
    | "capture.cancelled"
    | "capture.once"
    | "input.audio.delta"
    | "input.audio.committed"
    | "transcript.delta"
    | "transcript.done"
    | "output.text.delta"
    | "output.text.done"
    | "output.audio.started"
    | "output.audio.delta"
    | "output.audio.done"
    | "tool.call"
    | "tool.progress"
    | "tool.result"
    | "tool.error"
    | "usage.metrics"
    | "latency.metrics"
    | "health.changed";
  sessionId: string;
  turnId?: string;
  captureId?: string;
  seq: number;
  timestamp: string;
  mode: "realtime" | "stt-tts" | "transcription";
  transport: "webrtc" | "provider-websocket" | "gateway-relay" | "managed-room";
  brain: "agent-consult" | "direct-tools" | "none";
  provider?: string;
  final?: boolean;
  callId?: string;
  itemId?: string;
  parentId?: string;
  payload: unknown;
}
