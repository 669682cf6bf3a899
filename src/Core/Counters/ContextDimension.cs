namespace TelemetryKit.Core.Counters;

/// <summary>What every event says about where it happened. The numbers are the order in the serialised form.</summary>
internal enum ContextDimension
{
    Version,
    Os,
    Arch,
    Runtime,
    Actor,
    Sdk,
}
