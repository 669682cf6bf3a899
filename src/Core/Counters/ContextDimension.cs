namespace TelemetryKit.Core.Counters;

/// <summary>The parts of an event's context that are counted. The numeric values are the order in the serialised form.</summary>
internal enum ContextDimension
{
    Version,
    Os,
    Arch,
    Runtime,
    Actor,
    Sdk,
}
