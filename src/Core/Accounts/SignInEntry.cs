namespace TelemetryKit.Core.Accounts;

/// <summary>How a session was started. The numbers are stored.</summary>
public enum SignInMethod : byte
{
    /// <summary>With the password.</summary>
    Password = 0,

    /// <summary>Through GitHub.</summary>
    Github = 1,
}

/// <summary>A completed sign-in, for the owner of the account. It contains no network address.</summary>
public sealed record SignInEntry
{
    /// <summary>UUIDv7. The store replaces it by one that orders sign-ins of the same millisecond.</summary>
    public required Guid Id { get; init; }

    /// <summary>The account.</summary>
    public required Guid AccountId { get; init; }

    /// <summary>When the sign-in was completed.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How it was started.</summary>
    public required SignInMethod Method { get; init; }

    /// <summary>Whether it was completed with a second factor.</summary>
    public required bool SecondFactor { get; init; }

    /// <summary>Whether the account had not been used on this device before.</summary>
    public required bool NewDevice { get; init; }

    /// <summary>The family of the browser, such as <c>Firefox</c>, or <c>other</c>.</summary>
    public required string Browser { get; init; }

    /// <summary>The family of the operating system, such as <c>Windows</c>, or <c>other</c>.</summary>
    public required string Os { get; init; }
}
