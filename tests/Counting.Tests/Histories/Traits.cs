namespace TelemetryKit.Counting.Tests.Histories;

/// <summary>What a history may contain.</summary>
[Flags]
internal enum Traits
{
    None = 0,
    TestEnvironment = 1,
    OutOfOrder = 1 << 1,
    Late = 1 << 2,
    Duplicates = 1 << 3,
    Invalid = 1 << 4,
    Erasures = 1 << 5,
    Resets = 1 << 6,
    Aliases = 1 << 7,
    Retention = 1 << 8,
    Quotas = 1 << 9,
    Restarts = 1 << 10,
    Replicas = 1 << 11,
    Compactions = 1 << 12,
    HostileNames = 1 << 13,
    CaseOfNames = 1 << 14,
    Errors = 1 << 15,
    MissingContext = 1 << 16,
    NoSubject = 1 << 17,
    Durations = 1 << 18,
    OddDurations = 1 << 19,
    Metadata = 1 << 20,
    ManySubjects = 1 << 21,
    ManyVersions = 1 << 22,
    ManyInstalls = 1 << 23,
    NoSuccess = 1 << 24,
    Releases = 1 << 25,
}
