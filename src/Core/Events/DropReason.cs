namespace TelemetryKit.Core.Events;

/// <summary>Why an event was not counted. Responses, metrics and the dashboard use <see cref="DropReasons.Code"/>.</summary>
public enum DropReason : byte
{
    /// <summary>Not dropped.</summary>
    None = 0,

    /// <summary>The event is not an object, or a field has the wrong JSON type.</summary>
    InvalidEvent,

    /// <summary><c>event_type</c> is missing, empty or too long, or has characters that are not allowed.</summary>
    InvalidType,

    /// <summary><c>timestamp</c> is not an RFC 3339 time.</summary>
    InvalidTimestamp,

    /// <summary>Older than <see cref="Limits.OldestEvent"/>.</summary>
    TooOld,

    /// <summary>Further ahead than <see cref="Limits.FurthestEvent"/>.</summary>
    InTheFuture,

    /// <summary>Larger than <see cref="Limits.EventBytes"/>, or a string, the number of keys or the nesting exceeds its limit.</summary>
    TooLarge,

    /// <summary>The tenant's quota for the month is exhausted.</summary>
    QuotaExceeded,

    /// <summary>The key or its source exceeds its rate limit.</summary>
    RateLimited,

    /// <summary>The request carried <c>DNT: 1</c> or <c>Sec-GPC: 1</c>.</summary>
    DoNotTrack,
}

/// <summary>The stable codes of <see cref="DropReason"/>.</summary>
public static class DropReasons
{
    /// <summary>Returns the code of a reason in the protocol.</summary>
    public static string Code(this DropReason reason) => reason switch
    {
        DropReason.InvalidEvent => "invalid_event",
        DropReason.InvalidType => "invalid_type",
        DropReason.InvalidTimestamp => "invalid_timestamp",
        DropReason.TooOld => "too_old",
        DropReason.InTheFuture => "in_the_future",
        DropReason.TooLarge => "too_large",
        DropReason.QuotaExceeded => "quota_exceeded",
        DropReason.RateLimited => "rate_limited",
        DropReason.DoNotTrack => "do_not_track",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "The reason has no code."),
    };
}
