// What the gateway sends and its published schema does not describe, written down from recorded traffic and, for what
// no recording has, from the code of OpenClaw 2026.9.6. Members that a recording lacks are optional; a gateway may send
// more than is named here.
import type {
  AgentEvent,
  ChatHistoryDeltaResult,
  ChatHistoryResetResult,
  CronJob,
  CronRunLogEntry,
  ErrorShape,
  NodePairApproveParams,
  PresenceEntry,
  SessionApprovalReplay,
  SessionRow,
  Snapshot,
  TalkEvent,
  TaskSummary,
} from "./protocol.js";

/** Params of a method that takes none. */
export type NoParams = Record<string, never>;

/** Of what nothing is known but that it is an object. */
export type Members = Record<string, unknown>;

export interface Usage {
  input: number;
  output: number;
  totalTokens: number;
  cacheRead?: number;
  cacheWrite?: number;
  cost?: { input: number; output: number; cacheRead: number; cacheWrite: number; total: number };
}

export interface TextBlock {
  type: "text";
  text: string;
}

export interface ThinkingBlock {
  type: "thinking";
  thinking: string;
}

export interface ToolCallBlock {
  type: "toolCall";
  id: string;
  name: string;
  arguments: Members;
}

/** Others may come: have a branch for what you do not know. */
export type ContentBlock = TextBlock | ThinkingBlock | ToolCallBlock;

export interface Media {
  /** `media://…`: `client.media` fetches it. */
  url: string;
  contentType?: string;
  kind?: string;
  sizeBytes?: number;
}

/** What the gateway knows of a row; one record can be several rows with the same `id`. */
export interface RowMeta {
  id: string;
  seq?: number;
  runId?: string;
  idempotencyKey?: string;
  recordTimestampMs?: number;
  transcriptPosition?: { source: string; rawSeq: number };
  senderId?: string;
  senderIdentity?: { type: string; id: string };
  senderProfileAvatarUrl?: string;
  steerTargetRunId?: string;
  transport?: { clients: { id: string; mode: string }[] };
  media?: Media[];
  /** The text is cut; `chat.message.get` has the whole. */
  truncated?: boolean;
  reason?: string;
  /** What a `system` row tells of: `reset`, `compaction`. */
  kind?: string;
}

interface Row {
  timestamp: number;
  __openclaw: RowMeta;
  /** `<key>:user` of a message that was sent, `<run>:assistant` of an aborted reply, the run alone of a command's answer. */
  idempotencyKey?: string;
}

export interface UserRow extends Row {
  role: "user";
  content: string | ContentBlock[];
  /** Not a person's words: `internal_system` after a restart. */
  provenance?: { kind: string; sourceTool?: string };
}

export interface AssistantRow extends Row {
  role: "assistant";
  content: string | ContentBlock[];
  api?: string;
  provider?: string;
  model?: string;
  usage?: Usage;
  stopReason?: string;
  responseId?: string;
  openclawAbort?: { aborted: boolean; origin: string; runId: string };
  errorMessage?: string;
}

export interface ToolResultRow extends Row {
  role: "toolResult";
  content: string | ContentBlock[];
  toolCallId: string;
  toolName?: string;
  isError?: boolean;
}

export interface CustomRow extends Row {
  role: "custom";
  content: string | ContentBlock[];
  customType: string;
  display?: boolean;
}

/** What became of the transcript itself: it was reset or compacted. */
export interface SystemRow extends Row {
  role: "system";
  content: string | ContentBlock[];
}

/** A row of a transcript. */
export type ChatRow = UserRow | AssistantRow | ToolResultRow | CustomRow | SystemRow;

/** Waits for its turn: it has no place in the transcript yet. */
export type PendingRow = UserRow;

/** What a run has said so far. */
export interface LiveMessage {
  role: "assistant";
  content: ContentBlock[];
  timestamp: number;
  text?: string;
  usage?: Usage;
  stopReason?: string;
  provider?: string;
  model?: string;
  idempotencyKey?: string;
}

/** `timeout`: a repetition after an abort. */
export interface ChatSendResult {
  runId: string;
  status: "started" | "in_flight" | "ok" | "timeout" | "error";
  summary?: string;
  stopReason?: string;
  endedAt?: number;
  interruptedActiveRun?: boolean;
}

export interface ChatAbortResult {
  ok: boolean;
  aborted: boolean;
  runIds: string[];
}

/** Defaults of the models of a session. */
export interface SessionDefaults {
  modelProvider: string | null;
  model: string | null;
  contextTokens: number | null;
  thinkingDefault?: string;
  thinkingLevels?: { id: string; label: string }[];
  thinkingOptions?: string[];
  agentRuntime?: Members;
  modelSelectionTarget?: string;
}

/** A run that goes on; `events` are those a client must hear again. */
export interface InFlightRun {
  runId: string;
  text: string;
  startedAt: number;
  events?: AgentRunEvent[];
  /** Started by the gateway itself: `sessions.abort` ends it. */
  sessionAbortable?: boolean;
}

/** Messages that were accepted and have not run. */
export type PendingInputs = NonNullable<ChatHistoryDeltaResult["pendingInputs"]>;

/** A page of a transcript. */
export interface ChatHistoryPage {
  kind?: never;
  sessionKey: string;
  sessionId?: string;
  messages: ChatRow[];
  pendingInputs?: PendingInputs;
  /** For `cursor`, to be told only what is new. */
  deltaCursor?: string;
  hasMore?: boolean;
  offset?: number;
  nextOffset?: number;
  totalMessages?: number;
  thinkingLevel?: string;
  defaults?: SessionDefaults;
  sessionInfo?: SessionRow;
  inFlightRun?: InFlightRun;
  inputReceipts?: NonNullable<ChatHistoryDeltaResult["inputReceipts"]>;
  activity?: { messageId: string; items: Members[] }[];
}

/** A page, or with `cursor` what is new since, or `reset`: read it all again. */
export type ChatHistoryResult = ChatHistoryPage | ChatHistoryDeltaResult | ChatHistoryResetResult;

/** A session as events tell of it: `null` is a member that was taken away. */
export type SessionChange = { [Member in keyof SessionRow]?: SessionRow[Member] | null } & { key: string };

export interface SessionMessageEvent {
  sessionKey: string;
  agentId?: string;
  message: ChatRow;
  messageId: string;
  messageSeq: number;
  session?: SessionChange;
}

/** The members of the session stand beside it too. */
export interface SessionsChangedEvent {
  ts: number;
  reason?: string;
  phase?: string;
  sessionKey?: string;
  sessionId?: string;
  agentId?: string;
  runId?: string;
  session?: SessionChange;
}

/** The streams are `lifecycle`, `run_status`, `assistant`, `thinking`, `item`, `tool`, `command_output`, `approval`, `usage`, and others. */
export interface AgentRunEvent extends Omit<AgentEvent, "data"> {
  sessionKey?: string;
  sessionId?: string;
  agentId?: string;
  lane?: string;
  session?: SessionChange;
  data: AgentRunData;
}

/** Which of them are there depends on the stream. */
export interface AgentRunData {
  phase?: string;
  text?: string;
  delta?: string;
  replace?: boolean;
  itemId?: string;
  kind?: string;
  title?: string;
  status?: string;
  name?: string;
  toolCallId?: string;
  args?: Members;
  partialResult?: ToolResult;
  result?: ToolResult;
  isError?: boolean;
  output?: string;
  exitCode?: number | null;
  durationMs?: number;
  approvalId?: string;
  message?: string;
  error?: string;
  outputTokens?: number;
  retryAttempt?: number;
  maxRetries?: number;
  delayMs?: number;
  stopReason?: string;
  aborted?: boolean;
  startedAt?: number;
  endedAt?: number;
  [member: string]: unknown;
}

export interface ToolResult {
  content: ContentBlock[];
  details?: Members;
}

/** The first answer says `accepted`, the second how it ended. */
export interface AgentResult {
  runId: string;
  status: "accepted" | "in_flight" | "ok" | "timeout" | "error";
  sessionKey?: string;
  agentId?: string;
  acceptedAt?: number;
  summary?: string;
  result?: { payloads?: { text?: string; mediaUrl?: string | null }[]; meta?: Members };
}

/** A message that went out to a channel. */
export interface DeliveryResult {
  runId: string;
  messageId?: string;
  channel?: string;
  chatId?: string;
  channelId?: string;
  toJid?: string;
  conversationId?: string;
  pollId?: string;
}

export interface AgentWaitResult {
  runId: string;
  status: "ok" | "timeout" | "error";
  startedAt?: number;
  endedAt?: number;
  error?: string;
  terminalReceipt?: Members;
  terminalReply?: { disposition: string; text?: string };
}

export interface SessionsListResult {
  ts: number;
  path: string;
  count: number;
  totalCount?: number;
  limitApplied?: number;
  nextOffset?: number | null;
  hasMore?: boolean;
  owners?: { type: string; id: string; identity?: { type: string; id: string } }[];
  defaults: SessionDefaults;
  sessions: SessionRow[];
}

export interface SessionsPatchResult {
  ok: true;
  path: string;
  key: string;
  entry: Members;
  resolved?: Members;
}

export interface SessionsDescribeResult {
  session: SessionRow | null;
}

export interface SessionsResetResult {
  ok: true;
  key: string;
  entry: Members;
}

export interface SessionsAbortResult {
  ok: true;
  abortedRunId: string | null;
  status: "aborted" | "no-active-run";
}

export interface Subscribed {
  subscribed: boolean;
}

export interface SessionSubscribed extends Subscribed {
  key: string;
  approvalReplay?: SessionApprovalReplay;
}

export type ApprovalVerdict = "allow-once" | "allow-always" | "deny";

export interface ExecApprovalRequest {
  command: string;
  cwd?: string | null;
  host?: string | null;
  security?: string | null;
  ask?: string | null;
  warningText?: string | null;
  /** Offer no others. */
  allowedDecisions?: ApprovalVerdict[];
  unavailableDecisions?: ApprovalVerdict[];
  agentId?: string | null;
  nodeId?: string | null;
  resolvedPath?: string | null;
  sessionKey?: string | null;
  sessionId?: string | null;
  runId?: string | null;
  toolCallId?: string | null;
  turnSourceChannel?: string | null;
  turnSourceTo?: string | null;
}

/** A command that waits for a person. */
export interface ExecApproval {
  id: string;
  approvalKind?: string;
  request: ExecApprovalRequest;
  createdAtMs: number;
  expiresAtMs: number;
}

export interface ExecApprovalResolvedEvent {
  id: string;
  decision: ApprovalVerdict;
  resolvedBy?: string | null;
  ts: number;
  request?: ExecApprovalRequest;
}

/** An approval of another kind than a command. */
export interface ApprovalRequestedEvent {
  id: string;
  request: Members;
  createdAtMs: number;
  expiresAtMs: number;
}

export interface ApprovalResolvedEvent {
  id: string;
  decision: string;
  resolvedBy?: string | null;
  ts: number;
  request?: Members;
}

export interface Done {
  ok: boolean;
}

export interface DeviceFacts {
  deviceId: string;
  publicKey: string;
  displayName?: string;
  platform?: string;
  clientId?: string;
  clientMode?: string;
  role?: string;
  roles?: string[];
  scopes?: string[];
  remoteIp?: string;
}

export interface PendingDevice extends DeviceFacts, NodePairApproveParams {
  silent?: boolean;
  isRepair?: boolean;
  ts: number;
}

export interface PairedDevice extends DeviceFacts {
  approvedVia?: string;
  createdAtMs: number;
  approvedAtMs: number;
  lastSeenAtMs?: number;
  lastSeenReason?: string;
  connected?: boolean;
  tokens?: { role: string; scopes: string[]; createdAtMs: number; rotatedAtMs?: number; revokedAtMs?: number; lastUsedAtMs?: number }[];
}

export interface DevicePairListResult {
  pending: PendingDevice[];
  paired: PairedDevice[];
}

export interface DevicePairApproveResult {
  requestId: string;
  device: PairedDevice;
}

export interface DevicePairRejectResult {
  requestId: string;
  deviceId: string;
}

export interface DevicePairRemoveResult {
  deviceId: string;
}

export interface DeviceTokenRevokeResult {
  deviceId: string;
  role: string;
  revokedAtMs: number;
}

export interface NodeFacts {
  nodeId: string;
  displayName?: string;
  platform?: string;
  version?: string;
  clientId?: string;
  clientMode?: string;
  caps?: string[];
  commands?: string[];
  permissions?: Record<string, boolean>;
}

export interface PendingNode extends NodeFacts, NodePairApproveParams {
  requiredApproveScopes?: string[];
  silent?: boolean;
  ts: number;
}

export interface PairedNode extends NodeFacts {
  createdAtMs?: number;
  approvedAtMs?: number;
  connectedAtMs?: number;
  lastConnectedAtMs?: number;
  lastSeenAtMs?: number;
  lastSeenReason?: string;
}

/** A node that has ever been here. */
export interface KnownNode extends PairedNode {
  paired: boolean;
  connected: boolean;
  approvalState?: string;
  pendingRequestId?: string;
  pendingDeclaredCaps?: string[];
  pendingDeclaredCommands?: string[];
  pendingDeclaredPermissions?: Record<string, boolean>;
}

export interface NodeListResult {
  ts: number;
  nodes: KnownNode[];
}

export interface NodePairListResult {
  pending: PendingNode[];
  paired: PairedNode[];
}

export interface NodePairApproveResult {
  requestId: string;
  node: PairedNode;
}

export interface NodePairResolvedEvent {
  requestId: string;
  nodeId: string;
  decision: string;
  ts: number;
}

export interface NodeInvokeResult {
  ok: boolean;
  nodeId: string;
  command: string;
  payload?: unknown;
  payloadJSON?: string | null;
}

export interface NodeInvokeCancelEvent {
  invokeId: string;
  nodeId: string;
}

export interface NodePresenceEvent {
  nodeId: string;
  lastActiveAtMs?: number | null;
  presenceUpdatedAtMs?: number | null;
}

export interface NodeHostStatsEvent {
  nodeId: string;
  hostStats: Members;
}

export interface ConnectChallenge {
  nonce: string;
  /** The gateway's clock. */
  ts: number;
  capabilities?: string[];
}

export interface PresenceEvent {
  presence: PresenceEntry[];
}

export type Health = Snapshot["health"];

export interface HealthParams {
  /** Look now; otherwise the answer may be a minute old. */
  probe?: boolean;
}

/** `null` before the first. */
export type LastHeartbeat = Heartbeat | null;

export interface Heartbeat {
  ts: number;
  status: "sent" | "ok-empty" | "ok-token" | "skipped" | "failed";
  to?: string;
  accountId?: string;
  channel?: string;
  preview?: string;
  durationMs?: number;
  hasMedia?: boolean;
  reason?: string;
  message?: string;
  silent?: boolean;
  indicatorType?: string;
}

export type TaskEvent =
  | { action: "upserted"; task: TaskSummary }
  | { action: "deleted"; taskId: string }
  | { action: "restored" };

/** With `finished` comes how the run ended. */
export interface CronEvent extends Partial<Omit<CronRunLogEntry, "jobId" | "action">> {
  jobId: string;
  action: string;
  job?: CronJob;
}

/** Of a room, of a voice session, or of a node. */
export interface TalkEventOf {
  talkEvent: TalkEvent;
  handoffId?: string;
  roomId?: string;
  voiceSessionId?: string;
  nodeId?: string;
  command?: string;
}

export interface TalkModeState {
  enabled: boolean;
  phase: string | null;
  ts: number;
}

export interface VoiceWakeTriggers {
  triggers: string[];
}

export interface VoiceWakeRoutingChangedEvent {
  config: { version: number; defaultTarget: Members; routes: Members[]; updatedAtMs: number };
}

export interface SkillsChangedEvent {
  reason: string;
}

export interface PluginsChangedEvent {
  generation: number;
}

export interface RevisionEvent {
  revision: number;
}

export interface MentionsChangedEvent extends RevisionEvent {
  gatewayInstanceId: string;
}

export interface UpdateAvailableEvent {
  updateAvailable: Members | null;
  schedule?: Members;
}

export interface RestartRequestParams {
  reason?: string;
  safe?: boolean;
}

export interface RestartRequestResult {
  ok: boolean;
  status: string;
  preflight?: { safe: boolean; counts: Record<string, number>; blockers: { kind: string; count: number; message: string }[]; summary: string };
  restart?: Members;
  error?: ErrorShape;
}

/** `web.login.start`: a picture to scan, or words on why there is none. */
export interface WebLoginStartResult {
  message: string;
  qrDataUrl?: string;
  connected?: boolean;
  code?: string;
  /** Milliseconds that the picture is good for. Our relay says it, OpenClaw does not. */
  expiresInMs?: number;
}

/** `web.login.wait`: linked, another picture, or words on what it waits for or why it ended. */
export interface WebLoginWaitResult {
  connected: boolean;
  message: string;
  qrDataUrl?: string;
  /** Milliseconds that the picture is good for. Our relay says it, OpenClaw does not. */
  expiresInMs?: number;
}

export interface ChannelsStartResult {
  channel: string;
  accountId: string;
  started: boolean;
}

export interface ChannelsLogoutResult {
  channel: string;
  accountId: string;
  cleared: boolean;
  loggedOut?: boolean;
  /** Whether WhatsApp heard of it. Our relay says it, OpenClaw does not. */
  toldWhatsapp?: boolean;
}

// Without this line the declarations above that are for this file alone would be exported too.
export {};
