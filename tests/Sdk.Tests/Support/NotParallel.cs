namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>
/// Tests that start processes or have short timeouts in real time, and therefore must not run in parallel with other tests. A compiler that
/// runs at the same time delays them, and a process that is just starting holds the locks of files that others have open.
/// </summary>
[CollectionDefinition(nameof(NotParallel), DisableParallelization = true)]
public sealed class NotParallel;
