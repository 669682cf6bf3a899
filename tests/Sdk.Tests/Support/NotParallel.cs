namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>
/// Tests that start processes or hold short timeouts against the real clock: nothing else of the suite runs meanwhile. A compiler beside them makes them late, and a process that is just
/// being started holds the locks of files that others have open.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
