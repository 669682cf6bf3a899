namespace TelemetryKit.Api.Start;

/// <summary>Why a start that had begun did not come to its end.</summary>
internal sealed class StartFaults
{
    private volatile StartFault? _fault;

    /// <summary>The fault; <c>null</c> where all went well.</summary>
    public StartFault? Fault => _fault;

    /// <summary>Notes it.</summary>
    public void Add(StartFault fault) => _fault = fault;
}

/// <summary>Why a start ended early.</summary>
/// <param name="Sentence">A sentence for the operator.</param>
/// <param name="IsSetting">Whether another setting would help.</param>
internal sealed record StartFault(string Sentence, bool IsSetting);
