namespace TelemetryKit.Api.Tests.Server;

/// <summary>Tests that look at what belongs to the whole process run when no others do.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
