using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Ingest.Parsing;

/// <summary>Why an event is refused; the default is: it isn't.</summary>
internal readonly record struct Fault(DropReason Reason, string Message)
{
    public bool IsNone => Reason == DropReason.None;

    public static Fault WrongType(string field, string expected) => new(DropReason.InvalidEvent, $"{field} is not {expected}.");

    public static Fault Twice(string field) => new(DropReason.InvalidEvent, $"{field} is there twice.");

    public static Fault HalfSurrogate(string field) => new(DropReason.InvalidEvent, $"{field} has an escape that is half a surrogate pair.");

    public static Fault TooLong(string field, int limit) => new(DropReason.TooLarge, $"{field} is longer than {limit} characters.");
}
