namespace TelemetryKit.Core.Events;

/// <summary>Why an event was not counted. <see cref="DropReasons.Code"/> is the one word for it in answers, metrics and the dashboard.</summary>
public enum DropReason : byte
{
    /// <summary>Not dropped.</summary>
    None = 0,

    /// <summary>The event is not an object, or a field has the wrong JSON type.</summary>
    InvalidEvent,

    /// <summary><c>event_type</c> is missing, empty, too long or has characters a name can't have.</summary>
    InvalidType,

    /// <summary><c>timestamp</c> is not an RFC 3339 time.</summary>
    InvalidTimestamp,

    /// <summary>Older than <see cref="Limits.OldestEvent"/>.</summary>
    TooOld,

    /// <summary>Further ahead than <see cref="Limits.FurthestEvent"/>.</summary>
    InTheFuture,

    /// <summary>Larger than <see cref="Limits.EventBytes"/>, or one of its strings, keys or levels is over its limit.</summary>
    TooLarge,

    /// <summary>The tenant's quota for the month is spent.</summary>
    QuotaExceeded,

    /// <summary>The key or its source sends faster than it may.</summary>
    RateLimited,

    /// <summary>The request carried <c>DNT: 1</c> or <c>Sec-GPC: 1</c>.</summary>
    DoNotTrack,
}

/// <summary>The stable words of <see cref="DropReason"/>.</summary>
public static class DropReasons
{
    /// <summary>The word that stands for the reason on the wire.</summary>
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
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "has no word on the wire"),
    };
}
