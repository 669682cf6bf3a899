namespace TelemetryKit.Grains;

/// <summary>Every bound of the system in one place, each with its reason. Sizes are bytes unless the name says otherwise.</summary>
public static class Limits
{
    // ── One request ──────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>Events in a batch: large enough that an SDK's queue leaves in one request, small enough to answer quickly.</summary>
    public const int EventsPerBatch = 1_000;

    /// <summary>A request body as it arrives, compressed or not.</summary>
    public const int BodyBytes = 5 * 1024 * 1024;

    /// <summary>A request body once decompressed: what a gzip bomb may cost us.</summary>
    public const int DecompressedBodyBytes = 20 * 1024 * 1024;

    /// <summary>How long a body may take to arrive: 5 MiB in this time is 1.4 Mbit/s, and a batch is seldom a hundredth of that.</summary>
    public static readonly TimeSpan BodyTime = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of all bodies that are in memory at once, as they came and decompressed together. Over it: 503 overloaded.</summary>
    public const long BodiesBytes = 128L * 1024 * 1024;

    /// <summary>Open connections of a process: each costs some kilobytes, whatever it sends.</summary>
    public const int Connections = 20_000;

    /// <summary>One event's JSON: telemetry is small; whatever is larger is a payload that doesn't belong here.</summary>
    public const int EventBytes = 32 * 1024;

    /// <summary>Metadata keys of one event.</summary>
    public const int MetadataKeys = 64;

    /// <summary>Characters of a metadata key.</summary>
    public const int MetadataKeyLength = 64;

    /// <summary>Characters of any string in an event.</summary>
    public const int StringLength = 1_024;

    /// <summary>Characters of a number: more than any double needs, and little enough that no database stumbles over it.</summary>
    public const int NumberLength = 64;

    /// <summary>Characters of a batch or event id that isn't a UUID.</summary>
    public const int IdLength = 64;

    /// <summary>Metadata values of one event that are counted: an array can hold thousands, and each would be a counter.</summary>
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

    /// <summary>How old an event may be: offline queues are normal for command-line tools.</summary>
    public static readonly TimeSpan OldestEvent = TimeSpan.FromDays(30);

    /// <summary>How far ahead of our clock an event may be, after the correction for the client's clock.</summary>
    public static readonly TimeSpan FurthestEvent = TimeSpan.FromMinutes(10);

    /// <summary>How far <c>sent_at</c> may be ahead of our clock before timestamps are corrected: nothing arrives before it is sent, so beyond the accuracy of ordinary clocks it is wrong.</summary>
    public static readonly TimeSpan ClockAhead = TimeSpan.FromMinutes(1);

    /// <summary>How far <c>sent_at</c> may be behind before timestamps are corrected: less is what slow uploads and retries of the same bytes look like, from clients whose clock is right.</summary>
    public static readonly TimeSpan ClockBehind = TimeSpan.FromMinutes(90);

    /// <summary>How long a batch key is remembered: past this, the oldest event a resent batch could hold is too old to be counted again.</summary>
    public static readonly TimeSpan BatchKeyMemory = TimeSpan.FromDays(62);

    // ── Waiting for the commit ───────────────────────────────────────────────────────────────────────────────────

    /// <summary>Bytes of parsed batches that may wait for a commit, in the whole process. Over it: 503 overloaded.</summary>
    public const long WaitingBytes = 64L * 1024 * 1024;

    /// <summary>Events one transaction takes: bounds its time, and so everyone's latency.</summary>
    public const int EventsPerCommit = 20_000;

    /// <summary>Batches one transaction takes.</summary>
    public const int BatchesPerCommit = 2_000;

    /// <summary>Commit loops of a process. A project is always on the same one.</summary>
    public const int CommitLoops = 2;

    // ── Counters ─────────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>Subjects (each with its event type) of one project, environment and day. Beyond: <c>other</c>.</summary>
    public const int SubjectsPerDay = 2_000;

    /// <summary>Values of one dimension of one subject and day. Beyond: <c>other</c>.</summary>
    public const int ValuesPerDimension = 200;

    /// <summary>Metadata keys of one subject and day.</summary>
    public const int MetadataKeysPerSubject = 64;

    /// <summary>Metadata values of all keys of one subject and day: so that one subject with free-form metadata can't spend the whole of the next bound.</summary>
    public const int MetadataValuesPerSubject = 2_000;

    /// <summary>Values of all dimensions of all subjects of one day: bounds a rollup's memory where the two bounds above would multiply.</summary>
    public const int ValuesPerRollup = 50_000;

    /// <summary>Distinct elements kept exactly before a set becomes a HyperLogLog.</summary>
    public const int ExactSetSize = 1_024;

    /// <summary>UTF-8 bytes of a metadata value that is counted by value; longer ones are text, not categories.</summary>
    public const int CountedValueBytes = 128;

    // ── Caches and grains ────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>Keys, known and unknown, that are remembered in memory.</summary>
    public const int CachedKeys = 100_000;

    /// <summary>How long a key's look-up is trusted: a revoked key stops within this on every replica.</summary>
    public static readonly TimeSpan CachedKeyAge = TimeSpan.FromSeconds(4);

    /// <summary>Rates of keys and sources that are followed at once.</summary>
    public const int RateBuckets = 200_000;

    /// <summary>Installs known to exist, kept to spare the store a question.</summary>
    public const int CachedInstalls = 500_000;

    /// <summary>Active project grains in a process; the longest idle one goes first.</summary>
    public const int ActiveGrains = 1_000;

    /// <summary>Calls that may wait for one project's grain. Over it: 503 overloaded.</summary>
    public const int WaitingCallsPerGrain = 1_000;

    /// <summary>Statistics that scan events at once in one process: they cost by the event, the others don't.</summary>
    public const int ConcurrentScans = 2;

    /// <summary>Such statistics of one project that are under way or wait. Over it: 503 overloaded, and the others' turn comes soon. A page of a dashboard asks for a few at once.</summary>
    public const int ScansPerProject = 16;

    /// <summary>Days of merged rollups one project grain keeps.</summary>
    public const int CachedDays = 400;

    /// <summary>Days a grain keeps without weighing them.</summary>
    public const int CachedDaysUnmeasured = 64;

    /// <summary>Bytes of merged rollups one project grain keeps beyond what is being asked for.</summary>
    public const long CachedRollupBytes = 32L * 1024 * 1024;

    /// <summary>How long an unused grain stays.</summary>
    public static readonly TimeSpan GrainIdle = TimeSpan.FromMinutes(10);

    /// <summary>How old a grain's view may be when somebody asks; older, and it re-reads the store.</summary>
    public static readonly TimeSpan ViewAge = TimeSpan.FromSeconds(1);

    // ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>Days one statistics query may span: two years, the longest plan's retention, and a leap day.</summary>
    public const int QueryDays = 731;

    /// <summary>Items of a top list or events of an explorer page.</summary>
    public const int PageSize = 1_000;

    /// <summary>Live views (server-sent events) open at once in one process.</summary>
    public const int LiveViews = 500;

    /// <summary>Those of one project: a team and its screens, and far from all there are.</summary>
    public const int LiveViewsPerProject = 50;

    /// <summary>Events a live view looks through at a time; where more than these arrive in a second, the newest are shown.</summary>
    public const int LiveEvents = 500;

    // ── Accounts ─────────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>A request body of the management API: names and settings, nothing else.</summary>
    public const int ManagementBodyBytes = 64 * 1024;

    /// <summary>How long a session lasts at most, however much it is used.</summary>
    public static readonly TimeSpan SessionAge = TimeSpan.FromDays(30);

    /// <summary>How long a session lasts unused.</summary>
    public static readonly TimeSpan SessionIdle = TimeSpan.FromDays(7);

    /// <summary>How long the second factor may take after the password.</summary>
    public static readonly TimeSpan SecondFactorAge = TimeSpan.FromMinutes(10);

    /// <summary>How long a link that proves an address works: a mail may be read the next day.</summary>
    public static readonly TimeSpan SignUpAge = TimeSpan.FromHours(24);

    /// <summary>How long a link that sets a password works: it is as good as the password, so not for long.</summary>
    public static readonly TimeSpan PasswordResetAge = TimeSpan.FromHours(1);

    /// <summary>How long an invitation can be accepted.</summary>
    public static readonly TimeSpan InvitationAge = TimeSpan.FromDays(7);

    /// <summary>Last uses are written down at most this often for each key, session or token.</summary>
    public static readonly TimeSpan LastUseAccuracy = TimeSpan.FromMinutes(1);

    /// <summary>How long a rotated key goes on working at most: a tool's users update over weeks.</summary>
    public static readonly TimeSpan KeyOverlap = TimeSpan.FromDays(365);

    /// <summary>How long before anything goes the owner of a downgraded tenant is told.</summary>
    public static readonly TimeSpan DowngradeNotice = TimeSpan.FromDays(14);

    /// <summary>Tenants of an account, members and invitations of a tenant: bounds lists that are answered whole.</summary>
    public const int MembersPerTenant = 1_000;

    /// <summary>Projects of a tenant, whatever its plan: the list is answered whole.</summary>
    public const int ProjectsPerTenant = 1_000;

    /// <summary>Keys of a project that work: the list is answered whole, and nobody can keep track of more.</summary>
    public const int KeysPerProject = 100;

    /// <summary>API tokens of an account.</summary>
    public const int TokensPerAccount = 50;

    /// <summary>Sessions of an account; the oldest one goes when another begins.</summary>
    public const int SessionsPerAccount = 50;

    /// <summary>Aliases of a project, and keys on its metadata allow-list.</summary>
    public const int AliasesPerProject = 500;

    /// <summary>Subjects that one throttle remembers.</summary>
    public const int ThrottledSubjects = 100_000;

    /// <summary>How long one attempt to send a mail may take: enough for a mail server that asks the recipient's first.</summary>
    public static readonly TimeSpan MailAttempt = TimeSpan.FromSeconds(30);

    /// <summary>How long a process keeps a mail that it sends to itself: longer than making it and one attempt take.</summary>
    public static readonly TimeSpan MailLease = TimeSpan.FromMinutes(2);

    /// <summary>An attempt that has taken so long counts as slow, and gives its slot to another mail: mail servers usually take a second.</summary>
    public static readonly TimeSpan SlowMail = TimeSpan.FromSeconds(3);

    /// <summary>Attempts of a process that are under way at once, and slow ones beside them: together fewer than the connections that mail servers take from one client, often 50.</summary>
    public const int MailsAtOnce = 24;

    /// <summary>Those of one domain, so that the others always find a slot.</summary>
    public const int MailsPerDomain = 8;

    /// <summary>Mails of one kind that wait for one address. Beyond, another one would say what those say.</summary>
    public const int WaitingMailsPerAddress = 4;

    /// <summary>Mails that wait to be sent, of all replicas. Over it the domain with the most loses some, and the log and a metric say so.</summary>
    public const int WaitingMails = 10_000;

    /// <summary>How long a mail is tried: longer than most mail servers are ever away.</summary>
    public static readonly TimeSpan MailAge = TimeSpan.FromDays(1);
}
