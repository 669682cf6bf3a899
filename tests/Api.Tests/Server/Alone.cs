namespace TelemetryKit.Api.Tests.Server;

/// <summary>Tests that observe process-wide state don't run in parallel with other tests.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
