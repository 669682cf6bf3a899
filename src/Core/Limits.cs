namespace TelemetryKit.Core;

/// <summary>All bounds of the system, each with its reason. Sizes are in bytes unless the name indicates otherwise.</summary>
public static class Limits
{
    // ── One request ──────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>Events in a batch: large enough for an SDK's queue in one request, small enough for a fast response.</summary>
    public const int EventsPerBatch = 1_000;

    /// <summary>A request body as received, compressed or not.</summary>
    public const int BodyBytes = 5 * 1024 * 1024;

    /// <summary>A decompressed request body: bounds the cost of a gzip bomb.</summary>
    public const int DecompressedBodyBytes = 20 * 1024 * 1024;

    /// <summary>
    /// How long a body may take to arrive, a multiple of <see cref="BodyWindow"/>: 5 MiB in this time is 1.4 Mbit/s, and a batch is seldom
    /// a hundredth of that.
    /// </summary>
    public static readonly TimeSpan BodyTime = TimeSpan.FromSeconds(30);

    /// <summary>The time over which a body's rate is measured: long enough for a lost packet to be sent again, twice.</summary>
    public static readonly TimeSpan BodyWindow = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of a body that must arrive in each <see cref="BodyWindow"/>: 240 a second. With fewer it ends with 408.</summary>
    public const int BodyWindowBytes = 1_200;

    /// <summary>
    /// Bytes of bodies that are held while they arrive, in the whole process. A tenant, a key and a source have a share of them
    /// (<see cref="Shares.ResourceShares"/>). If a body doesn't fit, the slowest large ones end with 503 overloaded.
    /// </summary>
    public const long BodiesBytes = 128L * 1024 * 1024;

    /// <summary>
    /// A body up to this size is small, as nearly all are: a part of the budget is for these alone, and one that has arrived whole is never
    /// refused for want of memory.
    /// </summary>
    public const int SmallBodyBytes = 64 * 1024;

    /// <summary>The part of the budget and of each share, one in so many, that larger bodies leave to small ones.</summary>
    public const int SmallBodiesPart = 8;

    /// <summary>
    /// Bytes of decompressed bodies that are being parsed, in the whole process, except small ones. Over it, or over a party's share once
    /// half is taken: 503 overloaded.
    /// </summary>
    public const long UnpackedBytes = 64L * 1024 * 1024;

    /// <summary>Open connections of a process: each costs some kilobytes, whatever it sends.</summary>
    public const int Connections = 20_000;

    /// <summary>One event's JSON: telemetry is small; anything larger is a payload of another kind.</summary>
    public const int EventBytes = 32 * 1024;

    /// <summary>Metadata keys of one event.</summary>
    public const int MetadataKeys = 64;

    /// <summary>Characters of a metadata key.</summary>
    public const int MetadataKeyLength = 64;

    /// <summary>Characters of any string in an event.</summary>
    public const int StringLength = 1_024;

    /// <summary>Characters of a number: more than any double needs, and within the limits of all databases.</summary>
    public const int NumberLength = 64;

    /// <summary>Characters of a batch or event id that isn't a UUID.</summary>
    public const int IdLength = 64;

    /// <summary>Counted metadata values of one event: an array can have thousands, and each would be a counter.</summary>
    public const int CountedValues = 64;

    /// <summary>Values of a batch's context.</summary>
    public const int ContextValues = 32;

    /// <summary>A batch's context as JSON: it is stored with each event.</summary>
    public const int ContextBytes = 4 * 1024;

    /// <summary>Levels of nesting of a whole request body.</summary>
    public const int BodyDepth = 64;

    /// <summary>Levels of nesting inside metadata.</summary>
    public const int MetadataDepth = 4;

    /// <summary>Characters of an event type, a subject, a version and of each context value: they become counter names.</summary>
    public const int NameLength = 128;

    /// <summary>The maximum age of an event: offline queues are normal for command-line tools.</summary>
    public static readonly TimeSpan OldestEvent = TimeSpan.FromDays(30);

    /// <summary>How far ahead of the server's clock an event may be, after the correction for the client's clock.</summary>
    public static readonly TimeSpan FurthestEvent = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How far <c>sent_at</c> may be ahead of the server's clock before timestamps are corrected. Nothing arrives before it is sent, so
    /// beyond the accuracy of ordinary clocks the client's clock is wrong.
    /// </summary>
    public static readonly TimeSpan ClockAhead = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How far <c>sent_at</c> may be behind the server's clock before timestamps are corrected. A smaller difference may be a slow upload
    /// or a retry of the same bytes from a client with a correct clock.
    /// </summary>
    public static readonly TimeSpan ClockBehind = TimeSpan.FromMinutes(90);

    /// <summary>
    /// A larger difference is seldom that of a clock, but of a <c>sent_at</c> that wasn't set: it corrects only timestamps that are valid
    /// with the correction.
    /// </summary>
    public static readonly TimeSpan DoubtfulShift = TimeSpan.FromDays(365);

    /// <summary>How long a batch key is kept: after this time, all events of a resent batch are too old to be counted again.</summary>
    public static readonly TimeSpan BatchKeyMemory = TimeSpan.FromDays(62);

    // ── Commits ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>
    /// Bytes of parsed batches that may wait for a commit, in the whole process. Over it, or over a party's share once half is taken: 503
    /// overloaded.
    /// </summary>
    public const long WaitingBytes = 64L * 1024 * 1024;

    /// <summary>Events of one transaction: bounds its duration, and so the latency of all requests.</summary>
    public const int EventsPerCommit = 20_000;

    /// <summary>Batches of one transaction.</summary>
    public const int BatchesPerCommit = 2_000;

    /// <summary>Commit loops of a process. Each project is assigned to one of them.</summary>
    public const int CommitLoops = 2;

    // ── Counters ─────────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>
    /// Subjects of one event type of the protocol (and of all other types together) that the rollup of a day keeps. Past any of these
    /// bounds the most frequent names are kept, and the others count as <c>other</c>.
    /// </summary>
    public const int SubjectsPerDay = 2_000;

    /// <summary>The same for a month, which has more names than a day.</summary>
    public const int SubjectsPerMonth = 8_000;

    /// <summary>Event types that a rollup keeps.</summary>
    public const int EventTypes = 200;

    /// <summary>Values of one dimension of all events that the rollup of a day keeps.</summary>
    public const int ValuesPerDay = 1_024;

    /// <summary>The same for a month.</summary>
    public const int ValuesPerMonth = 4_096;

    /// <summary>Values of one dimension of one subject that the rollup of a day keeps.</summary>
    public const int SubjectValuesPerDay = 200;

    /// <summary>The same for a month.</summary>
    public const int SubjectValuesPerMonth = 400;

    /// <summary>Metadata keys of one subject that a rollup keeps.</summary>
    public const int MetadataKeysPerSubject = 64;

    /// <summary>
    /// Values of all dimensions of all subjects that the rollup of a day keeps: bounds its memory, because the bounds above multiply.
    /// </summary>
    public const int BreakdownPerDay = 50_000;

    /// <summary>The same for a month.</summary>
    public const int BreakdownPerMonth = 100_000;

    /// <summary>
    /// Distinct installs of a rollup up to which each of its sets is exact. Beyond, a set with more than <see cref="ExactSetSize"/> becomes
    /// a HyperLogLog.
    /// </summary>
    public const int ExactInstalls = 65_536;

    /// <summary>Distinct elements that are always kept exactly.</summary>
    public const int ExactSetSize = 1_024;

    /// <summary>UTF-8 bytes of a metadata value that is counted; longer values are text, not categories.</summary>
    public const int CountedValueBytes = 128;

    // ── Caches and views ─────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>Known keys in the cache.</summary>
    public const int CachedKeys = 100_000;

    /// <summary>How long a cached key is used: a revoked key is refused after this time on every replica.</summary>
    public static readonly TimeSpan CachedKeyAge = TimeSpan.FromSeconds(4);

    /// <summary>Token buckets of sources that are kept at once for the rates of ingest: about 20 MB.</summary>
    public const int RateBuckets = 200_000;

    /// <summary>
    /// The part of its rates that a key, and a source for a day, has once more for batches that may have been stored before, when the rates
    /// are spent: enough for retries, and a tenth of the work.
    /// </summary>
    public const double RepeatsPart = 0.1;

    /// <summary>The part of <see cref="RateBuckets"/> that one tenant can use: a day of about 7,000 sources.</summary>
    public const int RateBucketsPerTenant = RateBuckets / 10;

    /// <summary>
    /// Look-ups of keys, sessions and API tokens that don't exist which one source may cause at once, before it gets 429. A rotated key in
    /// an old version of a tool asks a few times.
    /// </summary>
    public const int UnknownCredentials = 60;

    /// <summary>The time in which one of <see cref="UnknownCredentials"/> is restored.</summary>
    public static readonly TimeSpan UnknownCredentialTime = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Look-ups beyond those of its network (<see cref="RateLimits.SourceNetworks"/>) that each address has, so that a few strangers of the
    /// same network don't keep its valid keys and sessions from being looked up.
    /// </summary>
    public const int UnknownCredentialsOfAddress = 6;

    /// <summary>The time in which one of <see cref="UnknownCredentialsOfAddress"/> is restored.</summary>
    public static readonly TimeSpan UnknownCredentialOfAddressTime = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What all addresses together have of <see cref="UnknownCredentialsOfAddress"/>: the owner of a /48 has 65,536 of them. A hundred a
    /// second is a small part of what a store can look up.
    /// </summary>
    public const int UnknownCredentialsOfAllAddresses = 1_000;

    /// <summary>The time in which one of <see cref="UnknownCredentialsOfAllAddresses"/> is restored.</summary>
    public static readonly TimeSpan UnknownCredentialOfAllAddressesTime = TimeSpan.FromMilliseconds(10);

    /// <summary>Refusals that a source gets at once. Later ones are delayed by <see cref="RefusalDelay"/>.</summary>
    public const int Refusals = 200;

    /// <summary>How many of <see cref="Refusals"/> a refusal counts as if a large body has arrived that isn't read.</summary>
    public const int UnreadRefusals = 20;

    /// <summary>The time in which one of <see cref="Refusals"/> is restored.</summary>
    public static readonly TimeSpan RefusalTime = TimeSpan.FromMilliseconds(100);

    /// <summary>The delay of a refusal of a source that got many.</summary>
    public static readonly TimeSpan RefusalDelay = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Erasures that a source may ask for at once, by users of tools: each has a few tools. An erasure is work, so strangers can't ask for
    /// many.
    /// </summary>
    public const int ErasuresPerSource = 10;

    /// <summary>The time in which one of <see cref="ErasuresPerSource"/> is restored.</summary>
    public static readonly TimeSpan ErasureOfSourceTime = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The same for a key, which all users of a tool share, and only for installs that have sent nothing: their secrets prove nothing.
    /// </summary>
    public const int ErasuresPerKey = 500;

    /// <summary>The time in which one of <see cref="ErasuresPerKey"/> is restored.</summary>
    public static readonly TimeSpan ErasureOfKeyTime = TimeSpan.FromSeconds(1);

    /// <summary>The time that a process spends on erasures in a round of a minute, so that commits and reads hardly wait.</summary>
    public static readonly TimeSpan ErasureRound = TimeSpan.FromSeconds(6);

    /// <summary>How long receipts of erasures are kept.</summary>
    public static readonly TimeSpan ReceiptAge = TimeSpan.FromDays(400);

    /// <summary>Receipts that a source may read at once; no key is needed for them.</summary>
    public const int Receipts = 60;

    /// <summary>The time in which one of <see cref="Receipts"/> is restored.</summary>
    public static readonly TimeSpan ReceiptTime = TimeSpan.FromSeconds(1);

    /// <summary>The age at which the report of a shared project is computed again. It ends with yesterday, so it rarely changes.</summary>
    public static readonly TimeSpan PublicReportAge = TimeSpan.FromHours(1);

    /// <summary>How long another process may still return the report of a page after it was changed or removed.</summary>
    public static readonly TimeSpan ShareCheckAge = TimeSpan.FromMinutes(1);

    /// <summary>Reports of shared projects that are kept in memory.</summary>
    public const int PublicReports = 1_000;

    /// <summary>Reports that aren't in memory, or pages that don't exist, that a source may look up at once.</summary>
    public const int ShareLookUps = 60;

    /// <summary>The time in which one of <see cref="ShareLookUps"/> is restored.</summary>
    public static readonly TimeSpan ShareLookUpTime = TimeSpan.FromSeconds(1);

    /// <summary>OpenAPI documents that a source gets at once.</summary>
    public const int Documents = 20;

    /// <summary>The time in which one of <see cref="Documents"/> is restored.</summary>
    public static readonly TimeSpan DocumentTime = TimeSpan.FromSeconds(3);

    /// <summary>Unknown keys in the cache. They have a cache of their own, so that they can't remove known keys.</summary>
    public const int CachedUnknownKeys = 10_000;

    /// <summary>
    /// Keys, sessions and API tokens that are remembered as valid, so that they are looked up whatever else their source does.
    /// </summary>
    public const int RememberedCredentials = 200_000;

    /// <summary>Installs in the cache of known installs, which saves queries to the store.</summary>
    public const int CachedInstalls = 500_000;

    /// <summary>Active views of projects in a process; the one that was used longest ago is removed first.</summary>
    public const int ActiveViews = 10_000;

    /// <summary>Estimated bytes of the views of a process: one of a project with usual counters takes less than a megabyte.</summary>
    public const long ViewsBytes = 256L * 1024 * 1024;

    /// <summary>Calls that may wait for one project's view. If exceeded: 503 overloaded.</summary>
    public const int WaitingCallsPerView = 1_000;

    /// <summary>
    /// Concurrent statistics queries that scan events, in one process. Their cost grows with the number of events, unlike the cost of
    /// other queries.
    /// </summary>
    public const int ConcurrentScans = 2;

    /// <summary>
    /// Statistics queries of one project that scan events or wait for a scan. If exceeded: 503 overloaded. A dashboard page sends about
    /// twelve at once, so this is five pages. Waiting costs little memory; that others don't wait long is ensured by turns.
    /// </summary>
    public const int ScansPerProject = 64;

    /// <summary>The same for a tenant, which may have many projects.</summary>
    public const int ScansPerTenant = 128;

    /// <summary>Statistics queries with the same filters that one scan answers together.</summary>
    public const int QueriesPerScan = 16;

    /// <summary>The same for the process.</summary>
    public const int WaitingScans = 1_000;

    /// <summary>Exports of events that run at once in one process. Each holds one page of events.</summary>
    public const int Exports = 64;

    /// <summary>The same for a tenant.</summary>
    public const int ExportsPerTenant = 8;

    /// <summary>The same for a project.</summary>
    public const int ExportsPerProject = 4;

    /// <summary>Bytes of the tables that were counted from events and are kept for the next question, in one process.</summary>
    public const long CountedDaysBytes = 64L * 1024 * 1024;

    /// <summary>The share of <see cref="CountedDaysBytes"/> that one project can use.</summary>
    public const long CountedDaysBytesOfProject = CountedDaysBytes / 4;

    /// <summary>Days of merged rollups that the view of one project keeps.</summary>
    public const int CachedDays = 400;

    /// <summary>Days that a view keeps without checking <see cref="CachedRollupBytes"/>.</summary>
    public const int CachedDaysUnmeasured = 64;

    /// <summary>Bytes of merged rollups that the view of one project keeps beyond the days of the current query.</summary>
    public const long CachedRollupBytes = 32L * 1024 * 1024;

    /// <summary>Bytes of unions of installs that the view of one project keeps for each environment.</summary>
    public const long CachedInstallBytes = 16L * 1024 * 1024;

    /// <summary>How long an unused view stays in memory.</summary>
    public static readonly TimeSpan ViewIdle = TimeSpan.FromMinutes(10);

    /// <summary>The maximum age of a view when it is queried; an older view is refreshed from the store first.</summary>
    public static readonly TimeSpan ViewAge = TimeSpan.FromSeconds(1);

    // ── Queries ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>Days of one statistics query: two years, which is the longest retention of a plan, and a leap day.</summary>
    public const int QueryDays = 731;

    /// <summary>Items of a top list, or events of an explorer page.</summary>
    public const int PageSize = 1_000;

    /// <summary>Events that are searched for one page of those that pass the filters.</summary>
    public const int SearchedEvents = 20_000;

    /// <summary>Live views (server-sent events) open at once in one process.</summary>
    public const int LiveViews = 500;

    /// <summary>Live views of one project: enough for a team and its screens, and a small part of <see cref="LiveViews"/>.</summary>
    public const int LiveViewsPerProject = 50;

    /// <summary>Live views of one tenant.</summary>
    public const int LiveViewsPerTenant = 100;

    /// <summary>Live views of one source: an office with several tenants.</summary>
    public const int LiveViewsPerSource = 100;

    /// <summary>Events that a live view reads at a time; if more arrive within a second, the last ones are shown.</summary>
    public const int LiveEvents = 500;

    // ── Passwords ────────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>Passwords that are hashed at once: half of the processors, because a hash takes one for a fifth of a second.</summary>
    public static readonly int ConcurrentPasswords = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>
    /// Passwords that are hashed or wait for it, in one process: about ten seconds of work, of which a network that comes later waits for
    /// one password of each other network. If exceeded: 503 overloaded.
    /// </summary>
    public static readonly int WaitingPasswords = 64 * ConcurrentPasswords;

    /// <summary>The same for one source, so that a stranger can't fill the queue.</summary>
    public const int PasswordsPerSource = 2;

    /// <summary>
    /// The same for all requests that have proved something about an account: a live session, a known device, a link from a mail. They have
    /// half of the turns, so strangers who fill their own queue neither refuse nor delay them for long.
    /// </summary>
    public static readonly int WaitingOwnPasswords = 32 * ConcurrentPasswords;

    /// <summary>The part of <see cref="WaitingOwnPasswords"/> of one account: a person sends one password at a time.</summary>
    public const int OwnPasswordsPerAccount = 2;

    /// <summary>The part of <see cref="WaitingOwnPasswords"/> of one source, which a person with many accounts may be.</summary>
    public const int OwnPasswordsPerSource = 4;

    // ── Accounts ─────────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>A request body of the management API, which has only names and settings.</summary>
    public const int ManagementBodyBytes = 64 * 1024;

    /// <summary>The maximum age of a session, even if it is used.</summary>
    public static readonly TimeSpan SessionAge = TimeSpan.FromDays(30);

    /// <summary>How long an unused session is valid.</summary>
    public static readonly TimeSpan SessionIdle = TimeSpan.FromDays(7);

    /// <summary>How long after the password the second factor is accepted.</summary>
    public static readonly TimeSpan SecondFactorAge = TimeSpan.FromMinutes(10);

    /// <summary>How long a link that verifies an e-mail address is valid: the mail may be read the next day.</summary>
    public static readonly TimeSpan SignUpAge = TimeSpan.FromHours(24);

    /// <summary>How long a link that sets a password is valid: short, because the link is as powerful as the password.</summary>
    public static readonly TimeSpan PasswordResetAge = TimeSpan.FromHours(1);

    /// <summary>
    /// The time in which a former address can undo its change, and the least age of a password set in a session that may undo one: people
    /// read their mail within a week.
    /// </summary>
    public static readonly TimeSpan EmailUndoAge = TimeSpan.FromDays(7);

    /// <summary>How long an invitation can be accepted.</summary>
    public static readonly TimeSpan InvitationAge = TimeSpan.FromDays(7);

    /// <summary>How long sign-ins are listed: long enough to find out when something began.</summary>
    public static readonly TimeSpan SignInsKept = TimeSpan.FromDays(90);

    /// <summary>When an SDK asks again whether a suspended project accepts events: plans change seldom.</summary>
    public static readonly TimeSpan SuspendedRetry = TimeSpan.FromHours(1);

    /// <summary>The accuracy of last uses: they are stored at most this often for each key, session or token.</summary>
    public static readonly TimeSpan LastUseAccuracy = TimeSpan.FromMinutes(1);

    /// <summary>The maximum time that a rotated key remains valid: a tool's users update over weeks.</summary>
    public static readonly TimeSpan KeyOverlap = TimeSpan.FromDays(365);

    /// <summary>How long before data is deleted the owner of a downgraded tenant is notified.</summary>
    public static readonly TimeSpan DowngradeNotice = TimeSpan.FromDays(14);

    /// <summary>Tenants of an account, and members and invitations of a tenant: bounds lists that are returned without paging.</summary>
    public const int MembersPerTenant = 1_000;

    /// <summary>Projects of a tenant, whatever its plan: the list is returned without paging.</summary>
    public const int ProjectsPerTenant = 1_000;

    /// <summary>Active keys of a project: people can't manage more, and the list is returned without paging.</summary>
    public const int KeysPerProject = 100;

    /// <summary>API tokens of an account.</summary>
    public const int TokensPerAccount = 50;

    /// <summary>The lifetime of an API token unless its owner asks for another: a leaked one is forgotten within a quarter.</summary>
    public static readonly TimeSpan ApiTokenAge = TimeSpan.FromDays(90);

    /// <summary>The longest lifetime of an API token.</summary>
    public static readonly TimeSpan LongestApiTokenAge = TimeSpan.FromDays(365);

    /// <summary>How long a device is known after a sign-in. As long as sign-ins are kept.</summary>
    public static readonly TimeSpan KnownDeviceAge = SignInsKept;

    /// <summary>Listed sign-ins of an account: more than a person makes in a month.</summary>
    public const int SignInsPerAccount = 100;

    /// <summary>Sessions of an account; a new session ends the oldest one.</summary>
    public const int SessionsPerAccount = 50;

    /// <summary>Aliases of a project, and keys in its metadata allow-list.</summary>
    public const int AliasesPerProject = 500;

    /// <summary>Subjects that one throttle keeps.</summary>
    public const int ThrottledSubjects = 100_000;

    /// <summary>The time-out of an attempt to send a mail: long enough for a mail server that asks the recipient's server first.</summary>
    public static readonly TimeSpan MailAttempt = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The time for which a process leases a mail, and after which another one sends it if the process was killed. Longer than the usual
    /// outages of a store and the differences between clocks of replicas.
    /// </summary>
    public static readonly TimeSpan MailLease = TimeSpan.FromSeconds(20);

    /// <summary>How often a process renews the leases of the mails that it is sending.</summary>
    public static readonly TimeSpan MailLeaseRenewal = TimeSpan.FromSeconds(5);

    /// <summary>The age at which an attempt is slow and gives its slot to another mail. A usual attempt takes about a second.</summary>
    public static readonly TimeSpan SlowMail = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Concurrent attempts of a process, and as many slow ones beside them: together fewer than the connections that mail servers accept
    /// from one client, often 50.
    /// </summary>
    public const int MailsAtOnce = 24;

    /// <summary>
    /// How long after a mail server refused a connection, because it had too many, one more is tried than it accepted.
    /// </summary>
    public static readonly TimeSpan BusyMailServer = TimeSpan.FromSeconds(10);

    /// <summary>Concurrent attempts for one domain while mails of others wait, so that other domains always find a slot.</summary>
    public const int MailsPerDomain = 8;

    /// <summary>
    /// Concurrent attempts for one domain while no mail of another waits. The others are free for a mail of another that comes.
    /// </summary>
    public const int MailsPerLoneDomain = MailsAtOnce - MailsPerDomain;

    /// <summary>The longest pause between attempts while the mail server is unreachable.</summary>
    public static readonly TimeSpan UnreachableMailServer = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Waiting mails of one kind for one address that strangers requested, and waiting mails of one kind with the same data. Another one
    /// would say nothing new.
    /// </summary>
    public const int WaitingMailsPerAddress = 4;

    /// <summary>
    /// Waiting essential mails of one kind for one address: more than there are different events of a kind, so that none hides another.
    /// </summary>
    public const int EssentialMailsPerAddress = 32;

    /// <summary>
    /// Waiting mails of all replicas. If exceeded, mails of the source with the most are dropped; that is logged and counted.
    /// </summary>
    public const int WaitingMails = 10_000;

    /// <summary>The time for which a mail is retried: longer than most outages of mail servers.</summary>
    public static readonly TimeSpan MailAge = TimeSpan.FromDays(1);

    // ── Billing ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>Bytes of a webhook of the payment provider.</summary>
    public const int WebhookBytes = 256 * 1024;

    /// <summary>
    /// The day after a failed payment on which the owner gets the last mail. Subscriptions end after 21 days, which is a setting of the
    /// account at Stripe (docs/BILLING.md).
    /// </summary>
    public const int LastPastDueDay = 18;

    /// <summary>How old an hour may be whose events above the quota are reported: Stripe accepts 35 days.</summary>
    public static readonly TimeSpan OverageReportAge = TimeSpan.FromDays(34);

    /// <summary>The most US dollars that an owner can allow for events above the quota in a month.</summary>
    public const int OverageCapUsd = 10_000;
}
