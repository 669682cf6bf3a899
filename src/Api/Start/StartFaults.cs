namespace TelemetryKit.Api.Start;

/// <summary>Holds the fault of a failed start.</summary>
internal sealed class StartFaults
{
    private volatile StartFault? _fault;

    /// <summary>The fault, or <c>null</c> if the start succeeded or is still running.</summary>
    public StartFault? Fault => _fault;

    /// <summary>Sets the fault.</summary>
    public void Add(StartFault fault) => _fault = fault;
}

/// <summary>The reason of a failed start.</summary>
/// <param name="Sentence">A sentence for the operator.</param>
/// <param name="IsSetting">Whether it fails again until the operator changes a setting or the database.</param>
internal sealed record StartFault(string Sentence, bool IsSetting);
