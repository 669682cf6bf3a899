using TelemetryKit.Conformance.Tests;

// Most of a case's time is waiting.
[assembly: CollectionBehavior(MaxParallelThreads = 6)]
[assembly: AssemblyFixture(typeof(Homes))]

namespace TelemetryKit.Conformance.Tests;

// This SDK passes the cases. Each file has a class, because classes run at the same time.

public sealed class ActorTests(Homes homes)
{
    [Theory]
    [MemberData(nameof(CaseFiles.Names), "actors", MemberType = typeof(CaseFiles))]
    public Task The_sdk_passes(string name) => CaseFiles.Passes(name, homes);
}

public sealed class ConfigurationTests(Homes homes)
{
    [Theory]
    [MemberData(nameof(CaseFiles.Names), "configuration", MemberType = typeof(CaseFiles))]
    public Task The_sdk_passes(string name) => CaseFiles.Passes(name, homes);
}

public sealed class ConsentTests(Homes homes)
{
    [Theory]
    [MemberData(nameof(CaseFiles.Names), "consent", MemberType = typeof(CaseFiles))]
    public Task The_sdk_passes(string name) => CaseFiles.Passes(name, homes);
}

public sealed class ErasureTests(Homes homes)
{
    [Theory]
    [MemberData(nameof(CaseFiles.Names), "erasure", MemberType = typeof(CaseFiles))]
    public Task The_sdk_passes(string name) => CaseFiles.Passes(name, homes);
}

public sealed class EventTests(Homes homes)
{
    [Theory]
    [MemberData(nameof(CaseFiles.Names), "events", MemberType = typeof(CaseFiles))]
    public Task The_sdk_passes(string name) => CaseFiles.Passes(name, homes);
}

public sealed class ExitTests(Homes homes)
{
    [Theory]
    [MemberData(nameof(CaseFiles.Names), "exit", MemberType = typeof(CaseFiles))]
    public Task The_sdk_passes(string name) => CaseFiles.Passes(name, homes);
}

public sealed class InstallationTests(Homes homes)
{
    [Theory]
    [MemberData(nameof(CaseFiles.Names), "installation", MemberType = typeof(CaseFiles))]
    public Task The_sdk_passes(string name) => CaseFiles.Passes(name, homes);
}

public sealed class LedgerTests(Homes homes)
{
    [Theory]
    [MemberData(nameof(CaseFiles.Names), "ledger", MemberType = typeof(CaseFiles))]
    public Task The_sdk_passes(string name) => CaseFiles.Passes(name, homes);
}

public sealed class OptOutTests(Homes homes)
{
    [Theory]
    [MemberData(nameof(CaseFiles.Names), "opt-out", MemberType = typeof(CaseFiles))]
    public Task The_sdk_passes(string name) => CaseFiles.Passes(name, homes);
}

public sealed class RetryTests(Homes homes)
{
    [Theory]
    [MemberData(nameof(CaseFiles.Names), "retries", MemberType = typeof(CaseFiles))]
    public Task The_sdk_passes(string name) => CaseFiles.Passes(name, homes);
}

public sealed class SendingTests(Homes homes)
{
    [Theory]
    [MemberData(nameof(CaseFiles.Names), "sending", MemberType = typeof(CaseFiles))]
    public Task The_sdk_passes(string name) => CaseFiles.Passes(name, homes);
}
