using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>Why an event is refused; the default value means that it is valid.</summary>
internal readonly record struct Fault(DropReason Reason, string Message)
{
    public bool IsNone => Reason == DropReason.None;

    public static Fault WrongType(string field, string expected) => new(DropReason.InvalidEvent, $"{field} is not {expected}.");

    public static Fault Duplicate(string field) => new(DropReason.InvalidEvent, $"{field} occurs twice.");

    public static Fault UnpairedSurrogate(string field) =>
        new(DropReason.InvalidEvent, $"{field} has an escape that is an unpaired surrogate.");

    public static Fault TooLong(string field, int limit) => new(DropReason.TooLarge, $"{field} is longer than {limit} characters.");
}
