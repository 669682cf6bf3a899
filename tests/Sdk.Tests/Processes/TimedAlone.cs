namespace TelemetryKit.Sdk.Tests.Processes;

/// <summary>Tests that compare how long processes take: nothing else of the suite runs meanwhile, least of all a compiler.</summary>
[CollectionDefinition(nameof(TimedAlone), DisableParallelization = true)]
public sealed class TimedAlone;
